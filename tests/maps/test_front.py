"""The pages in a real browser: nothing is fetched, everything is drawn, everything can be used."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from drawn_division import draw_division, draw_incidents

from gridgeo.maps import MapExtras, folium_map, write_map
from gridgeo.maps.classes import RANGE_COLOURS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
BAD = "</script><img src=x onerror='window.hacked=1'><script>window.hacked=1</script>"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine; `make test` as root installs it"
    ),
]

# Counts the pixels of a class over all tiles; grids are painted at nine tenths of their strength.
COUNT_PIXELS = """colour => {
  const read = text => [1, 3, 5].map(i => parseInt(text.slice(i, i + 2), 16));
  const ground = read("#f1efe9"), wanted = read(colour).map((value, k) => 0.9 * value + 0.1 * ground[k]);
  let n = 0;
  for (const canvas of document.querySelectorAll("canvas.painted")) {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4)
      if (data[i + 3] === 255 && wanted.every((value, k) => Math.abs(data[i + k] - value) < 3)) n++;
  }
  return n;
}"""


# What the page asked to be done in the next frame has been done two frames later.
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@dataclass
class Visit:
    """A page, and what happened on it."""

    page: object
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def text(self, selector: str) -> str:
        return self.page.locator(selector).inner_text()

    def settle(self) -> None:
        self.page.evaluate(TWO_FRAMES)

    def count_pixels(self, colour: str) -> int:
        return self.page.evaluate(COUNT_PIXELS, colour)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visit(browser, tmp_path):
    """Return a function that opens a page with every network request refused and listed."""
    contexts = []

    def open_page(write, viewport=DESK, locale="en-US") -> Visit:
        path = tmp_path / "map.html"
        write(path)
        context = browser.new_context(viewport=viewport, locale=locale, offline=True, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        seen = Visit(page)
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on("websocket", lambda socket: seen.requests.append(socket.url))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("console", lambda message: seen.complaints.append(message.text))
        page.goto(path.as_uri())
        page.wait_for_selector("canvas.painted", state="attached")
        return seen

    yield open_page
    for context in contexts:
        context.close()


def is_local(address: str) -> bool:
    return address.startswith(("file:", "data:", "blob:", "about:"))


def write_full(path):
    extras = MapExtras(incidents=draw_incidents(), against=draw_division(word="解放路"))
    write_map(draw_division(), path, extras)


def write_plain(path):
    write_map(draw_division(), path)


@pytest.mark.parametrize(
    "write",
    [write_plain, write_full, lambda path: folium_map(draw_division(), draw_incidents()).save(path)],
    ids=["page", "page with all extras", "folium"],
)
def test_a_page_asks_the_network_for_nothing_and_complains_about_nothing(visit, write):
    seen = visit(write)
    seen.page.mouse.move(800, 300)
    seen.page.mouse.click(800, 300)
    seen.settle()
    assert [address for address in seen.requests if not is_local(address)] == []
    assert seen.complaints == []


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_grids_are_painted_in_the_colour_of_their_class(visit, viewport):
    seen = visit(write_plain, viewport)
    painted = seen.count_pixels(RANGE_COLOURS[2])
    assert painted > 5000
    assert seen.count_pixels(RANGE_COLOURS[0]) < painted / 10


def test_a_grid_is_found_by_its_code_and_its_card_says_what_the_file_says(visit):
    seen = visit(write_plain)
    seen.page.fill("#query", "42050200100102")
    seen.page.press("#query", "Enter")
    card = seen.text("#card")
    for words in (
        "学院街第二网格",
        "388",
        "900",
        "above range",
        "single building of 388",
        "4 ha",
        "420502001001",
    ):
        assert words in card
    seen.page.press("body", "Escape")
    assert not seen.page.locator("#card").is_visible()


def test_the_grid_under_the_pointer_is_the_one_that_is_drawn_there(visit):
    seen = visit(write_plain)
    seen.page.fill("#query", "42050200100201")
    seen.page.press("#query", "Enter")
    seen.settle()
    box = seen.page.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    seen.page.keyboard.press("Escape")
    seen.page.mouse.move(x + 60, y + 60)
    seen.page.mouse.move(x, y)
    tip = seen.text(".grid-tip")
    assert "学院街东网格" in tip
    assert "150 households" in tip
    assert "below range" in tip
    assert "only neighbour: 学院街" in tip
    assert "Building B4: 150 households" in tip
    seen.page.mouse.click(x, y)
    assert "42050200100201" in seen.text("#card")


def test_the_page_speaks_the_readers_language_and_can_change_it(visit):
    seen = visit(write_plain, locale="zh-CN")
    assert "未达标网格" in seen.text("#exceptions summary")
    assert "275–300" in seen.text("#legend")
    seen.page.click("#language")
    assert "Grids not in range" in seen.text("#exceptions summary")
    assert seen.page.evaluate("document.documentElement.lang") == "en"


def test_exceptions_stand_with_the_farthest_off_first_and_a_touch_goes_there(visit):
    seen = visit(write_plain)
    listed = seen.page.locator("#exceptions .code").all_inner_texts()
    assert listed == ["42050200100102", "42050200100201"]
    seen.page.click("#exceptions li:nth-child(2) button")
    assert "学院街东网格" in seen.text("#card")


def test_another_measure_changes_legend_and_map(visit):
    seen = visit(write_plain)
    before = seen.count_pixels(RANGE_COLOURS[2])
    seen.page.select_option("#measure", "people")
    seen.settle()
    assert "People" in seen.text("#legend-title")
    assert seen.count_pixels(RANGE_COLOURS[2]) < before


RECORD = """() => {
  window.written = [];
  const { prototype } = CanvasRenderingContext2D, write = prototype.fillText;
  prototype.fillText = function (text, ...place) {
    window.written.push(text);
    return write.call(this, text, ...place);
  };
}"""


def test_a_grid_has_the_figure_that_it_is_coloured_by_below_its_number(visit):
    seen = visit(write_plain)
    grids = draw_division().grids
    seen.page.evaluate(RECORD)
    for measure in ("people", "households"):
        seen.page.evaluate("() => { window.written = []; }")
        seen.page.select_option("#measure", measure)
        seen.settle()
        written = set(seen.page.evaluate("() => window.written"))
        figures = {
            name: {f"{n:,}" for n in grids[name].dropna().astype(int)} for name in ("people", "households")
        }
        other = figures["households" if measure == "people" else "people"] - figures[measure]
        assert written & figures[measure]
        assert not written & other


def test_a_layer_can_be_taken_away(visit):
    seen = visit(write_plain)
    seen.page.evaluate("document.getElementById('layers').open = true")
    seen.page.uncheck("#layers li:first-child input[type=checkbox]")
    seen.settle()
    assert seen.count_pixels(RANGE_COLOURS[2]) == 0


def test_a_street_is_found_by_name(visit):
    seen = visit(write_plain)
    seen.page.fill("#query", "学院街路")
    assert seen.text("#results .kind") == "street"
    seen.page.press("#query", "Enter")
    assert seen.page.locator("path.leaflet-interactive, .leaflet-overlay-pane path").count() == 2
    seen.page.fill("#query", "nowhere")
    assert "Nothing found" in seen.text("#results")


@pytest.mark.parametrize(
    "write",
    [
        lambda path: write_map(
            draw_division(word=BAD, reason=BAD), path, MapExtras(incidents=draw_incidents(BAD)), titles=[BAD]
        ),
        lambda path: folium_map(draw_division(word=BAD, reason=BAD), draw_incidents(BAD)).save(path),
    ],
    ids=["page", "folium"],
)
def test_markup_in_names_is_shown_and_never_run(visit, write):
    seen = visit(write)
    box = seen.page.locator("#map, .folium-map").bounding_box()
    for share in (0.3, 0.45, 0.6):
        seen.page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.6)
        seen.settle()
        seen.page.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.6)
    if seen.page.locator("#query").count():
        seen.page.fill("#query", "<img")
        assert "<img src=x" in seen.text("#results")
    seen.settle()
    assert "<img src=x" in seen.text("body")
    assert seen.page.evaluate("window.hacked") is None


def test_the_swipe_shows_the_other_division_right_of_its_handle(visit):
    seen = visit(write_full)
    box = seen.page.locator("#map").bounding_box()
    names = []
    for share in (0.46, 0.54):
        seen.page.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.55)
        names.append(seen.text("#card h2"))
    assert names[0].startswith("学院街")
    assert names[1].startswith("解放路")


def test_an_address_with_a_grid_opens_its_card(visit):
    seen = visit(write_plain)
    seen.page.goto(seen.page.url.split("#")[0] + "#grid=42050200100101")
    seen.page.reload()
    assert "学院街第一网格" in seen.text("#card")


def test_the_phone_shows_the_panel_on_request(visit):
    seen = visit(write_plain, PHONE)
    assert not seen.page.locator("#legend").is_visible()
    seen.page.click("#panel-toggle")
    assert seen.page.locator("#legend").is_visible()
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_phone_shows_what_is_compared_and_buttons_below_the_head(visit):
    seen = visit(write_full, PHONE)
    foot = seen.page.locator("#panel").bounding_box()["height"]
    for part in (".leaflet-control-zoom-in", ".swipe-line span >> nth=0", ".swipe-line span >> nth=1"):
        assert seen.page.locator(part).bounding_box()["y"] >= foot


def test_two_legends_of_a_notebook_do_not_lie_on_one_another(visit):
    both = (DESK, True), (PHONE, False)
    for viewport, is_open in both:
        seen = visit(lambda path: folium_map(draw_division(), against=draw_division()).save(path), viewport)
        legends = seen.page.locator(".leaflet-bottom .map-box")
        left, right = (legends.nth(n).bounding_box() for n in (0, 1))
        assert left["x"] + left["width"] <= right["x"]
        assert [legends.nth(n).evaluate("(one) => one.open") for n in (0, 1)] == [is_open] * 2


def test_the_printed_sheet_is_one_page(visit):
    seen = visit(write_plain)
    sheet = seen.page.pdf(prefer_css_page_size=True, print_background=True)
    assert sheet.count(b"/Type /Page\n") == 1
