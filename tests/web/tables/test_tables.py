"""Tables that a user may edit: their defaults hold, their faults are named."""

from itertools import pairwise

import pytest
from gridgeo_web.config import ConfigError
from gridgeo_web.tables import find_table, read_categories, read_workers, read_workflow
from gridgeo_web.tables.workers import find_workers


def write(tmp_path, name, text):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def test_the_default_workflow_is_the_five_steps_of_a_county():
    flow = read_workflow(find_table("workflow.toml", None))
    assert [state.zh for state in flow.states[:5]] == [
        "信息采集",
        "受理立项",
        "任务派遣",
        "处理反馈",
        "核查结案",
    ]
    assert flow.first == "reported"


def test_nothing_is_closed_unfinished_and_no_step_is_skipped():
    flow = read_workflow(find_table("workflow.toml", None))
    order = {name: number for number, name in enumerate(flow.names[:5])}
    for action in flow.actions:
        for start in action.start:
            if action.to in order and start in order and order[action.to] > order[start]:
                assert order[action.to] == order[start] + 1, action.name
    assert flow.action("close").start == ("handled",)
    assert flow.action("return").to == "dispatched"


def test_from_every_open_state_somebody_can_move_on():
    flow = read_workflow(find_table("workflow.toml", None))
    for state in flow.states:
        moves = [action for action in flow.actions if state.name in action.start and action.to is not None]
        assert moves, state.name


def test_a_table_of_the_user_comes_before_the_default_one(tmp_path):
    write(tmp_path, "categories.csv", "code,zh,en\n9,井盖,manhole\n")
    assert list(read_categories(find_table("categories.csv", tmp_path))) == ["9"]
    assert find_table("workflow.toml", tmp_path) == find_table("workflow.toml", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code,zh\n1,甲\n", "lacks the columns en"),
        ("code,zh,en\n1,甲,a\n1,乙,b\n", "stands twice"),
        ("code,zh,en\n1,,a\n", "row 2 lacks"),
        ("code,zh,en,parent\n1,甲,a,7\n", "parent '7' is no code"),
    ],
)
def test_a_fault_in_the_categories_is_named(tmp_path, text, said):
    with pytest.raises(ConfigError, match=said):
        read_categories(write(tmp_path, "categories.csv", text))


def test_codes_of_categories_keep_their_zeros(tmp_path):
    table = read_categories(write(tmp_path, "categories.csv", "code,zh,en,parent\n01,甲,a,\n0101,乙,b,01\n"))
    assert table["0101"].parent == "01"
    assert table["01"].parent is None


def test_the_default_levels_lead_from_the_grid_up_to_the_district():
    flow = read_workflow(find_table("workflow.toml", None))
    assert [level.zh for level in flow.levels] == ["网格", "社区", "街道", "区"]
    up, down = flow.action("escalate"), flow.action("hand_down")
    for lower, higher in pairwise(flow.level_names):
        assert flow.next_level(up, lower) == higher
        assert flow.next_level(down, higher) == lower


def test_an_incident_with_nowhere_to_go_is_offered_no_such_step():
    flow = read_workflow(find_table("workflow.toml", None))
    for level, missing in (("grid", "hand_down"), ("district", "escalate")):
        allowed = flow.allowed("dispatched", level, "officer")
        assert {"escalate", "hand_down"} - set(allowed) == {missing}


def test_a_workflow_may_do_without_levels(tmp_path):
    flow = read_workflow(write(tmp_path, "workflow.toml", STATE + ACTION))
    assert (flow.first_level, flow.level_names) == (None, ())
    assert flow.allowed("new", None, "officer") == ["go"]
    assert flow.next_level(flow.action("go"), None) is None


LEVEL = '[[level]]\nname = "low"\nzh = "低"\nen = "low"\n'
STATE = '[[state]]\nname = "new"\nzh = "新"\nen = "new"\nopen = true\n'
ACTION = '[[action]]\nname = "go"\nzh = "走"\nen = "go"\nfrom = ["new"]\nto = "new"\nroles = ["officer"]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "first \\[\\[state\\]\\]"),
        (STATE.replace("true", "false"), "first \\[\\[state\\]\\]"),
        (STATE * 2, "stands twice"),
        (STATE + ACTION.replace('to = "new"', 'to = "gone"'), "no state is called 'gone'"),
        (STATE + ACTION.replace("officer", "king"), "no role is called 'king'"),
        (STATE + LEVEL * 2, "level 'low' stands twice"),
        (STATE + LEVEL + ACTION + 'level = "sideways"\n', "level is up or down"),
        (STATE + LEVEL + ACTION + 'level = "up"\n', "there are no"),
        (STATE + "hours = [1]\n", "cannot be read as a workflow"),
        (STATE.replace("zh", "de"), "cannot be read as a workflow"),
        ("state = [", "cannot be read as a workflow"),
    ],
)
def test_a_fault_in_the_workflow_is_named(tmp_path, text, said):
    with pytest.raises(ConfigError, match=said):
        read_workflow(write(tmp_path, "workflow.toml", text))


def test_a_grid_has_its_own_workers_first_and_then_those_of_its_area(tmp_path):
    text = "grid_code,area_code,post,phone\n,4205,站长,100\n42050200100101,,网格员,101\n,4206,别处,102\n"
    workers = read_workers(write(tmp_path, "workers.csv", text))
    found = find_workers(workers, "42050200100101", "420502001001")
    assert [worker.post for worker in found] == ["网格员", "站长"]
    assert [worker.post for worker in find_workers(workers, "42050200100102", "420502001001")] == ["站长"]


def test_a_worker_without_a_post_or_a_place_is_refused(tmp_path):
    for row in ("42050200100101,,,1", ",,网格员,1"):
        with pytest.raises(ConfigError, match="row 2"):
            read_workers(write(tmp_path, "workers.csv", f"grid_code,area_code,post,phone\n{row}\n"))


def test_the_default_table_of_workers_names_nobody():
    assert read_workers(find_table("workers.csv", None)) == ()
