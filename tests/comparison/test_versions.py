import geopandas as gpd
import pandas as pd
import pytest
from drawn_partition import drawn
from towns import CRS, at, layer, shapes_of, streets_of

from gridgeo import Division
from gridgeo.comparison.versions import assign_by_date, division_at, grid_history
from gridgeo.errors import SchemaError


def version(rows, start):
    """Return a drawing of grids as a division that begins on a day."""
    network = drawn(rows)
    grids = network.grids.assign(area_code="V", name=network.grids["grid_code"], kind="base")
    whole = shapes_of(["VVVVVV"] * 4)["V"]
    return Division(
        communities=layer([whole], area_code=["V"]),
        grids=grids,
        atoms=grids[["grid_code", "geometry"]],
        buildings=network.buildings,
        streets=streets_of([]),
        manifest={"spec": {"start_date": start}},
    )


FIRST = version(["AABBBB"] * 2 + ["CCDDDD"] * 2, None)
SECOND = version(["AAAABB"] * 2 + ["CCDDDD"] * 2, "2026-01-01")
THIRD = version(["AAAABB"] * 2 + ["EEEEEE"] * 2, "2027-07-01")
VERSIONS = [THIRD, FIRST, SECOND]


def test_the_version_of_a_day_is_the_last_that_had_begun():
    assert division_at(VERSIONS, "2025-12-31") is FIRST
    assert division_at(VERSIONS, "2026-01-01") is SECOND
    assert division_at(VERSIONS, pd.Timestamp("2030-01-01").date()) is THIRD
    with pytest.raises(SchemaError, match="the first begins on 2026-01-01"):
        division_at([SECOND, THIRD], "2025-12-31")


def test_a_report_belongs_to_the_grid_of_its_own_day():
    days = ["2025-05-01T10:00:00+08:00", "2026-05-01", "2028-05-01 23:59", None]
    places = gpd.points_from_xy(*zip(at(3, 3), at(3, 3), at(1, 1), at(3, 3), strict=True))
    points = gpd.GeoDataFrame({"reported_at": days}, geometry=places, crs=CRS, index=[7, 5, 3, 1])
    codes = assign_by_date(points, VERSIONS)
    assert codes.index.tolist() == [7, 5, 3, 1]
    assert codes.tolist()[:3] == ["B", "A", "E"]
    assert codes.isna().tolist() == [False, False, False, True]


def test_a_report_from_before_all_versions_has_no_grid():
    points = gpd.GeoDataFrame(
        {"day": ["2020-01-01"]}, geometry=gpd.points_from_xy([at(1, 1)[0]], [at(1, 1)[1]]), crs=CRS
    )
    assert assign_by_date(points, [SECOND], time="day").isna().all()
    with pytest.raises(SchemaError, match="no column 'reported_at'"):
        assign_by_date(points, [SECOND])
    with pytest.raises(SchemaError, match="is no date"):
        assign_by_date(points.assign(day="yesterday"), [SECOND], time="day")


def test_the_history_lists_every_grid_with_its_days_and_its_heir():
    history = grid_history(VERSIONS).set_index("grid_code")
    assert history.index.tolist() == ["A", "B", "C", "D", "E"]
    assert history["end_date"].dropna().to_dict() == {"C": "2027-07-01", "D": "2027-07-01"}
    assert history["heir"].dropna().to_dict() == {"D": "E"}
    assert history["start_date"].dropna().to_dict() == {"E": "2027-07-01"}


def test_versions_that_cannot_be_put_in_order_are_refused():
    with pytest.raises(SchemaError, match="two versions without a start date"):
        division_at([FIRST, FIRST], "2026-01-01")
    with pytest.raises(SchemaError, match="begin on 2026-01-01"):
        grid_history([SECOND, SECOND])
    with pytest.raises(SchemaError, match="there is no version"):
        grid_history([])
