"""The store of incidents, on SQLite and on PostgreSQL: what is acknowledged stays, and all see the same."""

import json
import threading

import numpy as np
import pytest
from gridgeo_web.errors import ConflictError, ForbiddenError, MissingError, StoreDownError, UnprocessableError
from gridgeo_web.store import Actor, IncidentStore, NewIncident, tables
from gridgeo_web.store.audit import to_text
from gridgeo_web.store.engine import Database
from gridgeo_web.store.shared import end_session, read_ended_sessions
from sqlalchemy import select, text

OFFICER = Actor("wang", "officer", "10.0.0.7")
ADMIN = Actor("li", "admin")


def lamp(**more):
    return NewIncident(description="路灯不亮", lon=111.3, lat=30.7, category="06", **more)


def test_a_report_is_in_the_columns_at_once_and_after_a_restart(open_store, store_address):
    first = open_store(store_address)
    key = first.report(lamp(contact="13812345678"), OFFICER)
    for store in (first, open_store(store_address)):
        row = store.columns.row_of(key)
        assert store.columns.description[row] == "路灯不亮"
        assert store.columns.contact[row] == "13812345678"
        assert store.columns.states[store.columns.state[row]] == "reported"
        assert store.columns.is_open[row]


def test_an_incident_goes_its_way_and_every_step_is_on_record(open_store, store_address):
    store = open_store(store_address)
    key = store.report(lamp(), OFFICER)
    for action in ("accept", "dispatch", "handle", "close"):
        store.act(key, action, OFFICER)
    row = store.columns.row_of(key)
    steps = [(event.action, event.state, event.by) for event in store.columns.events[row]]
    assert steps == [
        ("report", "reported", "wang"),
        ("accept", "accepted", "wang"),
        ("dispatch", "dispatched", "wang"),
        ("handle", "handled", "wang"),
        ("close", "closed", "wang"),
    ]
    assert not store.columns.is_open[row]


def test_no_step_is_skipped_and_the_error_says_what_is_allowed(open_store, store_address):
    store = open_store(store_address)
    key = store.report(lamp(), OFFICER)
    with pytest.raises(ConflictError) as caught:
        store.act(key, "close", OFFICER)
    assert caught.value.extra["allowed"] == ["accept", "refuse", "escalate", "remark"]
    assert store.columns.last_event_id == 1


def level_of(store, key):
    return store.columns.levels[store.columns.level[store.columns.row_of(key)]]


def test_an_incident_goes_up_level_by_level_and_no_further(open_store, store_address):
    store = open_store(store_address)
    key = store.report(lamp(), OFFICER)
    seen = [level_of(store, key)]
    for _ in range(3):
        store.act(key, "escalate", OFFICER, "beyond us")
        seen.append(level_of(store, key))
    assert seen == ["grid", "community", "street", "district"]
    with pytest.raises(ConflictError, match="district is the highest level") as caught:
        store.act(key, "escalate", OFFICER, "beyond us")
    assert "escalate" not in caught.value.extra["allowed"]
    events = store.columns.events[store.columns.row_of(key)]
    assert [event.level for event in events] == seen
    again = open_store(store_address)
    assert level_of(again, key) == "district"


def test_a_level_stays_while_the_state_changes_and_comes_down_step_by_step(open_store, store_address):
    store = open_store(store_address)
    key = store.report(lamp(), OFFICER)
    with pytest.raises(ConflictError):
        store.act(key, "hand_down", OFFICER, "yours")
    store.act(key, "escalate", OFFICER, "beyond us")
    for action in ("accept", "dispatch"):
        store.act(key, action, OFFICER)
        assert level_of(store, key) == "community"
    with pytest.raises(UnprocessableError, match="note"):
        store.act(key, "hand_down", OFFICER)
    store.act(key, "hand_down", OFFICER, "the grid can do it")
    assert level_of(store, key) == "grid"
    with pytest.raises(ConflictError, match="grid is the lowest level"):
        store.act(key, "hand_down", OFFICER, "yours")


def test_a_step_up_is_in_the_audit_and_gives_nobody_more_time(open_store, store_address):
    store = open_store(store_address)
    key = store.report(lamp(reported_at="2026-11-22T08:00:00+08:00"), OFFICER)
    due = store.columns.due[0]
    event_id = store.act(key, "escalate", OFFICER, "beyond us")
    assert store.columns.due[0] == due
    with store.database.read() as connection:
        row = connection.execute(select(tables.audit).order_by(tables.audit.c.audit_id.desc()).limit(1)).one()
    assert (row.who, row.what, row.target) == ("wang", "incident.escalate", key)
    assert json.loads(row.detail) == {"event_id": event_id, "state": "reported", "level": "community"}


def test_a_store_from_before_there_were_levels_is_brought_up_to_date(open_store, store_address):
    old = open_store(store_address)
    key, raised = old.report(lamp(), OFFICER), old.report(lamp(), OFFICER)
    for _ in range(3):
        old.act(raised, "escalate", OFFICER, "beyond us")
    with old.database.write() as connection:
        connection.execute(text("ALTER TABLE events DROP COLUMN level"))
        connection.execute(tables.meta.update().where(tables.meta.c.key == "form").values(value="1"))
    old.database.close()
    stores = [open_store(store_address) for _ in range(2)]
    assert [level_of(store, key) for store in stores] == ["grid", "grid"]
    assert [level_of(store, raised) for store in stores] == ["district", "district"]
    events = stores[0].columns.events[stores[0].columns.row_of(raised)]
    assert [event.level for event in events] == ["grid", "community", "street", "district"]
    stores[0].act(key, "escalate", OFFICER, "beyond us")
    assert stores[1].refresh()
    assert level_of(stores[1], key) == "community"


def test_a_level_that_was_written_is_never_written_over(open_store, store_address):
    old = open_store(store_address)
    key = old.report(lamp(), OFFICER)
    old.act(key, "escalate", OFFICER, "beyond us")
    old.act(key, "escalate", OFFICER, "beyond us")
    with old.database.write() as connection:  # as form 2 left it: only later events told their level
        first = tables.events.c.event_id == 1
        connection.execute(tables.events.update().where(first).values(level=None))
        connection.execute(tables.meta.update().where(tables.meta.c.key == "form").values(value="2"))
    again = open_store(store_address)
    events = again.columns.events[again.columns.row_of(key)]
    assert [event.level for event in events] == ["grid", "community", "street"]


def test_an_incident_becomes_overdue_although_nothing_happens(open_store, store_address):
    store = open_store(store_address)
    store.report(lamp(reported_at="2026-11-22T08:00:00+08:00"), OFFICER)
    due = int(store.columns.due[0])
    assert [store.columns.n_overdue(at) for at in (due - 1, due, due + 1)] == [0, 0, 1]
    assert [store.columns.is_overdue(at).sum() for at in (due - 1, due, due + 1)] == [0, 0, 1]


def test_a_store_of_a_newer_gridgeo_is_refused(store_address, open_store):
    newer = open_store(store_address)
    with newer.database.write() as connection:
        connection.execute(tables.meta.update().where(tables.meta.c.key == "form").values(value="99"))
    again = IncidentStore(Database(store_address), newer.workflow)
    assert not again.refresh()
    assert "form 99" in again.problem
    again.database.close()


def test_a_step_back_needs_a_note_and_some_steps_need_another_role(open_store, store_address):
    store = open_store(store_address)
    key = store.report(lamp(), OFFICER)
    with pytest.raises(UnprocessableError, match="note"):
        store.act(key, "refuse", OFFICER)
    store.act(key, "refuse", OFFICER, "不属本辖区")
    with pytest.raises(ForbiddenError, match="officer may not reopen"):
        store.act(key, "reopen", OFFICER, "误判")
    store.act(key, "reopen", ADMIN, "误判")


def test_who_saw_an_older_state_does_not_overwrite_a_newer_one(open_store, store_address):
    store = open_store(store_address)
    key = store.report(lamp(), OFFICER)
    seen = store.columns.last_event_id
    store.act(key, "accept", OFFICER, expected=seen)
    with pytest.raises(ConflictError, match="somebody else"):
        store.act(key, "remark", ADMIN, "late", expected=seen)


def test_an_unknown_incident_or_step_is_refused(open_store, store_address):
    store = open_store(store_address)
    with pytest.raises(MissingError):
        store.act("nothing", "accept", OFFICER)
    key = store.report(lamp(), OFFICER)
    with pytest.raises(UnprocessableError, match="no step"):
        store.act(key, "explode", OFFICER)


def test_a_report_sent_twice_under_one_id_is_kept_once(open_store, store_address):
    store = open_store(store_address)
    store.report(lamp(incident_id="A1"), OFFICER)
    with pytest.raises(ConflictError):
        store.report(lamp(incident_id="A1"), OFFICER)
    assert store.columns.n == 1


def test_a_file_taken_in_twice_is_taken_in_once(open_store, store_address):
    store = open_store(store_address)
    news = [lamp(incident_id=f"I{k}", reported_at="2026-01-02T08:00:00+08:00") for k in range(50)]
    assert store.take_in(news, ADMIN) == 50
    assert store.take_in([*news, lamp(incident_id="I99")], ADMIN) == 1
    assert store.columns.n == 51
    assert store.columns.reported[0] == 1767312000


def test_two_processes_see_what_the_other_wrote(open_store, store_address):
    one, two = open_store(store_address), open_store(store_address)
    key = one.report(lamp(), OFFICER)
    assert two.columns.n == 0
    two.refresh()
    two.act(key, "accept", ADMIN)
    one.refresh()
    assert one.columns.states[one.columns.state[one.columns.row_of(key)]] == "accepted"


def test_an_older_value_of_the_columns_never_changes(open_store, store_address):
    store = open_store(store_address)
    key = store.report(lamp(), OFFICER)
    before = store.columns
    store.act(key, "accept", OFFICER)
    store.report(lamp(), OFFICER)
    assert before.n == 1
    assert before.states[before.state[0]] == "reported"
    assert before.row_of(store.columns.incident_id[1]) is None


def test_only_a_new_state_sets_a_new_time_limit(open_store, store_address):
    store = open_store(store_address)
    key = store.report(lamp(reported_at="2026-01-02T08:00:00+08:00"), OFFICER)
    due = int(store.columns.due[0])
    assert due == 1767312000 + 2 * 3600
    store.act(key, "remark", OFFICER, "还没去看")
    assert int(store.columns.due[0]) == due
    store.act(key, "accept", OFFICER)
    assert int(store.columns.due[0]) > due


def test_many_who_write_at_once_lose_nothing_and_followers_miss_nothing(open_store, store_address):
    writers = [open_store(store_address) for _ in range(3)]
    follower = open_store(store_address)
    seen = []

    def write(store, name):
        for k in range(12):
            store.report(lamp(incident_id=f"{name}-{k}"), OFFICER)

    threads = [threading.Thread(target=write, args=(store, f"W{n}")) for n, store in enumerate(writers)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        follower.refresh()
        seen.append(follower.columns.n)
    follower.refresh()
    assert follower.columns.n == 36
    assert seen == sorted(seen)
    assert np.array_equal(np.sort(follower.columns.event_id), follower.columns.event_id)


def test_every_write_is_in_the_audit_with_who_and_from_where(open_store, store_address):
    store = open_store(store_address)
    key = store.report(lamp(), OFFICER)
    store.act(key, "accept", ADMIN)
    with store.database.read() as connection:
        rows = connection.execute(select(tables.audit).order_by(tables.audit.c.audit_id)).all()
    assert [(row.who, row.role, row.origin, row.what, row.target) for row in rows] == [
        ("wang", "officer", "10.0.0.7", "incident.report", key),
        ("li", "admin", "-", "incident.accept", key),
    ]


def write_half(database):
    with database.write() as connection:
        row = {"incident_id": "X", "reported_at": "now", "description": "x"}
        connection.execute(tables.incidents.insert().values(**row))
        connection.execute(text("INSERT INTO no_such_table VALUES (1)"))


def test_a_write_that_fails_half_way_leaves_nothing(open_store, store_address):
    store = open_store(store_address)
    with pytest.raises(StoreDownError):
        write_half(store.database)
    store.refresh()
    with store.database.read() as connection:
        assert connection.execute(select(tables.incidents)).all() == []


def test_a_state_of_an_earlier_workflow_is_kept_and_shown(open_store, store_address):
    store = open_store(store_address)
    key = store.report(lamp(), OFFICER)
    values = {
        "incident_id": key,
        "at": "2026-11-22T10:00:00Z",
        "by": "old",
        "action": "x",
        "state": "verified",
    }
    with store.database.write() as connection:
        connection.execute(tables.events.insert().values(**values))
    store.refresh()
    assert store.columns.states[store.columns.state[0]] == "verified"
    assert not store.columns.is_open[0]


def test_an_event_that_something_else_wrote_badly_is_told_and_leaves_the_rest_as_it_was(
    open_store, store_address
):
    store = open_store(store_address)
    key = store.report(lamp(), OFFICER)
    values = {"incident_id": key, "at": "yesterday", "by": "x", "action": "x", "state": "closed"}
    with store.database.write() as connection:
        connection.execute(tables.events.insert().values(**values))
    for _ in range(2):
        assert not store.refresh()
        assert "mend it there" in store.problem
        assert store.columns.n == 1
        assert store.columns.is_open[0]
    with store.database.write() as connection:
        connection.execute(
            tables.events.update().values(at="2026-11-22T10:00:00Z").where(tables.events.c.at == "yesterday")
        )
    assert store.refresh()
    assert not store.columns.is_open[0]


def test_the_password_of_the_store_is_in_no_message():
    database = Database("postgresql://me:hunter2@127.0.0.1:1/none")
    with pytest.raises(StoreDownError) as caught:
        database.read().__enter__()
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in database.name


def test_sessions_that_ended_are_read_from_a_time_on(open_store, store_address):
    database = open_store(store_address).database
    for number in range(5):
        end_session(database, f"s{number}", to_text(1.8e9 + 100 * number))
    end_session(database, "s0", to_text(1.8e9 + 900))  # ended already
    assert read_ended_sessions(database, 0.0) == {f"s{number}" for number in range(5)}
    assert read_ended_sessions(database, 1.8e9 + 300) == {"s3", "s4"}
