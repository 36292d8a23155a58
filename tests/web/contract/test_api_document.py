"""The OpenAPI document tells of every route of the API, with answers, errors and limits."""

import json

import pytest
from gridgeo_web.contract.document import build_api_document

HIDDEN = {"/api/v1/openapi.json", "/ogc/api"}


@pytest.fixture
def document(client):
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.get_json()


def test_every_route_of_the_api_is_in_the_document(app, document):
    told = {(method, path) for path, operations in document["paths"].items() for method in operations}
    routes = {
        (method.lower(), rule.rule.translate(str.maketrans("<>", "{}")).replace("int:", ""))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(("/api/", "/ogc", "/tiles/")) and rule.rule not in HIDDEN
    }
    assert sorted(routes - told) == []
    assert ("post", "/api/v1/incidents") in told


def test_every_operation_tells_its_errors_by_one_schema(document):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            assert [code for code in answers if code.startswith("2")], (method, path)
            for code in ("400", "401", "403", "404", "422", "503"):
                schema = answers[code]["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Error"}, (method, path, code)


def test_every_operation_has_a_name_of_its_own_and_a_summary(document):
    operations = [op for ops in document["paths"].values() for op in ops.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert all(
        operation["summary"].endswith(".") is False or operation["summary"] for operation in operations
    )


def test_every_operation_tells_what_it_answers(document):
    silent = [
        (method, path)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "2XX" in operation["responses"]
    ]
    assert silent == []


def test_limits_are_told_where_they_hold(document):
    points = document["components"]["schemas"]["BatchBody"]["properties"]["points"]
    assert points["maxItems"] == 100_000
    parameters = {
        p["name"]: p for p in document["paths"]["/ogc/collections/{collection_id}/items"]["get"]["parameters"]
    }
    assert parameters["limit"]["schema"]["maximum"] == 5000
    assert parameters["bbox"]["explode"] is False
    assert parameters["collection_id"]["schema"]["enum"] == ["grids", "communities", "incidents"]


def test_an_error_is_as_the_document_says(client, document):
    error = client.get("/api/v1/locate?lon=x&lat=1").get_json()
    assert set(document["components"]["schemas"]["Error"]["properties"]["error"]["required"]) <= set(
        error["error"]
    )


def test_clients_of_features_get_their_part_only(client, app):
    answer = client.get("/ogc/api")
    assert answer.content_type == "application/vnd.oai.openapi+json;version=3.0"
    document = json.loads(answer.data)
    assert document["openapi"] == "3.0.3"
    assert all(path.startswith("/ogc") for path in document["paths"])
    assert set(build_api_document(app)["paths"]) > set(document["paths"])


def test_every_reference_leads_somewhere(document):
    text = json.dumps(document)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(document["components"]["schemas"])
