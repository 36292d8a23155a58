from plans import drawn_division, drawn_plan

from gridgeo.division import read_division
from gridgeo.planning.opening import open_plan
from gridgeo.planning.saving import BY_HAND


def merged_plan():
    plan = drawn_plan()
    return plan.merge("A-001", plan.neighbours_of("A-001")[0])


def test_a_saved_plan_says_who_why_and_what(tmp_path):
    plan = merged_plan()
    saved = plan.to_division(author="规划科", note="东门小区并入", start_date="2026-12-01")
    saved.write(tmp_path / "new.gpkg")
    again = read_division(tmp_path / "new.gpkg")
    assert again.manifest["author"] == "规划科"
    assert again.manifest["note"] == "东门小区并入"
    assert again.manifest["change"]["verbs"] == ["merge"]
    assert again.manifest["change"]["households_moved"] == plan.total_difference.households_moved
    assert again.manifest["spec"]["start_date"] == "2026-12-01"
    assert again.manifest["parent"]["n_grids"] == len(drawn_plan().codes)
    gone = sorted(set(drawn_plan().codes) - set(plan.codes))
    assert again.manifest["retired_codes"] == gone
    moved = again.lineage[again.lineage["old_code"].isin(gone)]
    assert moved["households_carried"].sum() == plan.total_difference.households_moved


def test_codes_retired_once_stay_retired_over_the_years():
    saved = merged_plan().to_division()
    [gone] = saved.manifest["retired_codes"]
    area = gone.split("-")[0]
    plan = open_plan(saved)
    large = plan.grids.sort_values("households")["grid_code"]
    code = [one for one in large if one.startswith(area)][-1]
    later = plan.split(code, 3).to_division(start_date="2027-01-01")
    fresh = later.grids[~later.grids["grid_code"].isin(plan.codes)]
    assert len(fresh) == 2
    assert gone not in set(later.grids["grid_code"])
    assert set(fresh["start_date"]) == {"2027-01-01"}
    assert later.grids["start_date"].isna().sum() == len(later.grids) - 2
    assert fresh["name"].is_unique


def test_grids_that_did_not_change_keep_shape_and_words():
    before, saved = drawn_division().grids.set_index("grid_code"), merged_plan().to_division()
    after = saved.grids.set_index("grid_code")
    touched = set(merged_plan().difference.grids["grid_code"])
    kept = [code for code in before.index if code not in touched]
    assert all(before.geometry[code] == after.geometry[code] for code in kept)
    assert before.loc[kept, "name"].tolist() == after.loc[kept, "name"].tolist()


def test_a_grid_drawn_out_of_range_by_hand_says_so():
    saved = merged_plan().to_division()
    [row] = saved.exceptions.itertuples()
    assert row.status == "above"
    assert row.reason == BY_HAND
    assert saved.score["exceptions_unproved"] == 1
    again = open_plan(saved).to_division()
    assert again.exceptions["reason"].tolist() == [BY_HAND]
    assert again.score == saved.score
