"""What somebody with bad intentions would try, one test each; and what every role may not do."""

import gzip
from dataclasses import replace

import pytest
from gridgeo_web.auth.roles import ANYONE, ROLES, has_role, role_needed
from gridgeo_web.auth.sessions import COOKIE
from service_town import ORIGIN, PASSWORDS, bearer, sign_in, write_users

from gridgeo import read_division

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
SAMPLES = {"z": "14", "x": "13263", "y": "6700", "version": "v", "folder": "web", "name": "map.js"}


@pytest.fixture
def guarded(start, tmp_path):
    """The service with users of every role."""
    return start(users=write_users(tmp_path))


@pytest.fixture
def place(app):
    """A place inside the town."""
    west, south, east, north = app.extensions["gridgeo"].snapshots.current().bounds
    return {"lon": (west + east) / 2, "lat": (south + north) / 2}


def report(client, place, **more):
    return client.post("/api/v1/incidents", json={"description": "路灯不亮", **place, **more})


def test_a_script_in_a_name_or_report_is_text_wherever_it_shows(start, town_file, tmp_path):
    division = read_division(town_file)
    named = {layer: getattr(division, layer).assign(name=SCRIPT) for layer in ("communities", "grids")}
    replace(division, **named).write(tmp_path / "town.gpkg")
    app = start(title=SCRIPT)
    client = app.test_client()
    client.environ_base["HTTP_ORIGIN"] = ORIGIN
    code = app.extensions["gridgeo"].snapshots.current().codes[0]
    west, south, _, _ = app.extensions["gridgeo"].snapshots.current().bounds
    body = {"description": SCRIPT, "contact": SCRIPT, "lon": west, "lat": south}
    assert client.post("/api/v1/incidents", json=body).status_code == 201
    for page in ("/", "/wall", f"/print?grid={code}", "/help", "/login"):
        answer = client.get(page)
        assert SCRIPT not in answer.text, page
        assert "<img src=x" not in answer.text, page
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
    for path in ("/api/v1/incidents", "/api/v1/communities", f"/api/v1/grids/{code}", "/api/v1/settings"):
        answer = client.get(path)
        assert answer.mimetype.endswith("json")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


PATHS = [
    "/assets/web/../app.py",
    "/assets/web/%2e%2e/app.py",
    "/assets/web/..%2fapp.py",
    "/assets/web//etc/passwd",
    "/assets/front/..%5c..%5cerrors.py",
    "/assets/vendor/.ready",
    "/assets/web/../templates/map.html",
    "/assets/x/web/%2e%2e%2f%2e%2e%2fconfig.py",
    "/tiles/..%2f..%2fgrids/14/1/1.mvt",
    "/tiles/grids/14/1/..%2f..%2f1.mvt",
]


def test_no_path_leads_out_of_the_folders_that_are_served(client):
    for path in PATHS:
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code in (400, 404, 422), answer.text[:200]


@pytest.mark.parametrize(
    "word", ["' OR '1'='1", "'; DROP TABLE incidents; --", "\\'; SELECT 1", "%00", "a\x00b"]
)
def test_sql_in_a_filter_an_id_or_a_text_is_only_text(client, app, place, word):
    assert report(client, place, description=f"路灯 {word}").status_code == 201
    for name in ("q", "category", "state", "grid", "area"):
        answer = client.get("/api/v1/incidents", query_string={name: word})
        assert answer.status_code == 200
        assert answer.get_json()["total"] == (1 if name == "q" else 0)
    path = f"/api/v1/incidents/{word.replace('/', '')}"
    assert client.get(path).status_code == 404
    assert client.post(f"{path}/events", json={"action": word}).status_code in (404, 422)
    assert app.extensions["gridgeo"].store.refresh()
    assert app.extensions["gridgeo"].store.columns.n == 1


TARGETS = [
    "//evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "https://evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "///evil.example",
    "/%0d%0aSet-Cookie:x=y\r\nX: y",
    "\x00//evil.example",
    " //evil.example",
]


def test_signing_in_leads_to_no_other_site(guarded):
    for target in TARGETS:
        answer = sign_in(guarded.test_client(), "wang", next=target)
        assert answer.status_code == 303
        assert answer.headers["Location"] in ("/", "/%0d%0aSet-Cookie:x=y")
        assert "evil" not in answer.headers["Location"]


def test_signing_in_leads_on_to_a_page_of_ours(guarded):
    answer = sign_in(guarded.test_client(), "wang", next="/print?grid=42&paper=A3")
    assert answer.headers["Location"] == "/print?grid=42&paper=A3"


ORIGINS = ["http://evil.example", "null", None, "http://localhost.evil.example", "http://localhost:81"]


def test_a_page_of_another_site_cannot_write_with_our_cookie(guarded):
    for origin in ORIGINS:
        client = guarded.test_client()
        sign_in(client, "wang")
        headers = {} if origin is None else {"Origin": origin}
        answer = client.post(
            "/api/v1/incidents", json={"description": "x", "lon": 1, "lat": 1}, headers=headers
        )
        assert answer.status_code == 403
        assert answer.get_json()["error"]["where"] == "Origin"
        assert guarded.extensions["gridgeo"].store.columns.n == 0


def test_a_session_given_to_the_browser_before_signing_in_is_not_taken_over(guarded):
    victim, attacker = guarded.test_client(), guarded.test_client()
    sign_in(attacker, "viewer1")
    given = attacker.get_cookie(COOKIE).value
    victim.set_cookie(COOKIE, given)
    sign_in(victim, "wang")
    assert victim.get_cookie(COOKIE).value != given
    assert attacker.get("/api/v1/settings").get_json()["user"]["name"] == "viewer1"
    victim.set_cookie(COOKIE, "made-up-by-somebody")
    assert victim.get("/api/v1/settings").status_code == 401


def test_a_copy_of_the_cookie_is_worth_nothing_after_signing_out(guarded):
    client = guarded.test_client()
    sign_in(client, "wang")
    copy = client.get_cookie(COOKIE).value
    assert client.post("/logout", headers={"Origin": ORIGIN}).status_code == 303
    other = guarded.test_client()
    other.set_cookie(COOKIE, copy)
    assert other.get("/api/v1/settings").status_code == 401


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(guarded):
    said = sign_in(guarded.test_client(), "wang").headers["Set-Cookie"]
    assert "HttpOnly" in said
    assert "SameSite=Strict" in said


class Unread:
    """A body that complains when somebody reads it."""

    def read(self, *_):
        raise AssertionError("the body was read")

    readline = readlines = __iter__ = read


def test_a_body_of_100_megabytes_is_refused_unread(client):
    environ = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(100 * 1024**2)}
    for path in ("/api/v1/incidents", "/api/v1/incidents/upload", "/login"):
        answer = client.post(path, content_type="application/json", environ_overrides=environ)
        assert answer.status_code == 413
        assert "this service takes" in answer.text


DEEP = ["[" * 100_000, '{"a":' * 50_000 + "1" + "}" * 50_000, "[" * 101 + "]" * 101]


def test_json_nested_without_end_is_refused(client):
    for text in DEEP:
        answer = client.post("/api/v1/incidents", data=text, content_type="application/json")
        assert answer.status_code == 400
        assert "nested deeper" in answer.get_json()["error"]["message"]


NUMBERS = ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000]


def test_numbers_that_are_none_are_refused(client):
    for number in NUMBERS:
        text = f'{{"description":"x","lon":{number},"lat":30.7}}'
        answer = client.post("/api/v1/incidents", data=text, content_type="application/json")
        assert answer.status_code in (400, 422)
        assert "NaN" not in client.get("/api/v1/incidents").text


def test_a_vrt_that_calls_itself_geojson_opens_no_other_file(client, app, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("description,lon,lat\nhidden,111.3,30.7\n")
    vrt = (
        f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{secret}</SrcDataSource>'
        '<GeometryField encoding="PointFromColumns" x="lon" y="lat"/></OGRVRTLayer></OGRVRTDataSource>'
    )
    for kind in ("application/geo+json", "text/csv", "application/json"):
        answer = client.post("/api/v1/incidents/upload", data=vrt, content_type=kind)
        assert answer.status_code in (400, 422)
        assert "hidden" not in answer.text
    assert app.extensions["gridgeo"].store.columns.n == 0


def test_a_zip_bomb_is_not_unpacked(client):
    bomb = gzip.compress(b'{"type":"FeatureCollection","features":[' + b" " * 50_000_000 + b"]}")
    packed = client.post(
        "/api/v1/incidents/upload",
        data=bomb,
        content_type="application/geo+json",
        headers={"Content-Encoding": "gzip"},
    )
    assert packed.status_code == 415
    for kind in (
        "application/zip",
        "application/gzip",
        "application/geopackage+sqlite3",
        "application/x-shapefile",
    ):
        assert client.post("/api/v1/incidents/upload", data=bomb, content_type=kind).status_code == 415
    assert client.post("/api/v1/incidents/upload", data=bomb, content_type="text/csv").status_code == 422


FORMULAS = ["=cmd|' /C calc'!A0", "+1+cmd", "@SUM(A1)", "-2+3+cmd|x", "\t=1+1", "\r=1+1"]


def test_a_formula_in_a_report_is_text_in_the_exported_table(client, place):
    for text in FORMULAS:
        assert report(client, place, description=text, contact=text).status_code == 201
        exported = client.get("/api/v1/incidents.csv").data.decode("utf-8-sig")
        cells = [cell.strip('"') for cell in exported.split("\r\n", 1)[1].split(",")]
        assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r", "-2"))] == []
        assert "'" + text.split("|")[0].strip("\t\r") in exported or "'" + text.split("|")[0] in exported


def test_a_name_given_to_this_machine_from_outside_is_not_ours(client):
    answer = client.get("/api/v1/incidents", headers={"Host": "rebound.example"})
    assert answer.status_code == 400
    assert client.get("/api/v1/incidents", headers={"Host": "127.0.0.1:8000"}).status_code == 200


def test_a_guesser_of_passwords_has_to_wait(guarded):
    client = guarded.test_client()
    answers = [sign_in(client, "wang", password=f"wrong {k}") for k in range(7)]
    assert [answer.status_code for answer in answers[:5]] == [303] * 5
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert sign_in(client, "wang").status_code == 429


def test_a_wrong_name_and_a_wrong_password_look_the_same(guarded):
    client = guarded.test_client()
    wrong = [sign_in(client, name, password="nonsense 123") for name in ("wang", "nobody at all")]
    assert wrong[0].status_code == wrong[1].status_code == 303
    assert wrong[0].headers["Location"] == wrong[1].headers["Location"] == "/login?failed=1&next=%2F"
    assert client.get_cookie(COOKIE) is None


def test_a_forged_or_foreign_token_is_nobody(guarded):
    client = guarded.test_client()
    for said in ("Bearer nonsense", "Bearer ", "Basic d2FuZzp4", "Bearer sha256:aaaa"):
        assert client.get("/api/v1/settings", headers={"Authorization": said}).status_code == 401


def routes(app):
    """Return every route with one address and each of its methods."""
    for rule in app.url_map.iter_rules():
        arguments = {name: SAMPLES.get(name, "1") for name in rule.arguments}
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(rule.endpoint, arguments)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule, path, method


def test_every_route_is_closed_to_every_role_below_the_one_that_it_names(guarded):
    wrong = []
    for rule, path, method in routes(guarded):
        needed = role_needed(guarded.view_functions[rule.endpoint])
        for role in (None, *ROLES):
            headers = {"Origin": ORIGIN, **({} if role is None else bearer(role))}
            status = guarded.test_client().open(path, method=method, headers=headers).status_code
            refused = status == 401 if role is None else status == 403
            if refused != (not has_role(role, needed)):
                wrong.append((method, path, role, status))
    assert wrong == []


def test_only_what_nobody_could_misuse_is_open_to_anyone(guarded):
    opened = {
        (method, rule.rule)
        for rule, _, method in routes(guarded)
        if role_needed(guarded.view_functions[rule.endpoint]) == ANYONE
        and not rule.rule.startswith("/assets/")
    }
    assert opened == {
        ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/login"), ("GET", "/help"),
        ("POST", "/login"), ("POST", "/logout"),
    }  # fmt: skip


def test_no_route_that_writes_is_open_to_viewers(guarded):
    harmless = {"/login", "/logout", "/api/v1/locate", "/api/v1/geocode"}  # the last two only ask, by POST
    writing = [
        (rule.rule, role_needed(guarded.view_functions[rule.endpoint]))
        for rule, _, method in routes(guarded)
        if method != "GET" and rule.rule not in harmless
    ]
    assert writing
    assert [route for route in writing if route[1] not in ("officer", "planner", "admin")] == []


def test_a_contact_is_told_only_to_those_who_call_back(guarded):
    asked = {role: guarded.test_client() for role in ROLES}
    body = {"description": "漏水", "contact": "13812345678", **centre(guarded)}
    assert asked["officer"].post("/api/v1/incidents", json=body, headers=bearer("officer")).status_code == 201
    for role, client in asked.items():
        row = client.get("/api/v1/incidents", headers=bearer(role)).get_json()["incidents"][0]
        assert row["contact"] == ("13812345678" if role in ("officer", "admin") else "***")
        exported = client.get("/api/v1/incidents.csv", headers=bearer(role)).text
        assert ("13812345678" in exported) == (role in ("officer", "admin"))


def test_a_kept_answer_never_crosses_to_another_role_or_area(guarded):
    client = guarded.test_client()
    client.post(
        "/api/v1/incidents", json={"description": "漏水", **centre(guarded)}, headers=bearer("officer")
    )
    for path in ("/api/v1/incidents/points", "/api/v1/grids", "/api/v1/incidents/clusters?zoom=10"):
        whole = client.get(path, headers=bearer("admin"))
        again = client.get(path, headers=bearer("admin"))
        assert again.data == whole.data
        assert client.get(path).status_code == 401
        part = client.get(path, headers=bearer("elsewhere"))
        assert len(part.data) < len(whole.data)
        stolen = client.get(path, headers={**bearer("elsewhere"), "If-None-Match": whole.headers["ETag"]})
        assert stolen.status_code == 200
        assert stolen.data == part.data


def test_who_has_an_area_neither_sees_nor_changes_what_is_elsewhere(guarded):
    client = guarded.test_client()
    made = client.post(
        "/api/v1/incidents", json={"description": "漏水", **centre(guarded)}, headers=bearer("officer")
    ).get_json()["incident_id"]
    own = bearer("elsewhere")
    assert client.get("/api/v1/incidents", headers=own).get_json()["total"] == 0
    assert client.get(f"/api/v1/incidents/{made}", headers=own).status_code == 404
    step = {"action": "accept"}
    assert client.post(f"/api/v1/incidents/{made}/events", json=step, headers=own).status_code == 404
    outside = client.post("/api/v1/incidents", json={"description": "x", **centre(guarded)}, headers=own)
    assert outside.status_code == 403
    changes = client.get("/api/v1/incidents/changes?after=0", headers=own).get_json()
    assert changes["incidents"] == []
    assert changes["event_id"] == 1


def test_an_error_inside_tells_nothing_of_the_inside(guarded, caplog):
    @guarded.get("/broken")
    def broken():
        raise RuntimeError("/srv/secret/path")

    broken.needs = "viewer"
    answer = guarded.test_client().get("/broken", headers=bearer("viewer"))
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "secret" in caplog.text


def test_a_route_that_names_no_role_is_open_to_nobody(guarded):
    guarded.add_url_rule("/forgotten", view_func=lambda: "secret")
    assert guarded.test_client().get("/forgotten", headers=bearer("admin")).status_code == 403


def centre(app):
    west, south, east, north = app.extensions["gridgeo"].snapshots.current().bounds
    return {"lon": (west + east) / 2, "lat": (south + north) / 2}


def test_passwords_are_not_in_the_file_of_users(tmp_path):
    text = write_users(tmp_path).read_text()
    assert text.count("password_hash") == len(PASSWORDS)
    assert [word for word in (*PASSWORDS.values(), "token of") if word in text] == []
