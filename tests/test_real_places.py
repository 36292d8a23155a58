"""Real places, dirty as they are: the laws hold, the independent judge agrees, and the figures stay good."""

import subprocess
import sys
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner

from gridgeo import read_division
from gridgeo.cli import main

SHARED = (Path(__file__).resolve().parents[1] / "../shared").resolve()
CAMBRIDGE = SHARED / "data/cambridge/cambridge.gpkg"
LUJIAZUI = SHARED / "data/shanghai/lujiazui.gpkg"
JUDGE = SHARED / "tools/check_division.py"

ON_CAMBRIDGE = ["--communities", f"{CAMBRIDGE}:neighborhoods", "--area-code", "N_HOOD"]
ON_CAMBRIDGE += ["--buildings", f"{CAMBRIDGE}:parcels_units", "--households", "units_derived"]
ON_CAMBRIDGE += ["--streets", f"{CAMBRIDGE}:street_centerlines"]
ON_CAMBRIDGE += ["--barriers", f"{CAMBRIDGE}:rail", "--barriers", f"{CAMBRIDGE}:water_bodies"]

ON_LUJIAZUI = ["--communities", f"{LUJIAZUI}:districts_wgs84", "--area-code", "adcode"]
ON_LUJIAZUI += ["--buildings", f"{LUJIAZUI}:buildings", "--floor-area", "90"]
ON_LUJIAZUI += ["--streets", f"{LUJIAZUI}:roads", "--barriers", f"{LUJIAZUI}:water"]


def divided(options, out):
    """Return the division that the command makes of files."""
    call = ["divide", *options, "--range", "200:300", "--jobs", "2", "--out", str(out)]
    result = CliRunner().invoke(main, call, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return read_division(out)


@pytest.fixture(scope="module")
def cambridge(tmp_path_factory):
    if not CAMBRIDGE.exists():
        pytest.skip("the shared data of Cambridge are not beside this checkout")
    path = tmp_path_factory.mktemp("cambridge") / "cambridge.gpkg"
    return path, divided(ON_CAMBRIDGE, path)


@pytest.fixture(scope="module")
def lujiazui(tmp_path_factory):
    if not LUJIAZUI.exists():
        pytest.skip("the shared data of Lujiazui are not beside this checkout")
    return divided(ON_LUJIAZUI, tmp_path_factory.mktemp("lujiazui") / "lujiazui.gpkg")


def test_an_independent_judge_finds_no_law_broken_in_cambridge(cambridge):
    if not JUDGE.exists():
        pytest.skip("the judge is not beside this checkout")
    layers = [str(CAMBRIDGE), "neighborhoods", "N_HOOD", str(CAMBRIDGE), "parcels_units", "ML"]
    layers += ["units_derived", str(CAMBRIDGE), "street_centerlines", "200", "300", "1.0"]
    call = [sys.executable, str(JUDGE), str(cambridge[0]), *layers]
    found = subprocess.run(call, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_cambridge_is_divided_as_well_as_was_promised(cambridge):
    score = cambridge[1].score
    assert score["feasible_in_range_share"] == 1
    assert score["exceptions_unproved"] == 0
    # The benchmark shows the figures beside what was promised; here stands what no change may fall below.
    assert score["street_share"] > 0.95
    assert score["mean_polsby_popper"] > 0.59
    assert score["thin_share"] <= 0.04
    assert score["main_road_inside_share"] <= 0.5
    assert score["gap_area_m2"] < 0.001 * cambridge[1].communities.length.sum()
    assert score["overlap_area_m2"] == 0


def test_parcels_of_cambridge_lie_in_their_grid(cambridge):
    division = cambridge[1]
    # A parcel in two communities is cut by law: the railway's, the streets', and 91 on a border.
    homes = division.communities.set_index("area_code").geometry
    parcels = division.buildings.dropna(subset="grid_code")
    grids = division.grids.set_index("grid_code")
    grid = grids.geometry.reindex(parcels["grid_code"]).to_numpy()
    home = homes.reindex(grids["area_code"].reindex(parcels["grid_code"])).to_numpy()
    at_home = shapely.area(shapely.intersection(parcels.geometry.to_numpy(), home))
    in_grid = shapely.area(shapely.intersection(parcels.geometry.to_numpy(), grid))
    outside = (1 - in_grid / at_home)[at_home > 0.999 * parcels.area]
    assert len(outside) > 12_000
    assert (outside > 0.05).sum() == 0
    assert (outside > 0.01).mean() <= 0.001


def test_districts_with_a_corner_of_houses_keep_every_law(lujiazui):
    grids = lujiazui.grids
    assert shapely.coverage_is_valid(grids.geometry.to_numpy())
    apart = lujiazui.communities.union_all().symmetric_difference(grids.union_all()).area
    assert apart < 0.001 * lujiazui.communities.length.sum()
    assert grids["households"].sum() == lujiazui.buildings["households"].sum()
    assert lujiazui.buildings["grid_code"].notna().all()


def test_lujiazui_has_no_exception_without_a_proof(lujiazui):
    assert lujiazui.score["exceptions_unproved"] == 0
    assert lujiazui.score["feasible_in_range_share"] == 1
    assert lujiazui.exceptions["reason"].str.len().gt(3).all()
