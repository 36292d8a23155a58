import os
import subprocess
import sys

import geopandas as gpd
import pytest
import shapely

from gridgeo.errors import CRSError, FileReadError
from gridgeo.io import read_layer, read_table

needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user"
)


@pytest.fixture
def town(tmp_path):
    frame = gpd.GeoDataFrame(
        {"name": ["土街头社区居民委员会"] * 2000, "n": range(2000)},
        geometry=shapely.box(range(2000), 0, range(1, 2001), 1),
        crs=4546,
    )

    def write(ending):
        file = tmp_path / f"town.{ending}"
        frame.to_file(file, encoding="UTF-8")
        return file

    return write


@pytest.mark.parametrize("ending", ["gpkg", "shp", "fgb", "geojson", "gml"])
@pytest.mark.parametrize("share", [0.001, 0.3, 0.6, 0.95, 0.9999])
def test_a_file_that_was_cut_off_is_never_read_as_a_smaller_one(town, ending, share):
    file = town(ending)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(FileReadError, match=r"(cut off|damaged|again)"):
        read_layer(file)


def test_a_cut_off_table_of_a_shapefile_is_noticed(town):
    file = town("shp").with_suffix(".dbf")
    file.write_bytes(file.read_bytes()[:-5000])
    with pytest.raises(FileReadError, match="cut off before the last of its 2000 rows"):
        read_layer(file.with_suffix(".shp"))


def test_a_missing_part_of_a_shapefile_is_named(town):
    file = town("shp")
    file.with_suffix(".dbf").unlink()
    with pytest.raises(FileReadError, match=r"its \.dbf file is missing"):
        read_layer(file)


def test_a_shapefile_without_prj_says_what_to_type(town):
    file = town("shp")
    file.with_suffix(".prj").unlink()
    with pytest.raises(CRSError, match=r"ogr2ogr -a_srs EPSG:4546 .*town\.shp town"):
        read_layer(file)
    assert read_layer(file, crs="EPSG:4546").crs.to_epsg() == 4546


def test_a_damaged_page_in_a_geopackage_is_no_silent_loss(town):
    file = town("gpkg")
    data = bytearray(file.read_bytes())
    data[20 * 4096 : 60 * 4096] = b"\xff" * (40 * 4096)
    file.write_bytes(data)
    with pytest.raises(FileReadError, match="again"):
        read_layer(file)


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.geojson", "a.csv", "a.zip"])
def test_an_empty_file_is_called_empty(tmp_path, name):
    file = tmp_path / name
    file.touch()
    with pytest.raises(FileReadError, match=r"empty \(0 bytes\)"):
        read_layer(file)


def test_a_picture_is_not_a_layer(tmp_path):
    picture, named = tmp_path / "map.png", tmp_path / "map.gpkg"
    for file in (picture, named):
        file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    with pytest.raises(FileReadError, match="give a GeoPackage, shapefile, GeoJSON"):
        read_layer(picture)
    with pytest.raises(FileReadError, match=r"named \.gpkg but not a GeoPackage"):
        read_layer(named)


@pytest.mark.parametrize("recipe", ["vrt", "vrt after a comment", "utf-16", "wfs"])
def test_a_recipe_disguised_as_geojson_reads_no_other_file(tmp_path, recipe):
    secret = tmp_path / "secret.csv"
    secret.write_text("lon,lat,word\n1,2,password\n")
    source = f"<SrcDataSource>{secret}</SrcDataSource>"
    vrt = f'<OGRVRTDataSource><OGRVRTLayer name="secret">{source}</OGRVRTLayer></OGRVRTDataSource>'
    text = {
        "vrt": vrt.encode(),
        "vrt after a comment": f"<!--{' ' * 5000}-->{vrt}".encode(),
        "utf-16": vrt.encode("utf-16"),
        "wfs": b"<OGRWFSDataSource><URL>http://127.0.0.1:9/</URL></OGRWFSDataSource>",
    }[recipe]
    file = tmp_path / "layer.geojson"
    file.write_bytes(text)
    with pytest.raises(FileReadError, match="recipe that reads other files"):
        read_layer(file)


def test_gdal_itself_cannot_follow_a_recipe_once_gridgeo_io_is_imported(tmp_path):
    code = "import gridgeo.io, pyogrio, fiona; print('OGR_VRT' in pyogrio.list_drivers())"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert run.stdout.strip() == "False"
    assert run.stderr == ""


@needs_root
def test_a_file_of_somebody_else_is_called_unreadable(town, tmp_path):
    file = town("gpkg")
    file.chmod(0)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    code = (
        "import os, sys; from pathlib import Path; from gridgeo.io.integrity import check_file\n"
        "os.setuid(65534); check_file(Path(sys.argv[1]))"
    )
    run = subprocess.run([sys.executable, "-c", code, file], capture_output=True, text=True, check=False)
    assert "not readable by this user; change its permissions" in run.stderr


def test_a_folder_that_holds_nothing_spatial_says_so(tmp_path):
    (tmp_path / "readme.md").write_text("hello")
    with pytest.raises(FileReadError, match="GDAL"):
        read_table(tmp_path)
