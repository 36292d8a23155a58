"""With one incident, on a phone, a desk and a wall: nothing runs over the edge, is covered or lacks words."""

from dataclasses import replace

import pytest
from browsing import CHROMIUM, PHONE, WALL, report, visit
from served import serving
from service_town import start_service

from gridgeo import read_division

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine; `make test` as root installs it"
    ),
]

LARGE, TABLET = {"width": 3840, "height": 2160}, {"width": 768, "height": 1024}
LOOKS = {"phone-zh": (PHONE, "zh"), "phone-en": (PHONE, "en"), "desk": (WALL, "en"), "large": (LARGE, "zh")}
PAGES = {
    "map": "/?lang={lang}",
    "figures": "/?tab=figures&lang={lang}",
    "grid": "/?card={grid}&lang={lang}",
    "incident": "/?incident={incident}&lang={lang}",
    "wall": "/wall?lang={lang}",
    "editor": "/edit?lang={lang}",
    "help": "/help?lang={lang}",
    "plan": "/print?grid={grid}&paper=A3&lang={lang}",
}
# What runs over the edge of the window outside all that scrolls or is cut; keys and slips in what is read.
FAULTS = r"""() => {
  const faults = [], wide = innerWidth, read = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const isCut = (one) => one && (getComputedStyle(one).overflowX !== "visible" || isCut(one.parentElement));
  if (document.documentElement.scrollWidth > wide) faults.push("the page scrolls sideways");
  for (const one of document.querySelectorAll("body *")) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.closest(".leaflet-pane, svg")) continue;
    const { left, right, width } = one.getBoundingClientRect();
    const isOver = width && (left < -1 || right > wide + 1);
    if (isOver && !isCut(one.parentElement)) faults.push(one.outerHTML.slice(0, 99));
  }
  while (read.nextNode()) {
    const { data, parentElement } = read.currentNode;
    if (parentElement.closest("script, code, pre")) continue;
    if (/^[a-z]+(\.[a-z_]+)+$/.test(data.trim()) || /undefined|NaN|\[object/.test(data)) faults.push(data);
  }
  return faults;
}"""
# Controls whose middle is in the window and in view, but something else would be touched there.
COVERED = """() => [...document.querySelectorAll("button, a, input, select, textarea, summary")]
.filter((one) => {
  const { left, top, width, height } = one.getBoundingClientRect();
  const x = left + width / 2, y = top + height / 2;
  if (!width || !one.checkVisibility({ visibilityProperty: true }) || x < 0 || y < 0) return false;
  if (x >= innerWidth || y >= innerHeight || getComputedStyle(one).pointerEvents === "none") return false;
  for (let box = one.parentElement; box; box = box.parentElement) {
    const { top: high, bottom: low } = box.getBoundingClientRect();
    if (getComputedStyle(box).overflowY !== "visible" && (y < high || y > low)) return false;
  }
  const hit = document.elementFromPoint(x, y);
  return hit && !one.contains(hit) && !hit.contains(one);
}).map((one) => one.outerHTML.slice(0, 99))"""

# What a finger cannot hit: controls with less than 40 px, but for links within a text.
SMALL = """() => [...document.querySelectorAll("button, a, input, select, textarea, summary")]
.filter((one) => {
  const isText = one.matches(".skip, p a, li > a, dd a");
  if (isText || !one.checkVisibility({ visibilityProperty: true })) return false;
  const { width, height } = (one.closest("label") ?? one).getBoundingClientRect();
  return width && (height < 39.5 || (width < 39.5 && !one.matches("[type=checkbox]")));
}).map((one) => one.outerHTML.slice(0, 99))"""

# The banner with all that can be wrong at once.
TELL = """async (lang) => {
  const { showStatus } = await import("/assets/web/status.js"), find = (id) => document.getElementById(id);
  const { setLanguage } = await import("/assets/front/words.js");
  setLanguage(JSON.parse(find("page").textContent).words, lang);
  const problems = ["division", "store", "users"];
  showStatus(find("status"), find("banner"), { at: new Date(), problems });
}"""


@pytest.fixture(scope="module")
def town(town_file, tmp_path_factory):
    """The address of a service with one incident, and what its pages can be asked for."""
    app = start_service(town_file, tmp_path_factory.mktemp("fit"), title="试验区", local_role="planner")
    places = app.extensions["gridgeo"].snapshots.current().grids.representative_point()
    low = places.iloc[places.y.argmin()]
    with serving(app) as address:
        row = report(address, (low.x, low.y), description="路灯不亮" * 12)
        yield address, {"incident": row["incident_id"], "grid": row["grid_code"]}
    app.extensions["gridgeo"].close()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("look", LOOKS)
def test_a_page_fits_its_screen(browser, town, page, look):
    (address, known), (viewport, lang) = town, LOOKS[look]
    seen = visit(browser, address, PAGES[page].format(**known, lang=lang), viewport=viewport)
    seen.page.wait_for_load_state("networkidle")
    assert seen.page.evaluate(FAULTS) == []
    assert seen.page.evaluate(COVERED) == []
    assert (seen.complaints, seen.refusals) == ([], [])
    seen.page.context.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_open_panel_and_the_form_of_a_report_fit_a_phone(browser, town, lang):
    seen = visit(browser, town[0], f"/?lang={lang}", viewport=PHONE)
    seen.page.click("#panel-toggle")
    seen.page.click("#filters summary")
    assert seen.page.evaluate(FAULTS) == []
    seen.page.click("#report")
    seen.page.wait_for_selector("#card textarea")
    assert seen.page.evaluate(FAULTS) == []
    assert seen.page.evaluate(COVERED) == []
    seen.page.context.close()


def test_on_a_phone_the_incident_of_a_link_is_seen_above_its_card(browser, town):
    seen = visit(browser, town[0], f"/?incident={town[1]['incident']}", viewport=PHONE)
    seen.page.wait_for_selector("#card .incident-card")
    mark = seen.page.locator(".leaflet-highlight-pane path").bounding_box()
    card = seen.page.locator("#card").bounding_box()
    assert mark["y"] + mark["height"] <= card["y"]
    assert 0 <= mark["x"] <= PHONE["width"] - mark["width"]
    seen.page.context.close()


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "事件暂时无法保存"), ("en", "cannot be saved at the moment")]
)
def test_a_store_that_is_gone_is_told_in_the_words_of_the_page_without_a_path(
    browser, town_file, tmp_path, lang, said
):
    app = start_service(town_file, tmp_path)
    with serving(app) as address:
        seen = visit(browser, address, f"/?lang={lang}", viewport=PHONE)
        file = tmp_path / "town.incidents.sqlite"
        file.rename(tmp_path / "away")
        app.extensions["gridgeo"].refresh()
        seen.page.wait_for_selector("#banner:not([hidden])")
        assert said in seen.text("#banner")
        assert str(tmp_path) not in seen.text("#banner")
        assert seen.page.evaluate(FAULTS) == []
        (tmp_path / "away").rename(file)
        app.extensions["gridgeo"].refresh()
        seen.page.wait_for_selector("#banner", state="hidden")
        seen.page.context.close()
    app.extensions["gridgeo"].close()


@pytest.mark.parametrize("page", ["map", "figures", "grid", "wall", "editor", "plan"])
@pytest.mark.parametrize("viewport", [PHONE, WALL])
def test_very_long_names_fit(browser, long_names, page, viewport):
    address, known = long_names
    seen = visit(browser, address, PAGES[page].format(**known, lang="zh"), viewport=viewport)
    seen.page.wait_for_load_state("networkidle")
    assert seen.page.evaluate(FAULTS) == []
    assert seen.page.evaluate(COVERED) == []
    seen.page.context.close()


def test_a_long_title_leaves_the_figures_of_the_wall_free(browser, long_names):
    seen = visit(browser, long_names[0], "/wall", viewport=WALL)
    header, left = (seen.page.locator(part).bounding_box() for part in ("header", "#left"))
    assert header["y"] + header["height"] <= left["y"] + 2
    seen.page.context.close()


@pytest.fixture(scope="module")
def long_names(town_file, tmp_path_factory):
    """The address of a service whose grids, communities and title have names as long as a sentence."""
    folder, name = (
        tmp_path_factory.mktemp("long"),
        "东山经济技术开发区滨江新城第十三居民小区及周边道路综合治理" * 2,
    )
    division = read_division(town_file)
    grids, communities = (part.assign(name=name) for part in (division.grids, division.communities))
    replace(division, grids=grids, communities=communities).write(folder / "town.gpkg")
    app = start_service(town_file, folder, title=name, local_role="planner")
    with serving(app) as address:
        place = app.extensions["gridgeo"].snapshots.current().grids.representative_point().iloc[0]
        row = report(address, (place.x, place.y), description="A" * 400, address="B" * 200)
        yield address, {"incident": row["incident_id"], "grid": row["grid_code"]}
    app.extensions["gridgeo"].close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_filters_by_day_and_the_banner_fit_a_phone(browser, town, lang):
    seen = visit(browser, town[0], f"/?lang={lang}&since=2026-01-01&until=2026-12-31", viewport=PHONE)
    seen.page.click("#panel-toggle")
    seen.page.click("#filters summary")
    assert seen.page.locator("#filters-body input[type=date]").count() == 2
    assert seen.page.evaluate(FAULTS) == []
    seen.page.click("#panel-toggle")
    seen.page.evaluate(TELL, lang)
    assert seen.page.locator("#banner").is_visible()
    assert seen.page.evaluate(FAULTS) == []
    assert seen.page.evaluate(COVERED) == []
    seen.page.context.close()


@pytest.mark.parametrize("page", ["map", "figures", "grid", "incident", "editor", "plan", "help"])
@pytest.mark.parametrize("viewport", [PHONE, TABLET], ids=["phone", "tablet"])
def test_a_finger_hits_what_can_be_touched(browser, town, page, viewport):
    touched = {"viewport": viewport, "has_touch": True, "is_mobile": True}
    seen = visit(browser, town[0], PAGES[page].format(**town[1], lang="en"), **touched)
    seen.page.wait_for_load_state("networkidle")
    if seen.page.locator("#panel-toggle").is_visible():
        seen.page.click("#panel-toggle")
    for tab in seen.page.locator("#tabs button").all():
        tab.click()
        assert seen.page.evaluate(SMALL) == []
    assert seen.page.evaluate(SMALL) == []
    assert seen.page.evaluate(FAULTS) == []
    seen.page.context.close()


@pytest.mark.parametrize("page", ["grid", "incident"])
@pytest.mark.parametrize("size", [(768, 1024), (1024, 768)], ids=["upright", "flat"])
def test_on_a_tablet_a_card_leaves_most_of_the_map_and_what_it_tells_of_is_seen(browser, town, page, size):
    viewport = {"width": size[0], "height": size[1]}
    seen = visit(browser, town[0], PAGES[page].format(**town[1], lang="zh"), viewport=viewport)
    seen.page.wait_for_selector("#card header")
    pane = ".leaflet-outline-pane path >> nth=0" if page == "grid" else ".leaflet-highlight-pane path"
    card, whole, mark = (seen.page.locator(part).bounding_box() for part in ("#card", "#map", pane))
    assert card["width"] * card["height"] < 0.5 * whole["width"] * whole["height"]
    under = mark["y"] + mark["height"] / 2 > card["y"] and mark["x"] + mark["width"] / 2 > card["x"]
    assert not under
    seen.page.context.close()


def test_what_these_tests_look_for_is_found_when_it_is_there(browser, town):
    seen = visit(browser, town[0], "/help?lang=en", viewport=PHONE)
    assert (seen.page.evaluate(FAULTS), seen.page.evaluate(COVERED)) == ([], [])
    seen.page.evaluate("""() => {
      const add = (tag, styles, text) => {
        const one = document.createElement(tag);
        one.textContent = text;
        document.body.append(one);
        Object.assign(one.style, { position: "fixed", left: "9px", top: "9px", ...styles });
      };
      add("p", { width: "500px" }, "too wide");
      add("p", {}, "help.title");
      add("button", { width: "60px", height: "60px" }, "under");
      add("div", { width: "90px", height: "90px" }, "over");
    }""")
    found = " ".join(seen.page.evaluate(FAULTS))
    assert "too wide" in found
    assert "help.title" in found
    assert "under" in " ".join(seen.page.evaluate(COVERED))
    seen.page.locator("button", has_text="under").evaluate(
        "(one) => Object.assign(one.style, { width: '30px' })"
    )
    assert "under" in " ".join(seen.page.evaluate(SMALL))
    seen.page.context.close()
