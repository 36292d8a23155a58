"""The rehearsal: its past is plausible, its life keeps to the workflow."""

from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
from gridgeo_web.rehearsal.life import Life
from gridgeo_web.rehearsal.past import draw_reports, read_reports, write_past, write_reports
from service_town import demo_town

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
CODES = {"市容环境": "06"}


def reports(tmp_path, n_reports=60, seed=1):
    file = tmp_path / f"reports{seed}.csv"
    write_reports(draw_reports(demo_town(), n_reports, seed), file)
    return read_reports(file, CODES)


def test_the_past_ends_now_and_most_of_it_is_closed(open_store, tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    n_events = write_past(store, reports(tmp_path), NOW, seed=1)
    found = store.columns
    assert found.n == 60
    assert found.last_event_id == n_events
    assert found.reported.max() == int(NOW.timestamp())
    assert found.updated.max() <= NOW.timestamp()
    assert 0 < found.is_open.sum() < 0.3 * found.n
    assert np.isfinite(found.lon).all()
    assert "06" in found.categories


def test_every_history_of_the_past_is_a_way_through_the_workflow(open_store, tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    write_past(store, reports(tmp_path), NOW, seed=1)
    for history in store.columns.events:
        assert history[0].action == "report"
        for before, event in pairwise(history):
            step = store.workflow.action(event.action)
            assert before.state in step.start
            assert event.state == (step.to or before.state)
            assert event.level == store.workflow.next_level(step, before.level)
            assert before.at <= event.at


def test_life_goes_on_by_the_workflow_and_is_the_same_for_the_same_seed(open_store, tmp_path):
    told = []
    for name in ("one", "two"):
        store = open_store(f"sqlite:///{tmp_path / name}.sqlite")
        life = Life(store, reports(tmp_path, 20, seed=2), seed=3)
        for _ in range(60):
            life.step()
        assert store.columns.last_event_id == 60
        assert 10 < store.columns.n < 50
        told.append([event.action for history in store.columns.events for event in history])
    assert told[0] == told[1]
    assert {"report", "accept", "dispatch"} <= set(told[0])
