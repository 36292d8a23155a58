import pandas as pd
import pytest
from plans_of_towns import strip

from gridgeo.errors import SchemaError
from gridgeo.levels.workers import check_workers, count_workload, find_worker_faults

CODES = [f"A-00{n}" for n in range(1, 5)]


def table(*rows, **more):
    return pd.DataFrame(list(rows), columns=["worker_id", "grid_code"]).assign(**more)


def test_one_worker_may_have_many_grids_and_one_grid_many_workers():
    workers = table(("W1", CODES[0]), ("W1", CODES[1]), ("W2", CODES[1]), ("W2", CODES[2]), ("W3", CODES[3]))
    check_workers(workers, strip(4))
    counted = count_workload(workers, strip(4)).set_index("worker_id")
    assert counted["n_grids"].to_dict() == {"W1": 2, "W2": 2, "W3": 1}
    assert counted["households"].to_dict() == {"W1": 375.0, "W2": 375.0, "W3": 250.0}
    assert counted["households"].sum() == strip(4).grids["households"].sum()


def test_every_fault_of_the_table_is_named_at_once():
    workers = table(("W1", CODES[0]), ("W1", CODES[0]), ("", CODES[1]), ("W2", "A-999"), ("W3", None))
    with pytest.raises(SchemaError) as caught:
        check_workers(workers, strip(4))
    said = str(caught.value)
    assert "W1 in A-001" in said
    assert "W2 in A-999" in said
    assert "missing" in said
    assert "grid without a worker (2: A-003, A-004)" in said


def test_a_table_with_names_or_numbers_of_people_is_refused():
    workers = table(*(("W1", code) for code in CODES), 姓名="somebody")
    [fault] = find_worker_faults(workers, strip(4))
    assert fault.rows == ("姓名",)
    assert "ids and posts only" in fault.meaning
    allowed = table(*(("W1", code) for code in CODES), post="A", is_deputy=False)
    assert find_worker_faults(allowed, strip(4)) == []


def test_a_table_without_its_columns_says_what_it_has():
    with pytest.raises(SchemaError, match=r"no column grid_code.*worker_id, grid"):
        check_workers(pd.DataFrame({"worker_id": ["W1"], "grid": ["A-001"]}), strip(4))
