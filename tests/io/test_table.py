import gzip

import pytest

from gridgeo.errors import CRSError, FileReadError
from gridgeo.io import read_layer, read_table
from gridgeo.io.kinds import is_code_column


def table(tmp_path, text, encoding="UTF-8", name="table.csv"):
    file = tmp_path / name
    file.write_bytes(text.encode(encoding))
    return file


def test_codes_stay_text_and_quantities_become_numbers(tmp_path):
    header = "code,name,streetCode,lift,n,share,phone\n"
    text = f"{header}420502001001,甲,001,007,3,0.5,0717\n420502001002,乙,002,010,,1,0718\n"
    frame = read_table(table(tmp_path, text))
    assert frame["code"].tolist() == ["420502001001", "420502001002"]
    assert frame["streetCode"].tolist() == ["001", "002"]
    assert frame["lift"].tolist() == ["007", "010"]
    assert frame["phone"].tolist() == ["0717", "0718"]
    assert str(frame["n"].dtype) == "Int64"
    assert frame["n"].isna().tolist() == [False, True]
    assert frame["share"].tolist() == [0.5, 1.0]


@pytest.mark.parametrize(
    ("column", "is_code"),
    [
        *(
            ("area_code", True),
            ("streetCode", True),
            ("ID", True),
            ("building_id", True),
            ("统计用区划代码", True),
        ),
        *(("households", False), ("width", False), ("idle", False), ("户数", False)),
    ],
)
def test_columns_of_codes_are_known_by_name(column, is_code):
    assert is_code_column(column) is is_code


@pytest.mark.parametrize("spoilt", ["4.20502E+11", "4.2E+11", "4,20502E+11"])
def test_codes_that_a_spreadsheet_has_rounded_are_refused(tmp_path, spoilt):
    with pytest.raises(FileReadError, match=r"column code holds .*E\+11 in row 2.*formatted as text"):
        read_table(table(tmp_path, f"code;n\n420502001001;1\n{spoilt};2\n"))


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-8-SIG", "GBK", "GB18030", "UTF-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encoding_and_separator_are_found(tmp_path, encoding, separator):
    text = '编号|地址\n1|"西陵一路, 12号;\n二楼"\n'.replace("|", separator)
    frame = read_table(table(tmp_path, text, encoding))
    assert frame.columns.tolist() == ["编号", "地址"]
    assert frame["地址"].tolist() == ["西陵一路, 12号;\n二楼"]


def test_a_packed_table_is_read_and_a_broken_one_is_not(tmp_path):
    whole, broken = tmp_path / "a.csv.gz", tmp_path / "b.csv.gz"
    data = gzip.compress("名称,n\n甲,1\n".encode() * 1000)
    whole.write_bytes(data)
    broken.write_bytes(data[:-20])
    assert len(read_table(whole)) == 1999
    with pytest.raises(FileReadError, match="cannot be unpacked"):
        read_table(broken)


@pytest.mark.parametrize("text", ["a,b\n1,2\n3,4,5\n", 'a,b\n"1,2\n3,4\n', "a,b\n1,2,3\n4,5,6\n"])
def test_a_ragged_table_is_refused(tmp_path, text):
    with pytest.raises(FileReadError, match=r"(not a regular table|more cells than the header)"):
        read_table(table(tmp_path, text))


def test_a_table_becomes_points_in_the_stated_system(tmp_path):
    file = table(tmp_path, "name,lon,lat\n甲,111.29,30.69\n乙,,\n")
    frame = read_layer(file, crs="EPSG:4326")
    assert frame.crs.to_epsg() == 4326
    assert (frame.geometry[0].x, frame.geometry[0].y) == (111.29, 30.69)
    assert frame.geometry.isna().tolist() == [False, True]
    with pytest.raises(
        CRSError, match=r"lon and lat are in no stated CRS; say which, for example crs='EPSG:4326'"
    ):
        read_layer(file)


def test_points_stated_to_be_gcj_02_come_as_wgs_84(tmp_path):
    file = table(tmp_path, "lng,lat\n116.404,39.915\n")
    point = read_layer(file, crs="GCJ-02").geometry[0]
    assert 300 < shapely_metres(point, 116.404, 39.915) < 700


def shapely_metres(point, lon, lat):
    """The distance in metres, roughly, at 40 degrees north."""
    return (((point.x - lon) * 85_000) ** 2 + ((point.y - lat) * 111_000) ** 2) ** 0.5


def test_a_wkt_column_says_its_own_system(tmp_path):
    file = table(tmp_path, 'id;wkt\n1;"SRID=4546;POLYGON ((0 0, 1 0, 1 1, 0 0))"\n2;\n')
    frame = read_layer(file)
    assert frame.crs.to_epsg() == 4546
    assert frame.geometry[0].area == 0.5
    assert frame.geometry.isna().tolist() == [False, True]


def test_a_cell_that_is_no_coordinate_or_shape_is_named(tmp_path):
    degrees = table(tmp_path, "lon,lat\n111.2,30.6\n111°17',30.6\n")
    with pytest.raises(FileReadError, match=r"column lon holds .111°17'. in row 2"):
        read_layer(degrees, crs="EPSG:4326")
    shape = table(tmp_path, "id;wkt\n1;POINT (1 1)\n2;POINT 1 1\n")
    with pytest.raises(FileReadError, match="row 2 holds no WKT: 'POINT 1 1'"):
        read_layer(shape, crs="EPSG:4326")


def test_a_table_without_a_place_lists_its_columns(tmp_path):
    with pytest.raises(FileReadError, match="needs lon and lat, x and y, or WKT, and has name, n"):
        read_layer(table(tmp_path, "name,n\na,1\n"), crs="EPSG:4326")


def test_a_header_alone_is_an_empty_table(tmp_path):
    frame = read_table(table(tmp_path, "name,n\n"))
    assert frame.columns.tolist() == ["name", "n"]
    assert len(frame) == 0
    with pytest.raises(FileReadError, match="not even a header"):
        read_table(table(tmp_path, "\n"))
