"""Incidents of the operator's file: tables and layers, with places or addresses."""

import geopandas as gpd
import pytest
from gridgeo_web.config import ConfigError
from gridgeo_web.errors import UnprocessableError
from gridgeo_web.incidents.intake import build_news, read_incident_file
from gridgeo_web.tables import find_table, read_categories
from service_town import demo_town

from gridgeo import build_gazetteer
from gridgeo.demo import incident_table

ZONE = "Asia/Shanghai"
CODES = {one.zh: one.code for one in read_categories(find_table("categories.csv", None)).values()}


class Shown:
    """A division of which only the list of places matters here."""

    def __init__(self, gazetteer=None):
        self.gazetteer = gazetteer


def read(source, shown=None):
    return read_incident_file(str(source), shown or Shown(), ZONE, CODES)


def test_the_table_and_the_layer_of_the_same_incidents_are_the_same_reports(tmp_path):
    incidents = demo_town().incidents
    incident_table(demo_town()).to_csv(tmp_path / "a.csv", index=False)
    incidents.to_file(tmp_path / "a.gpkg", layer="incidents")
    by_table, by_layer = read(tmp_path / "a.csv"), read(f"{tmp_path / 'a.gpkg'}:incidents")
    assert len(by_table) == len(by_layer) == len(incidents)
    for one, two in zip(by_table, by_layer, strict=True):
        assert (one.incident_id, one.category, one.description) == (
            two.incident_id,
            two.category,
            two.description,
        )
        assert (one.reported_at, one.address) == (two.reported_at, two.address)
        assert one.lon == pytest.approx(two.lon, abs=2e-7)
        assert one.lat == pytest.approx(two.lat, abs=2e-7)
    assert {new.category for new in by_table} <= set(CODES.values())


def test_a_row_without_an_id_has_the_same_one_the_next_time(tmp_path):
    (tmp_path / "a.csv").write_text(
        "description,lon,lat\n路灯不亮,111.3,30.7\n漏水,111.3,30.7\n", encoding="utf-8"
    )
    first, again = read(tmp_path / "a.csv"), read(tmp_path / "a.csv")
    assert [new.incident_id for new in first] == [new.incident_id for new in again]
    assert first[0].incident_id != first[1].incident_id


def test_a_row_without_a_place_is_placed_by_its_address(tmp_path):
    demo = demo_town()
    known = demo.addresses.to_crs("EPSG:4326").iloc[0]
    lines = [
        "description,address,lon,lat",
        f"漏水,{known.address},,",
        "不知何处,没有这个地方,,",
        "路灯,,111.3,30.7",
    ]
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    news = read(tmp_path / "a.csv", Shown(build_gazetteer(addresses=demo.addresses)))
    assert news[0].lon == pytest.approx(known.geometry.x, abs=1e-5)
    assert news[1].lon is None
    assert news[2].lon == 111.3


def test_a_category_that_no_table_knows_is_kept_as_it_is(tmp_path):
    (tmp_path / "a.csv").write_text(
        "description,category,lon,lat\n漏水,自定义,111.3,30.7\n", encoding="utf-8"
    )
    assert read(tmp_path / "a.csv")[0].category == "自定义"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lon,lat\n1,2\n", "lacks the column description"),
        ("description\n漏水\n", "nobody knows where"),
        ("description,lon,lat,reported_at\n漏水,1,2,gestern\n", "row 1"),
        ("description,lon,lat\n,1,2\n漏水,1,2\n", "description is empty"),
        ("incident_id,description,lon,lat\nA,x,1,2\nA,y,1,2\n", "A stands twice"),
    ],
)
def test_a_fault_in_the_file_stops_the_start_and_is_named(tmp_path, text, said):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        read(tmp_path / "a.csv")


def test_polygons_are_reported_at_a_point_inside_them(tmp_path):
    grids = gpd.GeoDataFrame(
        {"description": ["积水"]},
        geometry=gpd.GeoSeries.from_wkt(["POLYGON((1 1,2 1,2 2,1 1))"]),
        crs="EPSG:4326",
    )
    grids.to_file(tmp_path / "a.gpkg", layer="a")
    new = read(f"{tmp_path / 'a.gpkg'}:a")[0]
    assert 1 < new.lat < new.lon < 2


def test_faults_are_counted_and_only_the_first_are_listed():
    rows = [{"description": ""} for _ in range(50)]
    with pytest.raises(UnprocessableError, match="50 faults") as caught:
        build_news(rows, "WGS84", ZONE, lambda name: name)
    assert len(caught.value.extra["faults"]) == 20
