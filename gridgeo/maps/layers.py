"""What a map of a division shows, and in which classes: everything that a page needs, as plain values."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgeo.errors import SchemaError
from gridgeo.maps.classes import (
    CHANGES,
    DEDICATED,
    MISSING,
    build_range_classes,
    build_step_classes,
    find_classes,
)
from gridgeo.maps.shapes import Geometries, encode_shapes, simplify_coverage, simplify_shapes, to_world
from gridgeo.maps.streets import rank_streets
from gridgeo.maps.values import pack_texts, to_numbers, to_plain, to_texts

__all__ = [
    "BACKDROPS",
    "MEASURES",
    "DivisionLike",
    "build_layers",
    "build_measure",
    "find_range",
    "is_exception",
]

# What grids can be coloured by, the first one first.
MEASURES = ("households", "people", "n_buildings", "area_m2")
CHANGE = "change"  # a column of the grids that a comparison adds; where it is, it comes first
# Layers that a division does not hold but a map may show below it.
BACKDROPS = ("water", "rail")

GRID_TEXTS = ("grid_code", "area_code", "name", "kind", "status", "reason", "start_date", "end_date")
LABEL_TOLERANCE_STEPS = 20.0  # a label may stand three metres from the best place


@dataclass(frozen=True, kw_only=True)
class SizeRange:
    """The smallest and the largest grid asked for, both included, and what is counted."""

    measure: str
    low: int
    high: int


class DivisionLike(Protocol):
    """The part of a division that a map needs."""

    @property
    def communities(self) -> gpd.GeoDataFrame: ...  # noqa: D102
    @property
    def grids(self) -> gpd.GeoDataFrame: ...  # noqa: D102
    @property
    def buildings(self) -> gpd.GeoDataFrame: ...  # noqa: D102
    @property
    def streets(self) -> gpd.GeoDataFrame: ...  # noqa: D102
    @property
    def manifest(self) -> Mapping[str, Any]: ...  # noqa: D102


def build_layers(
    division: DivisionLike, backdrop: Mapping[str, gpd.GeoDataFrame] | None = None
) -> dict[str, Any]:
    """Return the layers of a division as values that JSON can hold, shapes packed by ``encode_shapes``.

    Parameters
    ----------
    division
        What to show.
    backdrop
        Layers to draw below it, by their name in ``BACKDROPS``.

    Raises
    ------
    SchemaError
        When there are no grids.
    ValueError
        When a backdrop has a name that no map knows.
    """
    unknown = sorted(set(backdrop or {}) - set(BACKDROPS))
    if unknown:
        raise ValueError(f"no backdrop is called {', '.join(unknown)}; there are {', '.join(BACKDROPS)}")
    if division.grids.empty:
        raise SchemaError("the division has no grids, so there is nothing to show; divide it first")
    grids = division.grids.sort_values("grid_code", ignore_index=True)
    limits = find_range(division.manifest)
    return {
        "range": asdict(limits) if limits else None,
        "score": to_plain(division.manifest.get("score", {})),
        "measures": [build_measure(grids, name, limits) for name in list_measures(grids, limits)],
        "communities": build_communities(division.communities),
        "grids": build_grids(grids),
        "buildings": build_buildings(division.buildings, grids),
        "streets": build_streets(division.streets),
        "backdrop": {
            name: encode_shapes(simplify_shapes(to_world(frame, name)))
            for name, frame in sorted((backdrop or {}).items())
        },
    }


def find_range(manifest: Mapping[str, Any]) -> SizeRange | None:
    """Return what size of grid was asked for: an area where the spec has one, else households.

    Service grids may have been sized by people alone; their level says so.
    """
    spec = manifest.get("spec", {})
    measure = (manifest.get("level") or {}).get("counts", "households")
    measure = "area_m2" if spec.get("area_m2") is not None else measure
    if spec.get(measure) is None:
        return None
    low, high = spec[measure]
    return SizeRange(measure=measure, low=int(low), high=int(high))


def list_measures(grids: gpd.GeoDataFrame, limits: SizeRange | None) -> list[str]:
    """Return what the grids can be coloured by, first what they were sized by."""
    known = [name for name in MEASURES if name in grids and grids[name].notna().any()]
    ordered = sorted(known, key=lambda name: limits is None or name != limits.measure)
    return [CHANGE, *ordered] if CHANGE in grids else ordered


def is_dedicated(grids: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Tell which grids may have any size because they are dedicated to one enterprise, park or campus."""
    told = [grids[name].astype("string") == "dedicated" for name in ("kind", "status") if name in grids]
    return np.asarray(pd.concat(told, axis=1).fillna(False).any(axis=1), dtype=bool)


def is_exception(grids: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Tell which grids are not in range, dedicated ones apart."""
    status = grids["status"].astype("string")
    outside = np.asarray(status.notna() & (status != "in_range"), dtype=bool)
    return outside & ~is_dedicated(grids)


def build_measure(grids: gpd.GeoDataFrame, name: str, limits: SizeRange | None) -> dict[str, Any]:
    """Return the classes of one measure and the class of each grid."""
    if name == CHANGE:
        return build_changes(grids)
    values = to_numbers(grids[name])
    ranged = limits if limits is not None and limits.measure == name else None
    dedicated = is_dedicated(grids) if ranged else np.zeros(len(grids), dtype=bool)
    unknown = np.isnan(values) & ~dedicated
    known = np.where(dedicated, np.nan, values)
    classes = build_range_classes(known, ranged.low, ranged.high) if ranged else build_step_classes(known)
    of_grid = find_classes(known, classes)
    for extra, mask in ((DEDICATED, dedicated), (MISSING, unknown)):
        if mask.any():
            of_grid[mask] = len(classes)
            classes.append(replace(extra, count=int(mask.sum())))
    return {"name": name, "classes": [asdict(entry) for entry in classes], "of": of_grid.tolist()}


def build_changes(grids: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the kinds of change that occur, and that of each grid."""
    told = grids[CHANGE].astype("string").fillna(MISSING.role)
    counts = told.value_counts()
    classes = [
        replace(entry, count=int(counts[entry.role])) for entry in (*CHANGES, MISSING) if entry.role in counts
    ]
    place = {entry.role: position for position, entry in enumerate(classes)}
    return {
        "name": CHANGE,
        "classes": [asdict(entry) for entry in classes],
        "of": [place[role] for role in told],
    }


def build_communities(communities: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return outlines, codes, names and label places of the communities."""
    ordered = communities.sort_values("area_code", ignore_index=True)
    world = simplify_coverage(to_world(ordered, "communities"))
    return {
        "shapes": encode_shapes(world),
        "labels": find_labels(world),
        "area_code": to_texts(ordered, "area_code"),
        "name": to_texts(ordered, "name"),
    }


def build_grids(grids: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return shapes, words and numbers of the grids, in the order of their codes."""
    world = simplify_coverage(to_world(grids, "grids"))
    columns = {name: to_texts(grids, name) for name in GRID_TEXTS if name in grids}
    numbers = {name: to_plain(to_numbers(grids[name]).tolist()) for name in MEASURES if name in grids}
    return {
        "shapes": encode_shapes(world),
        "labels": find_labels(world),
        "exception": is_exception(grids).astype(int).tolist(),
        **columns,
        **numbers,
    }


def build_buildings(buildings: gpd.GeoDataFrame, grids: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return shapes, households and grid of the buildings; those of one grid stand together."""
    ordered = buildings.sort_values(["grid_code", "building_id"], ignore_index=True, na_position="last")
    places = pd.Index(grids["grid_code"]).get_indexer(ordered["grid_code"])
    return {
        "shapes": encode_shapes(simplify_shapes(to_world(ordered, "buildings"))),
        "building_id": to_texts(ordered, "building_id"),
        "households": to_plain(to_numbers(ordered["households"]).tolist()),
        "grid": places.tolist(),
    }


def build_streets(streets: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return streets joined by name and rank, so that a name stands once along its street."""
    world = to_world(streets, "streets")
    keys = pd.DataFrame({"rank": rank_streets(streets), "name": ""})
    if "name" in streets:
        keys["name"] = streets["name"].astype("string").fillna("").to_numpy()
    lines: list[Geometries] = []
    names: list[str] = []
    ranks: list[int] = []
    for (rank, name), rows in keys.groupby(["rank", "name"], sort=True).indices.items():
        known = world[rows][~shapely.is_missing(world[rows])]
        merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(shapely.get_parts(known))))
        lines.append(merged)
        names += [name] * len(merged)
        ranks += [int(rank)] * len(merged)
    joined = np.concatenate(lines) if lines else np.empty(0, dtype=object)
    return {
        "shapes": encode_shapes(simplify_shapes(joined)),
        "name": pack_texts(names),
        "rank": ranks,
    }


def find_labels(world: Geometries) -> list[list[int]]:
    """Return centre and radius of the largest circle inside each shape: where its label fits best."""
    kept = ~shapely.is_missing(world)
    labels = np.zeros((len(world), 3))
    radii = shapely.maximum_inscribed_circle(world[kept], tolerance=LABEL_TOLERANCE_STEPS)
    labels[kept, :2] = shapely.get_coordinates(shapely.get_point(radii, 0))
    labels[kept, 2] = shapely.length(radii)
    rounded: list[list[int]] = np.rint(labels).astype(np.int64).tolist()
    return rounded
