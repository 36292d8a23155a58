"""Drafts and versions in the store, the same on SQLite and on PostgreSQL."""

import threading

import pytest
from gridgeo_web.errors import ConflictError, MissingError
from gridgeo_web.store import Actor, IncidentStore
from gridgeo_web.store.drafts import (
    Step,
    add_draft,
    add_step,
    end_draft,
    list_drafts,
    read_draft,
    read_steps,
)
from gridgeo_web.store.engine import Database
from gridgeo_web.store.versions import NewVersion, add_version, find_head, list_versions, read_version
from gridgeo_web.tables import find_table, read_workflow

LI, WANG = Actor("li", "planner"), Actor("wang", "planner")
LOCK = Step({"kind": "lock", "grid": "网格01"}, "00000001")


@pytest.fixture
def database(store_address):
    found = Database(store_address)
    IncidentStore(found, read_workflow(find_table("workflow.toml", None))).refresh()
    yield found
    found.close()


def version_of(draft_id, base, result, n_steps=0):
    told = {"note": "说明", "base": base, "result": result, "file": "x.gpkg", "summary": {"n_grids": 3}}
    return NewVersion(draft_id=draft_id, n_steps=n_steps, **told)


def test_steps_come_back_in_order_and_only_those_not_yet_known(database):
    draft = add_draft(database, "base", LI)
    for number in (1, 2, 3):
        add_step(
            database, draft, number, Step({"kind": "split", "grid": "a", "k": number}, f"{number:08x}"), LI
        )
    assert [step.operation["k"] for step in read_steps(database, draft)] == [1, 2, 3]
    assert [step.mark for step in read_steps(database, draft, 2)] == ["00000003"]
    row = read_draft(database, draft)
    assert (row.owner, row.base, row.n_steps, row.how_ended) == ("li", "base", 3, None)


def test_one_step_is_written_once_however_many_write_it(database):
    draft = add_draft(database, "base", LI)
    outcomes = []

    def write():
        try:
            add_step(database, draft, 1, LOCK, LI)
            outcomes.append("written")
        except ConflictError:
            outcomes.append("refused")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 3 + ["written"]
    assert read_steps(database, draft) == [LOCK]


def test_drafts_are_listed_for_their_owner_until_they_end(database):
    mine, other = add_draft(database, "base", LI), add_draft(database, "base", WANG)
    assert [row.draft_id for row in list_drafts(database, "li")] == [mine]
    end_draft(database, mine, "discarded", LI)
    end_draft(database, mine, "merged", LI)
    assert list_drafts(database, "li") == []
    assert read_draft(database, mine).how_ended == "discarded"
    with pytest.raises(ConflictError, match="discarded"):
        add_step(database, mine, 1, LOCK, LI)
    assert [row.draft_id for row in list_drafts(database, "wang")] == [other]
    with pytest.raises(MissingError):
        read_draft(database, "nowhere")


def test_a_merged_draft_takes_its_steps_along_and_ends_the_one_before(database):
    first = add_draft(database, "old", LI)
    second = add_draft(database, "new", LI, [LOCK, LOCK], first)
    assert read_draft(database, first).how_ended == "merged"
    assert (read_draft(database, second).n_steps, read_draft(database, second).origin) == (2, first)


def test_a_version_ends_its_draft_and_leads_the_next_one(database):
    draft = add_draft(database, "a", LI)
    number = add_version(database, version_of(draft, "a", "b"), LI, 0)
    assert read_draft(database, draft).how_ended == "saved"
    found = read_version(database, number)
    assert (found.author, found.note, found.summary) == ("li", "说明", {"n_grids": 3})
    assert find_head("a", list_versions(database))[0] == "b"
    assert find_head("else", list_versions(database)) == ("else", [])


def test_of_two_that_save_at_a_time_one_is_refused(database):
    one, two = add_draft(database, "a", LI), add_draft(database, "a", WANG)
    add_version(database, version_of(one, "a", "b"), LI, 0)
    with pytest.raises(ConflictError, match="meanwhile"):
        add_version(database, version_of(two, "a", "c"), WANG, 0)
    assert len(list_versions(database)) == 1


def test_a_draft_that_went_on_is_not_saved_without_its_last_steps(database):
    draft = add_draft(database, "a", LI)
    add_step(database, draft, 1, LOCK, LI)
    with pytest.raises(ConflictError, match="1 steps"):
        add_version(database, version_of(draft, "a", "b", n_steps=0), LI, 0)
