"""The wall: nobody touches it, it goes round by itself, and weeks of updates leave nothing behind."""

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

N_UPDATES = 100
N_LOOKS = 6
N_WARM = 40  # until caches of tiles, glyphs and code are as full as they get
MOST_GROWTH = 0.2
# Each round brings an incident and lets the page's clock reach its next question, which is waited for.
ROUND_MS = 2500
SMALL = {"width": 960, "height": 540}  # memory, not pixels, is the question here


@pytest.fixture
def town(town_file, tmp_path):
    app = start_service(town_file, tmp_path, title="试验区大屏")
    with serving(app) as address:
        yield app, address
    app.extensions["gridgeo"].close()


def places(app):
    """Return a place in each grid."""
    points = app.extensions["gridgeo"].snapshots.current().grids.geometry.representative_point()
    return list(zip(points.x, points.y, strict=True))


def used_mb(session):
    """Return the page's memory after a collection."""
    session.send("HeapProfiler.collectGarbage")
    session.send("HeapProfiler.collectGarbage")
    return session.send("Runtime.getHeapUsage")["usedSize"] / 1e6


def test_weeks_of_updates_leave_no_memory_no_element_and_no_complaint_behind(browser, town):
    app, address = town
    spots = places(app)
    report(address, spots[0])
    seen = visit(browser, address, "/wall", viewport=SMALL)
    seen.page.clock.install()
    seen.page.reload()
    seen.page.wait_for_selector("body.ready")
    session = seen.page.context.new_cdp_session(seen.page)
    sizes, elements = [], []
    # Lists that are just being replaced are there twice for a moment: the least of several looks counts.
    watched = {*range(N_WARM, N_WARM + N_LOOKS), *range(N_UPDATES - N_LOOKS, N_UPDATES)}
    for number in range(N_UPDATES):
        report(address, spots[number % len(spots)], description=f"第{number}号")
        with seen.page.expect_response("**/api/v1/statistics?**by=grid"):
            seen.page.clock.fast_forward(ROUND_MS)
        if number in watched:
            seen.page.wait_for_load_state("networkidle")
            sizes.append(used_mb(session))
            elements.append(session.send("Memory.getDOMCounters"))
    counts = [sizes, *([at[what] for at in elements] for what in ("nodes", "jsEventListeners"))]
    for count in counts:
        assert min(count[N_LOOKS:]) < min(count[:N_LOOKS]) * (1 + MOST_GROWTH), count
    seen.page.wait_for_function(
        "n => document.querySelector('#totals b')?.textContent === n", arg=f"{N_UPDATES + 1}"
    )
    assert (seen.complaints, seen.outside()) == ([], [])


def test_the_tour_goes_from_one_unusual_grid_to_the_next_and_back_to_the_whole(browser, town):
    app, address = town
    spots = places(app)
    for number in range(21):
        report(address, spots[number % 2])
    seen = visit(browser, address, "/wall?seconds=1", viewport=WALL)
    codes = [str(code) for code in app.extensions["gridgeo"].snapshots.current().codes[:2]]
    for code in codes:
        seen.page.wait_for_function(
            "code => document.querySelector('#stop:not([hidden])')?.textContent.includes(code)",
            arg=code,
        )
        assert seen.page.locator(".leaflet-outline-pane path").count() == 2
    seen.page.wait_for_function("() => document.getElementById('stop').hidden")


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160)])
def test_the_type_grows_with_the_wall_and_nothing_overlaps(browser, town, width, height):
    app, address = town
    report(address, places(app)[0])
    seen = visit(browser, address, "/wall", viewport={"width": width, "height": height})
    assert (
        float(seen.page.evaluate("parseFloat(getComputedStyle(document.querySelector('#clock')).fontSize)"))
        > height / 30
    )
    boxes = [seen.page.locator(part).bounding_box() for part in ("#left", "#right", "header", "#legend")]
    left, right, header, legend = boxes
    assert left["x"] + left["width"] < right["x"]
    assert header["y"] + header["height"] <= left["y"] + 2
    assert right["y"] + right["height"] <= legend["y"] + 2
    assert seen.page.evaluate("document.documentElement.scrollHeight") <= height
    assert seen.page.locator("canvas.painted").count() > 4
