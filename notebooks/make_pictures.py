"""Make the pictures of the README and run the notebooks again.

    .venv/bin/python notebooks/make_pictures.py [pictures] [service] [notebooks]

It wants Chromium and a Chinese font, as the browser tests do. It divides the demo district as ``make demo``
does, prints the score, photographs the map; starts the service as ``make serve`` does, with nothing moving, and
photographs the map of the duty officer and the wall; and runs the notebooks in place.
"""

import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
REPO = HERE.parent
IMAGES = HERE / "images"
DISTRICT = "data/district.gpkg"
SIZE = {"width": 1280, "height": 760}
TOWN = (700, 395)  # the point of the picture to go nearer to: the middle of the town
CLOSER = 120  # how far to turn the wheel, until houses can be told apart
SCREEN = {"width": 1600, "height": 900}
IN_TOWN = "社区"  # in the name of a grid; those of villages are fields for the most part
STOP_S = 5  # of the wall's tour: long enough to photograph one
COLOURS = 256  # a map of flat colours loses nothing by it, and the file is much smaller
PAINTED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 800)))"


def run_gridgeo(*words: str) -> str:
    """Return what the command line answers."""
    command = [str(Path(sys.executable).parent / "gridgeo"), *words]
    return subprocess.run(command, cwd=REPO, check=True, capture_output=True, text=True).stdout


def divide_district(out: Path) -> str:
    """Divide the demo district, as ``make demo`` does, and return the score."""
    layers = {"communities": "communities", "buildings": "buildings", "streets": "streets"}
    layers |= {"compounds": "compounds", "dedicated": "dedicated"}
    words = [word for name, layer in layers.items() for word in (f"--{name}", f"{DISTRICT}:{layer}")]
    words += ["--barriers", f"{DISTRICT}:railway", "--barriers", f"{DISTRICT}:water"]
    words += ["--area-code", "area_code", "--households", "households", "--preset", "yichang"]
    return run_gridgeo("divide", *words, "--json", "--out", str(out))


def photograph(page: Page, address: str, picture: Path, wheel: int = 0) -> None:
    """Save what the map shows, after turning the wheel so far over the middle of the town."""
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("canvas.painted", state="attached")
    if wheel:
        page.mouse.move(*TOWN)
        page.mouse.wheel(0, -wheel)
        page.evaluate(PAINTED)
    page.mouse.move(2, SIZE["height"] - 2)
    page.evaluate(PAINTED)
    save(page, picture)


def save(page: Page, picture: Path) -> None:
    """Save what a page shows, in few colours."""
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    taken.quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE).save(picture, optimize=True)


@contextlib.contextmanager
def open_browser() -> Iterator[Browser]:
    """Yield Chromium."""
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or os.environ.get("CHROMIUM")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


def make_pictures(folder: Path) -> None:
    """Divide, draw the map, and photograph it from afar and from near."""
    division, html = folder / "demo.gpkg", folder / "demo.html"
    print(divide_district(division))
    backdrop = ["--water", f"{DISTRICT}:water", "--rail", f"{DISTRICT}:railway"]
    words = ["--title", "示范区 demo district", "--lang", "en"]
    run_gridgeo("map", str(division), "--out", str(html), *backdrop, *words)
    with open_browser() as browser:
        page = browser.new_context(viewport=SIZE, offline=True, reduced_motion="reduce").new_page()
        photograph(page, html.as_uri(), IMAGES / "district.png")
        photograph(page, html.as_uri(), IMAGES / "close_up.png", wheel=CLOSER)


@contextlib.contextmanager
def rehearse() -> Iterator[str]:
    """Yield the address of the service on the invented city of ``make serve``, in which nothing moves."""
    command = [sys.executable, "-u", "-m", "gridgeo_web.rehearsal", "--every", "0", "--port", "0"]
    with subprocess.Popen(command, cwd=REPO, stdout=subprocess.PIPE, text=True) as service:
        try:
            lines = service.stdout or iter(())
            yield next(line.split("the map is at ")[1].split()[0] for line in lines if "the map is at" in line)
        finally:
            service.terminate()


def make_service_pictures(address: str) -> None:
    """Photograph the map with the card of the most unusual grid of a town, and the wall when it is there."""
    with open_browser() as browser:
        choices = {"viewport": SCREEN, "reduced_motion": "reduce", "locale": "zh-CN"}
        page = browser.new_context(**choices).new_page()
        page.goto(f"{address}?tab=figures")
        page.wait_for_selector("body.ready")
        page.locator("#hot button", has_text=IN_TOWN).first.click()
        page.wait_for_selector("#card .grid-card")
        for _ in range(2):
            page.click(".leaflet-control-zoom-out")
        page.mouse.move(2, SCREEN["height"] - 2)
        page.wait_for_load_state("networkidle")
        page.evaluate(PAINTED)
        save(page, IMAGES / "map_service.png")
        page.goto(f"{address}wall?seconds={STOP_S}")
        page.locator("#stop", has_text=IN_TOWN).wait_for()
        page.wait_for_load_state("networkidle")
        page.evaluate(PAINTED)
        save(page, IMAGES / "wall.png")


def run_notebook(path: Path) -> None:
    """Run a notebook and keep what it shows in the file."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # the time of day changes with every run and says nothing
    nbformat.write(notebook, path)


def main() -> None:
    """Make everything, or only what is named: ``pictures``, ``service``, ``notebooks``."""
    wanted = sys.argv[1:] or ["pictures", "service", "notebooks"]
    IMAGES.mkdir(exist_ok=True)
    if "pictures" in wanted:
        with tempfile.TemporaryDirectory() as folder:
            make_pictures(Path(folder))
    if "service" in wanted:
        with rehearse() as address:
            make_service_pictures(address)
    for path in sorted(HERE.glob("[0-9]*.ipynb")) if "notebooks" in wanted else []:
        run_notebook(path)


if __name__ == "__main__":
    main()
