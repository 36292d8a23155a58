"""Words stand out from what lies behind them, by day and by night, as WCAG 2 AA asks: 4.5, large ones 3."""

import pytest
from browsing import CHROMIUM, WALL, report, visit
from served import serving
from service_town import start_service

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine; `make test` as root installs it"
    ),
]

PAGES = {
    "map": "/?card={grid}",
    "incident": "/?incident={incident}",
    "figures": "/?tab=figures",
    "layers": "/?tab=layers",
    "wall": "/wall",
    "editor": "/edit",
    "help": "/help",
}
# A text's colour over those of all boxes behind it; texts on the map have halos and are left out.
FAINT = r"""() => {
  const rgba = (text) => { const found = text.match(/[\d.]+/g).map(Number); return found.length < 4 ? [...found, 1] : found; };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const linear = (value) => value <= 10 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) + 0.05;
  const behind = (box) => {
    if (!box) return [255, 255, 255, 1];
    const own = rgba(getComputedStyle(box).backgroundColor);
    return own[3] === 1 ? own : over(own, behind(box.parentElement));
  };
  const faint = [], read = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (read.nextNode()) {
    const { data, parentElement: one } = read.currentNode, style = getComputedStyle(one);
    if (!data.trim() || !one.checkVisibility({ visibilityProperty: true })) continue;
    if (one.closest("script, noscript, option, :disabled, .leaflet-pane")) continue;
    const below = behind(one), size = parseFloat(style.fontSize);
    const ratio = light(over(rgba(one.closest("svg") ? style.fill : style.color), below)) / light(below);
    const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 600);
    if (Math.max(ratio, 1 / ratio) < (isLarge ? 3 : 4.5)) faint.push(`${data.trim().slice(0, 30)} in ${one.outerHTML.slice(0, 60)}`);
  }
  return faint;
}"""  # noqa: E501


@pytest.fixture(scope="module")
def town(town_file, tmp_path_factory):
    """The address of a service with one incident that is late, and what its pages can be asked for."""
    app = start_service(town_file, tmp_path_factory.mktemp("contrast"), local_role="planner")
    place = app.extensions["gridgeo"].snapshots.current().grids.representative_point().iloc[0]
    with serving(app) as address:
        row = report(address, (place.x, place.y), description="路灯不亮")
        yield address, {"incident": row["incident_id"], "grid": row["grid_code"]}
    app.extensions["gridgeo"].close()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("look", ["light", "dark"])
def test_words_stand_out_from_what_lies_behind_them(browser, town, page, look):
    seen = visit(browser, town[0], PAGES[page].format(**town[1]), viewport=WALL, color_scheme=look)
    seen.page.wait_for_load_state("networkidle")
    late = "for (const one of document.querySelectorAll('.state.open')) one.className = 'state overdue'"
    seen.page.evaluate(late)
    assert seen.page.evaluate(FAINT) == []
    seen.page.evaluate("document.querySelector('h1, h2').style.color = 'rgba(128, 128, 128, .5)'")
    assert len(seen.page.evaluate(FAINT)) > 0
    seen.page.context.close()
