"""``python -m gridgeo.demo DIR`` is ``gridgeo demo DIR``: it rebuilds the files of data/."""

from gridgeo.cli.demo import command

command(prog_name="python -m gridgeo.demo")
