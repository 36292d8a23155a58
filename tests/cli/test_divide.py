import json
import sqlite3
import subprocess
import sys

import geopandas as gpd
import numpy as np
import pytest
import shapely
from click.testing import CliRunner
from independent_laws import broken_laws
from towns import Town, block, layer, line, town

from gridgeo import read_division
from gridgeo.cli import main
from gridgeo.io import write_layers
from gridgeo.offset import wgs84_to_gcj02

EMPTY = ["." * 20] * 5
DRAWN = town(
    ["A" * 20] * 24,
    [
        *EMPTY,
        ".aa.bb.cc..dd.ee.ff.",
        ".aa.bb.cc..dd.ee.ff.",
        *EMPTY,
        *EMPTY,
        ".gg.hh.ii..jj.kk.ll.",
        ".gg.hh.ii..jj.kk.ll.",
        *EMPTY,
    ],
    80,
    [[(-1, 12), (21, 12)], [(10, -1), (10, 25)]],
)


@pytest.fixture
def files(tmp_path):
    """The town in one GeoPackage, as an office would hand it over, under its own column names."""
    file = tmp_path / "town.gpkg"
    extras = {
        "rail": layer([line((6.5, -1), (6.5, 25))]),
        "pond": layer([block(13, 8, 15, 10)]),
        "campus": layer([block(10, 12, 20, 24)], name=["大学"]),
        "census": layer([block(0, 0, 20, 24)], households=[3_000], people=[9_000]),
    }
    layers = {
        "communities": DRAWN.communities.rename(columns={"area_code": "code"}),
        "buildings": DRAWN.buildings.rename(columns={"households": "flats"}).assign(levels=6),
        "streets": DRAWN.streets,
    }
    write_layers(file, {**layers, **extras}, {})
    return file


def words(file, *more, households="flats", size=("--range", "200:300")):
    given = [
        *("--communities", f"{file}:communities", "--area-code", "code", "--buildings", f"{file}:buildings"),
        *("--streets", f"{file}:streets", "--effort", "fast", "--out", str(file.parent / "out.gpkg")),
    ]
    given += ["--households", households] if households else []
    return ["divide", *given, *size, *map(str, more)]


def run(*arguments):
    result = CliRunner().invoke(main, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_files_become_a_division_file_that_keeps_every_law(files):
    result = run(*words(files))
    assert result.exit_code == 0, result.output
    assert result.output.startswith("4 grids in 1 communities")
    division = read_division(files.parent / "out.gpkg")
    assert broken_laws(division, DRAWN) == []
    assert division.manifest["spec"]["households"] == [200.0, 300.0]
    assert division.manifest["inputs"]["columns"]["buildings"]["households"] == "flats"
    assert list(division.manifest["inputs"]["sha256"]) == ["town.gpkg"]


def test_the_score_is_printed_as_json(files):
    result = run(*words(files, "--json"))
    figures = json.loads(result.output)
    for name in (
        *(
            "n_grids",
            "in_range_share",
            "feasible_in_range_share",
            "exceptions",
            "street_share",
            "cut_cost_km",
        ),
        *(
            "mean_polsby_popper",
            "compounds_whole_share",
            "hamlets_whole_share",
            "mean_deviation",
            "n_multipart",
            "gap_area_m2",
        ),
        *("overlap_area_m2", "n_buildings_cut", "main_road_inside_share", "seconds", "peak_memory_mb"),
    ):
        assert name in figures, name
    assert figures["n_grids"] == 4
    assert figures["seconds"]["total"] > 0


def test_qgis_can_open_the_file_as_it_is(files):
    run(*words(files))
    with sqlite3.connect(files.parent / "out.gpkg") as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = {row[0] for row in base.execute("SELECT table_name FROM gpkg_geometry_columns")}
    base.close()
    assert {"communities", "grids", "atoms", "buildings", "streets"} <= names


@pytest.mark.parametrize(
    ("size", "kind"),
    [(("--preset", "yichang"), "base"), (("--area", "12000"), "unit"), (("--preset", "unit_grid"), "unit")],
)
def test_presets_and_areas_say_how_large_a_grid_is(files, size, kind):
    assert run(*words(files, size=size)).exit_code == 0
    assert set(read_division(files.parent / "out.gpkg").grids["kind"]) == {kind}


def test_barriers_compounds_and_dedicated_areas_are_read(files):
    extras = ["--barriers", f"{files}:rail", "--barriers", f"{files}:pond", "--dedicated", f"{files}:campus"]
    assert run(*words(files, *extras)).exit_code == 0
    division = read_division(files.parent / "out.gpkg")
    drawn = Town(DRAWN.communities, DRAWN.buildings, DRAWN.streets)
    assert broken_laws(division, drawn) == []
    assert division.grids["name"][division.grids["kind"] == "dedicated"].tolist() == ["大学"]
    assert len(division.manifest["inputs"]["layers"]["barriers"]) == 2


def test_households_are_estimated_or_spread_and_the_method_is_noted(files):
    assert run(*words(files, "--floor-area", "90", households=None)).exit_code == 0
    methods = read_division(files.parent / "out.gpkg").manifest["inputs"]["households"]
    assert methods["households"].startswith("estimated: footprint x levels / 90 m2")
    spread = ["--zones", f"{files}:census", "--zone-households", "households", "--zone-people", "people"]
    assert run(*words(files, *spread, households=None)).exit_code == 0
    division = read_division(files.parent / "out.gpkg")
    assert division.grids["households"].sum() == 3_000
    assert division.grids["people"].sum() == 9_000


def test_one_seed_gives_one_file(files):
    outputs = []
    for jobs in ("1", "1"):
        assert run(*words(files, "--seed", "5", "--jobs", jobs)).exit_code == 0
        outputs.append(read_division(files.parent / "out.gpkg").grids.to_json())
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--range", "200-300"), "'200-300' is not LO:HI"),
        (("--range", "a:b"), "'a:b' is not LO:HI"),
        ((), "one of --range, --preset and --area"),
        (("--range", "200:300", "--preset", "yichang"), "one of --range, --preset and --area"),
        (("--preset", "paris"), "'paris' is not one of"),
    ],
)
def test_a_wrong_use_is_said_with_exit_code_two(files, more, said):
    result = run(*words(files, size=more))
    assert result.exit_code == 2
    assert said in result.output
    assert not (files.parent / "out.gpkg").exists()


def test_a_range_upside_down_is_an_error(files):
    result = run(*words(files, size=("--range", "300:200")))
    assert result.exit_code == 1
    assert "the smaller first" in result.output


def test_a_file_that_cannot_be_read_is_named(files):
    for source, said in ((files.parent / "none.gpkg", "no such file"), (cut_off(files), "cut off")):
        arguments = words(files)
        arguments[arguments.index(f"{files}:streets")] = str(source)
        result = run(*arguments)
        assert result.exit_code == 1
        assert source.name in result.output
        assert said in result.output


def cut_off(file):
    broken = file.parent / "broken.gpkg"
    broken.write_bytes(file.read_bytes()[:5_000])
    return broken


@pytest.mark.parametrize("target", ["town.gpkg", "rail.gpkg"])
def test_the_layers_that_are_read_are_not_written_over(files, target):
    write_layers(files.with_name("rail.gpkg"), {"rail": layer([line((6.5, -1), (6.5, 25))])}, {})
    file = files.with_name(target)
    before = file.read_bytes()
    more = ["--barriers", str(files.with_name("rail.gpkg")), "--out", str(file)]
    result = run(*words(files, *more))
    assert result.exit_code == 1
    assert "is read as well, and would be lost" in result.output
    assert file.read_bytes() == before


def test_a_layer_without_a_system_is_named(files):
    naked = files.parent / "naked.gpkg"
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        gpd.GeoDataFrame(geometry=DRAWN.streets.geometry.to_numpy()).to_file(naked)
    arguments = words(files)
    arguments[arguments.index(f"{files}:streets")] = str(naked)
    result = run(*arguments)
    assert result.exit_code == 1
    assert "naked.gpkg:naked: declares no CRS" in result.output


def test_a_system_that_is_wrong_is_said_and_not_guessed_away(files):
    moved = files.parent / "moved.gpkg"
    DRAWN.streets.set_crs("EPSG:4525", allow_override=True).to_file(moved)
    arguments = words(files)
    arguments[arguments.index(f"{files}:streets")] = str(moved)
    result = run(*arguments)
    assert result.exit_code == 1
    assert "streets" in result.output
    assert not (files.parent / "out.gpkg").exists()


def test_a_missing_column_is_named_with_those_that_are_there(files):
    result = run(*words(files, households="rooms"))
    assert result.exit_code == 1
    assert "rooms" in result.output
    assert "flats" in result.output


def test_without_any_household_count_the_ways_to_one_are_named(files):
    renamed = files.parent / "plain.gpkg"
    DRAWN.buildings[["building_id", "geometry"]].to_file(renamed)
    arguments = words(files, households=None)
    arguments[arguments.index(f"{files}:buildings")] = str(renamed)
    result = run(*arguments)
    assert result.exit_code == 1
    for option in ("--households", "--zones", "--floor-area"):
        assert option in result.output


def test_national_codes_need_national_area_codes(files):
    result = run(*words(files, "--code-scheme", "14"))
    assert result.exit_code == 1
    assert "needs area codes of 12 digits, not 'A'" in result.output


def test_an_error_leaves_the_older_file_as_it_was(files):
    out = files.parent / "out.gpkg"
    run(*words(files))
    before = out.read_bytes()
    assert run(*words(files, "--code-scheme", "15")).exit_code == 1
    assert out.read_bytes() == before


def test_the_command_runs_as_a_program(files):
    code = "import sys; from gridgeo.cli import main; sys.argv[0] = 'gridgeo'; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *words(files, "--json")],
        capture_output=True,
        check=False,
        env={"LC_ALL": "C"},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["n_grids"] == 4


def test_the_help_names_every_option():
    result = CliRunner().invoke(main, ["divide", "--help"])
    for option in (
        "--communities",
        "--area-code",
        "--barriers",
        "--range",
        "--preset",
        "--jobs",
        "--seed",
        "--json",
    ):
        assert option in result.output


def test_the_system_of_a_layer_that_declares_none_can_be_stated(files, tmp_path):
    naked = tmp_path / "naked.csv"
    points = DRAWN.buildings.representative_point()
    rows = zip(DRAWN.buildings["building_id"], points.x, points.y, strict=True)
    naked.write_text("id,flats,x,y\n" + "".join(f"{i},80,{x},{y}\n" for i, x, y in rows), encoding="utf-8")
    code = DRAWN.communities.crs.to_epsg()
    result = run(*words(files, "--buildings", naked, "--crs", f"buildings=EPSG:{code}"))
    assert result.exit_code == 0, result.output
    division = read_division(files.parent / "out.gpkg")
    assert division.grids["households"].sum() == 80 * len(DRAWN.buildings)
    assert division.manifest["inputs"]["crs"] == {"buildings": f"EPSG:{code}"}


def test_coordinates_of_a_map_service_are_taken_back_to_true_ones(files, tmp_path):
    true = DRAWN.communities.rename(columns={"area_code": "code"}).to_crs("EPSG:4326")
    shifted = true.set_geometry(
        shapely.transform(true.geometry, lambda at: np.column_stack(wgs84_to_gcj02(*at.T))), crs=true.crs
    )
    write_layers(tmp_path / "amap.gpkg", {"communities": shifted}, {})
    source = ["--communities", f"{tmp_path / 'amap.gpkg'}:communities"]
    result = run(*words(files, *source, "--crs", "communities=GCJ-02"))
    assert result.exit_code == 0, result.output
    apart = read_division(files.parent / "out.gpkg").grids.to_crs(DRAWN.communities.crs).union_all()
    assert apart.symmetric_difference(DRAWN.communities.union_all()).area < 0.1


@pytest.mark.parametrize("stated", ["EPSG:4546", "rivers=EPSG:4546", "buildings="])
def test_a_system_for_no_layer_is_refused_with_the_roles(files, stated):
    result = run(*words(files, "--crs", stated))
    assert result.exit_code == 2
    assert "such as buildings=EPSG:4546; roles are communities, buildings" in result.output
