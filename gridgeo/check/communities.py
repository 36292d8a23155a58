"""Mend the communities: overlaps and slivers closed, large ones named, the result a coverage on a lattice."""

from dataclasses import replace

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from gridgeo.check.attributes import mend_codes
from gridgeo.check.mending import Mending, start_mending
from gridgeo.check.overlay import Overlay, build_overlay, dissolve, give_away, is_narrow
from gridgeo.check.shapes import mend_shapes, set_aside_duplicates
from gridgeo.crs import check_metric
from gridgeo.errors import LawError, SchemaError
from gridgeo.schema import CONTRACTS, SHOWN_ROWS, Action, Fault, raise_fatal

__all__ = ["mend_communities", "mend_communities_state"]

# Gaps up to the accuracy of a cadastral survey are slips of the pen; closing a wider one would move a border
# that somebody signed, so it is only reported.
SLIVER_M = 0.05
# A long sliver adds up: no grid may leave its own community by more than this when slivers are given away.
SLIVER_M2 = 5.0
# Borders follow streets; one drawn on either side of its street overlaps by no more than the street is wide.
OVERLAP_M = 10.0
NAMES = ("name", "NAME", "Name", "名称", "社区名称", "MC")


def mend_communities(
    communities: GeoDataFrame,
    area_code_column: str,
    *,
    sliver_m: float = SLIVER_M,
    overlap_m: float = OVERLAP_M,
) -> tuple[GeoDataFrame, GeoDataFrame, list[Fault]]:
    """Return the communities as a valid coverage on a lattice of 1 mm, the rows set aside, and every fault.

    Rows with one code and name become one community in several parts. Where communities overlap by a strip,
    the strip goes to the one that it has the longer border with; gaps no wider than ``sliver_m`` are closed
    likewise. Wider gaps, and holes that belong to nobody, stay and are reported.

    Parameters
    ----------
    communities
        Polygons in metres.
    area_code_column
        The column with the code of each community, any unique text.
    sliver_m
        The widest gap to close.
    overlap_m
        The widest strip of overlap to mend; a wider one means that a border is wrong.

    Returns
    -------
    tuple
        Communities with the columns ``area_code`` and ``name`` beside their own, the caller's index (of the
        first row of each) and order; rejected rows with ``layer`` and ``fault``; the faults.

    Raises
    ------
    CRSError
        When the layer has no CRS or is not in metres.
    SchemaError
        With everything that cannot be mended: overlaps wider than ``overlap_m`` with both codes, missing or
        spoilt codes, one code for two names.
    """
    state = mend_communities_state(communities, area_code_column, sliver_m=sliver_m, overlap_m=overlap_m)
    raise_fatal(state.faults)
    return state.good, state.rejected, list(state.faults)


def mend_communities_state(
    communities: GeoDataFrame,
    area_code_column: str,
    *,
    sliver_m: float = SLIVER_M,
    overlap_m: float = OVERLAP_M,
) -> Mending:
    """Return the same as :func:`mend_communities` with fatal faults listed among the others."""
    check_metric(communities, "communities")
    state = start_mending(_name_columns(communities, area_code_column), CONTRACTS["communities"])
    state = set_aside_duplicates(mend_shapes(state))
    if state.good.empty:
        return state.note_layer(
            "no communities", "there is nothing to divide; give a layer of polygons", "fatal"
        )
    state = mend_codes(state, "area_code")
    missing = state.good["area_code"].isna().to_numpy(dtype=bool)
    state = state.note(missing, "area_code missing", "each community needs a code of its own", "fatal")
    state = replace(state, good=state.good[~missing])
    return _mend_coverage(_join_parts(state), sliver_m, overlap_m)


def _name_columns(communities: GeoDataFrame, area_code_column: str) -> GeoDataFrame:
    """Return the layer with the columns ``area_code`` and ``name`` as the contract wants them."""
    if area_code_column not in communities.columns:
        present = ", ".join(str(column) for column in communities.columns if column != "geometry")
        raise SchemaError(f"communities: no column {area_code_column}; it has {present}")
    named = communities.assign(area_code=communities[area_code_column])
    source = next((column for column in NAMES if column in named.columns), area_code_column)
    return named.assign(name=named[source].astype("string"))


def _join_parts(state: Mending) -> Mending:
    """Return one row for each code; rows of one code and different names are fatal."""
    codes = state.good["area_code"]
    shared = codes.duplicated(keep=False).to_numpy(dtype=bool)
    if not shared.any():
        return state
    n_names = state.good.groupby(codes)["name"].transform("nunique").to_numpy()
    clash = shared & (n_names > 1)
    state = state.note(
        clash, "area_code not unique", "one code for different names: correct the codes", "fatal"
    )
    meaning = "rows with one code and name are one community in several parts"
    state = state.note(shared & ~clash, "several rows of one community", meaning, "mended")
    first = state.good[~codes.duplicated().to_numpy(dtype=bool)]
    parts = state.good.geometry.groupby(codes).agg(lambda shapes: shapely.union_all(shapes.to_numpy()))
    return replace(state, good=first).with_shapes(parts.reindex(first["area_code"]).to_numpy(dtype=object))


def _mend_coverage(state: Mending, sliver_m: float, overlap_m: float) -> Mending:
    """Return the layer with its overlaps and slivers closed; codes decide ties, the row order nothing."""
    order = np.argsort(state.good["area_code"].to_numpy(dtype=object), kind="stable")
    codes = state.good["area_code"].to_numpy(dtype=object)[order]
    overlay = build_overlay(state.good.geometry.to_numpy()[order], sliver_m)
    state = _note_overlaps(state, overlay, codes, overlap_m)
    overlay = give_away(overlay, overlay.n_claims > 1, among_claimants=True)
    gaps = overlay.n_claims == 0
    narrow = gaps & is_narrow(overlay.faces, sliver_m) & (shapely.area(overlay.faces) <= SLIVER_M2)
    state = _note_faces(state, overlay, narrow, ("sliver between communities", "closed", "mended"))
    state = _note_faces(state, overlay, gaps & ~narrow, ("gap", "belongs to nobody, stays so", "reported"))
    overlay = _drop_crumbs(give_away(overlay, narrow, among_claimants=False), len(codes), sliver_m)
    shapes = np.full(len(codes), None, dtype=object)
    shapes[order] = dissolve(overlay, len(codes))
    empty = np.asarray(shapely.is_missing(shapes))
    state = state.note(empty, "nothing left", "it lies wholly within others; correct its border", "fatal")
    if not shapely.coverage_is_valid(shapes[~empty]):
        raise LawError("the mended communities are not a valid coverage; please report this with the file")
    state = state.with_shapes(shapes)
    return replace(state, good=state.good[~empty])


def _note_overlaps(state: Mending, overlay: Overlay, codes: NDArray[np.object_], overlap_m: float) -> Mending:
    """Return the state with overlaps reported by the communities that claim the same land."""
    faces = np.flatnonzero(overlay.n_claims > 1)
    wide = ~is_narrow(overlay.faces[faces], overlap_m)
    remedy = f"wider than {overlap_m:g} m, so a border is wrong: correct it, or remove the one double"
    kinds: tuple[tuple[NDArray[np.bool_], Action, str], ...] = (
        (~wide, "mended", "each strip goes to the community that it has the longer border with"),
        (wide, "fatal", remedy),
    )
    for chosen, action, meaning in kinds:
        rows = [
            f"{' and '.join(str(codes[k]) for k in overlay.claimants(face))} {_describe(overlay, face)}"
            for face in _sort_by_area(overlay, faces[chosen])
        ]
        state = _note_places(state, rows, ("communities overlap", meaning, action))
    return state


def _note_faces(
    state: Mending, overlay: Overlay, chosen: NDArray[np.bool_], words: tuple[str, str, Action]
) -> Mending:
    """Return the state with gaps reported by size and place, the largest first."""
    faces = _sort_by_area(overlay, np.flatnonzero(chosen))
    return _note_places(state, [_describe(overlay, face) for face in faces], words)


def _note_places(state: Mending, rows: list[str], words: tuple[str, str, Action]) -> Mending:
    """Return the state with a fault at places that are no rows of the layer."""
    if not rows:
        return state
    fault, meaning, action = words
    entry = Fault(
        layer="communities",
        fault=fault,
        meaning=meaning,
        action=action,
        n_rows=len(rows),
        rows=tuple(rows[:SHOWN_ROWS]),
    )
    return replace(state, faults=(*state.faults, entry))


def _sort_by_area(overlay: Overlay, faces: NDArray[np.intp]) -> list[int]:
    """Return the faces, the largest first."""
    areas = shapely.area(overlay.faces)
    return sorted((int(face) for face in faces), key=lambda face: (-areas[face], face))


def _describe(overlay: Overlay, face: int) -> str:
    """Return the size and place of a face."""
    shape = overlay.faces[face]
    point = shapely.point_on_surface(shape)
    return f"{shapely.area(shape):,.2f} m² at {shapely.get_x(point):.1f} {shapely.get_y(point):.1f}"


def _drop_crumbs(overlay: Overlay, n_owners: int, sliver_m: float) -> Overlay:
    """Return the overlay with parts of communities that are slivers given to a neighbour, or to nobody."""
    crumbs = np.zeros(len(overlay.faces), dtype=bool)
    points = shapely.point_on_surface(overlay.faces)
    for owner, shape in enumerate(dissolve(overlay, n_owners)):
        if shape is None or shape.geom_type == "Polygon":
            continue
        parts = shapely.get_parts(shape)
        own = np.flatnonzero(overlay.owners == owner)
        for part in parts[is_narrow(parts, sliver_m)]:
            crumbs[own[shapely.intersects(part, points[own])]] = True
    if not crumbs.any():
        return overlay
    return give_away(overlay, crumbs, among_claimants=False)
