"""Street names, house numbers and the addresses of buildings."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgeo.demo.cells import Line
from gridgeo.demo.names import NUMERALS, family_places, place_roots

__all__ = ["address_buildings", "name_streets", "number_along"]

NAMELESS = ("ridge", "service")
MOST_LANES = 30  # numbered along one street
NUMBER_SPACING_M = 8.5  # of frontage a number, on each side
ROUNDED = 5  # digits of a metre: processors differ in the last bits, and a house must not change sides for it
Street = tuple[str, int]


def name_streets(lines: list[Line], rng: np.random.Generator) -> dict[Street, str]:
    """Return the name of every street: great roads alone, side streets often in a series of their quarter.

    The lanes between lots are numbered along the street that they leave (胜利四路二巷). Of the
    others, one name in fifty comes again in another part of the city, as names do.
    """
    streets: dict[Street, Line] = {}
    for line in lines:
        if line.street[0] != "hamlet" and line.street_class not in NAMELESS:
            streets.setdefault(line.street, line)
    quarters = sorted({line.quarter for line in streets.values()})
    roots = place_roots(len(streets) + len(quarters), rng)
    series = dict(zip(quarters, roots[len(streets) :], strict=True))
    villages = dict(zip(quarters, family_places(len(quarters), rng), strict=True))
    used: dict[int, int] = {}
    names: dict[Street, str] = {}
    places = _places_along(streets)
    for root, (street, line) in zip(roots, streets.items(), strict=False):
        if street in places:
            continue
        lane = line.street_class == "lane"
        tail = str(rng.choice(["巷", "里", "街"] if lane else ["路", "路", "街", "东路", "西路", "中路"]))
        if line.street_class == "arterial":
            names[street] = root + str(rng.choice(["大道", "路", "路"]))
        elif line.quarter < 0 or not (line.zone == "village" or rng.random() < 0.5):
            names[street] = root + tail
        else:
            count = used[line.quarter] = used.get(line.quarter, 0) + 1
            stem = villages[line.quarter] if line.zone == "village" else series[line.quarter]
            names[street] = stem + _numeral(count) + ("巷" if line.zone == "village" else tail[-1])
    known = list(names.values())
    for street in names:
        if rng.random() < 0.02:
            names[street] = known[rng.integers(len(known))]
    numbered = {street: f"{names[off]}{_numeral(place)}巷" for street, (off, place) in places.items()}
    return names | numbered


def _places_along(streets: dict[Street, Line]) -> dict[Street, tuple[Street, int]]:
    """Return the street that each numbered lane leaves and its place along it, from the west or the south.

    A lane off a lane, or off a street with very many lanes, has a name of its own.
    """
    branches: dict[Street, list[Street]] = {}
    for street, line in streets.items():
        if line.off in streets and streets[line.off].street_class != "lane":
            branches.setdefault(line.off, []).append(street)
    places: dict[Street, tuple[Street, int]] = {}
    for off, lanes in branches.items():
        feet = np.array([streets[lane].start for lane in lanes])
        order = np.argsort(feet[:, int(np.ptp(feet[:, 1]) > np.ptp(feet[:, 0]))], kind="stable")
        for place, k in enumerate(order[:MOST_LANES], start=1):
            places[lanes[k]] = (off, place)
    return places


def _numeral(count: int) -> str:
    """Return a number up to 99 in Chinese."""
    tens, ones = divmod(count, 10)
    if not tens:
        return NUMERALS[ones - 1]
    return ("" if tens == 1 else NUMERALS[tens - 1]) + "十" + (NUMERALS[ones - 1] if ones else "")


def number_along(
    points: NDArray[np.object_], nearest: NDArray[np.int64], edges: pd.DataFrame
) -> NDArray[np.int64]:
    """Return a house number for each point on the street of its nearest edge: odd on the left, even right.

    Numbers grow along the street and keep a gap where nothing stands.
    """
    streets = pd.factorize(edges.street)[0]
    xy = shapely.get_coordinates(points)
    numbers = np.zeros(len(points), dtype=np.int64)
    lines = edges.groupby(streets).geometry.apply(lambda g: shapely.get_coordinates(g.to_numpy()))
    for street, places in pd.Series(np.arange(len(points))).groupby(streets[nearest]):
        line = lines[street]
        axis = line[np.argmax(line @ _direction(line))] - line[np.argmin(line @ _direction(line))]
        axis = axis / max(np.hypot(*axis), 0.01)
        k = places.to_numpy()
        along = (xy[k] - line.mean(axis=0)) @ axis
        along = np.round(along - ((line - line.mean(axis=0)) @ axis).min(), ROUNDED)
        across = (xy[k] - line.mean(axis=0)) @ np.array([-axis[1], axis[0]])
        side = np.round(across - _offset(along, line, axis), ROUNDED) < 0.0
        for odd in (False, True):
            members = k[side == odd]
            order = np.argsort(along[side == odd], kind="stable")
            wished = np.maximum(np.floor(along[side == odd][order] / NUMBER_SPACING_M), 0).astype(np.int64)
            rank = np.arange(len(order))
            numbers[members[order]] = 2 * (np.maximum.accumulate(wished - rank) + rank) + (2 if odd else 1)
    return numbers


def _direction(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the main direction of scattered points."""
    centred = line - line.mean(axis=0)
    return np.asarray(np.linalg.eigh(centred.T @ centred)[1][:, -1])


def _offset(
    along: NDArray[np.float64], line: NDArray[np.float64], axis: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how far the street bends off its chord at each distance along it."""
    centred = line - line.mean(axis=0)
    position = centred @ axis
    order = np.argsort(position)
    across = centred @ np.array([-axis[1], axis[0]])
    return np.asarray(np.interp(along, position[order] - position.min(), across[order]))


def address_buildings(
    buildings: pd.DataFrame, walls: pd.DataFrame, hamlets: list[str], edges: pd.DataFrame
) -> pd.DataFrame:
    """Return the buildings with ``compound``, ``street``, ``house_number``, ``building_no`` and ``address``.

    A house of a compound or campus has its number inside it, a farmhouse one of its hamlet, every other
    building one on the nearest street. Sheds have none.
    """
    shapes = shapely.centroid(buildings.geometry.to_numpy())
    named = edges[edges.name.notna()].reset_index(drop=True)
    building, edge = shapely.STRtree(named.geometry.to_numpy()).query_nearest(shapes)
    nearest = pd.Series(edge).groupby(building).min().to_numpy()
    street = named.name.to_numpy(dtype=object)[nearest]
    use, wall, block = (buildings[name].to_numpy() for name in ("use", "wall", "block"))
    walled, farm, shed = wall >= 0, block < 0, use == "ancillary"
    open_ground = ~walled & ~farm & ~shed
    number = np.zeros(len(buildings), dtype=np.int64)
    number[open_ground] = number_along(shapes[open_ground], nearest[open_ground], named)
    inside = (walled | farm) & ~shed
    group = np.where(walled, wall, block)
    number[inside] = _sequence(shapes[inside], group[inside])
    area = np.full(len(buildings), None, dtype=object)
    area[walled] = walls.name.to_numpy(dtype=object)[wall[walled]]
    area[farm] = np.array([*hamlets, ""], dtype=object)[-1 - block[farm]]
    gated = walled & (walls.role.to_numpy()[np.maximum(wall, 0)] == "compound") if len(walls) else walled
    tail = np.where(gated, "栋", np.where(walled, "号楼", "号"))
    place = np.where(open_ground, street, area)
    address = [None if s else f"{p}{n}{t}" for s, p, n, t in zip(shed, place, number, tail, strict=True)]
    return buildings.assign(
        compound=_text([a if g else None for a, g in zip(area, gated, strict=True)]),
        street=_text([None if f else s for s, f in zip(street, farm | shed, strict=True)]),
        house_number=_text(
            [
                str(n) if o or (f and not s) else None
                for n, o, f, s in zip(number, open_ground, farm, shed, strict=True)
            ]
        ),
        building_no=pd.array(
            [n if w and not s else None for n, w, s in zip(number, walled, shed, strict=True)], dtype="Int64"
        ),
        address=_text(address),
    )


def _sequence(points: NDArray[np.object_], group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return numbers from 1 inside each group, row by row from the south."""
    frame = pd.DataFrame({"group": group, "x": shapely.get_x(points), "y": shapely.get_y(points)})
    frame["row"] = ((frame.y - frame.groupby("group").y.transform("min")) // 18).astype(int)
    order = frame.sort_values(["group", "row", "x"])
    return np.asarray((order.groupby("group").cumcount() + 1).sort_index())


def _text(values: object) -> pd.Series:
    """Return a text column with <NA> for what is missing."""
    return pd.Series(values, dtype="string")
