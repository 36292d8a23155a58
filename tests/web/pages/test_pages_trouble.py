"""What a page does when something is in the way: clocks, slow networks, two officers at once, hidden tabs."""

from datetime import UTC, datetime, timedelta

import pytest
from browsing import CHROMIUM, PHONE, WALL, ask, report, visit
from served import serving
from service_town import bearer, start_service, write_users

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine; `make test` as root installs it"
    ),
]

OVERLAP = """([one, other]) => {
  const [a, b] = [one, other].map((name) => document.querySelector(name).getBoundingClientRect());
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}"""
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
CUT_ROWS = """() => {
  const box = document.querySelector("#latest ul").getBoundingClientRect();
  const rows = [...document.querySelectorAll("#latest li")].map((one) => one.getBoundingClientRect());
  const seen = rows.filter(({ left }) => left < box.right - 2);
  return [seen.length > 1, seen.filter(({ bottom }) => bottom > box.bottom + 1).length];
}"""


@pytest.fixture(scope="module")
def town(town_file, tmp_path_factory):
    """The address of a service, a place in each of its grids, and the grids' codes."""
    app = start_service(town_file, tmp_path_factory.mktemp("trouble"), title="试验区")
    shown = app.extensions["gridgeo"].snapshots.current()
    points = shown.grids.geometry.representative_point()
    with serving(app) as address:
        yield address, list(zip(points.x, points.y, strict=True)), [str(code) for code in shown.codes]
    app.extensions["gridgeo"].close()


def test_who_was_slower_sees_the_incident_as_it_is_now_and_keeps_the_note(browser, town):
    row = report(town[0], town[1][0], description="两人同时处理")
    seen = visit(browser, town[0], f"/?incident={row['incident_id']}")
    seen.page.wait_for_selector("#card .steps")
    seen.page.fill("#card textarea", "我的备注")
    ask(town[0], f"/api/v1/incidents/{row['incident_id']}/events", {"action": "accept"})
    seen.page.get_by_role("button", name="受理", exact=True).click()
    seen.page.get_by_role("button", name="派遣").wait_for()
    assert "他人更新" in seen.text("#card .fault")
    assert seen.page.input_value("#card textarea") == "我的备注"
    seen.page.get_by_role("button", name="派遣").click()
    seen.page.wait_for_function("() => document.querySelector('#card dl')?.textContent.includes('任务派遣')")
    seen.page.context.close()


def test_a_report_whose_answer_got_lost_is_there_once_when_it_is_sent_again(browser, town):
    seen = visit(browser, town[0], "/?lang=en")
    lon, lat = town[1][1]
    seen.page.fill("#query", f"{lon:.6f}, {lat:.6f}")
    seen.page.press("#query", "Enter")
    seen.page.click("#card >> text=Report here")
    seen.page.wait_for_selector("#card .where b")
    seen.page.click("#card form button[type=submit]")
    assert "Choose the category" in seen.text("#card .fault")
    seen.page.select_option("#card [name=category]", "06")
    seen.page.fill("#card [name=description]", "sent twice")

    def lose(route):
        route.fetch()
        route.abort()

    seen.page.route("**/api/v1/incidents", lose, times=1)
    seen.page.click("#card form button[type=submit]")
    seen.page.wait_for_function(
        "() => document.querySelector('#card .fault')?.textContent.includes('cannot be reached')"
    )
    seen.page.click("#card form button[type=submit]")
    seen.page.wait_for_selector("#card .incident-card")
    assert ask(town[0], "/api/v1/incidents?q=sent%20twice")["total"] == 1
    seen.page.context.close()


def test_what_an_error_says_is_in_the_language_of_the_page(browser, town):
    for lang, said in (("zh", "未找到"), ("en", "there is none")):
        seen = visit(browser, town[0], f"/?incident=nowhere&lang={lang}")
        assert said in seen.text("#told")
        seen.page.context.close()


def test_a_hidden_page_asks_nothing_and_is_up_to_date_when_it_is_seen_again(browser, town):
    seen = visit(browser, town[0])
    seen.page.evaluate(HIDE, True)
    seen.page.wait_for_timeout(2500)
    asked = len(seen.requests)
    seen.page.wait_for_timeout(3000)
    assert len(seen.requests) == asked
    row = report(town[0], town[1][2])
    seen.page.evaluate(HIDE, False)
    seen.page.wait_for_selector(f"[data-id='{row['incident_id']}']")
    seen.page.context.close()


def test_a_machine_whose_clock_and_time_zone_are_off_shows_the_time_of_the_service(browser, town):
    row = report(town[0], town[1][0])
    choices = {"timezone_id": "America/New_York", "viewport": WALL}
    seen = visit(browser, town[0], "/", **choices)
    seen.page.clock.install(time=datetime.now(UTC) - timedelta(hours=5))
    for path in ("/", "/wall"):
        seen.page.goto(town[0] + path)
        seen.page.wait_for_selector("body.ready")
        assert seen.text(f"[data-id='{row['incident_id']}'] .when") in ("刚刚", "1分钟前")
        here = datetime.now(UTC) + timedelta(hours=8)  # Asia/Shanghai, in which the service counts days
        assert f"{here:%H:}" in seen.text("#status") or here.minute == 0
    assert f"{here.month}月{here.day}日" in seen.text("#clock")
    seen.page.context.close()


def test_ages_are_told_anew_although_nothing_happens(browser, town):
    seen = visit(browser, town[0])
    with seen.page.expect_request("**/api/v1/incidents?**"):
        seen.page.evaluate("() => { const old = Date.now; Date.now = () => old() + 61000; }")
    seen.page.context.close()


def test_the_wall_is_loaded_again_when_the_service_was_updated(browser, town):
    seen = visit(browser, town[0], "/wall", viewport=WALL)
    seen.page.evaluate("window.isOld = true")

    def update(route):
        told = ask(town[0], "/api/v1/revision") | {"assets": "another"}
        route.fulfill(json=told, headers={"ETag": 'W/"another"'})

    seen.page.route("**/api/v1/revision", update, times=1)
    seen.page.wait_for_function("() => !window.isOld && document.body?.classList.contains('ready')")
    seen.page.context.close()


@pytest.mark.parametrize("viewport", [WALL, {"width": 3840, "height": 2160}, {"width": 1366, "height": 768}])
def test_the_wall_shows_whole_lines_only(browser, town, viewport):
    for number in range(9):
        report(town[0], town[1][number % 3], description="很长的描述，" * (number % 4 + 1))
    seen = visit(browser, town[0], "/wall", viewport=viewport)
    assert seen.count("#latest li") == 9
    assert seen.page.evaluate(CUT_ROWS) == [True, 0]
    seen.page.context.close()


@pytest.mark.parametrize("viewport", [PHONE, WALL])
def test_a_grid_that_is_opened_lies_beside_its_card(browser, town, viewport):
    for code in town[2][:3]:
        seen = visit(browser, town[0], f"/?card={code}", viewport=viewport)
        seen.page.wait_for_selector("#card .grid-card")
        assert not seen.page.evaluate(OVERLAP, ["#card", ".leaflet-outline-pane path"])
        if viewport == PHONE:
            assert not seen.page.evaluate(OVERLAP, ["#search", ".leaflet-outline-pane path"])
        seen.page.context.close()


def test_on_an_upright_tablet_the_grid_lies_beside_the_panel_and_above_its_card(browser, town):
    seen = visit(browser, town[0], f"/?card={town[2][0]}", viewport={"width": 768, "height": 1024})
    seen.page.wait_for_selector("#card .grid-card")
    outline = seen.page.locator(".leaflet-outline-pane path").first.bounding_box()
    panel, card = (seen.page.locator(part).bounding_box() for part in ("#panel", "#card"))
    assert panel["width"] <= outline["x"] < 768
    assert outline["y"] + outline["height"] <= card["y"]
    assert (seen.complaints, seen.refusals) == ([], [])
    seen.page.context.close()


def test_who_has_an_area_without_grids_is_told_so(browser, town_file, tmp_path):
    app = start_service(town_file, tmp_path, users=write_users(tmp_path))
    with serving(app) as address:
        token = {"extra_http_headers": bearer("elsewhere")}
        seen = visit(browser, address, "/?lang=en", **token)
        assert "no grid in your area 99" in seen.text("#list")
        seen.page.context.close()
    app.extensions["gridgeo"].close()
