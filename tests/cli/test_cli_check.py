import json
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner

from gridgeo.cli import main

SHARED = Path(__file__).resolve().parents[2] / "../shared/data"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not beside this checkout")
X, Y = 530_000, 3_395_000


@pytest.fixture
def town(tmp_path):
    """A town in one GeoPackage, as an office would hand it over."""
    file = tmp_path / "town.gpkg"
    areas = shapely.box([X, X + 100], Y, [X + 100, X + 200], Y + 100)
    gpd.GeoDataFrame({"社区代码": ["A", "B"]}, geometry=areas, crs=4546).to_file(file, layer="社区")
    houses = shapely.box([X + 10, X + 150], Y + 10, [X + 20, X + 160], Y + 20)
    gpd.GeoDataFrame({"编号": ["1", "2"], "户数": [10, -1]}, geometry=houses, crs=4546).to_file(
        file, layer="建筑"
    )
    gpd.GeoDataFrame({"t": ["x"]}, geometry=areas[:1], crs=4546).to_file(file, layer="other")
    return file


def run(*words):
    result = CliRunner().invoke(main, ["check", *map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_a_whole_file_is_checked_and_every_guess_is_shown(town):
    result = run(town)
    assert result.exit_code == 0
    assert f"{town}:社区: taken for communities" in result.output
    assert "communities: takes 社区代码 as area_code" in result.output
    assert "buildings: takes 编号 as building_id, 户数 as households" in result.output
    assert f"{town}:other: not checked, nothing says what it is" in result.output
    assert "households negative (1)" in result.output
    assert result.output.splitlines()[-1] == "1 reported: can be used"


def test_stated_roles_and_columns_are_not_guessed(town):
    result = run(
        "--communities", f"{town}:other", "--area-code", "t", "--buildings", f"{town}:建筑", "--json"
    )
    report = json.loads(result.output)
    assert [layer["name"] for layer in report["layers"]] == ["communities", "buildings"]
    assert {fault["fault"] for fault in report["faults"]} == {"households negative", "in no community"}
    assert result.exit_code == 0


def test_a_fatal_fault_is_an_exit_code(town):
    result = run("--communities", f"{town}:社区", "--area-code", "代码")
    assert result.exit_code == 1
    assert "communities: no column 代码" in result.output
    assert "there are 社区代码" in result.output


def test_what_cannot_be_read_is_a_fault_like_others(town, tmp_path):
    broken = tmp_path / "streets.gpkg"
    broken.write_bytes(town.read_bytes()[:5000])
    result = run(town, broken, tmp_path / "none.shp", "--json")
    report = json.loads(result.output)
    assert result.exit_code == 1
    assert [fault["meaning"].split(": ")[1][:12] for fault in report["faults"][:2]] == [
        "cut off, 500",
        "no such file",
    ]
    assert len(report["layers"]) == 2


def test_a_wrong_encoding_is_reported(tmp_path):
    file = tmp_path / "社区.shp"
    frame = gpd.GeoDataFrame(
        {"area_code": ["A"], "name": ["土街头社区"]}, geometry=[shapely.box(X, Y, X + 9, Y + 9)], crs=4546
    )
    frame.to_file(file, engine="fiona", encoding="GBK")
    file.with_suffix(".cpg").write_text("UTF-8")
    result = run(file)
    assert result.exit_code == 0
    assert "encoding in doubt" in result.output
    assert "GB18030, found by a strict trial (the file wrongly declares utf-8)" in result.output


def test_no_file_at_all_is_a_wrong_use():
    assert run().exit_code == 2


def test_a_file_of_which_nothing_is_known_is_not_called_good(town):
    result = run(f"{town}:other")
    assert result.exit_code == 1
    assert "nothing was checked" in result.output


def test_the_command_prints_chinese_names_even_where_the_terminal_is_plain(town):
    words = [sys.executable, "-m", "gridgeo.cli", "check", str(town)]
    code = "import sys; from gridgeo.cli import main; sys.argv[0] = 'gridgeo'; main()"
    run_ = subprocess.run(
        [sys.executable, "-c", code, *words[3:]], capture_output=True, check=False, env={"LC_ALL": "C"}
    )
    assert run_.returncode == 0, run_.stderr
    assert "taken for communities" in run_.stdout.decode()


@needs_shared
def test_cambridge_can_be_used_and_says_what_will_be_mended():
    file = SHARED / "cambridge/cambridge.gpkg"
    result = run(file)
    assert result.exit_code == 0
    for said in (
        "communities overlap (1)",
        "mixed geometry (11)",
        "in two communities",
        "takes N_HOOD as area_code",
    ):
        assert said in result.output
