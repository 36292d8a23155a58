import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner

from gridgeo.cli import main
from gridgeo.errors import FileReadError
from gridgeo.locate.assign_file import AssignJob, assign_file
from gridgeo.offset import wgs84_to_gcj02

X0, Y0 = 530_000, 3_395_000


@pytest.fixture
def division(tmp_path):
    """A division file of two grids of 1 km, with buildings."""
    squares = shapely.box([X0, X0 + 1000], Y0, [X0 + 1000, X0 + 2000], Y0 + 1000)
    file = tmp_path / "division.gpkg"
    gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.union_all(squares)], crs=4546).to_file(
        file, layer="communities"
    )
    gpd.GeoDataFrame({"grid_code": ["001", "002"]}, geometry=squares, crs=4546).to_file(file, layer="grids")
    rng = np.random.default_rng(0)
    at = rng.uniform([X0, Y0], [X0 + 1990, Y0 + 990], (400, 2))
    size = rng.uniform(8, 16, (400, 2))
    houses = shapely.box(at[:, 0], at[:, 1], at[:, 0] + size[:, 0], at[:, 1] + size[:, 1])
    gpd.GeoDataFrame({"building_id": range(400)}, geometry=houses, crs=4546).to_file(file, layer="buildings")
    return file


def lonlat_of(*places):
    points = gpd.GeoSeries.from_xy([X0 + x for x, _ in places], [Y0 + y for _, y in places], crs=4546)
    return (
        points.to_crs(4326).get_coordinates().rename(columns={"x": "lon", "y": "lat"}).reset_index(drop=True)
    )


def write_points(path, *places, **columns):
    table = lonlat_of(*places).assign(**columns)
    table.to_csv(path, index=False)
    return path


def run(*words):
    result = CliRunner().invoke(main, ["assign", *map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def read_text(path):
    return pd.read_csv(path, dtype="string", encoding="utf-8-sig", keep_default_na=False)


def test_every_row_keeps_its_cells_and_gets_its_grid_or_a_reason(division, tmp_path):
    points = tmp_path / "reports.csv"
    places = lonlat_of((500, 500), (1500, 500), (2010, 500), (5000, 500))
    rows = [f"00{i},{lon!r},{lat!r}" for i, (lon, lat) in enumerate(places.itertuples(index=False))]
    points.write_text("\n".join(["id,lon,lat", *rows, "004,,", "005,x,30", ""]))
    result = run(points, "--grids", division, "--tolerance", "50", "--out", tmp_path / "out.csv")
    assert result.exit_code == 0, result.output
    out = read_text(tmp_path / "out.csv")
    assert out.columns.tolist() == ["id", "lon", "lat", "grid_code", "reason", "distance_m"]
    assert out["id"].tolist() == ["000", "001", "002", "003", "004", "005"]
    assert out["grid_code"].tolist() == ["001", "002", "002", "", "", ""]
    assert out["reason"].tolist() == [
        "",
        "",
        "outside, nearest grid taken",
        "outside all grids",
        "no coordinates",
        "no coordinates",
    ]
    assert out["distance_m"].tolist() == ["0.0", "0.0", "10.0", "", "", ""]
    assert out["lon"].tolist()[:4] == [repr(lon) for lon in places["lon"]]
    assert (
        "6 points: 2 in a grid; 2 no coordinates; 1 outside, nearest grid taken; 1 outside all grids"
        in result.output
    )
    assert "EPSG:4326" in result.output


@pytest.mark.parametrize("suffix", ["csv", "parquet", "gpkg"])
def test_small_batches_give_what_one_gives(division, tmp_path, suffix):
    rng = np.random.default_rng(1)
    points = write_points(
        tmp_path / "p.csv", *rng.uniform(-20, 2020, (57, 2)), name=[f"点{i}" for i in range(57)]
    )
    outs = []
    for size in (5, 1000):
        out = tmp_path / f"out{size}.{suffix}"
        done = []
        job = AssignJob(
            points=str(points), grids=str(division), out=out, tolerance=30, with_border=True, batch=size
        )
        summary = assign_file(job, progress=done.append)
        assert sum(done) == summary.n_points == 57
        assert max(done) <= size
        read = {"csv": read_text, "parquet": pd.read_parquet, "gpkg": gpd.read_file}[suffix]
        outs.append(pd.DataFrame(read(out)))
    pd.testing.assert_frame_equal(*outs)
    assert outs[0]["grid_code"].isin(["001", "002"]).sum() > 20
    assert outs[0]["name"].tolist() == [f"点{i}" for i in range(57)]


def test_a_geopackage_of_the_answers_holds_the_points(division, tmp_path):
    points = tmp_path / "p.csv"
    points.write_text(write_points(tmp_path / "q.csv", (500, 500)).read_text() + ",\n")
    assert run(points, "--grids", division, "--out", tmp_path / "out.gpkg").exit_code == 0
    out = gpd.read_file(tmp_path / "out.gpkg", layer="points")
    assert out.crs.to_epsg() == 4326
    assert out.geometry.isna().tolist() == [False, True]
    at = out.geometry.iloc[[0]].to_crs(4546).iloc[0]
    assert at.distance(shapely.Point(X0 + 500, Y0 + 500)) < 1e-6


@pytest.mark.parametrize(("name", "step"), [("GCJ-02", wgs84_to_gcj02), ("EPSG:4490", lambda x, y: (x, y))])
def test_the_named_system_is_taken_off(division, tmp_path, name, step):
    true = lonlat_of((500, 500), (990, 500), (1010, 500))
    x, y = step(true["lon"], true["lat"])
    pd.DataFrame({"经": x, "纬": y}).to_csv(tmp_path / "p.csv", index=False)
    result = run(
        tmp_path / "p.csv",
        "--x",
        "经",
        "--y",
        "纬",
        "--crs",
        name,
        "--grids",
        division,
        "--out",
        tmp_path / "o.csv",
    )
    assert result.exit_code == 0, result.output
    assert read_text(tmp_path / "o.csv")["grid_code"].tolist() == ["001", "001", "002"]
    assert name in result.output


def test_points_of_a_chinese_map_without_saying_so_are_warned_about(division, tmp_path):
    houses = gpd.read_file(division, layer="buildings").to_crs(4546)
    inside = houses.geometry.centroid.iloc[:300].to_crs(4326)
    x, y = wgs84_to_gcj02(inside.x, inside.y)
    pd.DataFrame({"lon": x, "lat": y}).to_csv(tmp_path / "p.csv", index=False)
    result = run(tmp_path / "p.csv", "--grids", division, "--out", tmp_path / "o.csv")
    assert "Warning: points lies about" in result.stderr
    assert "--crs GCJ-02" in result.stderr
    result = run(tmp_path / "p.csv", "--crs", "GCJ-02", "--grids", division, "--out", tmp_path / "o.csv")
    assert "Warning" not in result.stderr


def test_latitude_as_x_is_warned_about(division, tmp_path):
    points = write_points(tmp_path / "p.csv", *np.random.default_rng(0).uniform(0, 1000, (50, 2)))
    result = run(points, "--x", "lat", "--y", "lon", "--grids", division, "--out", tmp_path / "o.csv")
    assert "x and y of points look exchanged" in result.stderr


def test_a_layer_of_points_in_its_own_system_is_taken(division, tmp_path):
    layer = gpd.GeoDataFrame(
        {"grid_code": ["old", "older"], "when": [1, 2]},
        geometry=[shapely.Point(X0 + 500, Y0 + 1), shapely.Point(X0 + 1500, Y0 + 1)],
        crs=4546,
    )
    layer.to_file(tmp_path / "p.gpkg", layer="incidents")
    result = run(
        f"{tmp_path}/p.gpkg:incidents",
        "--grids",
        f"{division}:grids",
        "--border",
        "--out",
        tmp_path / "o.csv",
    )
    assert result.exit_code == 0, result.output
    out = read_text(tmp_path / "o.csv")
    assert out["grid_code"].tolist() == ["old", "older"]
    assert out["assigned_grid_code"].tolist() == ["001", "002"]
    assert out["border_m"].tolist() == ["1.0", "1.0"]
    assert float(out["lon"][0]) == pytest.approx(lonlat_of((500, 1))["lon"][0], abs=1e-6)


def test_cells_that_a_spreadsheet_would_run_are_escaped(division, tmp_path):
    points = write_points(tmp_path / "p.csv", (500, 500), (500, 500), text=["=cmd|' /C calc'!A0", "-12"])
    assert run(points, "--grids", division, "--out", tmp_path / "o.csv").exit_code == 0
    assert read_text(tmp_path / "o.csv")["text"].tolist() == ["'=cmd|' /C calc'!A0", "-12"]


def test_gbk_is_read_and_said(division, tmp_path):
    points = write_points(tmp_path / "p.csv", (500, 500), text=["北京路"])
    points.write_bytes(points.read_text().encode("gbk"))
    result = run(points, "--grids", division, "--out", tmp_path / "o.csv")
    assert "GB18030" in result.output
    assert read_text(tmp_path / "o.csv")["text"].tolist() == ["北京路"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--x", "east", "--y", "lat"], "no column east; it has lon, lat; name them with --x and --y"),
        (["--x", "lon"], "x and y go together"),
        (["--crs", "EPSG:99999"], "no coordinate system is called 'EPSG:99999'"),
        (["--tolerance", "-1"], "tolerance must be a number of metres"),
        (["--out", "o.xlsx"], "points are written as .csv, .parquet, .gpkg; change the suffix"),
        (["--grids", "nowhere.gpkg"], "nowhere.gpkg"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(division, tmp_path, words, message):
    points = write_points(tmp_path / "p.csv", (500, 500))
    out = tmp_path / "o.csv"
    out.write_text("old")
    result = run(points, "--grids", division, "--out", out, *words)
    assert result.exit_code == 1
    assert message in result.stderr
    assert out.read_text() == "old"


def test_damage_far_down_leaves_the_old_answers_whole(division, tmp_path):
    points = write_points(tmp_path / "p.csv", *[(500, 500)] * 50)
    with points.open("a") as file:
        file.write("1,2,3\n")
    out = tmp_path / "o.csv"
    out.write_text("old")
    done = []
    job = AssignJob(points=str(points), grids=str(division), out=out, batch=10)
    with pytest.raises(
        FileReadError, match=r"^\S*p\.csv: the row that ends on line 52 has 3 cells, the header 2"
    ):
        assign_file(job, progress=done.append)
    assert sum(done) == 50
    assert out.read_text() == "old"


def test_a_file_of_a_header_alone_gives_one(division, tmp_path):
    (tmp_path / "p.csv").write_text("id,lon,lat\n")
    for suffix in ("csv", "parquet", "gpkg"):
        result = run(tmp_path / "p.csv", "--grids", division, "--out", tmp_path / f"o.{suffix}")
        assert result.exit_code == 0, result.output
        assert "0 points" in result.output
    assert read_text(tmp_path / "o.csv").columns.tolist() == [
        "id",
        "lon",
        "lat",
        "grid_code",
        "reason",
        "distance_m",
    ]
