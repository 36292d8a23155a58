"""The table for spreadsheets: a part at a time, each part as careful as the first."""

import csv
import io
import tracemalloc

from gridgeo_web.incidents.export import PART
from gridgeo_web.store import Actor, NewIncident

EXPORT = "/api/v1/incidents.csv"
FORMULA = "=cmd|' /C calc'!A0"


def fill(app, n, words):
    store = app.extensions["gridgeo"].store
    store.take_in(
        [NewIncident(description=words, incident_id=f"N{row}") for row in range(n)], Actor("t", "admin")
    )


def test_memory_does_not_grow_with_the_number_of_incidents(client, app):
    n, words = 15 * PART, "路灯不亮" * 100
    fill(app, n, words)
    tracemalloc.start()
    answer = client.get(EXPORT, buffered=False)
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    size = sum(map(len, answer.iter_encoded()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > n * len(words.encode())
    assert peak - before < size / 3


def test_formulas_are_disarmed_in_every_part_and_no_row_is_lost_or_told_twice(client, app):
    fill(app, 2 * PART + 1, FORMULA)
    rows = list(csv.DictReader(io.StringIO(client.get(EXPORT).data.decode("utf-8-sig"))))
    assert {row["description"] for row in rows} == {"'" + FORMULA}
    assert sorted(row["incident_id"] for row in rows) == sorted(f"N{row}" for row in range(2 * PART + 1))


def test_a_table_of_no_incident_has_its_head(client):
    text = client.get(EXPORT).data.decode("utf-8-sig")
    assert text.startswith("incident_id,reported_at,category,category_name,description")
    assert text.count("\r\n") == 1


def test_a_filter_that_cannot_be_read_is_refused_before_the_table_begins(client):
    assert client.get(f"{EXPORT}?since=yesterday").status_code == 422
