"""Two editions of the code table of one district, as practice makes them: 104 communities become 83.

Eight streets of thirteen communities each. Between the editions two streets become one, so that codes change;
communities merge by two and three and get codes of the series 601 …; some are split, some are renamed, some
swap their ending; two places of one name lie in different streets; a name moves to another place.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from gridgeo.demo.names import place_roots

CRS = "EPSG:4546"
STREETS, EACH, SIDE_M = 8, 13, 600.0
PAIRS, TRIPLES, SPLITS = 18, 3, 3  # 104 - 18 - 2 * 3 + 3 = 83
OLD_ENDINGS = ("社区", "社区居委会", "社区居民委员会", "村")
NEW_ENDINGS = ("社区", "社区居民委员会", "居委会")


@dataclass(frozen=True)
class Editions:
    """Both tables, and the truth: the new code of each old one, and the codes that a split made."""

    old: gpd.GeoDataFrame
    new: gpd.GeoDataFrame
    became: dict[str, str]
    made_by_split: set[str]


def draw_editions(seed=0):
    """Return two editions of one district."""
    rng = np.random.default_rng(seed)
    roots = place_roots(STREETS * EACH + 40, rng)
    spare = iter(roots[STREETS * EACH :])
    names = list(roots[: STREETS * EACH])
    names[5 * EACH + 2] = names[EACH + 4]  # two places of one name in different streets
    names[6 * EACH + 1] = names[3 * EACH + 6]
    squares = [(street, k) for street in range(STREETS) for k in range(EACH)]
    shapes = [square(street, k) for street, k in squares]
    codes = [f"420502{street + 1:03d}{k + 1:03d}" for street, k in squares]
    old = table(codes, [name + rng.choice(OLD_ENDINGS) for name in names], shapes)
    groups = group_neighbours(rng)
    number = dict.fromkeys(range(1, STREETS + 1), 601)
    rows, became, made = [], {}, set()
    for members in groups:
        street = squares[members[0]][0] + 1
        street = 1 if street == 2 else street  # the second street is part of the first one now
        if len(members) > 1 or squares[members[0]][0] == 1:
            code = f"420502{street:03d}{number[street]}"
            number[street] += 1
        else:
            code = codes[members[0]]
        rows.append(
            [code, name_of(members, names, spare, rng), shapely.union_all([shapes[m] for m in members])]
        )
        became |= {codes[m]: code for m in members}
    for row in rng.choice([r for r, g in enumerate(groups) if len(g) == 1], SPLITS, replace=False):
        code, _, shape = rows[row]
        west, south, east, north = shape.bounds
        cut = west + 0.62 * (east - west)
        street = int(code[6:9])
        fresh = f"420502{street:03d}{number[street]}"
        number[street] += 1
        rows[row][2] = shapely.box(west, south, cut, north)
        rows.append([fresh, next(spare), shapely.box(cut, south, east, north)])
        made.add(fresh)
    ended = [name + rng.choice(NEW_ENDINGS) for _, name, _ in rows]
    order = rng.permutation(len(rows))
    drawn_anew = [wobble(rows[r][2], rng) for r in order]
    return Editions(
        old, table([rows[r][0] for r in order], [ended[r] for r in order], drawn_anew), became, made
    )


def square(street, k):
    """Return the ground of one community."""
    return shapely.box(SIDE_M * k, SIDE_M * street, SIDE_M * (k + 1), SIDE_M * (street + 1))


def table(codes, names, shapes):
    return gpd.GeoDataFrame({"area_code": codes, "name": names}, geometry=list(shapes), crs=CRS)


def group_neighbours(rng):
    """Return the old communities that each new one is made of."""
    sizes = [3] * TRIPLES + [2] * PAIRS
    free, groups = set(range(STREETS * EACH)), []
    while sizes:
        first = int(rng.integers(STREETS * EACH))
        members = list(range(first, first + sizes[-1]))
        if members[-1] // EACH == first // EACH and set(members) <= free:
            groups.append(members)
            free -= set(members)
            sizes.pop()
    return groups + [[m] for m in sorted(free)]


def name_of(members, names, spare, rng):
    """Return the name proper of a new community: that of the first, a new one, or one a little different."""
    lot = rng.random()
    if lot < (0.3 if len(members) > 1 else 0.06):
        return next(spare)
    if len(members) == 1 and lot < 0.1:
        return names[members[0]] + rng.choice(["东", "新", "一"])
    return names[members[0]]


def wobble(shape, rng):
    """Return a shape as another office draws it: its corners some metres off."""
    phase = rng.uniform(0, 6, 2)
    return shapely.transform(shape, lambda points: points + 8.0 * np.sin(points[:, ::-1] / 90.0 + phase))
