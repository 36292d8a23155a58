import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgeo.errors import SchemaError
from gridgeo.locate.totals import count_by_grid


def incidents():
    table = pd.DataFrame(
        {
            "category": ["噪音", "垃圾", "噪音", None, "噪音"],
            "reported_at": ["2026-01-31 23:59", "2026-02-01 00:00", "2026-02-03", None, "2026-02-28"],
            "people": [1, 2, 4, 8, None],
        }
    )
    return table, pd.Series(["B", "A", "B", "A", pd.NA], dtype="string", name="grid_code")


def test_rows_are_counted_per_grid_and_those_without_one_too():
    counted = count_by_grid(*incidents())
    assert counted["total"].tolist() == [2, 2, 1]
    assert counted.index.tolist() == ["A", "B", pd.NA]
    assert counted.index.name == "grid_code"


def test_categories_are_columns_and_a_missing_one_has_its_own():
    counted = count_by_grid(*incidents(), by="category")
    assert counted.columns.tolist() == ["(missing)", "噪音", "垃圾", "total"]
    assert counted.loc["A", ["垃圾", "(missing)", "噪音", "total"]].tolist() == [1, 1, 0, 2]


def test_periods_are_rows():
    counted = count_by_grid(*incidents(), period="month")
    assert counted.loc[("B", pd.Period("2026-01"))].tolist() == [1]
    assert counted.loc[("B", pd.Period("2026-02"))].tolist() == [1]
    assert counted["total"].sum() == 5


@pytest.mark.parametrize("period", ["day", "week", "quarter", "year"])
def test_any_period_loses_nothing(period):
    counted = count_by_grid(*incidents(), by="category", period=period)
    assert counted["total"].sum() == 5
    assert counted.index.names == ["grid_code", "period"]


def test_times_with_a_zone_count_by_the_clock_on_the_wall():
    table, codes = incidents()
    table["reported_at"] = pd.to_datetime(table["reported_at"], format="ISO8601").dt.tz_localize(
        "Asia/Shanghai"
    )
    assert count_by_grid(table, codes, period="month").equals(count_by_grid(*incidents(), period="month"))


def test_amounts_are_added_up():
    assert count_by_grid(*incidents(), amount="people")["total"].tolist() == [10, 5, 0]


def test_grids_without_any_are_listed_when_all_codes_are_known():
    table, codes = incidents()
    counted = count_by_grid(table, codes.astype(pd.CategoricalDtype(["A", "B", "C"])))
    assert counted["total"].tolist() == [2, 2, 0, 1]
    assert counted.index.tolist()[:3] == ["A", "B", "C"]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["A", "B", None]),
            st.sampled_from(["x", "y", None]),
            st.integers(0, 100),
            st.integers(-5, 5),
        ),
        min_size=1,
    )
)
def test_the_totals_are_those_of_the_table(rows):
    table = pd.DataFrame(rows, columns=["grid", "category", "day", "people"])
    table["reported_at"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(table["day"], unit="D")
    codes = table["grid"].astype("string")
    for period in (None, "month"):
        assert count_by_grid(table, codes, by="category", period=period)["total"].sum() == len(table)
        summed = count_by_grid(table, codes, by="category", period=period, amount="people")
        assert summed["total"].sum() == table["people"].sum()
        assert (summed.drop(columns="total").sum(axis=1) == summed["total"]).all()


def test_the_order_of_the_rows_changes_nothing():
    table, codes = incidents()
    shuffled = table.sample(frac=1, random_state=3)
    assert count_by_grid(shuffled, codes, by="category").equals(count_by_grid(table, codes, by="category"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"by": "kind"}, "no column kind; there are category, reported_at, people"),
        ({"period": "day", "time": "category"}, "column category holds a time that cannot be read"),
        ({"amount": "category"}, "column category holds no numbers"),
    ],
)
def test_columns_that_do_not_fit_are_refused(change, message):
    with pytest.raises(SchemaError, match=message):
        count_by_grid(*incidents(), **change)


def test_codes_of_other_rows_are_refused():
    table, codes = incidents()
    with pytest.raises(SchemaError, match="2 rows have no grid code, the first at index 3"):
        count_by_grid(table, codes.iloc[:3])
    with pytest.raises(SchemaError, match="rows share an index label"):
        count_by_grid(table.set_axis([0] * 5), codes)
