"""``gridgeo doctor``: is all there that the map service needs?"""

import sys
from pathlib import Path

import click

from gridgeo.cli.serve import import_service

__all__ = ["command"]

FILE = click.Path(dir_okay=False, path_type=Path)
SIGNS = {"ok": "ok  ", "warn": "look", "fail": "FAIL"}


@click.command("doctor")
@click.argument("division", metavar="[OUT.gpkg]", required=False, type=FILE)
@click.option("--store", metavar="URL", help="The store of incidents; beside the division by default.")
@click.option("--users", type=FILE, help="The file of users.")
@click.option("--gazetteer", type=FILE, help="The list of places.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings for scripts.")
def command(
    division: Path | None, store: str | None, users: Path | None, gazetteer: Path | None, as_json: bool
) -> None:
    """Examine this machine and the files of a service; exit code 1 when something is missing.

    It looks at versions, the assets of the front end, fonts, the division file, the store, and whether they
    can be written where they must be. It changes nothing.
    """
    import json

    findings = import_service("doctor").examine(division, store, users, gazetteer)
    if as_json:
        click.echo(json.dumps([vars(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{SIGNS[finding.state]}  {finding.name:<10} {finding.text}")
    if any(finding.state == "fail" for finding in findings):
        sys.exit(1)
