"""The editor in a real browser: every tool, undo, previews, alarms, a crash, saving and merging."""

import pytest
from browsing import CHROMIUM, ask, visit
from planner import planner_service
from served import serving

import gridgeo

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine; `make test` as root installs it"
    ),
]

LAPTOP = {"width": 1366, "height": 768}
# Runs with the page's own `app` and, of an atom, the place of its middle on the screen.
FRAME = """async ([words]) => {
  const { app } = await import(document.querySelector("script[type=module]").src);
  const { toLatLng } = await import("/assets/front/division.js");
  const box = document.getElementById("map").getBoundingClientRect();
  const place = (f) => {
    const [x, y] = app.draft.atoms.middle.slice(2 * f, 2 * f + 2);
    const at = app.map.latLngToContainerPoint(toLatLng(x, y));
    return [box.left + at.x, box.top + at.y];
  };
  return (%s)(app, place, words);
}"""
# Two atoms on either side of the border of two grids that stay whole when the second goes over.
BORDER = """(app, place) => {
  const { atoms, label, codes, rows } = app.draft;
  for (let f = 0; f < atoms.n; f++) {
    for (let part = atoms.shapes.first[f]; part < atoms.shapes.first[f + 1]; part++) {
      for (let i = atoms.shapes.start[part]; i < atoms.shapes.start[part + 1]; i++) {
        const other = atoms.beside[i];
        if (other < 0 || label[other] === label[f] || atoms.home[f] !== atoms.home[other]) continue;
        if (rows.get(codes[label[other]]).n_atoms > 3)
          return { from: place(f), to: place(other), grid: codes[label[f]], other: codes[label[other]],
                   near: f, atom: other, id: atoms.ids[other] };
      }
    }
  }
}"""


class Editor:
    """The page of the editor with a new draft."""

    def __init__(self, browser, address, **choices):
        self.address = address
        self.draft_id = ask(address, "/api/v1/drafts", {})["draft_id"]
        self.seen = visit(browser, address, "/edit?lang=en&area=", viewport=LAPTOP, **choices)
        self.page = self.seen.page
        self.border = self.run(BORDER)

    def run(self, function, words=None):
        return self.page.evaluate(FRAME % function, [words])

    def state(self):
        return ask(self.address, f"/api/v1/drafts/{self.draft_id}")

    def settle(self, n=None):
        """Wait until all that was done is on the server."""
        steps = "" if n is None else f":has-text('step {n}')"
        self.page.wait_for_selector(f'#state[data-state="saved"]{steps}')

    def drag(self, *places):
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*place, steps=4)
        self.page.mouse.up()

    def grid_of(self, atom):
        return self.run("(app, _, f) => app.draft.codes[app.draft.label[f]]", atom)

    def choose(self, code):
        self.page.click(f'#grids li[data-grid="{code}"] button')

    def paint(self):
        """Paint one atom over the border with the finest brush."""
        self.page.select_option("#brush", "0")
        self.page.keyboard.press("b")
        self.choose(self.border["grid"])
        self.drag(self.border["to"], self.border["to"])
        self.settle(1)

    def around(self, place, reach=3):
        (x, y) = place
        return [
            (x - reach, y - reach),
            (x + reach, y - reach),
            (x + reach, y + reach),
            (x - reach, y + reach),
        ]


@pytest.fixture(scope="module")
def address(town_file, tmp_path_factory):
    with serving(planner_service(town_file, tmp_path_factory.mktemp("edited"))) as found:
        yield found


@pytest.fixture
def editor(browser, address):
    made = Editor(browser, address)
    yield made
    made.page.context.close()


@pytest.fixture
def own_service(town_file, tmp_path):
    """A service whose versions are of no other test."""
    with serving(planner_service(town_file, tmp_path)) as found:
        yield found


def test_a_stroke_of_the_brush_moves_atoms_and_figures_and_undo_takes_both_back(editor):
    before = editor.page.inner_text("#grids")
    editor.page.keyboard.press("b")
    editor.drag(editor.border["from"], editor.border["to"])
    editor.settle(1)
    assert editor.grid_of(editor.border["atom"]) == editor.border["grid"]
    assert editor.page.inner_text("#grids") != before
    assert editor.state()["n"] == 1
    editor.page.keyboard.press("Control+z")
    editor.settle(2)
    assert editor.grid_of(editor.border["atom"]) == editor.border["other"]
    assert editor.page.inner_text("#grids") == before
    editor.page.keyboard.press("Control+y")
    editor.settle(3)
    assert editor.grid_of(editor.border["atom"]) == editor.border["grid"]
    assert editor.seen.outside() == []
    assert editor.seen.complaints == []


def test_the_eraser_gives_back(editor):
    editor.paint()
    editor.page.keyboard.press("e")
    editor.drag(editor.border["to"], editor.border["to"])
    editor.settle(2)
    assert editor.grid_of(editor.border["atom"]) == editor.border["other"]
    assert editor.state()["total"]["n_atoms"] == 0


@pytest.mark.parametrize(("key", "corners"), [("r", (0, 2)), ("l", (0, 1, 2, 3))])
def test_a_shape_is_looked_at_before_it_is_applied(editor, key, corners):
    editor.choose(editor.border["grid"])
    editor.page.keyboard.press(key)
    ring = editor.around(editor.border["to"])
    editor.drag(*[ring[corner] for corner in corners])
    editor.page.wait_for_selector("#pending .effects li")
    assert "One atom" in editor.page.inner_text("#pending .what")
    assert editor.state()["n"] == 0
    editor.page.keyboard.press("Escape")
    assert editor.page.is_hidden("#pending")
    editor.drag(*[ring[corner] for corner in corners])
    editor.page.wait_for_selector("#pending .effects li")
    editor.page.keyboard.press("Enter")
    editor.settle(1)
    assert editor.grid_of(editor.border["atom"]) == editor.border["grid"]


def test_merge_split_and_lock_work_by_a_click(editor):
    codes = editor.run("(app) => [...app.draft.rows.keys()]")
    editor.choose(editor.border["grid"])
    editor.page.keyboard.press("m")
    editor.page.mouse.click(*editor.border["to"])
    editor.page.wait_for_selector("#pending .gone")
    editor.page.click("#apply")
    editor.settle(1)
    assert editor.page.locator("#grids li").count() == len(codes) - 1 + 2  # and two names of communities
    editor.page.keyboard.press("s")
    editor.page.mouse.click(*editor.border["to"])
    editor.page.select_option("#parts-wanted", "3")
    editor.page.wait_for_selector("#pending .effects li:nth-child(3)")
    editor.page.keyboard.press("Enter")
    editor.settle(2)
    assert len(editor.state()["grids"]) == len(codes) + 1
    editor.page.keyboard.press("k")
    editor.page.mouse.click(*editor.border["to"])
    editor.settle(3)
    locked = [row["grid_code"] for row in editor.state()["grids"] if row["is_locked"]]
    assert locked == [editor.grid_of(editor.border["atom"])]
    editor.page.keyboard.press("b")
    editor.choose(
        next(code for code in editor.run("(app) => [...app.draft.rows.keys()]") if code not in locked)
    )
    editor.drag(editor.border["to"], editor.border["to"])
    editor.page.wait_for_selector("#told:has-text('locked')")
    assert editor.state()["n"] == 3


def test_atoms_of_two_grids_change_places_click_by_click(editor):
    inner = editor.run("(app, place, f) => [f, place(f)]", editor.border["atom"])
    editor.choose(editor.border["grid"])
    editor.page.keyboard.press("t")
    assert editor.page.get_attribute('[data-tool="swap"]', "aria-pressed") == "true"
    editor.page.mouse.click(*editor.border["from"])
    assert editor.page.is_hidden("#pending")
    editor.page.mouse.click(*editor.border["to"])
    editor.page.wait_for_selector("#pending .effects li:nth-child(2)")
    assert "1 atoms for 1 others" in editor.page.inner_text("#pending .what")
    editor.page.mouse.click(*editor.border["to"])  # off again: nothing is left to swap
    assert editor.page.is_hidden("#pending")
    editor.page.mouse.click(*editor.border["to"])
    editor.page.wait_for_selector("#pending .effects li:nth-child(2)")
    assert editor.state()["n"] == 0
    editor.page.keyboard.press("Enter")
    editor.settle(1)
    assert editor.grid_of(inner[0]) == editor.border["grid"]
    here = editor.run("(app, _, f) => app.draft.codes[app.draft.label[f]]", editor.border["near"])
    assert here == editor.border["other"]
    editor.page.keyboard.press("Control+z")
    editor.settle(2)
    assert editor.state()["total"]["n_atoms"] == 0


def test_a_swap_is_between_two_grids_only(editor):
    locked = editor.border["other"]
    editor.run("(app, _, grid) => app.draft.do({ kind: 'lock', grid }).then(() => null)", locked)
    editor.settle(1)
    editor.page.keyboard.press("t")
    editor.page.mouse.click(*editor.border["from"])
    assert editor.run("(app) => app.chosen") == editor.border["grid"]
    editor.page.mouse.click(*editor.border["to"])
    editor.page.wait_for_selector("#told:has-text('locked')")
    editor.page.keyboard.press("Escape")
    assert editor.run("(app) => app.stroke") is None
    assert editor.state()["n"] == 1


def test_a_mask_keeps_a_stroke_to_one_grid(editor):
    codes = editor.run("(app) => [...app.draft.rows.keys()]")
    third = next(code for code in codes if code not in (editor.border["grid"], editor.border["other"]))
    editor.choose(third)
    editor.page.keyboard.press("x")
    assert editor.page.get_attribute("#mask", "aria-pressed") == "true"
    editor.choose(editor.border["grid"])
    editor.page.keyboard.press("b")
    editor.drag(editor.border["from"], editor.border["to"])
    editor.settle()
    assert editor.state()["n"] == 0


def test_an_alarm_leads_to_the_piece_that_is_cut_off(editor):
    editor.run("""(app, place, { grid, other }) => {
      const ids = app.draft.atoms.ids.filter((_, f) => app.draft.codes[app.draft.label[f]] === other);
      return app.draft.do({ kind: "move", atoms: ids.filter((_, k) => k % 2), grid }).then(() => null);
    }""", editor.border)  # fmt: skip
    editor.settle(1)
    editor.run("(app) => { app.map.setZoom(14, { animate: false }); }")
    editor.page.locator("button.alarm").first.click()
    assert editor.run("(app) => app.map.getZoom()") > 16
    assert editor.page.is_visible("#chosen")
    editor.page.click("#save")
    assert editor.page.is_disabled("#save-do")


def test_a_suggestion_is_looked_at_and_applied(editor):
    editor.run("""(app, place, { grid, other }) => {
      const ids = app.draft.atoms.ids.filter((_, f) => app.draft.codes[app.draft.label[f]] === other);
      return app.draft.do({ kind: "split", grid, k: 2 }).then(() => null);
    }""", editor.border)  # fmt: skip
    editor.settle(1)
    editor.choose(editor.border["grid"])
    editor.page.click("#advice")
    editor.page.locator(".suggestion").first.click()
    editor.page.wait_for_selector("#pending .effects li")
    editor.page.keyboard.press("Enter")
    editor.settle(2)
    row = next((r for r in editor.state()["grids"] if r["grid_code"] == editor.border["grid"]), None)
    assert row is None or row["status"] == "in_range"


def test_a_draft_is_there_again_after_a_crash_of_the_browser(editor, browser):
    editor.paint()
    editor.page.context.close()
    again = visit(browser, editor.address, "/edit?lang=en&area=", viewport=LAPTOP)
    assert "step 1" in again.text("#state")
    assert "open again" in again.text("#told")


def test_a_stroke_waits_while_the_service_is_silent_and_arrives(editor):
    editor.page.route("**/operations", lambda route: route.abort())
    editor.page.keyboard.press("b")
    editor.drag(editor.border["from"], editor.border["to"])
    editor.page.wait_for_selector('#state[data-state="waiting"]')
    editor.page.unroute("**/operations")
    editor.settle(1)
    assert editor.state()["n"] == 1


def test_a_version_is_saved_and_the_slower_planner_merges(browser, own_service):
    draft_id = ask(own_service, "/api/v1/drafts", {})["draft_id"]
    slower = Editor(browser, own_service)
    slower.paint()
    last = slower.run("(app) => [...app.draft.rows.keys()].at(-1)")
    path = f"/api/v1/drafts/{draft_id}"
    ask(own_service, f"{path}/operations", {"kind": "split", "grid": last, "k": 2})
    ask(own_service, f"{path}/save", {"note": "a tower"})
    slower.page.keyboard.press("Control+s")
    slower.page.fill("#note", "a courtyard")
    slower.page.click("#save-do")
    slower.page.wait_for_selector("#merge-do")
    assert "a tower" in slower.page.inner_text("#dialog")
    slower.page.click("#merge-do")
    slower.page.wait_for_selector("#dialog:has-text('Merged')")
    slower.page.click("#dialog .buttons button")
    slower.page.keyboard.press("Control+s")
    slower.page.click("#save-do")
    slower.page.wait_for_selector("#told:has-text('version 2')")
    slower.page.click("#more")
    slower.page.wait_for_selector("#dialog .versions tr")
    assert slower.page.locator("#dialog .versions tr").count() == 2
    slower.page.context.close()


def test_the_page_speaks_chinese_too(editor):
    editor.page.click("#language")
    assert editor.page.inner_text("#save") == "保存版本"
    text = editor.page.inner_text("body")
    assert "edit." not in text
    assert "{" not in text


def test_the_place_is_there_before_the_draft_is_and_nothing_can_be_done_too_early(browser, address):
    page = browser.new_context(viewport=LAPTOP, reduced_motion="reduce").new_page()
    complaints, held = [], []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route("**/api/v1/drafts", lambda route: held.append(route) if not held else route.continue_())
    page.goto(f"{address}/edit?lang=en&area=")
    page.wait_for_selector("canvas.painted")
    page.wait_for_selector("#hint:has-text('Opening')")
    for key in ("b", "Control+z", "w", "x", "Control+s", "Enter"):
        page.keyboard.press(key)
    page.click("#language")
    page.mouse.click(700, 400)
    page.click('[data-tool="merge"]', force=True)
    assert page.locator("body.ready").count() == 0
    held[0].continue_()
    page.wait_for_selector("body.ready")
    assert page.get_attribute('[data-tool="choose"]', "aria-pressed") == "true"
    assert page.inner_text("#save") == "保存版本"
    assert complaints == []
    page.context.close()


def test_what_was_typed_stays_until_the_version_is_saved(browser, own_service):
    editor = Editor(browser, own_service)
    editor.paint()
    editor.page.keyboard.press("Control+s")
    editor.page.fill("#note", "a courtyard")
    editor.page.route("**/save", lambda route: route.abort())
    editor.page.click("#save-do")
    editor.page.wait_for_selector("#dialog .fault:has-text('does not answer')")
    assert editor.page.input_value("#note") == "a courtyard"
    editor.page.unroute("**/save")
    editor.page.click("#save-do")
    editor.page.wait_for_selector("#told:has-text('version 1')")
    assert editor.page.locator("dialog[open]").count() == 0
    versions = ask(own_service, "/api/v1/versions")["versions"]
    assert [version["note"] for version in versions] == ["a courtyard"]
    editor.page.context.close()


def test_a_step_in_a_draft_that_was_saved_elsewhere_is_said_to_be_lost(browser, own_service):
    editor = Editor(browser, own_service)
    editor.paint()
    ask(own_service, f"/api/v1/drafts/{editor.draft_id}/save", {"note": "from another desk"})
    editor.drag(editor.border["from"], editor.border["from"])
    editor.page.keyboard.press("Control+z")
    editor.page.wait_for_selector("#told:has-text('your last step was not done')")
    assert editor.run("(app) => app.draft.id") != editor.draft_id
    editor.page.context.close()


def test_the_colours_and_what_is_out_of_range_are_explained(browser, address, town_file):
    editor = Editor(browser, address)
    legend = editor.page.inner_text("#legend")
    low, high = (editor.run(f"(app) => app.draft.range.{name}") for name in ("low", "high"))
    assert f"in range {low}–{high} households" in legend
    stated = gridgeo.read_division(town_file).grids.set_index("grid_code")["reason"].fillna("")
    for code, row in editor.run("(app) => Object.fromEntries(app.draft.rows)").items():
        assert row["reason"] == stated[code]
        if row["reason"]:
            editor.choose(code)
            assert editor.page.inner_text("#chosen-reason")
    editor.page.context.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [1280, 1366, 1920, 3840])
def test_the_tools_stand_in_one_line_on_every_screen_of_a_desk(browser, address, lang, width):
    seen = visit(browser, address, f"/edit?lang={lang}", viewport={"width": width, "height": width * 9 // 16})
    tops = "() => new Set([...document.querySelectorAll('#tools button')].map((b) => b.offsetTop)).size"
    assert seen.page.evaluate(tops) == 1
    assert seen.page.evaluate("() => document.querySelector('#tools').offsetHeight") < 60
    for button in ("#save", "#more"):
        assert seen.page.evaluate(
            f"() => {{ const b = document.querySelector('{button}'); return b.scrollWidth <= b.clientWidth }}"
        )
    seen.page.context.close()
