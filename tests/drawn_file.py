"""The drawn division as a file, for tests of the commands that read one."""

from drawn_division import draw_division

from gridgeo.division import Division


def write_drawn(file):
    """Write the division of four square grids and return its path."""
    drawn = draw_division()
    atoms = drawn.grids[["grid_code", "households", "geometry"]].assign(atom_id=drawn.grids["grid_code"])
    score = {name: value for name, value in drawn.manifest["score"].items() if name != "street_share"}
    manifest = {**drawn.manifest, "score": score}
    Division(**{**vars(drawn), "atoms": atoms, "manifest": manifest}).write(file)
    return file
