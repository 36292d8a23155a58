"""From files to a division: read the layers, name their columns, count households, note it all down."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from geopandas import GeoDataFrame

from gridgeo.check import guess_columns, name_columns
from gridgeo.crs import suitable_crs
from gridgeo.division import Division
from gridgeo.errors import SchemaError
from gridgeo.households import FLOOR_AREA_M2, estimate_households, spread_totals
from gridgeo.io import hash_file, read_layer, split_source
from gridgeo.pipeline import Progress, divide
from gridgeo.spec import GridSpec

__all__ = ["ROLES", "Sources", "divide_files"]

ROLES = ("communities", "buildings", "streets", "compounds", "dedicated", "zones")


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The files of a division (``FILE`` or ``FILE:LAYER``) and how their columns are called.

    Columns left out are guessed by their names. Households come from a column, or from ``zones`` (census
    areas, a population grid) with totals in ``zone_households``, or, with ``floor_area_m2``, from footprint
    and levels. ``crs`` states by role the system of files that declare none, or that hold GCJ-02 or BD-09.
    """

    communities: str
    buildings: str
    streets: str
    barriers: tuple[str, ...] = ()
    compounds: str | None = None
    dedicated: str | None = None
    zones: str | None = None
    area_code: str = "area_code"
    building_id: str | None = None
    households: str | None = None
    people: str | None = None
    street_class: str | None = None
    zone_households: str | None = None
    zone_people: str | None = None
    floor_area_m2: float | None = None
    levels: str | None = None
    encoding: str | None = None
    crs: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = sorted(set(self.crs) - {*ROLES, "barriers"})
        if unknown:
            raise ValueError(
                f"no layer is called {', '.join(unknown)}; there are {', '.join(ROLES)}, barriers"
            )

    @property
    def files(self) -> dict[str, str]:
        """The single layers by role, those not given left out."""
        return {role: getattr(self, role) for role in ROLES if getattr(self, role) is not None}

    def read(self, source: str, role: str) -> GeoDataFrame:
        """Return the layer of a file, in the encoding and the system that were stated."""
        return read_layer(source, encoding=self.encoding, crs=self.crs.get(role))


@dataclass(frozen=True)
class Inputs:
    """The layers of a place, columns named as in their contracts, and what the manifest says of them."""

    layers: Mapping[str, GeoDataFrame]
    barriers: list[GeoDataFrame]
    notes: dict[str, Any]


def divide_files(
    sources: Sources, spec: GridSpec, *, progress: Progress | None = None, jobs: int = 1
) -> Division:
    """Return the division of layers in files; the manifest says which files, columns and methods.

    Raises
    ------
    GridgeoError
        When a file cannot be read or a layer cannot be used; the message names it and the remedy.
    """
    inputs = read_sources(sources)
    division = divide(
        inputs.layers["communities"],
        inputs.layers["buildings"],
        inputs.layers["streets"],
        spec,
        barriers=inputs.barriers,
        compounds=inputs.layers.get("compounds"),
        dedicated=inputs.layers.get("dedicated"),
        progress=progress,
        jobs=jobs,
    )
    return replace(division, manifest={**division.manifest, "inputs": inputs.notes})


def read_sources(sources: Sources) -> Inputs:
    """Return the layers of a place out of files, their columns named, their households counted.

    Raises
    ------
    GridgeoError
        When a file cannot be read or a column is missing; the message names it and the remedy.
    """
    layers = {role: sources.read(source, role) for role, source in sources.files.items()}
    stated: dict[str, dict[str, str | None]] = {
        "communities": {"area_code": sources.area_code},
        "buildings": {
            "building_id": sources.building_id,
            "households": sources.households,
            "people": sources.people,
        },
        "streets": {"street_class": sources.street_class},
    }
    columns = {role: choose_columns(layers[role], role, wanted) for role, wanted in stated.items()}
    if sources.zones is not None or sources.floor_area_m2 is not None:
        columns["buildings"].pop("households", None)
    for role, chosen in columns.items():
        layers[role] = name_columns(layers[role], chosen)
    layers["buildings"], methods = count_households(layers["buildings"], layers.get("zones"), sources)
    barriers = [sources.read(source, "barriers") for source in sources.barriers]
    files = sorted({split_source(source)[0] for source in (*sources.files.values(), *sources.barriers)})
    notes: dict[str, Any] = {
        "layers": {**sources.files, "barriers": list(sources.barriers)},
        "crs": dict(sources.crs),
        "columns": columns,
        "households": methods or {"households": f"column {columns['buildings'].get('households')}"},
        "sha256": {file.name: hash_file(file) for file in files},
    }
    return Inputs(layers, barriers, notes)


def choose_columns(layer: GeoDataFrame, role: str, stated: Mapping[str, str | None]) -> dict[str, str]:
    """Return the columns of a contract: those stated, else those that their names give away."""
    given = {name: column for name, column in stated.items() if column is not None}
    return {**guess_columns(layer, role), **given}


def count_households(
    buildings: GeoDataFrame, zones: GeoDataFrame | None, sources: Sources
) -> tuple[GeoDataFrame, dict[str, str]]:
    """Return the buildings with households, and how these were come by where no column has them.

    Raises
    ------
    SchemaError
        When there is neither a column nor zones nor a floor area.
    """
    metric = buildings.to_crs(suitable_crs(buildings, "buildings"))
    methods: dict[str, str] = {}
    counted = {}
    if zones is not None:
        totals = {"households": sources.zone_households, "people": sources.zone_people}
        for name, column in totals.items():
            if column is not None:
                counted[name] = spread_totals(
                    metric, zones.to_crs(metric.crs), column, levels_column=sources.levels or "levels"
                )
    elif sources.floor_area_m2 is not None:
        counted["households"] = estimate_households(
            metric,
            floor_area_per_household_m2=sources.floor_area_m2,
            levels_column=sources.levels or "levels",
        )
    for name, values in counted.items():
        methods[name] = str(values.attrs["method"])
    result = buildings.assign(**{name: values.to_numpy() for name, values in counted.items()})
    if "households" not in result:
        present = ", ".join(str(column) for column in buildings.columns if column != "geometry")
        raise SchemaError(
            f"{sources.buildings}: no column of households could be guessed; name one with --households "
            f"(there are {present}), spread totals with --zones and --zone-households, or estimate them with "
            f"--floor-area {FLOOR_AREA_M2:.0f}"
        )
    return result, methods
