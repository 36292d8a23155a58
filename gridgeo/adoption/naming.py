"""The codes and names of drawn grids put back on the division that was made of them."""

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from gridgeo.adoption.drawn import Drawn
from gridgeo.adoption.sites import AdoptedSite
from gridgeo.partition.codes import build_codes
from gridgeo.planning.numbering import scheme_of
from gridgeo.preparation import Prepared
from gridgeo.stitching import Layers

__all__ = ["choose_codes", "rename_grids"]


def choose_codes(prepared: Prepared, drawn: Drawn, sites: list[AdoptedSite]) -> list[list[str]]:
    """Return the code of each grid of each community: the drawn one, else a new one that nobody has drawn."""
    known = drawn.code.astype("string")
    retired = set(known.dropna())
    chosen = []
    for area_code, site in zip(prepared.communities["area_code"].astype(str), sites, strict=True):
        origin = site.settled.origin
        codes = [str(known[g]) if g >= 0 and pd.notna(known[g]) else "" for g in origin]
        own = [code for code in codes if code]
        fresh = build_codes(area_code, codes.count(""), scheme_of(area_code, own), retired)
        retired |= set(fresh)
        new = iter(fresh)
        chosen.append([code or next(new) for code in codes])
    return chosen


def rename_grids(
    layers: Layers, prepared: Prepared, drawn: Drawn, sites: list[AdoptedSite]
) -> dict[str, GeoDataFrame]:
    """Return grids, atoms and buildings with the codes and names of the drawing."""
    grids, atoms, buildings = (layers[name] for name in ("grids", "atoms", "buildings"))
    assert grids is not None
    assert atoms is not None
    assert buildings is not None
    made = atoms["grid_code"].astype(str).to_numpy()
    code_of: dict[str, str] = {}
    name_of: dict[str, str] = {}
    start = 0
    for site, codes in zip(sites, choose_codes(prepared, drawn, sites), strict=True):
        label = site.settled.label
        for number, code in enumerate(codes):
            temporary = str(made[start + int(np.argmax(label == number))])
            code_of[temporary] = code
            origin = int(site.settled.origin[number])
            if origin >= 0 and pd.notna(drawn.name[origin]):
                name_of[code] = str(drawn.name[origin])
        start += len(label)

    def renamed(frame: GeoDataFrame) -> GeoDataFrame:
        return frame.assign(grid_code=frame["grid_code"].map(code_of).astype("string"))

    table = renamed(grids)
    names = [name_of.get(code, name) for code, name in zip(table["grid_code"], table["name"], strict=True)]
    table = table.assign(name=pd.array(names, dtype="string"))
    return {
        "grids": table.sort_values("grid_code", ignore_index=True),
        "atoms": renamed(atoms),
        "buildings": renamed(buildings),
    }
