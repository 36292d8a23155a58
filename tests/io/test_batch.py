import tracemalloc
from pathlib import Path

import fiona
import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from gridgeo.errors import CRSError, FileReadError
from gridgeo.io import read_batches, read_layer, text_batches

SHARED = Path(__file__).resolve().parents[2] / "../shared/data"


@pytest.fixture
def town(tmp_path):
    columns = {
        "名称": [f"社区{k}" for k in range(250)],
        "n": range(250),
        "share": [k / 7 for k in range(250)],
    }
    frame = gpd.GeoDataFrame(columns, geometry=shapely.box(range(250), 0, range(1, 251), 1), crs=4546)
    frame.to_file(tmp_path / "town.shp", engine="fiona", encoding="GBK")
    (tmp_path / "town.cpg").unlink()
    return tmp_path / "town.shp"


def test_batches_put_together_are_the_layer(town):
    batches = list(read_batches(town, size=100))
    assert [len(batch) for batch in batches] == [100, 100, 50]
    whole = gpd.GeoDataFrame(pd.concat(batches))
    assert_geodataframe_equal(whole, read_layer(town), check_dtype=False, check_like=True)


def test_both_copies_of_gdal_live_together_in_one_process(town, tmp_path):
    """fiona and pyogrio each bring a GDAL of their own; here they take turns on one file."""
    assert fiona.__gdal_version__ != "" != pyogrio.__gdal_version__
    copy = tmp_path / "copy.gpkg"
    names = []
    for batch in read_batches(town, size=100):
        names += batch["名称"].tolist()
        batch.to_file(copy, layer="town", engine="pyogrio", mode="a" if copy.exists() else "w")
        assert read_layer(copy).to_crs(4326).geometry.is_valid.all()
        names_by_fiona = [row.properties["名称"] for row in fiona.open(copy)]
        assert names_by_fiona == names
    assert len(names) == 250


def test_stated_things_hold_for_batches_too(town):
    assert next(read_batches(town, columns=["n"], size=2)).columns.tolist() == ["n", "geometry"]
    town.with_suffix(".prj").unlink()
    with pytest.raises(CRSError, match="declares no CRS"):
        next(read_batches(town))
    assert next(read_batches(town, crs="EPSG:4546")).crs.to_epsg() == 4546
    with pytest.raises(ValueError, match="at least 1 row"):
        next(read_batches(town, size=0))


def test_an_empty_layer_is_one_empty_batch(tmp_path):
    empty = gpd.GeoDataFrame({"n": pd.Series([], dtype="int64")}, geometry=[], crs=4546)
    empty.to_file(tmp_path / "a.gpkg", layer="a")
    batches = list(read_batches(tmp_path / "a.gpkg"))
    assert [len(batch) for batch in batches] == [0]
    assert batches[0].columns.tolist() == ["n", "geometry"]


def test_a_text_table_comes_in_batches_too(tmp_path):
    (tmp_path / "a.csv").write_text("lon,lat\n" + "111,30\n" * 5)
    batches = list(read_batches(tmp_path / "a.csv", size=2, crs="EPSG:4326"))
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert [batch.index[0] for batch in batches] == [0, 2, 4]


def test_a_file_damaged_half_way_is_no_short_layer(tmp_path):
    frame = gpd.GeoDataFrame(
        {"n": range(3000)}, geometry=shapely.box(range(3000), 0, range(1, 3001), 1), crs=4546
    )
    file = tmp_path / "a.fgb"
    frame.to_file(file)
    file.write_bytes(file.read_bytes()[:-40_000])
    with pytest.raises(FileReadError, match="again"):
        list(read_batches(file, size=500))


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not beside this checkout")
def test_a_real_layer_is_the_same_in_batches():
    source = SHARED / "shanghai/lujiazui.gpkg:buildings"
    whole = gpd.GeoDataFrame(pd.concat(list(read_batches(source, size=400))))
    expected = read_layer(source)
    assert whole["osm_id"].tolist() == expected["osm_id"].tolist()
    assert shapely.equals_exact(whole.geometry.array, expected.geometry.array, 0).all()


CELLS = {
    "whole": ["1", "2", "3", "4", "5"],
    "gaps": ["1", "", "3", "", "5"],
    "late": ["1", "2", "3", "4", "five"],
    "share": ["1", "2", "3.5", "", "1e3"],
    "area_code": ["420502001001"] * 5,
    "none": [""] * 5,
    "文字": ["甲", "乙", "丙", "", "丁"],
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("size", [1, 2, 5, 9])
def test_batches_of_a_text_table_have_the_types_of_the_whole(tmp_path, size, encoding):
    file = tmp_path / "a.csv"
    table = pd.DataFrame({"lon": [111.1, 111.2, 111.3, 111.4, 111.5], "lat": 30.7, **CELLS})
    table.to_csv(file, index=False, encoding=encoding)
    batches = list(read_batches(file, size=size, crs="EPSG:4326"))
    assert len(batches[0]) == min(size, 5)
    together = gpd.GeoDataFrame(pd.concat(batches))
    assert_geodataframe_equal(together, read_layer(file, crs="EPSG:4326"), check_index_type=False)


def test_a_text_table_is_never_in_memory_as_a_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(text_batches, "HEAD_BYTES", 1 << 18)  # what tells the encoding
    file = tmp_path / "a.csv"
    file.write_text("lon,lat,text\n" + f"111.1,30.7,{'街' * 500}\n" * 10_000, encoding="utf-8")
    tracemalloc.start()
    n_rows = sum(len(batch) for batch in read_batches(file, size=200, crs="EPSG:4326"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert n_rows == 10_000
    assert peak < file.stat().st_size / 4


def test_a_text_table_without_rows_gives_one_empty_batch(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("lon,lat,n\n", encoding="utf-8")
    (batch,) = read_batches(file, crs="EPSG:4326")
    assert batch.empty
    assert batch.columns.tolist() == ["lon", "lat", "n", "geometry"]
