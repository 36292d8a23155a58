import zipfile

import geopandas as gpd
import pytest
import shapely

from gridgeo.errors import FileReadError
from gridgeo.io import find_source, list_layers, read_layer, split_source


@pytest.fixture
def squares():
    columns = {"名称": ["西陵街道", "土街头社区", "樵湖岭社区"], "n": [1, 2, 3]}
    return gpd.GeoDataFrame(columns, geometry=shapely.box([0, 10, 20], 0, [10, 20, 30], 10), crs=4546)


@pytest.mark.parametrize(
    ("typed", "path", "layer"),
    [
        ("a.gpkg", "a.gpkg", None),
        ("a.gpkg:roads", "a.gpkg", "roads"),
        ("a.gpkg:two: words", "a.gpkg", "two: words"),
        ("dir.d/a.gpkg:道路", "dir.d/a.gpkg", "道路"),
        (r"C:\data\a.gpkg", r"C:\data\a.gpkg", None),
        (r"C:\data\a.gpkg:roads", r"C:\data\a.gpkg", "roads"),
        ("C:/data/a.gpkg:roads", "C:/data/a.gpkg", "roads"),
        ("plain", "plain", None),
    ],
)
def test_a_source_is_split_at_the_colon_before_the_layer(typed, path, layer):
    found, name = split_source(typed)
    assert (str(found), name) == (path, layer)


def test_a_file_whose_own_name_holds_a_colon_wins(tmp_path, squares):
    odd = tmp_path / "2023:edition.gpkg"
    squares.to_file(odd, layer="squares")
    assert split_source(odd) == (odd, None)
    assert split_source(f"{odd}:squares") == (odd, "squares")
    assert len(read_layer(f"{odd}:squares")) == 3


def test_the_only_layer_is_taken_and_several_are_listed(tmp_path, squares):
    file = tmp_path / "town.gpkg"
    squares.to_file(file, layer="squares")
    assert find_source(file).layer == "squares"
    squares.to_file(file, layer="others")
    with pytest.raises(
        FileReadError, match=r"has 2 layers, squares, others; name one as .*town.gpkg:squares"
    ):
        read_layer(file)
    with pytest.raises(FileReadError, match="has no layer 'roads'; it has squares, others"):
        read_layer(f"{file}:roads")
    assert list_layers(f"{file}:squares") == {"squares": "Polygon", "others": "Polygon"}


def test_a_missing_file_is_told_from_its_neighbours(tmp_path, squares):
    squares.to_file(tmp_path / "town.gpkg", layer="squares")
    with pytest.raises(FileReadError, match=r"twon.gpkg: no such file; the folder holds town.gpkg"):
        read_layer(tmp_path / "twon.gpkg:squares")
    with pytest.raises(FileReadError, match=r"the folder .* does not exist either"):
        read_layer(tmp_path / "no_folder" / "a.gpkg")


def test_a_zip_file_is_read_and_its_members_are_told_apart_by_name(tmp_path, squares):
    squares.to_file(tmp_path / "a.shp", encoding="GB18030")
    squares.iloc[:2].to_file(tmp_path / "b.geojson", engine="pyogrio")
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    parts = ["a.shp", "a.shx", "a.dbf", "a.prj"]
    for archive, members in ((one, parts), (two, [*parts, "b.geojson"])):
        with zipfile.ZipFile(archive, "w") as file:
            for member in members:
                file.write(tmp_path / member, f"边界/{member}")
    assert read_layer(one)["名称"].tolist() == squares["名称"].tolist()
    assert len(read_layer(f"{two}:a")) == 3
    assert len(read_layer(f"{two}:b")) == 2
    with pytest.raises(FileReadError, match=r"holds 边界/a.shp, 边界/b.geojson; name one as .*two.zip:a"):
        read_layer(two)


def test_a_broken_zip_file_and_one_without_layers_say_so(tmp_path):
    broken, empty = tmp_path / "broken.zip", tmp_path / "empty.zip"
    broken.write_bytes(b"PK\x03\x04 and no more")
    with zipfile.ZipFile(empty, "w") as file:
        file.writestr("readme.txt", "nothing")
    with pytest.raises(FileReadError, match="not a whole zip file"):
        read_layer(broken)
    with pytest.raises(FileReadError, match="no spatial file in it"):
        read_layer(empty)


def test_a_folder_of_shapefiles_is_read_by_layer(tmp_path, squares):
    folder = tmp_path / "shapes"
    folder.mkdir()
    squares.to_file(folder / "a.shp", encoding="GB18030")
    squares.to_file(folder / "b.shp", encoding="UTF-8")
    for layer in ("a", "b"):
        assert read_layer(f"{folder}:{layer}")["名称"].tolist() == squares["名称"].tolist()


@pytest.mark.parametrize("ending", ["fgb", "geojson", "gml", "gpkg", "shp", "tab", "sqlite"])
def test_every_usual_format_gives_the_same_rows(tmp_path, squares, ending):
    file = tmp_path / f"town.{ending}"
    drivers = {"tab": "MapInfo File", "sqlite": "SQLite"}
    named = squares.to_crs(4326).rename(columns={"名称": "name"})  # MapInfo has no Chinese column names
    named.to_file(file, driver=drivers.get(ending), encoding="UTF-8")
    frame = read_layer(file)
    assert sorted(frame["n"]) == [1, 2, 3]
    assert set(frame["name"]) == set(squares["名称"])
    assert frame.crs is not None
    assert frame.active_geometry_name == "geometry"
