"""Modules of the pages that only reckon, run in the browser that they are written for."""

import mapbox_vector_tile
import pytest
from browsing import CHROMIUM, browsing, visit
from served import serving
from service_town import start_service

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine; `make test` as root installs it"
    ),
]

SQUARE = """const { worldX, worldY } = await load("geojson"), side = 2 ** 14;
return [14, Math.floor(worldX(LON) / side), Math.floor(worldY(LAT) / side)];"""
# The parts of each feature in units of the tile from its corner, and the columns.
TILE = """const { decodeTile } = await load("mvt"), { readBytes } = await load("client");
const [z, x, y] = SQUARE, step = 2 ** (28 - z) / 4096;
const { shapes, columns } = decodeTile(await readBytes("PATH"), { z, x, y })["LAYER"];
const { first, start, xy } = shapes, parts = [];
for (let f = 0; f < shapes.n; f++) {
  parts.push([]);
  for (let p = first[f]; p < first[f + 1]; p++) {
    const corners = [];
    for (let i = start[p]; i < start[p + 1]; i++) {
      corners.push([xy[2 * i] / step - x * 4096, xy[2 * i + 1] / step - y * 4096]);
    }
    parts[f].push(corners);
  }
}
return { columns, parts };"""
BROKEN = """const { decodeTile } = await load("mvt"), found = [];
for (const bytes of [[0x1a], [0x1a, 0xff, 0xff], [0x1a, 0x05, 0x12, 0x09, 0x22], [0xff]]) {
  try {
    decodeTile(Uint8Array.from(bytes), { z: 1, x: 0, y: 0 });
    found.push("read");
  } catch (error) {
    found.push(error.name);
  }
}
return found;"""
GROUPS = """const { groupPoints } = await load("groups");
const each = (make) => Array.from({ length: 400 }, (_, k) => make(k));
const points = {
  lon: each((k) => 111.3 + ((k * 7919) % 1000) / 2e4), lat: each((k) => 30.7 + ((k * 104729) % 1000) / 2e4),
  incident_id: each((k) => `I${k}`), category: each(() => 0), state: each(() => 0),
  categories: ["06"], states: ["reported"],
};
const gather = (zoom) => groupPoints(points, new Set(["I3"]), zoom, 1);
const sum = (marks) => marks.reduce((total, { count }) => total + count, 0);
return [10, 13, 16, 19].map((zoom) => [gather(zoom).length, sum(gather(zoom))]);"""
DAYS = """const { fillDays } = await load("figures");
const row = (key, n) => ({ key, n, open: 0 });
return fillDays([row("2026-03-01", 2), row(null, 9), row("2026-02-27", 1)]);"""
MOMENTS = """const { toFilters } = await load("incidents"), now = new Date("2026-11-22T08:30:31Z");
const { readAddress } = await load("address");
const asked = (query) => toFilters(readAddress(query), now);
return [asked("?since=24h"), asked("?since=2026-11-01&open=all"), asked("?open=overdue"),
  asked("?state=closed")];"""


@pytest.fixture(scope="module")
def town(town_file, tmp_path_factory):
    app = start_service(town_file, tmp_path_factory.mktemp("modules"))
    with serving(app) as address:
        yield app, address
    app.extensions["gridgeo"].close()


@pytest.fixture(scope="module")
def seen(town):
    """A page that runs no module of its own."""
    with browsing() as browser:
        yield visit(browser, town[1], "/help")


@pytest.mark.parametrize("layer", ["buildings", "streets", "grids"])
def test_a_tile_is_read_as_mapboxs_own_reader_reads_it(seen, town, layer):
    west, south, east, north = town[0].extensions["gridgeo"].snapshots.current().bounds
    middle = SQUARE.replace("LON", str((west + east) / 2)).replace("LAT", str((south + north) / 2))
    z, x, y = square = seen.module(middle)
    path = f"/tiles/{layer}/{z}/{x}/{y}.mvt"
    body = town[0].test_client().get(path).data
    theirs = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})[layer]["features"]
    ours = seen.module(TILE.replace("SQUARE", str(square)).replace("PATH", path).replace("LAYER", layer))
    assert len(theirs) == len(ours["parts"]) > 0
    for f, feature in enumerate(theirs):
        assert flat(feature["geometry"]) == ours["parts"][f]
        told = {name: column[f] for name, column in ours["columns"].items() if column[f] is not None}
        assert told == feature["properties"]


def flat(geometry):
    """Return the parts of a geometry as lists of corners, rings without their repeated first corner."""
    kind, corners = geometry["type"], geometry["coordinates"]
    if kind == "MultiPolygon":
        corners = [ring for polygon in corners for ring in polygon]
    parts = [corners] if kind == "LineString" else corners
    return [[list(corner) for corner in (part[:-1] if "Polygon" in kind else part)] for part in parts]


def test_a_broken_tile_is_an_error_and_no_endless_loop(seen):
    assert seen.module(BROKEN) == ["RangeError"] * 4


def test_points_that_cover_each_other_are_gathered_and_none_is_lost(seen):
    marks = seen.module(GROUPS)
    assert [total for _, total in marks] == [400] * 4
    lengths = [length for length, _ in marks]
    assert lengths == sorted(lengths)
    assert lengths[0] < 20
    assert lengths[-1] == 400


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("values", [[0, 0, 0], [1], [0, 1, 1, 2, 7, 12, 40, 41, 44, 900], list(range(200))])
def test_live_classes_hold_every_number_once_with_round_limits(seen, values, theme):
    classes = seen.module(
        f'const {{ stepClasses }} = await load("measures"); return stepClasses({values}, "{theme}");'
    )
    steps = [(one["low"], one["high"] or 10**9) for one in classes if one["role"] == "step"]
    assert classes[0]["role"] == "zero"
    for value in values:
        assert sum(low <= value <= high for low, high in steps) == (value > 0)
    assert all(str(low).rstrip("0") in ("1", "2", "3", "5") for low, _ in steps)
    lightness = [luminance(one["colour"]) for one in classes]
    assert lightness == sorted(lightness, reverse=theme == "light"), "the order survives every eye"
    assert len(set(lightness)) == len(classes)


def luminance(colour):
    """Return how light a colour is, 0 to 1."""
    red, green, blue = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2


def test_days_without_incidents_stand_in_the_chart_as_gaps(seen):
    days = [(day["key"], day["n"]) for day in seen.module(DAYS)]
    assert days == [("2026-02-27", 1), ("2026-02-28", 0), ("2026-03-01", 2)]


def test_the_address_asks_the_service_for_what_it_says(seen):
    day, month, late, closed = seen.module(MOMENTS)
    assert (day["since"], day["open"]) == ("2026-11-21T08:30:00Z", "true")
    assert month["since"] == "2026-11-01"
    assert "open" not in month
    assert late["overdue"] == "true"
    assert closed["state"] == ["closed"]
    assert "open" not in closed
