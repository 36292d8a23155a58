"""The notebooks run from the first cell to the last, offline, and keep their pictures."""

from pathlib import Path

import nbformat
import pytest

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


@pytest.mark.filterwarnings("ignore::DeprecationWarning:zmq", "ignore::DeprecationWarning:jupyter_client")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_a_notebook_runs_without_network_and_complains_of_nothing(path, tmp_path, monkeypatch):
    client = pytest.importorskip("nbclient", reason="needs the extra notebooks")
    for name in ("http_proxy", "https_proxy"):  # nobody listens there: whatever asks the network, fails
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:9")
    (tmp_path / "data").symlink_to(REPO / "data")
    (tmp_path / "notebooks").mkdir()
    notebook = nbformat.read(path, as_version=4)
    stored = pictures(notebook)
    resources = {"metadata": {"path": str(tmp_path / "notebooks")}}
    client.NotebookClient(notebook, timeout=120, resources=resources).execute()
    assert pictures(notebook) == stored
    assert errors(notebook) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_only_the_first_code_cell_names_files_of_the_user(path):
    code = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert "../data/" in code[0]
    assert not any("../" in source for source in code[1:])
