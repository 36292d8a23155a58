"""The town, the users and the incidents that the tests of the service share."""

import shutil
from functools import cache

from gridgeo_web.app import create_app
from gridgeo_web.config import ServiceConfig

from gridgeo import GridSpec, divide
from gridgeo.demo import build_demo, incident_table

ORIGIN = "http://localhost"
COMMUNITIES, HOUSEHOLDS = 2, 1_500


@cache
def demo_town():
    """Return the layers of the town."""
    return build_demo(COMMUNITIES, HOUSEHOLDS)


def divide_town(folder):
    """Write the division of the town and its incidents as a table; return the division file."""
    demo = demo_town()
    spec = GridSpec(households=(200, 300), effort="fast")
    file = folder / "town.gpkg"
    divide(demo.communities, demo.buildings, demo.streets, spec).write(file)
    incident_table(demo).to_csv(folder / "incidents.csv", index=False)
    return file


def start_service(town_file, folder, **choices):
    """Return the service on a copy of the town; nothing refreshes by itself, so tests say when."""
    copy = folder / "town.gpkg"
    if not copy.exists():
        shutil.copyfile(town_file, copy)
    return create_app(ServiceConfig(division=copy, **{"background": False, **choices}))
