import geopandas as gpd
import pytest
import shapely

from gridgeo.errors import FileReadError
from gridgeo.io import read_layer
from gridgeo.io.encoding import find_encoding, find_text_encoding

NAMES = ["西陵街道", "土街头社区居民委员会", "樵湖岭社区", "plain"]


def shapefile(tmp_path, encoding, cpg):
    """A shapefile in one encoding that declares another, or none."""
    file = tmp_path / "town.shp"
    frame = gpd.GeoDataFrame({"名称": NAMES}, geometry=shapely.box(range(4), 0, range(1, 5), 1), crs=4546)
    frame.to_file(file, engine="fiona", encoding=encoding)
    declared = file.with_suffix(".cpg")
    declared.unlink(missing_ok=True)
    if cpg is not None:
        declared.write_text(cpg)
    return file


@pytest.mark.parametrize("encoding", ["GBK", "GB18030", "UTF-8"])
@pytest.mark.parametrize("cpg", [None, "GBK", "936", "UTF-8", "ISO-8859-1", "88591", "ANSI 1252", "nonsense"])
def test_a_shapefile_is_read_right_whatever_it_declares(tmp_path, encoding, cpg):
    frame = read_layer(shapefile(tmp_path, encoding, cpg))
    assert frame.columns.tolist() == ["名称", "geometry"]
    assert frame["名称"].tolist() == NAMES


def test_a_wrong_declaration_is_reported(tmp_path):
    frame = read_layer(shapefile(tmp_path, "GBK", "UTF-8"))
    assert frame.attrs["encoding"] == "GB18030"
    assert frame.attrs["encoding_source"] == "found by a strict trial (the file wrongly declares utf-8)"


def test_a_stated_encoding_that_does_not_fit_is_refused(tmp_path):
    file = shapefile(tmp_path, "GBK", None)
    assert read_layer(file, encoding="GBK")["名称"].tolist() == NAMES
    with pytest.raises(FileReadError, match="is not UTF-8; leave out the encoding"):
        read_layer(file, encoding="UTF-8")
    with pytest.raises(FileReadError, match="no encoding is called 'klingon'; try UTF-8 or GB18030"):
        read_layer(file, encoding="klingon")


def test_a_character_cut_off_at_the_end_of_its_field_does_not_change_the_encoding(tmp_path):
    cut = [name.encode("GBK")[:-1] for name in NAMES[:3]]
    assert find_encoding(cut, "cut.shp").name == "GB18030"


def test_european_names_are_not_taken_for_chinese():
    streets = ["Straße des 17. Juni", "Rue de l'Église", "Calle Núñez"]
    assert find_encoding([name.encode("cp1252") for name in streets], "streets.shp").name == "cp1252"
    assert find_encoding([name.encode() for name in streets], "streets.shp").name == "UTF-8"


def test_rare_characters_outside_the_usual_plane_are_chinese_too():
    names = ["王堃", "朱镕基路", "囍"]
    assert find_encoding([name.encode("GBK") for name in names], "names.shp").name == "GB18030"


def test_chinese_bytes_under_a_western_label_are_known_as_chinese():
    values = [name.encode("GBK") for name in NAMES]
    assert find_encoding(values, "town.shp", declared="cp1252").name == "GB18030"


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-8-SIG", "UTF-16", "GBK", "GB18030"])
def test_a_text_file_is_decoded_by_its_mark_or_by_trial(encoding):
    text = "名称,户数\n西陵街道,250\n"
    data = text.encode(encoding)
    assert data.decode(find_text_encoding(data, "a.csv").name) == text


def test_a_file_of_mixed_encodings_is_refused_with_its_line():
    data = "名称\n西陵街道\n".encode() + "土街头社区居民委员会\n".encode("GBK") + "樵湖岭\n".encode()
    with pytest.raises(FileReadError, match=r"line 3 is not UTF-8.*mended at that line"):
        find_text_encoding(data, "a.csv")


def test_a_mapinfo_file_that_declares_nothing_is_tried_like_a_shapefile(tmp_path):
    file = tmp_path / "town.tab"
    frame = gpd.GeoDataFrame({"name": NAMES}, geometry=shapely.points(range(4), 30), crs=4326)
    frame.to_file(file, engine="fiona", driver="MapInfo File", encoding="GBK")
    assert read_layer(file)["name"].tolist() == NAMES
