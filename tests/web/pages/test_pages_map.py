"""The map of the duty officer in a real browser: everything is drawn, told, changed and heard of."""

import math
import re
from urllib.parse import quote

import geopandas as gpd
import pytest
from browsing import CHROMIUM, PHONE, ask, report, visit
from gridgeo_web.config import ExtraLayer
from served import serving
from service_town import demo_town, start_service
from shapely import Point

from gridgeo import build_gazetteer
from gridgeo.locate.gazetteer.store import write_gazetteer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine; `make test` as root installs it"
    ),
]

BAD = "<img src=x onerror='window.hacked=1'>"
N_REPORTED = 12
NAMELESS = """() => {
  const used = "button, a, input, select, textarea, [role=button]";
  const named = (one) => one.ariaLabel || one.textContent.trim() || one.labels?.length || one.title
    || one.querySelector("title");
  return [...document.querySelectorAll(used)]
    .filter((one) => one.checkVisibility() && one.type !== "hidden" && !named(one))
    .map((one) => one.outerHTML.slice(0, 120));
}"""
COUNT_INKED = """() => {
  const canvas = document.querySelector(".leaflet-points-pane canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let n = 0;
  for (let i = 3; i < data.length; i += 4) n += data[i] > 0;
  return n;
}"""
COUNT_COLOUR = """colour => {
  const wanted = [1, 3, 5].map(i => parseInt(colour.slice(i, i + 2), 16));
  let n = 0;
  for (const canvas of document.querySelectorAll("canvas.painted")) {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4)
      if (data[i + 3] === 255 && wanted.every((value, k) => Math.abs(data[i + k] - value) < 3)) n++;
  }
  return n;
}"""


@pytest.fixture(scope="module")
def town(town_file, tmp_path_factory):
    """The service of the town on a port, with some incidents; answers with its application and address."""
    folder = tmp_path_factory.mktemp("map")
    layers = (ExtraLayer("cameras", str(write_cameras(folder))),)
    app = start_service(town_file, folder, title="试验区", layers=layers, gazetteer=write_places(folder))
    with serving(app) as address:
        for number in range(N_REPORTED):
            place = own_place((app, address), number % 3, 0.2 + 0.05 * number)
            report(address, place, description=f"第{number}号事件", category=["06", "S2"][number % 2])
        yield app, address
    app.extensions["gridgeo"].close()


def write_places(folder):
    """Write the list of places that addresses are found in."""
    demo, file = demo_town(), folder / "places.gpkg"
    write_gazetteer(build_gazetteer(addresses=demo.addresses, communities=demo.communities), file)
    return file


def write_cameras(folder):
    """Write a layer of points all over the town."""
    points = [
        Point(111.28 + 0.0005 * (number % 100), 30.68 + 0.0005 * (number // 100)) for number in range(10_000)
    ]
    names = [f"摄像头{number}" for number in range(len(points))]
    file = folder / "cameras.gpkg"
    gpd.GeoDataFrame({"name": names}, geometry=points, crs="EPSG:4326").to_file(file, layer="cameras")
    return file


def own_place(town, position, share=0.9):
    """Return a place inside the grid of that position, so far from where `middle` is to its outline."""
    grids = town[0].extensions["gridgeo"].snapshots.current().grids.geometry
    grid = grids[position % len(grids)]
    inner = grid.representative_point()
    reach = 0.7 * inner.distance(grid.exterior)
    return (inner.x + reach * math.cos(7 * share), inner.y + reach * math.sin(7 * share))


@pytest.fixture
def open_page(browser, town):
    """Opens pages of the town and closes them after the test."""
    opened = []

    def build(path="/", **choices):
        opened.append(visit(browser, town[1], path, **choices))
        return opened[-1]

    yield build
    for seen in opened:
        seen.page.context.close()


@pytest.fixture
def middle(town):
    """A place well inside a grid, as (longitude, latitude, its grid)."""
    shown = town[0].extensions["gridgeo"].snapshots.current()
    point = shown.grids.geometry[3].representative_point()
    return point.x, point.y, str(shown.grids["grid_code"][3])


def at(place, zoom=18):
    return f"/?lat={place[1]:.6f}&lon={place[0]:.6f}&z={zoom}"


def click_middle(seen):
    box = seen.page.locator("#map").bounding_box()
    seen.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.mark.parametrize(
    ("path", "scheme"),
    [
        ("/", "dark"),
        ("/?lang=en", "light"),
        ("/wall", "light"),
        ("/print?grid=CODE", "dark"),
        ("/login", "light"),
        ("/help", "dark"),
    ],
)
def test_a_page_asks_no_other_machine_and_complains_about_nothing(open_page, middle, path, scheme):
    seen = open_page(path.replace("CODE", middle[2]), color_scheme=scheme)
    assert seen.outside() == []
    assert seen.complaints == []
    assert seen.refusals == []
    assert len(seen.requests) > 2


def test_every_tool_of_the_map_works_without_another_machine(open_page, middle):
    seen = open_page(at(middle))
    click_middle(seen)
    seen.page.wait_for_selector("#card .coordinates")
    for tab in ("figures", "layers", "incidents"):
        seen.page.click(f"#tab-{tab}")
    seen.page.click("#tab-layers")
    seen.page.check("[data-layer=heat]")
    seen.page.wait_for_load_state("networkidle")
    assert (seen.outside(), seen.complaints, seen.refusals) == ([], [], [])


def test_grids_are_painted_in_the_colours_of_the_legend_and_counted_in_it(open_page, town):
    seen = open_page("/?measure=households&off=incidents,buildings,streets,names,borders,communities")
    seen.page.click("#tab-layers")
    seen.page.locator("#layers-body input[type=range]").first.fill("1")
    seen.page.click("#tab-figures")
    lines = seen.page.locator("#legend-body li")
    counts = [int(text) for text in lines.locator(".count").all_inner_texts()]
    assert sum(counts) == len(town[0].extensions["gridgeo"].snapshots.current().grids)
    colours = lines.locator(".swatch").evaluate_all("all => all.map(one => one.style.backgroundColor)")
    most = colours[counts.index(max(counts))]
    colour = "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", most))
    assert seen.page.evaluate(COUNT_COLOUR, colour) > 5000


def test_a_touch_tells_the_grid_that_the_library_finds(open_page, town, middle):
    seen = open_page(at(middle))
    click_middle(seen)
    seen.page.wait_for_selector("#card .coordinates")
    card = ask(town[1], f"/api/v1/grids/{middle[2]}")
    told = seen.text("#card")
    assert middle[2] in told
    assert f"{card['grid']['households']:,}" in told
    assert all(system in told for system in ("WGS 84", "GCJ-02", "BD-09"))
    shown = seen.page.locator("#card .coordinates code").first.inner_text().split(", ")
    assert [float(number) for number in shown] == pytest.approx(middle[:2], abs=2e-5)
    assert len(card["neighbours"]) == seen.count("#card .neighbours .chip")
    seen.page.keyboard.press("Escape")
    assert not seen.page.locator("#card").is_visible()


def test_coordinates_are_copied_as_they_are_shown(open_page, middle):
    seen = open_page(at(middle))
    seen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    click_middle(seen)
    seen.page.click("#card .copy >> nth=1")
    shown = seen.page.locator("#card .coordinates code").nth(1).inner_text()
    assert seen.page.evaluate("navigator.clipboard.readText()") == shown


def test_a_grid_is_found_by_its_code_and_opened_again_from_the_address(open_page, middle):
    seen = open_page()
    seen.page.fill("#query", middle[2])
    seen.page.press("#query", "Enter")
    seen.page.wait_for_selector("#card h2")
    assert middle[2] in seen.text("#card header")
    assert f"card={middle[2]}" in seen.query()
    seen.page.reload()
    seen.page.wait_for_selector("#card h2")
    assert middle[2] in seen.text("#card header")


def test_coordinates_typed_into_the_search_open_their_place(open_page, middle):
    seen = open_page()
    seen.page.fill("#query", f"{middle[0]:.5f}, {middle[1]:.5f}")
    seen.page.wait_for_selector("#results button")
    seen.page.press("#query", "ArrowDown")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector("#card .coordinates")
    assert middle[2] in seen.text("#card header")


def test_list_and_map_know_of_each_other(open_page, town):
    row = report(town[1], own_place(town, 4), description="井盖破损")
    seen = open_page(at((row["lon"], row["lat"]), 19))
    seen.page.wait_for_selector(f"[data-id='{row['incident_id']}']")
    click_middle(seen)
    seen.page.wait_for_selector("#card .incident-card")
    assert "井盖破损" in seen.text("#card")
    assert seen.page.get_attribute(f"[data-id='{row['incident_id']}']", "aria-pressed") == "true"
    seen.page.keyboard.press("Escape")
    other = seen.page.locator("#list .incident").nth(3)
    other.click()
    seen.page.wait_for_function("id => location.search.includes(id)", arg=other.get_attribute("data-id"))
    assert seen.count("path.leaflet-interactive, .leaflet-highlight-pane path") == 1


def test_filters_choose_list_and_figures_and_stand_in_the_address(open_page, town):
    seen = open_page()
    seen.page.click("#filters summary")
    seen.page.locator("#filters-body .chip", has_text="安全隐患").click()
    wanted = ask(town[1], "/api/v1/incidents?category=S2&open=true")["total"]
    seen.page.wait_for_function(
        "n => document.querySelector('#totals b')?.textContent === String(n)", arg=wanted
    )
    assert "category=S2" in seen.query()
    assert "category=S2" in seen.page.get_attribute("#export", "href")
    assert seen.count("#list .incident") == wanted
    seen.page.reload()
    seen.page.wait_for_selector("#list .incident")
    assert seen.count("#list .incident") == wanted
    seen.page.click("#filters summary")
    seen.page.get_by_role("button", name="清除全部筛选").click()
    seen.page.wait_for_function("n => document.querySelectorAll('#list .incident').length > n", arg=wanted)


def test_new_and_changed_incidents_appear_within_five_seconds_without_a_reload(open_page, town):
    seen = open_page()
    seen.page.evaluate("window.sameDocument = true")
    row = report(town[1], own_place(town, 2), description="刚刚报来的")
    selector = f"[data-id='{row['incident_id']}']"
    seen.page.wait_for_selector(selector, timeout=5000)
    assert "fresh" in seen.page.get_attribute(selector, "class")
    ask(town[1], f"/api/v1/incidents/{row['incident_id']}/events", {"action": "accept"})
    seen.page.wait_for_function(
        "s => document.querySelector(s)?.textContent.includes('受理立项')", arg=selector, timeout=5000
    )
    assert seen.page.evaluate("window.sameDocument")


@pytest.mark.parametrize("path", ["/", "/wall"])
def test_an_answer_that_fails_once_is_asked_for_again(open_page, town, path):
    seen = open_page(path)
    failed = []

    def fail_once(route):
        failed.append(route.request.url)
        route.abort()

    seen.page.route("**/api/v1/statistics?**by=grid**", fail_once, times=1)
    row = report(town[1], own_place(town, 1), description="失败一次")
    seen.page.wait_for_selector(f"[data-id='{row['incident_id']}']")
    assert len(failed) == 1


def test_a_silent_service_is_told_and_forgotten_when_it_answers_again(open_page):
    seen = open_page()
    assert re.fullmatch(r"数据截至 \d\d:\d\d:\d\d", seen.text("#status").strip())
    seen.page.clock.install()
    seen.page.reload()
    seen.page.wait_for_selector("body.ready")
    seen.page.context.set_offline(True)
    for _ in range(8):
        seen.page.clock.run_for(5000)
        seen.page.evaluate("fetch('/healthz').catch(() => 0)")
    assert "未收到服务更新" in seen.text("#banner")
    seen.page.context.set_offline(False)
    for _ in range(4):
        seen.page.clock.run_for(5000)
        seen.page.evaluate("fetch('/healthz').then(() => 0)")
    assert not seen.page.locator("#banner").is_visible()


def test_an_incident_is_reported_by_a_touch_and_gets_its_grid_at_once(open_page, town, middle):
    seen = open_page(at(middle))
    seen.page.click("#report")
    seen.page.click("#card button.main")
    seen.page.select_option("#card [name=category]", "S2")
    seen.page.fill("#card [name=description]", "楼道堆放杂物")
    seen.page.click("#card button.main")
    assert "请先确定位置" in seen.text("#card .fault")
    click_middle(seen)
    seen.page.wait_for_selector("#card .where b")
    if seen.count("#card [name=grid]"):
        seen.page.locator("#card [name=grid]").first.check()
    seen.page.click("#card button.main")
    seen.page.wait_for_selector("#card .incident-card")
    told = ask(town[1], f"/api/v1/incidents?q={quote('楼道堆放')}")
    assert [row["grid_code"] for row in told["incidents"]] == [middle[2]]
    assert told["incidents"][0]["incident_id"] in seen.text("#card")


def test_near_a_border_the_officer_is_asked_which_grid_it_is(open_page, town):
    shown = town[0].extensions["gridgeo"].snapshots.current()
    one, other = border_of_two(shown)
    spot = (
        shown.grids.geometry[one].intersection(shown.grids.geometry[other]).interpolate(0.5, normalized=True)
    )
    seen = open_page(at((spot.x, spot.y), 19))
    seen.page.click("#report")
    click_middle(seen)
    seen.page.wait_for_selector("#card [name=grid]")
    codes = seen.page.locator("#card [name=grid]").evaluate_all("all => all.map(one => one.value)")
    assert {str(shown.codes[one]), str(shown.codes[other])} <= set(codes)
    seen.page.select_option("#card [name=category]", "06")
    seen.page.fill("#card [name=description]", "边界上的事件")
    seen.page.click("#card button.main")
    assert "请先选择网格" in seen.text("#card .fault")
    seen.page.check(f"#card [value='{shown.codes[other]}']")
    seen.page.click("#card button.main")
    seen.page.wait_for_selector("#card .incident-card")
    assert str(shown.codes[other]) in seen.text("#card")


def border_of_two(shown):
    """Return two grids whose common border is a line of some length."""
    grids = shown.grids.geometry
    for one in range(len(grids)):
        for other in range(one + 1, len(grids)):
            if grids[one].intersection(grids[other]).length > 5e-4:
                return one, other
    raise AssertionError("no two grids touch")


def test_a_step_is_taken_from_the_card_and_one_that_needs_a_note_asks_for_it(open_page, town):
    row = report(town[1], own_place(town, 1), description="需要处理")
    seen = open_page(f"/?incident={row['incident_id']}")
    seen.page.wait_for_selector("#card .steps")
    seen.page.get_by_role("button", name="不予受理").click()
    assert "须填写备注" in seen.text("#card .fault")
    seen.page.get_by_role("button", name="受理", exact=True).click()
    seen.page.wait_for_function("() => document.querySelector('#card dl')?.textContent.includes('受理立项')")
    assert ask(town[1], f"/api/v1/incidents/{row['incident_id']}")["state"] == "accepted"


def test_an_incident_is_raised_from_its_card_and_list_and_filter_know_its_level(open_page, town):
    row = report(town[1], own_place(town, 1), description="须上级协调")
    seen = open_page(f"/?incident={row['incident_id']}")
    seen.page.wait_for_selector("#card .steps")
    assert seen.text("#card .levels [aria-current]") == "网格"
    assert seen.page.get_by_role("button", name="交办下级").count() == 0
    for level in ("社区", "街道", "区"):
        seen.page.fill("#card textarea", "本级无法解决")
        seen.page.get_by_role("button", name="上报上级").click()
        wanted = f"document.querySelector('#card .levels [aria-current]')?.textContent === '{level}'"
        seen.page.wait_for_function(f"() => {wanted}")
    assert seen.page.get_by_role("button", name="上报上级").count() == 0
    seen.page.wait_for_function("() => document.querySelector('#list .level')?.textContent === '区级'")
    seen.page.click("#filters summary")
    seen.page.locator("#filters-body .chip", has_text=re.compile("^区1$")).click()
    seen.page.wait_for_function("() => document.querySelectorAll('#list .incident').length === 1")
    assert "level=district" in seen.query()


def test_a_step_on_an_incident_that_changed_meanwhile_is_refused_in_words(open_page, town):
    row = report(town[1], own_place(town, 1), description="两人同时处理")
    seen = open_page(f"/?incident={row['incident_id']}")
    seen.page.wait_for_selector("#card .steps")
    seen.page.fill("#card textarea", "我先看到的")  # a half-written note is left alone
    ask(town[1], f"/api/v1/incidents/{row['incident_id']}/events", {"action": "accept"})
    seen.page.get_by_role("button", name="受理", exact=True).click()
    seen.page.wait_for_function(
        "() => document.querySelector('#card .fault')?.textContent.includes('他人更新')"
    )


def test_markup_in_a_report_is_shown_and_never_run(open_page, town):
    row = report(town[1], own_place(town, 4), description=BAD, address=BAD)
    seen = open_page(f"/?incident={row['incident_id']}")
    seen.page.wait_for_selector("#card .description")
    assert BAD in seen.text("#card .description")
    assert BAD in seen.text("#list")
    assert seen.page.evaluate("window.hacked") is None


def test_the_nearest_incidents_to_a_place_are_listed(open_page, middle):
    seen = open_page(at(middle))
    click_middle(seen)
    seen.page.get_by_role("button", name="最近的事件").click()
    seen.page.wait_for_selector("#card .nearest .incident")
    assert seen.count("#card .nearest .incident") == 10


def test_further_layers_have_a_name_an_icon_and_a_switch_and_the_nearest_are_listed(open_page, middle):
    seen = open_page(at(middle, 18))
    seen.page.wait_for_load_state("networkidle")
    assert seen.page.evaluate(COUNT_INKED) > 500
    seen.page.click("#tab-layers")
    assert "摄像头" in seen.text("#layers-body")
    seen.page.uncheck("[data-layer=cameras]")
    seen.page.wait_for_function(f"async () => ({COUNT_INKED})() === 0")
    assert "off=cameras" in seen.query()
    click_middle(seen)
    seen.page.get_by_role("button", name="最近的事件").click()
    seen.page.wait_for_selector("#card .resource")
    away = [int(text) for text in re.findall(r"距离(\d+)米", seen.text("#card .resources"))]
    assert len(away) == 10
    assert away == sorted(away)
    assert away[0] <= 0.5 * math.hypot(0.0005 * 111_320, 0.0005 * 95_700), "half of the mesh's diagonal"


def test_an_incident_is_reported_from_where_the_phone_is(browser, town, middle):
    place = {"latitude": middle[1], "longitude": middle[0]}
    seen = visit(browser, town[1], viewport=PHONE, geolocation=place, permissions=["geolocation"])
    seen.page.click("#panel-toggle")
    seen.page.click("#report")
    seen.page.click("text=本机位置")
    seen.page.wait_for_selector("#card .where b, #card .where legend")
    assert middle[2] in seen.text("#card .where")
    seen.page.context.close()


def test_an_address_leads_to_its_grid_in_the_search_and_in_a_report(open_page, town):
    row = demo_town().addresses.to_crs(4326).iloc[40]
    grid = ask(town[1], f"/api/v1/locate?lon={row.geometry.x}&lat={row.geometry.y}")["grid_code"]
    seen = open_page()
    seen.page.fill("#query", row["address"])
    seen.page.wait_for_selector("#results button")
    seen.page.press("#query", "Enter")
    seen.page.wait_for_selector("#card .grid-card")
    assert grid in seen.text("#card header")
    seen.page.click("#report")
    seen.page.fill("#card [name=address]", row["address"])
    seen.page.press("#card [name=address]", "Enter")
    seen.page.wait_for_selector("#card .where b, #card .where legend, #card .where .choice")
    assert grid in seen.text("#card .where")


def test_language_and_night_can_be_switched_and_stay_so(open_page):
    seen = open_page()
    seen.page.click("#language")
    assert "Incidents" in seen.text("#tabs")
    light = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
    seen.page.click("#theme")
    assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    seen.page.goto(seen.address + "/")
    seen.page.wait_for_selector("body.ready")
    assert "Incidents" in seen.text("#tabs")
    assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_all_can_be_done_by_keys(open_page):
    seen = open_page()
    seen.page.keyboard.press("/")
    assert seen.page.evaluate("document.activeElement.id") == "query"
    seen.page.keyboard.press("Escape")
    seen.page.keyboard.press("j")
    seen.page.wait_for_selector("#card .incident-card")
    first = seen.page.evaluate("new URLSearchParams(location.search).get('incident')")
    seen.page.keyboard.press("j")
    seen.page.wait_for_function("id => !location.search.includes(id)", arg=first)
    seen.page.keyboard.press("Escape")
    seen.page.keyboard.press("2")
    assert seen.page.locator("#part-figures").is_visible()
    seen.page.focus("#tab-figures")
    seen.page.keyboard.press("ArrowRight")
    assert seen.page.locator("#part-layers").is_visible()
    seen.page.keyboard.press("n")
    assert seen.page.locator("#card form.report").is_visible()


@pytest.mark.parametrize("path", ["/", "/?tab=figures", "/?tab=layers", "/wall", "/help", "/login"])
def test_everything_that_can_be_used_has_a_name(open_page, path):
    seen = open_page(path)
    if seen.count("#filters summary") and seen.page.locator("#filters").is_visible():
        seen.page.click("#filters summary")
        seen.page.click("#report")
    nameless = seen.page.evaluate(NAMELESS)
    assert nameless == []


def test_the_phone_shows_the_map_first_and_everything_fits(open_page, middle):
    seen = open_page(at(middle, 19), viewport=PHONE, has_touch=True)
    assert not seen.page.locator("#parts").is_visible()
    box = seen.page.locator("#map").bounding_box()
    seen.page.touchscreen.tap(box["width"] / 2 + 80, box["height"] / 2 - 70)
    seen.page.wait_for_selector("#card .grid-card")
    assert seen.page.locator("#card").bounding_box()["height"] < 0.6 * PHONE["height"]
    seen.page.click("#card header button")
    seen.page.click("#panel-toggle")
    assert seen.page.locator("#list").is_visible()
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    tall = seen.page.locator("#parts button").evaluate_all(
        "all => all.filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect().height)"
    )
    assert min(tall) >= 40, "a finger needs room"


@pytest.mark.parametrize(("paper", "size"), [("A4", (842, 595)), ("A3", (1191, 842))])
def test_the_plan_of_a_grid_is_one_sheet_with_scale_north_legend_and_names(open_page, middle, paper, size):
    seen = open_page(f"/print?grid={middle[2]}&paper={paper}")
    for part in (".leaflet-control-scale-line", ".north", "#legend li", "#inset path", "#facts dd"):
        assert seen.page.locator(part).first.is_visible(), part
    assert middle[2] in seen.text("#sheet")
    sheet = seen.page.pdf(prefer_css_page_size=True, print_background=True)
    assert sheet.count(b"/Type /Page\n") == 1
    wide, high = map(float, re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", sheet).groups())
    assert (round(wide), round(high)) == pytest.approx(size, abs=1)
