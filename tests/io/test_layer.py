from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gridgeo.errors import CRSError, FileReadError
from gridgeo.io import read_layer, read_table

SHARED = Path(__file__).resolve().parents[2] / "../shared/data"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not beside this checkout")


@pytest.fixture
def file(tmp_path):
    columns = {
        "code": ["a", None, "c"],
        "n": pd.array([1, None, 3], dtype="Int64"),
        "flag": [True, False, True],
    }
    frame = gpd.GeoDataFrame(columns, geometry=[shapely.Point(0, 0), None, shapely.Point(2, 2)], crs=4546)
    frame.to_file(tmp_path / "a.gpkg", layer="points")
    return tmp_path / "a.gpkg"


def test_missing_numbers_stay_whole_numbers_with_a_gap(file):
    frame = read_layer(file)
    assert str(frame["n"].dtype) == "Int64"
    assert frame["n"].isna().tolist() == [False, True, False]
    assert frame["flag"].tolist() == [True, False, True]
    assert frame.index.tolist() == [0, 1, 2]
    assert frame.geometry.isna().tolist() == [False, True, False]


def test_only_the_columns_asked_for_are_kept(file):
    assert read_layer(file, columns=["n"]).columns.tolist() == ["n", "geometry"]
    assert read_table(file, columns=["n", "code"]).columns.tolist() == ["n", "code"]
    with pytest.raises(FileReadError, match="has no column 'm'; it has code, n, flag"):
        read_layer(file, columns=["m"])


def test_a_stated_crs_never_overrides_a_declared_one(file):
    assert read_layer(file, crs="EPSG:4546").crs.to_epsg() == 4546
    with pytest.raises(CRSError, match="CM 111E but EPSG:4326 was stated"):
        read_layer(file, crs="EPSG:4326")
    with pytest.raises(CRSError, match="no coordinate system is called 'EPSG:banana'"):
        read_layer(file, crs="EPSG:banana")


def test_a_table_in_a_geopackage_is_no_layer(file):
    import pyogrio

    pyogrio.write_dataframe(pd.DataFrame({"a": [1]}), file, layer="numbers", append=False)
    assert read_table(f"{file}:numbers")["a"].tolist() == [1]
    with pytest.raises(FileReadError, match="a table without geometry"):
        read_layer(f"{file}:numbers")


@needs_shared
def test_real_layers_say_where_they_are_from():
    frame = read_layer(SHARED / "shanghai/lujiazui.gpkg:buildings")
    assert len(frame) == 1450
    assert frame.crs.to_epsg() == 32651
    assert frame.attrs["encoding"] == "UTF-8"
    assert frame.attrs["source"].endswith("lujiazui.gpkg:buildings")


@needs_shared
def test_the_codes_of_yichang_are_twelve_digits_of_text():
    codes = read_table(SHARED / "yichang/codes_2023.csv")["code"]
    assert len(codes) == 1650
    assert codes.str.fullmatch(r"\d{12}").all()


@needs_shared
def test_the_addresses_of_cambridge_are_read_as_points_in_a_stated_system():
    frame = read_layer(SHARED / "cambridge/addresses.csv", crs="EPSG:4326")
    assert len(frame) == 27366
    assert frame.geometry.x.between(-71.2, -71.0).all()


@needs_shared
def test_packed_incidents_keep_the_rows_without_a_place():
    frame = read_layer(SHARED / "incidents/nyc_311_animals_2025.csv.gz", crs="EPSG:4326")
    assert len(frame) == 4969
    assert frame.geometry.isna().sum() == 62
