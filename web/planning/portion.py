"""A division, or what of it lies in an area, as a file to take along."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
from gridgeo_web.incidents.export import MARK

from gridgeo import Division
from gridgeo.locate.reports import escape_formulas
from gridgeo.planning.grid_plan import GridPlan

__all__ = ["portion_of", "to_geopackage", "write_atom_table"]


def portion_of(division: Division, prefix: str) -> Division:
    """Return the communities of an area with their grids, atoms and buildings; streets stay as they are.

    The manifest tells which part it is.

    Parameters
    ----------
    division
        The whole.
    prefix
        Beginning of area codes; all with "".
    """
    if not prefix:
        return division

    def own(codes: pd.Series) -> pd.Series:
        return codes.astype("string").str.startswith(prefix).fillna(False).astype(bool)

    grids = division.grids[own(division.grids["area_code"])]
    codes = set(grids["grid_code"].astype(str))
    return replace(
        division,
        communities=division.communities[own(division.communities["area_code"])],
        grids=grids,
        atoms=division.atoms[division.atoms["grid_code"].astype(str).isin(codes)],
        buildings=division.buildings[division.buildings["grid_code"].astype("string").isin(codes)],
        rejected=None,
        lineage=None,
        manifest={**division.manifest, "portion": prefix},
    )


def to_geopackage(division: Division) -> bytes:
    """Return a division as the bytes of its file."""
    with tempfile.TemporaryDirectory(prefix="gridgeo-") as folder:
        path = Path(folder) / "division.gpkg"
        division.write(path)
        return path.read_bytes()


def write_atom_table(plan: GridPlan, prefix: str) -> bytes:
    """Return which grid each atom of an area belongs to as CSV in UTF-8, one row for each atom.

    Parameters
    ----------
    plan
        The plan.
    prefix
        Beginning of area codes.
    """
    drawing, terrain = plan.drawing, plan.terrain
    table = pd.DataFrame(
        {
            "atom_id": pd.array(terrain.atom_ids, dtype="string"),
            "grid_code": pd.array([drawing.codes[number] for number in drawing.label], dtype="string"),
            "area_code": pd.array([terrain.area_codes[home] for home in terrain.community], dtype="string"),
            "households": terrain.graph.households,
        }
    )
    table = table[table["area_code"].str.startswith(prefix)]
    text: str = escape_formulas(table).to_csv(index=False, lineterminator="\r\n")
    return (MARK + text).encode("utf-8")
