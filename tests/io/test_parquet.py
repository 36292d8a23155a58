import geopandas as gpd
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from gridgeo.errors import CRSError, FileReadError
from gridgeo.io import list_layers, read_batches, read_layer, read_table


@pytest.fixture
def town():
    columns = {"名称": [f"社区{k}" for k in range(250)], "n": pd.array([*range(249), None], dtype="Int64")}
    return gpd.GeoDataFrame(columns, geometry=shapely.box(range(250), 0, range(1, 251), 1), crs=4546)


def test_a_layer_comes_back_as_it_was_written_in_one_piece_and_in_batches(town, tmp_path):
    file = tmp_path / "town.parquet"
    town.rename_geometry("shape").to_parquet(file)
    whole = read_layer(file)
    assert whole.crs == town.crs
    assert whole.geometry.geom_equals(town.geometry).all()
    assert whole["名称"].tolist() == town["名称"].tolist()
    parts = list(read_batches(file, size=60))
    assert [len(part) for part in parts] == [60, 60, 60, 60, 10]
    assert_geodataframe_equal(pd.concat(parts), whole, check_dtype=False)
    assert list_layers(file) == {"town": "Unknown"}
    assert read_table(file, columns=["n"])["n"].isna().sum() == 1


def test_missing_shapes_and_no_rows_are_no_error(town, tmp_path):
    town.loc[3, "geometry"] = None
    town.to_parquet(tmp_path / "town.parquet")
    assert read_layer(tmp_path / "town.parquet").geometry.isna().sum() == 1
    town.iloc[:0].to_parquet(tmp_path / "none.parquet")
    assert len(read_layer(tmp_path / "none.parquet")) == 0
    assert [len(part) for part in read_batches(tmp_path / "none.parquet")] == [0]


def test_a_table_becomes_points_when_its_system_is_stated(tmp_path):
    file = tmp_path / "points.parquet"
    pd.DataFrame({"lon": [111.3, 111.4], "lat": [30.7, None]}).to_parquet(file)
    assert list_layers(file) == {"points": None}
    layer = read_layer(file, crs="EPSG:4326")
    assert layer.geometry.iloc[0] == shapely.Point(111.3, 30.7)
    assert layer.geometry.iloc[1] is None
    with pytest.raises(CRSError, match="say which"):
        read_layer(file)


def test_no_declared_system_is_degrees_and_an_unknown_one_has_to_be_stated(town, tmp_path):
    file = tmp_path / "town.parquet"
    town.set_crs(None, allow_override=True).to_parquet(file)
    with pytest.raises(CRSError, match="declares no CRS"):
        read_layer(file)
    assert read_layer(file, crs="EPSG:4546").crs == town.crs
    town.to_parquet(file)
    with pytest.raises(CRSError, match="but EPSG:4547 was stated"):
        read_layer(file, crs="EPSG:4547")


@pytest.mark.parametrize("spoil", ["cut", "other"])
def test_a_damaged_file_is_named_with_what_to_do(town, tmp_path, spoil):
    file = tmp_path / "town.parquet"
    town.to_parquet(file)
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2] if spoil == "cut" else b"id,lon,lat\n1,2,3\n")
    with pytest.raises(FileReadError, match=r"town\.parquet: .*export it again"):
        read_layer(file)
