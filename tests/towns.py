"""Small towns: drawn in text, one letter a square of 10 m, or made up at random to break the laws."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import strategies as st

from gridgeo.partition.coverage import to_lattice
from gridgeo.partition.site import Site
from gridgeo.preparation import prepare

# How many towns each law looks at; the night may have more: GRIDGEO_EXAMPLES=1000 pytest …
EXAMPLES = int(os.environ.get("GRIDGEO_EXAMPLES", "25"))
CRS = "EPSG:4546"
WEST, SOUTH, SIDE = 530_000.0, 3_390_000.0, 10.0
NOTHING = " ."
HOUSE_INSET_M = 1.0
RANKS = {"main": 0, "collector": 1, "local": 2, "lane": 3}


@dataclass(frozen=True)
class Town:
    """The layers of a town, as ``gridgeo.divide`` takes them."""

    communities: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame = field(default_factory=lambda: layer([]))
    compounds: gpd.GeoDataFrame = field(default_factory=lambda: layer([]))
    dedicated: gpd.GeoDataFrame = field(default_factory=lambda: layer([]))

    def to_crs(self, crs):
        return Town(**{name: part.to_crs(crs) for name, part in vars(self).items()})

    def shuffled(self, seed):
        """Return the town with the rows of every layer in another order."""
        return Town(
            **{name: part.sample(frac=1, random_state=seed) for name, part in vars(self).items()},
        )

    @property
    def extras(self):
        """The layers that ``divide`` takes by keyword, those without rows left out."""
        return {
            name: getattr(self, name)
            for name in ("barriers", "compounds", "dedicated")
            if len(getattr(self, name))
        }


def layer(shapes, **columns):
    return gpd.GeoDataFrame(dict(columns), geometry=list(shapes), crs=CRS)


def at(x, y):
    """Return a place so many squares east and north of the corner of the drawing."""
    return (WEST + SIDE * x, SOUTH + SIDE * y)


def line(*places):
    return shapely.LineString([at(*place) for place in places])


def block(x0, y0, x1, y1):
    return shapely.box(*at(x0, y0), *at(x1, y1))


def shapes_of(rows):
    """Return the union of the squares of each letter; the first row is the northernmost."""
    squares: dict[str, list[shapely.Geometry]] = {}
    for y, row in enumerate(reversed(rows)):
        for x, letter in enumerate(row):
            if letter not in NOTHING:
                squares.setdefault(letter, []).append(block(x, y, x + 1, y + 1))
    return {letter: shapely.coverage_union_all(squares[letter]) for letter in sorted(squares)}


def houses_of(rows, households: Mapping[str, int] | int, *, inset=HOUSE_INSET_M):
    """Return a layer with one building for each letter, walls drawn in from the edge of its squares."""
    shapes = shapes_of(rows)
    count = {letter: households if isinstance(households, int) else households[letter] for letter in shapes}
    return layer(
        [shape.buffer(-inset, join_style="mitre") for shape in shapes.values()],
        building_id=list(shapes),
        households=list(count.values()),
    )


def streets_of(paths: Sequence[Sequence[tuple[float, float]]], classes: Sequence[str] | str = "local"):
    kinds = [classes] * len(paths) if isinstance(classes, str) else list(classes)
    return layer([line(*path) for path in paths], street_class=kinds)


def town(areas, houses=(), households=100, streets=(), classes="local", **extras):
    """Return a town from two drawings: its communities, and the buildings in them."""
    shapes = shapes_of(areas)
    names = [f"{letter} town" for letter in shapes]
    communities = layer(shapes.values(), area_code=list(shapes), name=names)
    return Town(communities, houses_of(houses, households), streets_of(streets, classes), **extras)


def site_of(drawn: Town, code="A", **changes) -> Site:
    """Return one community of a town as a site, with all buildings of the town."""
    boundary = drawn.communities.set_index("area_code").geometry[code]
    buildings = to_lattice(drawn.buildings.geometry.to_numpy())
    kinds = drawn.streets.get("street_class", [])
    site = Site(
        area_code=code,
        boundary=boundary,
        buildings=buildings,
        households=drawn.buildings["households"].to_numpy(np.int64),
        people=3 * drawn.buildings["households"].to_numpy(np.int64),
        streets=to_lattice(drawn.streets.geometry.to_numpy()),
        street_rank=np.array([RANKS[kind] for kind in kinds], dtype=np.int64),
        compound_of_building=np.full(len(buildings), -1),
    )
    return replace(site, **changes)


def sites_of(drawn: Town) -> list[Site]:
    """Return the sites of a town, prepared as ``divide`` does it."""
    barriers = [drawn.barriers] if len(drawn.barriers) else []
    others = {name: part for name, part in drawn.extras.items() if name != "barriers"}
    return prepare(drawn.communities, drawn.buildings, drawn.streets, barriers=barriers, **others).sites


# ---- towns at random: a mesh of bent squares of 60 m, each given to a community, then everything that bites

MESH = 6  # squares of a drawing in one square of the mesh
COUNTS = (0, 0, 1, 7, 40, 95, 120, 180, 250, 388, 1_200)


@st.composite
def towns(draw):
    """Draw a town: holes, islands, enclaves, exclaves, bad streets, buildings on borders, on each other."""
    wide, high = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    n_communities = draw(st.integers(1, 4))
    # -1 is nobody's: a hole, a bay, or the gap between an island and the mainland.
    owner = st.sampled_from([*range(n_communities)] * 4 + [-1])
    owners = draw(st.lists(owner, min_size=wide * high, max_size=wide * high))
    owners[draw(st.integers(0, wide * high - 1))] = 0
    bends = draw(st.lists(st.integers(-12, 12), min_size=0, max_size=40))
    communities = mesh_communities(wide, high, owners, bends)
    size = (wide * MESH, high * MESH)
    spot = communities.geometry.iloc[0].representative_point()
    houses = [(spot, 1), *draw(st.lists(house(size), max_size=24))]
    ways = draw(st.lists(way(size), max_size=8))
    ways += draw(st.lists(st.sampled_from(ways), max_size=2)) if ways else []
    walls = draw(st.one_of(st.just([]), st.lists(st.one_of(way(size), pond(size)), max_size=2)))
    compounds = draw(st.one_of(st.just([]), st.lists(pond(size), max_size=1)))
    carved = draw(st.one_of(st.just([]), st.lists(pond(size), max_size=1)))
    kinds = [("main", "collector", "local", "lane")[i % 4] for i in range(len(ways))]
    return Town(
        communities,
        layer(
            [shape for shape, _ in houses],
            building_id=[f"b{i:03d}" for i in range(len(houses))],
            households=[count for _, count in houses],
            people=[3 * count for _, count in houses],
        ),
        layer(ways, street_class=kinds),
        layer(walls),
        layer(compounds),
        layer(carved),
    )


def mesh_communities(wide, high, owners, bends):
    """Return the communities that own the squares of a mesh whose corners are moved by ``bends`` metres."""
    corner = {}
    for number, (x, y) in enumerate((x, y) for y in range(high + 1) for x in range(wide + 1)):
        east, north = at(x * MESH, y * MESH)
        shift = bends[2 * number : 2 * number + 2] if 2 * number + 1 < len(bends) else (0, 0)
        corner[x, y] = (east + shift[0], north + shift[1])
    squares: dict[int, list[shapely.Geometry]] = {}
    for number, (x, y) in enumerate((x, y) for y in range(high) for x in range(wide)):
        ring = [corner[x, y], corner[x + 1, y], corner[x + 1, y + 1], corner[x, y + 1]]
        squares.setdefault(owners[number], []).append(shapely.Polygon(ring))
    squares.pop(-1, None)
    codes = sorted(squares)
    return layer(
        [shapely.union_all(squares[code]) for code in codes],
        area_code=[f"42050200100{code}" for code in codes],
        name=[f"{code}号社区" for code in codes],
    )


@st.composite
def house(draw, size):
    """Draw a building, often on a multiple of 10 m, so that many touch, overlap or lie on borders."""
    x, y = (draw(st.integers(-1, 2 * n)) / 2 for n in size)
    long, deep = draw(st.sampled_from([(0.8, 0.8), (1, 1), (2, 1), (1, 4), (3, 3)]))
    kind = draw(st.sampled_from(["box", "box", "box", "point", "court", "bent", "two"]))
    shape = block(x, y, x + long, y + deep)
    if kind == "point":
        shape = shape.centroid
    elif kind == "court":
        shape = shape - shape.buffer(-2.0)
    elif kind == "bent":
        shape = shape - block(x, y, x + long / 2, y + deep / 2)
    elif kind == "two":
        shape = shapely.union_all([shape, block(x + long + 0.5, y, x + 2 * long + 0.5, y + deep)])
    return shape, draw(st.sampled_from(COUNTS))


@st.composite
def way(draw, size):
    """Draw a line: straight through, dangling, crossing itself, or outside."""
    place = st.tuples(*(st.integers(-2, n + 2) for n in size))
    kind = draw(st.sampled_from(["row", "column", "free", "free"]))
    x, y = draw(place)
    if kind == "row":
        return line((-1, y), (size[0] + 1, y))
    if kind == "column":
        return line((x, -1), (x, size[1] + 1))
    places = draw(st.lists(place, min_size=2, max_size=4, unique=True))
    return line(*places)


@st.composite
def pond(draw, size):
    """Draw an area: a lake, a compound, a campus."""
    x, y = (draw(st.integers(-1, n)) for n in size)
    return block(x, y, x + draw(st.integers(1, 9)), y + draw(st.integers(1, 9)))
