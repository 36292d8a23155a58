"""Files as offices export them, through the commands that read them: taken right, or refused with advice."""

import tracemalloc
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner, Result

from gridgeo.cli import main
from gridgeo.io import text_batches
from gridgeo.locate.assign_file import AssignJob, assign_file
from gridgeo.locate.gazetteer import write_gazetteer
from gridgeo.locate.reports import read_reports
from tests.locate.small_city import X, Y, at, small_city

TEXT = "云集路28号积水"
HEADER, ROW = "编号,描述,lon,lat", f"7,{TEXT},{{lon}},{{lat}}"


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    write_gazetteer(small_city(), folder / "gaz.gpkg")
    square = shapely.box(X - 200, Y - 300, X + 1300, Y + 1000)
    gpd.GeoDataFrame({"grid_code": ["A"]}, geometry=[square], crs=4546).to_file(folder / "grids.gpkg")
    return folder


def place() -> tuple[str, str]:
    point = gpd.GeoSeries([at(280, 15)], crs=4546).to_crs(4326).iloc[0]
    return f"{point.x:.7f}", f"{point.y:.7f}"


def row(number: int = 7, text: str = TEXT) -> str:
    return ",".join([str(number), text, *place()])


def run(home: Path, file: Path, command: str) -> Result:
    words = {
        "assign": ["assign", str(file), "--grids", str(home / "grids.gpkg")],
        "geocode": ["geocode", str(file), "--text", "描述", "--gazetteer", str(home / "gaz.gpkg")],
    }[command]
    return CliRunner().invoke(main, [*words, "--out", str(file.with_name("out.csv"))])


COMMANDS = pytest.mark.parametrize("command", ["assign", "geocode"])


@COMMANDS
@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8", ";"), ("utf-8-sig", ","), ("gbk", ","), ("gbk", ";"), ("gb18030", "\t"), ("utf-16", "\t")],
)
def test_any_encoding_and_separator_of_an_office_gives_the_same(home, tmp_path, command, encoding, separator):
    file = tmp_path / "in.csv"
    text = f"{HEADER}\r\n{row()}\r\n".replace(",", separator)
    file.write_bytes(text.encode(encoding))
    result = run(home, file, command)
    assert result.exit_code == 0, result.output
    out = read_reports(tmp_path / "out.csv")
    assert out[["编号", "描述"]].iloc[0].tolist() == ["7", TEXT]
    answer = out["grid_code" if command == "assign" else "matched"].tolist()
    assert answer == ["A" if command == "assign" else "云集路28号"]


@COMMANDS
def test_quotes_separators_and_line_breaks_stay_in_their_cell(home, tmp_path, command):
    text = f'{TEXT}，"急",\n请速来'
    file = tmp_path / "in.csv"
    quoted = '"' + text.replace('"', '""') + '"'
    file.write_text(f"{HEADER}\n{row(7, quoted)}\n{row(8)}\n", encoding="utf-8")
    assert run(home, file, command).exit_code == 0
    assert read_reports(tmp_path / "out.csv")["描述"].tolist() == [text, TEXT]


BAD = {
    "empty": (b"", "is empty; export it again, with a header line"),
    "mixed": (f"{HEADER}\n{row()}\n".encode() + row(8).encode("gbk") + b"\n", "mixed encodings"),
    "rounded": (f"area_code,{HEADER}\n4.20502E+11,{row()}\n".encode(), "ext"),
    "ragged": (f"{HEADER}\n{row()},more\n".encode(), "quote"),
    "open quote": (f'{HEADER}\n8,"{TEXT}\n'.encode(), "close an open quote"),
    "two of one name": (f"{HEADER},编号\n{row()},9\n".encode(), "two columns are called '编号'; rename one"),
    "no such column": (b"wo,was\n1,2\n", "wo, was"),
}


@COMMANDS
@pytest.mark.parametrize("fault", list(BAD))
def test_what_cannot_be_taken_right_is_refused_with_what_to_do_and_nothing_is_written(
    home, tmp_path, command, fault
):
    file = tmp_path / "in.csv"
    file.write_bytes(BAD[fault][0])
    result = run(home, file, command)
    assert result.exit_code == 1
    assert BAD[fault][1] in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "out.csv").exists()


@COMMANDS
def test_codes_that_a_spreadsheet_rounded_are_named_with_their_column_and_row(home, tmp_path, command):
    file = tmp_path / "in.csv"
    file.write_text(f"area_code,{HEADER}\n420502001001,{row()}\n4.20502E+11,{row(8)}\n", encoding="utf-8")
    said = run(home, file, command).output
    assert "area_code" in said
    assert "4.20502E+11" in said
    assert "text" in said


@COMMANDS
def test_an_id_that_stands_twice_is_told_and_both_rows_are_kept(home, tmp_path, command):
    file = tmp_path / "in.csv"
    file.write_text("\n".join([HEADER, row(1), row(2), row(1), row(3), ""]), encoding="utf-8")
    result = run(home, file, command)
    assert result.exit_code == 0
    assert "Warning: 1 rows have a 编号 that an earlier row has already" in result.output
    assert read_reports(tmp_path / "out.csv")["编号"].tolist() == ["1", "2", "1", "3"]


@COMMANDS
def test_ids_that_differ_and_columns_that_are_no_ids_are_not_told_of(home, tmp_path, command):
    file = tmp_path / "in.csv"
    file.write_text("\n".join([HEADER, row(1), row(2), ""]), encoding="utf-8")
    assert "Warning" not in run(home, file, command).output
    file.write_text(
        "\n".join(["街道," + HEADER, f"西陵,{row(1)}", f"西陵,{row(1)}", f"云集,{row(1)}", ""]),
        encoding="utf-8",
    )
    assert "Warning" not in run(home, file, command).output


@COMMANDS
@pytest.mark.parametrize("formula", ["=cmd|' /C calc'!A0", "+1+cmd", "@SUM(A1)", "-2+3+cmd"])
def test_a_formula_is_disarmed_on_the_way_out(home, tmp_path, command, formula):
    file = tmp_path / "in.csv"
    file.write_text(f"{HEADER},note\n{row()},{formula}\n", encoding="utf-8")
    assert run(home, file, command).exit_code == 0
    assert read_reports(tmp_path / "out.csv")["note"].tolist() == ["'" + formula]


def test_a_file_of_points_is_never_in_memory_as_a_whole(home, tmp_path, monkeypatch):
    monkeypatch.setattr(text_batches, "HEAD_BYTES", 1 << 18)
    file = tmp_path / "in.csv"
    file.write_text(f"{HEADER}\n" + (row(7, "积水" * 300) + "\n") * 3_000, encoding="utf-8")
    job = AssignJob(points=str(file), grids=str(home / "grids.gpkg"), out=tmp_path / "out.csv", batch=100)
    assign_file(job)  # whatever is loaded once is loaded
    tracemalloc.start()
    done: list[int] = []
    assign_file(job, progress=done.append)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(done) == 3_000
    assert len(done) == 30
    assert peak < file.stat().st_size / 2
    assert len(pd.read_csv(tmp_path / "out.csv")) == 3_000


def assign(home: Path, file: Path, out: str = "out.csv") -> Result:
    words = ["assign", str(file), "--grids", str(home / "grids.gpkg"), "--out", str(file.with_name(out))]
    return CliRunner().invoke(main, words)


def test_coordinates_with_a_decimal_comma_are_told_of_and_not_passed_over_in_silence(home, tmp_path):
    lon, lat = (value.replace(".", ",") for value in place())
    file = tmp_path / "in.csv"
    file.write_text(f"编号;lon;lat\n7;{lon};{lat}\n8;{';'.join(place())}\n9;;\n", encoding="utf-8")
    result = assign(home, file)
    assert result.exit_code == 0
    assert "2 coordinates are no numbers and were left out" in result.output
    assert repr(lon) in result.output
    assert pd.read_csv(tmp_path / "out.csv")["grid_code"].tolist()[1] == "A"


def test_metres_that_are_taken_for_degrees_are_told_of_with_their_zone(home, tmp_path):
    zoned = gpd.GeoSeries([at(280, 15)], crs=4546).to_crs(4525).iloc[0]
    file = tmp_path / "in.csv"
    file.write_text(f"编号,x,y\n7,{zoned.x},{zoned.y}\n", encoding="utf-8")
    result = assign(home, file)
    assert "are no degrees but look like metres" in result.output
    assert "--crs EPSG:4525" in result.output
    assert pd.read_csv(tmp_path / "out.csv")["reason"].tolist() == ["outside all grids"]


def test_the_points_are_not_written_over(home, tmp_path):
    file = tmp_path / "in.csv"
    file.write_text(f"{HEADER}\n{row()}\n", encoding="utf-8")
    before = file.read_bytes()
    result = assign(home, file, "in.csv")
    assert result.exit_code == 1
    assert "name another file with --out" in result.output
    assert file.read_bytes() == before


@pytest.mark.parametrize("has_shapes", [True, False])
def test_parquet_is_read_with_shapes_and_without(home, tmp_path, has_shapes):
    lon, lat = map(float, place())
    table = pd.DataFrame({"编号": ["007", "008"], "lon": [lon, 0.0], "lat": [lat, 0.0]})
    file = tmp_path / "in.parquet"
    if has_shapes:
        points = gpd.points_from_xy(table["lon"], table["lat"])
        gpd.GeoDataFrame(table[["编号"]], geometry=points, crs=4326).to_parquet(file)
    else:
        table.to_parquet(file)
    assert assign(home, file, "out.parquet").exit_code == 0
    found = pd.read_parquet(tmp_path / "out.parquet")
    assert found["编号"].tolist() == ["007", "008"]
    assert found["grid_code"].fillna("").tolist() == ["A", ""]
    assert found["lon"].tolist() == pytest.approx([lon, 0.0], abs=1e-7)


def geocode(home: Path, file: Path, out: str) -> Result:
    words = ["geocode", str(file), "--text", "描述", "--gazetteer", str(home / "gaz.gpkg")]
    return CliRunner().invoke(main, [*words, "--out", str(file.with_name(out))])


def test_reports_that_were_geocoded_before_keep_all_their_columns(home, tmp_path):
    file = tmp_path / "in.csv"
    file.write_text(f"{HEADER}\n{row()}\n", encoding="utf-8")
    for source, out in (("in.csv", "once.csv"), ("once.csv", "twice.csv"), ("twice.csv", "thrice.parquet")):
        result = geocode(home, tmp_path / source, out)
        assert result.exit_code == 0, result.output
        assert "1 rows: 1 house_number" in result.output
    found = pd.read_parquet(tmp_path / "thrice.parquet")
    assert {"precision", "geocode_precision", "geocode_geocode_precision"} <= set(found.columns)
    assert geocode(home, tmp_path / "thrice.parquet", "again.gpkg").exit_code == 0


@pytest.mark.parametrize(("out", "words"), [("in.csv", "would be lost"), ("out.xlsx", "change the suffix")])
def test_a_result_that_cannot_be_kept_is_refused_before_the_work(home, tmp_path, out, words):
    file = tmp_path / "in.csv"
    file.write_text(f"{HEADER}\n{row()}\n", encoding="utf-8")
    before = file.read_bytes()
    result = geocode(home, file, out)
    assert result.exit_code == 1
    assert words in result.output
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_stated_system_is_for_the_tables_that_declare_none(tmp_path):
    lon, lat = place()
    (tmp_path / "points.csv").write_text(f"address,lon,lat\n云集路28号,{lon},{lat}\n", encoding="utf-8")
    street = gpd.GeoDataFrame(
        {"name": ["云集路"]}, geometry=[shapely.LineString([at(0, 0), at(900, 0)])], crs=4546
    )
    street.to_file(tmp_path / "streets.gpkg")
    words = ["gazetteer", "build", "--addresses", str(tmp_path / "points.csv"), "--crs", "EPSG:4326"]
    words += ["--streets", str(tmp_path / "streets.gpkg"), "--out", str(tmp_path / "gaz.gpkg")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert "1 house_number" in result.output
