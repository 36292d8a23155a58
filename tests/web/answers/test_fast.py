"""The layer before Flask: kept answers are the same answers, for the same people, while they are true."""

import gzip

from service_town import ORIGIN, bearer, write_users

POINTS = "/api/v1/incidents/points"


def centre(app):
    west, south, east, north = app.extensions["gridgeo"].snapshots.current().bounds
    return {"lon": (west + east) / 2, "lat": (south + north) / 2}


def report(client, app):
    return client.post("/api/v1/incidents", json={"description": "漏水", **centre(app)})


def test_a_kept_answer_has_the_body_and_the_headers_of_the_first(client):
    first, second = client.get("/api/v1/grids"), client.get("/api/v1/grids")
    assert second.data == first.data
    assert dict(second.headers) == dict(first.headers)
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "ETag", "Vary"):
        assert name in second.headers


def test_a_kept_answer_is_made_once(client, app):
    asked = []
    app.before_request(lambda: asked.append(1))
    for _ in range(5):
        client.get("/api/v1/revision")
    assert len(asked) == 1


def test_who_has_the_answer_gets_304_with_its_etag_and_no_body(client):
    etag = client.get("/api/v1/revision").headers["ETag"]
    for _ in range(2):
        answer = client.get("/api/v1/revision", headers={"If-None-Match": etag})
        assert answer.status_code == 304
        assert answer.data == b""
        assert answer.headers["ETag"] == etag
        assert answer.headers["X-Frame-Options"] == "DENY"


def test_pollers_after_a_restart_are_answered_although_nobody_fetched_the_body(start):
    first = start()
    etag = first.test_client().get("/api/v1/revision").headers["ETag"]
    second = start()
    asked = []
    second.before_request(lambda: asked.append(1))
    client = second.test_client()
    for _ in range(3):
        assert client.get("/api/v1/revision", headers={"If-None-Match": etag}).status_code == 304
    assert len(asked) == 1
    assert client.get("/api/v1/revision").status_code == 200


def test_packed_and_plain_answers_say_the_same(client):
    plain = client.get("/api/v1/grids")
    packed = client.get("/api/v1/grids", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data)
    assert int(packed.headers["Content-Length"]) == len(packed.data)


def test_a_write_is_in_the_next_answer(client, app):
    before = client.get(POINTS)
    revision = client.get("/api/v1/revision").headers["ETag"]
    assert report(client, app).status_code == 201
    after = client.get(POINTS, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert len(after.get_json()["incident_id"]) == 1
    assert client.get("/api/v1/revision", headers={"If-None-Match": revision}).status_code == 200


def test_another_query_is_another_answer(client, app):
    report(client, app)
    assert client.get(POINTS).get_json()["incident_id"]
    assert client.get(f"{POINTS}?state=closed").get_json()["incident_id"] == []
    assert client.get(POINTS).get_json()["incident_id"]


def test_whoever_lost_a_role_gets_no_kept_answer_any_more(start, tmp_path):
    app = start(users=write_users(tmp_path))
    client = app.test_client()
    assert client.get("/api/v1/grids", headers=bearer("viewer")).status_code == 200
    file = tmp_path / "users.toml"
    file.write_text(file.read_text().split('[[user]]\nname = "viewer"')[0] + "\n")
    app.extensions["gridgeo"].refresh()
    assert client.get("/api/v1/grids", headers=bearer("viewer")).status_code == 401


def test_a_crowd_is_told_to_come_back_while_kept_answers_still_leave(client, app):
    client.get("/api/v1/revision")
    app.wsgi_app.waiting = lambda: 10_000
    refused = client.get("/api/v1/incidents")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "1"
    assert refused.get_json()["error"]["kind"] == "overloaded"
    assert client.get("/api/v1/revision").status_code == 200
    assert client.post("/api/v1/incidents", json={}, headers={"Origin": ORIGIN}).status_code == 503
    app.wsgi_app.waiting = lambda: 0
    assert client.get("/api/v1/incidents").status_code == 200


def test_a_page_is_told_in_words_and_tries_again_by_itself(client, app):
    app.wsgi_app.waiting = lambda: 10_000
    refused = client.get("/", headers={"Accept": "text/html"})
    assert (refused.status_code, refused.mimetype) == (503, "text/html")
    assert "服务繁忙" in refused.get_data(as_text=True)
    assert "refresh" in refused.get_data(as_text=True)
    for answer in (refused, client.get("/api/v1/incidents")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_an_incident_that_becomes_overdue_makes_new_answers_although_nothing_happens(
    client, app, monkeypatch
):
    report(client, app)
    service = app.extensions["gridgeo"]
    due = int(service.store.columns.due[0])
    before = {path: client.get(path).headers["ETag"] for path in ("/api/v1/revision", POINTS)}
    assert client.get(f"{POINTS}?overdue=true").get_json()["incident_id"] == []
    monkeypatch.setattr("time.time", lambda: due + 1.0)
    for path, etag in before.items():
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 200
    assert len(client.get(f"{POINTS}?overdue=true").get_json()["incident_id"]) == 1


def test_a_queue_of_slow_requests_counts_as_a_longer_one(client, app):
    layer = app.wsgi_app
    layer.waiting = lambda: 100
    layer._usual_s = 0.01
    assert client.get("/api/v1/incidents").status_code == 200
    layer._usual_s = 1.0
    assert client.get("/api/v1/incidents").status_code == 503
    layer.waiting = lambda: 60
    assert client.get("/api/v1/incidents").status_code == 200
    layer.waiting = lambda: 0
    assert client.get("/api/v1/incidents").status_code == 200
    assert layer._usual_s < 1.0


def test_head_is_answered_like_get_without_a_body(client):
    got, head = client.get("/api/v1/revision"), client.head("/api/v1/revision")
    assert head.status_code == 200
    assert head.data == b""
    assert head.headers["ETag"] == got.headers["ETag"]


def test_the_layer_forgets_the_oldest_answers_beyond_its_limit(client, app, monkeypatch):
    monkeypatch.setattr("gridgeo_web.answers.fast.MOST_BYTES", 20_000)
    for number in range(40):
        client.get(f"/api/v1/revision?n={number}")
    assert app.wsgi_app._size <= 20_000
    assert len(app.wsgi_app._kept) < 40
