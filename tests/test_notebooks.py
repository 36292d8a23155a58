"""The notebooks run from the first cell to the last, offline, and keep their pictures."""

import re
from pathlib import Path

import nbformat
import pytest

from gridgeo.demo import build_demo

REPO = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((REPO / "notebooks").glob("*.ipynb"))
MOST_BYTES = 1_500_000  # a notebook is read in a browser and kept by git


def name_of(path: Path) -> str:
    return path.stem


def pictures(notebook) -> int:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return sum("image/png" in output.get("data", {}) for output in outputs)


def errors(notebook) -> list[str]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    said = [o.ename for o in outputs if o.output_type == "error"]
    return said + [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr"]


def test_there_is_a_notebook_about_dividing():
    assert "01_divide" in [path.stem for path in NOTEBOOKS]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_a_notebook_keeps_its_pictures_and_no_complaint(path):
    stored = nbformat.read(path, as_version=4)
    assert path.stat().st_size < MOST_BYTES
    assert pictures(stored) > 0
    assert errors(stored) == []
    assert all(cell.execution_count for cell in stored.cells if cell.cell_type == "code")
    assert str(REPO) not in path.read_text(encoding="utf-8")


IGNORED = ("ignore::DeprecationWarning:zmq", "ignore::DeprecationWarning:jupyter_client")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a notebook in an empty folder, without a network."""
    client = pytest.importorskip("nbclient", reason="needs the extra notebooks")
    for name in ("http_proxy", "https_proxy"):  # nobody listens there: whatever asks the network, fails
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:9")
    (tmp_path / "notebooks").mkdir()
    resources = {"metadata": {"path": str(tmp_path / "notebooks")}}
    return lambda notebook: client.NotebookClient(notebook, timeout=120, resources=resources).execute()


@pytest.mark.filterwarnings(*IGNORED)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_a_notebook_runs_without_network_and_complains_of_nothing(path, tmp_path, run):
    (tmp_path / "data").symlink_to(REPO / "data")
    notebook = nbformat.read(path, as_version=4)
    stored = pictures(notebook)
    run(notebook)
    assert pictures(notebook) == stored
    assert errors(notebook) == []


def write_own_files(folder):
    """Write a small town as its own planners may have it: in degrees, their names, codes as numbers."""
    demo = build_demo(n_communities=3, households=3_000)
    layers = {
        "communities": demo.communities.assign(area_code=range(101, 101 + len(demo.communities))).rename(
            columns={"area_code": "社区编码", "name": "社区名称"}
        ),
        "buildings": demo.buildings[["building_id", "households", "geometry"]].rename(
            columns={"households": "户数"}
        ),
        "streets": demo.streets[["geometry"]],
    }
    for name, layer in layers.items():
        layer.to_crs("EPSG:4326").to_file(folder / "town.gpkg", layer=name)


def with_own_files(source):
    """Return the first cell as somebody changes it who has little more than communities and buildings."""
    changes = {
        r"\.\./data/district\.gpkg": "../town.gpkg",
        r'\{"area_code": "area_code"\}': '{"社区编码": "area_code", "社区名称": "name"}',
        r'\{"households": "households"\}': '{"户数": "households"}',
        r"(?m)^barriers = .*": "barriers = []",
        r"(?m)^(compounds|dedicated) = .*": r"\1 = None",
        r"(?m)^REPORTS = .*": "REPORTS = None",
        r"(?m)^OLD_FILE = .*": "OLD_FILE = None",
        r"(?m)^TODAY = .*": "TODAY = buildings.assign(households=buildings.households + 1)[1:]",
        r"(?m)^MERGED = .*": "MERGED = communities.dissolve().assign(area_code=201)",
    }
    for pattern, text in changes.items():
        source = re.sub(pattern, text, source)
    return source


@pytest.mark.filterwarnings(*IGNORED)
@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path.stem != "02_locate"], ids=name_of)
def test_a_notebook_runs_with_files_of_ones_own_by_changing_one_cell(path, tmp_path, run):
    write_own_files(tmp_path)
    notebook = nbformat.read(path, as_version=4)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    first.source = with_own_files(first.source)
    assert "town.gpkg" in first.source
    run(notebook)
    assert pictures(notebook) > 0
    assert errors(notebook) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_only_the_first_code_cell_names_files_of_the_user(path):
    code = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert "../data/" in code[0]
    assert not any("../" in source for source in code[1:])
