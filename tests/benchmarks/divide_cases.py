"""What the benchmark of dividing works on: a generated city, and Cambridge where it is at hand."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd

from gridgeo.demo import build_demo
from gridgeo.demo.files import DISTRICT_FILE, write_demo
from gridgeo.preparation import Prepared, prepare
from gridgeo.spec import GridSpec

SHARED = Path(__file__).resolve().parents[2] / "../shared/data"


@dataclass(frozen=True)
class Case:
    """A place to divide: in memory, and as the options of ``gridgeo divide`` that read it."""

    name: str
    prepared: Prepared
    options: tuple[str, ...]
    n_buildings: int


def city_case(folder: Path, n_communities: int, households: int, seed: int) -> Case:
    """Return the generated city, written into a folder."""
    demo = build_demo(n_communities, households, seed)
    write_demo(demo, folder)
    file = folder / DISTRICT_FILE
    prepared = prepare(
        demo.communities,
        demo.buildings,
        demo.streets,
        barriers=[demo.railway, demo.water],
        compounds=demo.compounds,
        dedicated=demo.dedicated,
    )
    options = ["--communities", f"{file}:communities", "--area-code", "area_code"]
    options += ["--buildings", f"{file}:buildings", "--households", "households"]
    options += ["--streets", f"{file}:streets"]
    options += ["--barriers", f"{file}:railway", "--barriers", f"{file}:water"]
    options += ["--compounds", f"{file}:compounds", "--dedicated", f"{file}:dedicated"]
    name = f"generated city, {n_communities} communities, {households:,} households"
    return Case(name, prepared, tuple(options), len(demo.buildings))


def cambridge_case() -> Case | None:
    """Return Cambridge, parcels as buildings of its neighbourhoods; None if it is not here."""
    file = (SHARED / "cambridge/cambridge.gpkg").resolve()
    if not file.exists():
        return None
    layer = {
        name: gpd.read_file(file, layer=name)
        for name in ("neighborhoods", "parcels_units", "street_centerlines", "rail", "water_bodies")
    }
    communities = layer["neighborhoods"].rename(columns={"N_HOOD": "area_code", "NAME": "name"})
    buildings = layer["parcels_units"].rename(columns={"ML": "building_id", "units_derived": "households"})
    prepared = prepare(
        communities.assign(area_code=communities["area_code"].astype(str)),
        buildings,
        layer["street_centerlines"],
        barriers=[layer["rail"], layer["water_bodies"]],
    )
    options = ["--communities", f"{file}:neighborhoods", "--area-code", "N_HOOD"]
    options += [
        "--buildings",
        f"{file}:parcels_units",
        "--building-id",
        "ML",
        "--households",
        "units_derived",
    ]
    options += ["--streets", f"{file}:street_centerlines"]
    options += ["--barriers", f"{file}:rail", "--barriers", f"{file}:water_bodies"]
    return Case("Cambridge, 13 neighbourhoods", prepared, tuple(options), len(buildings))


SPEC = GridSpec(households=(200, 300))
