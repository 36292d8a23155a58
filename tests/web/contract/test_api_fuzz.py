"""Schemathesis asks every route of the OpenAPI document what nobody would think of, inside this process.

``make test`` asks some two hundred questions; GRIDGEO_API_CASES=1000 asks so many. Half of them keep to the
document, with real codes and places mixed in; the other half break it and have to be refused.
"""

import math
import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from reading import open_service
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance
from schemathesis.core.failures import FailureGroup
from service_town import ORIGIN

CASES = int(os.environ.get("GRIDGEO_API_CASES", "200"))
# No gzip: Schemathesis does not unpack what comes from a WSGI application.
HEADERS = {"Origin": ORIGIN, "Accept-Encoding": "identity"}
# A window whose south is north, a grid of another city: no schema can tell, so 4xx is right for a good form.
LEFT_OUT = [positive_data_acceptance]


@pytest.fixture(scope="module")
def app(town_file, tmp_path_factory):
    app = open_service(town_file, tmp_path_factory.mktemp("fuzz"), local_role="admin")
    yield app
    app.extensions["gridgeo"].close()


@pytest.fixture(scope="module")
def schema(app):
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


@pytest.fixture(scope="module")
def known(app):
    """Values that mean something in the town, by the name of the parameter."""
    shown = app.extensions["gridgeo"].snapshots.current()
    west, south, east, north = shown.bounds
    code = str(shown.codes[0])
    draft = app.test_client().post("/api/v1/drafts", headers=HEADERS).get_json()
    return {
        "code": code, "grid": code, "grid_code": code, "key": code, "incident_id": "I0001", "crs": "GCJ-02",
        "lon": (west + east) / 2, "lat": (south + north) / 2, "bbox": f"{west},{south},{east},{north}",
        "since": "2026-01-01", "until": "2030-01-01T00:00:00Z", "datetime": "../2030-01-01", "category": "01",
        "state": "reported", "area": code[:6], "after": "0", "z": 14, "q": "路",
        "name": "grids", "collection_id": "grids", "draft_id": draft["draft_id"], "zoom": 14,
    }  # fmt: skip


def ask_everything(schema, mode, known):
    """Return how many questions were asked and what was wrong with the answers."""
    operations = [found.ok() for found in schema.get_all_operations()]
    each = math.ceil(CASES / 2 / len(operations))
    asked, faults = 0, []

    def ask(case):
        nonlocal asked
        asked += 1
        answer = case.call(headers=HEADERS)
        try:
            case.validate_response(answer, excluded_checks=LEFT_OUT)
        except FailureGroup as fault:
            said = [str(one) for one in fault.exceptions]
            faults.append(f"{case.method} {case.formatted_path} {case.query} {case.body}: {said}")

    for operation in operations:
        cases = operation.as_strategy(generation_mode=mode)
        if mode == GenerationMode.POSITIVE:
            cases = st.tuples(cases, st.sets(st.sampled_from(sorted(known)))).map(
                lambda pair: with_known(*pair, known)
            )
        options = {"max_examples": each, "deadline": None, "database": None, "phases": [Phase.generate]}
        question = settings(**options, suppress_health_check=list(HealthCheck))(given(cases)(ask))
        try:
            seed(0)(question)()
        except Unsatisfiable:
            continue  # nothing in this operation can be broken: it takes any text, or nothing at all
    return asked, faults


def with_known(case, names, known):
    """Return a case with values that mean something for some of its parameters."""
    for part in (case.path_parameters, case.query):
        for name in names & set(part or ()):
            part[name] = known[name]
    return case


def test_what_keeps_to_the_document_is_answered_as_the_document_says(schema, known):
    asked, faults = ask_everything(schema, GenerationMode.POSITIVE, known)
    assert faults == []
    assert asked >= CASES / 4


def test_what_breaks_the_document_is_refused_with_a_typed_error(schema, known):
    asked, faults = ask_everything(schema, GenerationMode.NEGATIVE, known)
    assert faults == []
    assert asked >= CASES / 4
