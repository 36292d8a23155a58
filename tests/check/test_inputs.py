from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridgeo.check import check_inputs, check_placement
from gridgeo.errors import CRSError
from gridgeo.io import read_layer

SHARED = Path(__file__).resolve().parents[2] / "../shared/data"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not beside this checkout")
# A place in Yichang, in metres of EPSG:4546.
X, Y = 530_000, 3_395_000


def town():
    """Two communities of a hectare, three buildings, a street between them."""
    areas = shapely.box([X, X + 100], Y, [X + 100, X + 200], Y + 100)
    houses = shapely.box([X + 10, X + 50, X + 150], Y + 10, [X + 20, X + 60, X + 160], Y + 20)
    return {
        "communities": gpd.GeoDataFrame({"area_code": ["A", "B"]}, geometry=areas, crs=4546),
        "buildings": gpd.GeoDataFrame(
            {"building_id": ["1", "2", "3"], "households": [10, 20, 30]}, geometry=houses, crs=4546
        ),
        "streets": gpd.GeoDataFrame(
            geometry=[shapely.LineString([(X + 100, Y), (X + 100, Y + 100)])], crs=4546
        ),
    }


def faults(**changed):
    report = check_inputs(**{**town(), **changed})
    return {(fault.layer, fault.fault): fault for fault in report.faults}


def swapped(layer):
    return layer.set_geometry(
        gpd.GeoSeries(shapely.transform(layer.geometry.array, np.fliplr), layer.index, layer.crs)
    )


def test_a_clean_town_has_no_faults():
    report = check_inputs(**town())
    assert report.faults == ()
    assert not report.is_fatal
    assert "no faults: can be used" in str(report)
    assert [layer.name for layer in report.layers] == ["communities", "buildings", "streets"]


def test_layers_in_different_systems_are_brought_together():
    assert faults(buildings=town()["buildings"].to_crs(4490), streets=town()["streets"].to_crs(32649)) == {}


def test_a_layer_without_crs_is_fatal_and_the_others_are_checked_all_the_same():
    undeclared = town()["buildings"].set_crs(None, allow_override=True)
    broken = town()["communities"].assign(area_code=["A", "A"], name=["x", "y"])
    found = faults(buildings=undeclared, communities=broken)
    assert found["buildings", "no CRS"].action == "fatal"
    assert found["communities", "area_code not unique"].action == "fatal"


def test_longitude_and_latitude_exchanged_is_fatal():
    found = faults(buildings=swapped(town()["buildings"].to_crs(4326)))
    assert list(found) == [("buildings", "longitude and latitude exchanged")]
    assert "swap them" in found["buildings", "longitude and latitude exchanged"].meaning


@pytest.mark.parametrize("crs", [4546, 4490])
def test_one_building_that_strayed_does_not_condemn_the_layer(crs):
    buildings = town()["buildings"].to_crs(crs)
    buildings.loc[1, "geometry"] = shapely.Point(9e6, 9e6)
    found = faults(buildings=buildings)
    assert all(fault.action != "fatal" for fault in found.values())
    assert any(fault.rows == ("2",) and fault.n_rows == 1 for fault in found.values())


def test_no_buildings_at_all_is_told():
    assert faults(buildings=town()["buildings"].iloc[:0])["buildings", "no buildings"].action == "reported"


def test_exchanged_axes_outside_china_are_seen_beside_the_communities():
    boston = {name: layer.set_crs(32649, allow_override=True) for name, layer in town().items()}
    boston = {name: layer.translate(-200_000, 1_290_000) for name, layer in boston.items()}
    communities = town()["communities"].set_geometry(
        boston["communities"].set_crs(32619, allow_override=True)
    )
    buildings = town()["buildings"].set_geometry(boston["buildings"].set_crs(32619, allow_override=True))
    lonlat = buildings.to_crs(4326)
    assert lonlat.geometry.x.between(-73, -70).all() if (lonlat.geom_type == "Point").all() else True
    report = check_inputs(communities=communities, buildings=swapped(lonlat))
    assert [fault.fault for fault in report.faults] == ["longitude and latitude exchanged"]


def test_easting_and_northing_exchanged_is_fatal():
    found = faults(streets=swapped(town()["streets"]))
    assert list(found) == [("streets", "easting and northing exchanged")]


def test_metres_under_the_label_of_degrees_are_fatal():
    found = faults(communities=town()["communities"].set_crs(4326, allow_override=True))
    assert list(found) == [("communities", "coordinates are no degrees")]
    assert "ogr2ogr -a_srs" in found["communities", "coordinates are no degrees"].meaning


def test_degrees_under_the_label_of_metres_are_fatal():
    found = faults(buildings=town()["buildings"].to_crs(4326).set_crs(4546, allow_override=True))
    assert list(found) == [("buildings", "coordinates are not in the CRS")]


def test_a_layer_of_another_town_is_fatal():
    away = town()["buildings"].translate(30_000, 0)
    found = faults(buildings=town()["buildings"].set_geometry(away))
    assert list(found) == [("buildings", "nowhere near communities")]


def test_the_front_door_refuses_every_misplaced_layer_at_once():
    layers = town()
    check_placement(layers)
    layers["streets"] = swapped(layers["streets"])
    layers["buildings"] = layers["buildings"].set_geometry(layers["buildings"].translate(30_000, 0))
    with pytest.raises(CRSError) as caught:
        check_placement(layers)
    assert "buildings: nowhere near communities" in str(caught.value)
    assert "streets: easting and northing exchanged" in str(caught.value)


def test_buildings_in_no_community_are_counted_with_their_households():
    frame = town()["buildings"]
    frame.loc[2, "geometry"] = shapely.box(X + 250, Y, X + 260, Y + 10)
    found = faults(buildings=frame)
    assert found["buildings", "in no community"].rows == ("3",)
    assert "30 households" in found["buildings", "in no community"].meaning
    assert found["communities", "no building in it"].rows == ("B",)


def test_buildings_across_a_border_are_named_and_those_that_touch_it_are_not():
    frame = town()["buildings"]
    frame.loc[0, "geometry"] = shapely.box(X + 95, Y, X + 105, Y + 10)
    frame.loc[1, "geometry"] = shapely.box(X + 90, Y + 50, X + 100, Y + 60)
    found = faults(buildings=frame)
    assert list(found) == [("buildings", "in two communities")]
    assert found["buildings", "in two communities"].rows == ("1",)


def test_columns_that_are_missing_are_fatal_with_those_that_are_there():
    found = faults(
        communities=town()["communities"].rename(columns={"area_code": "N_HOOD"}),
        buildings=town()["buildings"].drop(columns="households"),
    )
    assert found["communities", "no column area_code"].meaning.endswith("there are N_HOOD")
    assert found["buildings", "no column households"].action == "fatal"


def test_empty_layers_and_layers_of_nothing_but_dirt_are_survived():
    nowhere = town()["communities"].set_geometry(gpd.GeoSeries([None, None], crs=4546))
    assert faults(communities=nowhere)["communities", "no communities"].action == "fatal"
    assert check_inputs().faults == ()
    assert not check_inputs(buildings=town()["buildings"].iloc[:0]).is_fatal
    infinite = town()["buildings"].set_geometry(gpd.GeoSeries([shapely.Point(np.inf, 0)] * 3, crs=4546))
    assert next(iter(faults(buildings=infinite))) == ("buildings", "coordinates are no numbers")


def test_the_report_is_an_aligned_table_with_the_worst_first():
    frame = town()["buildings"].assign(households=[1, None, -1])
    report = check_inputs(**{**town(), "buildings": frame, "streets": swapped(town()["streets"])})
    text = report.to_text()
    assert text.index("FATAL") < text.index("REPORTED")
    assert text.splitlines()[-1] == "1 fatal, 2 reported: not to be used as it is"
    plain = report.to_json()
    assert plain["fatal"] is True
    assert plain["faults"][0]["fault"] == "easting and northing exchanged"
    assert plain["layers"][1] == {
        "name": "buildings",
        "source": "",
        "n_rows": 3,
        "kinds": "Polygon 3",
        "crs": "EPSG:4546",
        "encoding": "",
    }


@needs_shared
def test_the_raw_districts_of_lujiazui_sit_a_chinese_offset_away():
    file = SHARED / "shanghai/lujiazui.gpkg"
    buildings = read_layer(f"{file}:buildings").assign(households=1).rename(columns={"osm_id": "building_id"})
    for layer, expected in (("districts_gcj02_raw", ["offset of GCJ-02"]), ("districts_wgs84", [])):
        districts = read_layer(f"{file}:{layer}").rename(columns={"adcode": "area_code"})
        report = check_inputs(communities=districts, buildings=buildings)
        assert [fault.fault for fault in report.faults if fault.layer == "communities"][
            : len(expected)
        ] == expected
        assert not report.is_fatal


@needs_shared
def test_the_outlines_of_yichang_overlap_by_far_too_much_to_be_communities():
    frame = read_layer(SHARED / "yichang/districts.gpkg:districts_wgs84").rename(
        columns={"adcode": "area_code"}
    )
    report = check_inputs(communities=frame)
    assert ("communities overlap", "fatal") in {(fault.fault, fault.action) for fault in report.faults}
