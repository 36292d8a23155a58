"""What differs from place to place, as tables that a user may edit: categories, workflow, workers.

Those of this folder are the defaults; a service with ``--tables FOLDER`` takes what it finds there instead.
"""

from pathlib import Path

from gridgeo_web.tables.categories import Category, read_categories
from gridgeo_web.tables.workers import Worker, read_workers
from gridgeo_web.tables.workflow import Action, Level, State, Workflow, read_workflow

__all__ = [
    "Action",
    "Category",
    "Level",
    "State",
    "Worker",
    "Workflow",
    "find_table",
    "read_categories",
    "read_workers",
    "read_workflow",
]

OWN = Path(__file__).parent


def find_table(name: str, folder: Path | None) -> Path:
    """Return the file of a table: the user's where there is one, else the default."""
    if folder is not None and (folder / name).is_file():
        return folder / name
    return OWN / name
