"""Health and readiness."""


def test_a_whole_service_says_that_it_is_well(client):
    answer = client.get("/healthz").get_json()
    assert answer["status"] == "ok"
    assert answer["problems"] == []
    assert "gridgeo" in answer["versions"]


def test_a_whole_service_is_ready_for_writes(client):
    assert client.get("/readyz").status_code == 200
