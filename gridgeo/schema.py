"""What each layer has to hold, as plain values, and one error that lists every fault of a layer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from gridgeo.errors import SchemaError

__all__ = [
    "CONTRACTS",
    "Column",
    "Contract",
    "Fault",
    "check_layer",
    "find_faults",
    "label_rows",
    "raise_fatal",
]

Kind = Literal["text", "count", "number", "date"]
Action = Literal["mended", "set aside", "reported", "fatal"]
Mask = NDArray[np.bool_]

SHOWN_ROWS = 5  # enough to find the pattern; the count says how many there are
SHAPES = {
    "point": frozenset({"Point", "MultiPoint"}),
    "line": frozenset({"LineString", "MultiLineString", "LinearRing"}),
    "polygon": frozenset({"Polygon", "MultiPolygon"}),
}


@dataclass(frozen=True)
class Column:
    """One attribute of a layer."""

    name: str
    kind: Kind = "text"


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What a layer has to hold: its key, its shapes, its columns."""

    name: str
    shapes: tuple[str, ...]
    key: str | None = None
    required: tuple[Column, ...] = ()
    optional: tuple[Column, ...] = ()

    @property
    def geometry_types(self) -> frozenset[str]:
        """The geometry types that its shapes may have."""
        return frozenset().union(*(SHAPES[shape] for shape in self.shapes))

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns that the contract speaks of."""
        return (*self.required, *self.optional)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One kind of fault of one layer: where, what it means, and what is done about it."""

    layer: str
    fault: str
    meaning: str
    action: Action
    n_rows: int = 1
    rows: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = ", ".join(self.rows) + (f" and {self.n_rows - len(self.rows)} more" if self.n_more else "")
        return f"{self.layer}: {self.fault} ({self.n_rows}: {where}): {self.meaning}"

    @property
    def n_more(self) -> int:
        """How many rows have the fault beside those that are named."""
        return self.n_rows - len(self.rows)

    def at(
        self,
        layer: pd.DataFrame,
        bad: Mask,
        key: str | None = None,
        places: NDArray[np.intp] | None = None,
    ) -> "Fault":
        """Return the fault with the count and the first names of the rows that have it.

        ``places`` are those of the rows in the user's file, where some of that are gone from the layer.
        """
        return replace(self, n_rows=int(bad.sum()), rows=label_rows(layer, bad, key, places))


HOUSEHOLDS = Column("households", "count")
PEOPLE = Column("people", "count")
NAME = Column("name")

CONTRACTS = {
    contract.name: contract
    for contract in (
        Contract(
            name="communities",
            shapes=("polygon",),
            key="area_code",
            required=(Column("area_code"),),
            optional=(NAME, Column("parent")),
        ),
        Contract(
            name="buildings",
            shapes=("polygon", "point"),
            key="building_id",
            required=(Column("building_id"), HOUSEHOLDS),
            optional=(PEOPLE, Column("address"), Column("compound"), Column("levels", "number")),
        ),
        Contract(name="streets", shapes=("line",), optional=(NAME, Column("street_class"))),
        Contract(name="barriers", shapes=("line", "polygon"), optional=(NAME,)),
        Contract(name="compounds", shapes=("polygon",), optional=(NAME,)),
        Contract(name="dedicated", shapes=("polygon",), optional=(NAME,)),
        Contract(
            name="grids",
            shapes=("polygon",),
            key="grid_code",
            required=(Column("grid_code"), Column("area_code")),
            optional=(
                *(NAME, Column("kind"), HOUSEHOLDS, PEOPLE, Column("n_buildings", "count")),
                *(Column("area_m2", "number"), Column("status"), Column("reason")),
                *(Column("start_date", "date"), Column("end_date", "date")),
            ),
        ),
        Contract(
            name="atoms",
            shapes=("polygon",),
            key="atom_id",
            required=(Column("atom_id"), Column("grid_code"), HOUSEHOLDS),
        ),
        Contract(
            name="incidents",
            shapes=("point",),
            key="incident_id",
            required=(Column("incident_id"),),
            optional=(
                *(
                    Column("reported_at", "date"),
                    Column("category"),
                    Column("description"),
                    Column("address"),
                ),
                *(Column("grid_code"), Column("precision"), Column("uncertainty_m", "number")),
                Column("score", "number"),
            ),
        ),
    )
}


def check_layer(layer: GeoDataFrame, contract: Contract | str) -> None:
    """Return nothing when a layer keeps its contract; else raise one error that lists every fault.

    Parameters
    ----------
    layer
        The layer, with the column names of the contract.
    contract
        One of ``CONTRACTS``, or its name: ``"communities"``, ``"buildings"``, ``"grids"`` …

    Raises
    ------
    SchemaError
        With each fault, the rows that have it, and what it means.

    Examples
    --------
    >>> import geopandas, shapely
    >>> square = shapely.box(0, 0, 100, 100)
    >>> columns = {"grid_code": ["A-1"], "area_code": ["A"]}
    >>> grids = geopandas.GeoDataFrame(columns, geometry=[square], crs=32650)
    >>> check_layer(grids, "grids")
    """
    rules = CONTRACTS[contract] if isinstance(contract, str) else contract
    raise_fatal(find_faults(layer, rules))


def raise_fatal(faults: Iterable[Fault]) -> None:
    """Raise one SchemaError with all faults that are fatal, if there are any."""
    fatal = [fault for fault in faults if fault.action == "fatal"]
    if fatal:
        raise SchemaError("\n".join(str(fault) for fault in fatal))


def find_faults(layer: GeoDataFrame, contract: Contract) -> list[Fault]:
    """Return every way in which a layer breaks its contract, each of them fatal."""
    if not isinstance(layer, GeoDataFrame) or layer.active_geometry_name is None:
        kind = type(layer).__name__
        return [_fatal(contract, f"a {kind} without geometry", "give a GeoDataFrame with a geometry column")]
    faults = [_fatal(contract, "no CRS", "declare it with set_crs(...)")] if layer.crs is None else []
    return [*faults, *_find_column_faults(layer, contract), *_find_shape_faults(layer, contract)]


def label_rows(
    layer: pd.DataFrame, bad: Mask, key: str | None = None, places: NDArray[np.intp] | None = None
) -> tuple[str, ...]:
    """Return names for the first bad rows: the key where there is one, else ``row N`` counted from 1.

    ``places`` are those of the rows in the user's file, where they are others than in the layer.
    """
    positions = np.flatnonzero(bad)[:SHOWN_ROWS]
    numbers = positions if places is None else places[positions]
    if key is None or key not in layer.columns:
        return tuple(f"row {number + 1}" for number in numbers)
    names = layer[key].iloc[positions]
    return tuple(
        f"row {number + 1}" if pd.isna(name) or str(name) == "" else str(name)
        for number, name in zip(numbers, names, strict=True)
    )


def _fatal(contract: Contract, fault: str, meaning: str) -> Fault:
    """Return a fatal fault of the layer as a whole."""
    return Fault(layer=contract.name, fault=fault, meaning=meaning, action="fatal", rows=("the layer",))


def _find_column_faults(layer: GeoDataFrame, contract: Contract) -> list[Fault]:
    """Return missing columns, columns of a wrong type, and keys that are missing or not unique."""
    present = ", ".join(str(name) for name in layer.columns if name != layer.active_geometry_name) or "none"
    faults = [
        _fatal(contract, f"no column {column.name}", f"it has {present}; rename the one that is meant")
        for column in contract.required
        if column.name not in layer.columns
    ]
    for column in contract.columns:
        if column.name in layer.columns:
            faults += _find_value_faults(layer, contract, column)
    if contract.key is not None and contract.key in layer.columns:
        key = layer[contract.key]
        checks: Sequence[tuple[str, Mask, str]] = (
            ("missing", key.isna().to_numpy(), "every row needs one"),
            (
                "not unique",
                (key.duplicated(keep=False) & key.notna()).to_numpy(),
                "rows cannot be told apart",
            ),
        )
        faults += [
            _fatal(contract, f"{contract.key} {what}", why).at(layer, bad, contract.key)
            for what, bad, why in checks
            if bad.any()
        ]
    return faults


def _find_value_faults(layer: GeoDataFrame, contract: Contract, column: Column) -> list[Fault]:
    """Return the values of one column that are not of its kind."""
    values = layer[column.name]
    if column.kind == "text":
        is_text = [isinstance(value, str) for value in values]
        bad = ~np.array(is_text, dtype=bool) & values.notna().to_numpy()
        meaning = f"codes and names are text: {column.name}.astype('str'), or read the column as text"
    elif column.kind in {"count", "number"}:
        numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        bad = ~np.isfinite(numbers) & (values.notna().to_numpy() | (column in contract.required))
        if column.kind == "count":
            bad |= (numbers < 0) | (np.isfinite(numbers) & (numbers != np.floor(numbers)))
        meaning = (
            "it has to be a whole number of 0 or more" if column.kind == "count" else "it has to be a number"
        )
    else:
        return []
    fault = _fatal(contract, f"{column.name} is no {column.kind}", meaning)
    return [fault.at(layer, bad, contract.key)] if bad.any() else []


def _find_shape_faults(layer: GeoDataFrame, contract: Contract) -> list[Fault]:
    """Return rows whose geometry is missing, of another kind, broken, or not a number."""
    shapes = layer.geometry.to_numpy()
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    kinds = layer.geom_type.to_numpy(dtype=object)
    coordinates, rows = shapely.get_coordinates(shapes, return_index=True)
    endless = np.zeros(len(shapes), dtype=bool)
    endless[rows[~np.isfinite(coordinates).all(axis=1)]] = True
    wanted = " or ".join(contract.shapes)
    checks = (
        ("no geometry", absent, "a row without a place is in no grid"),
        (
            f"not a {wanted}",
            ~absent & ~np.isin(kinds, list(contract.geometry_types)),
            f"in this layer each row is a {wanted}",
        ),
        ("coordinates are no numbers", endless, "NaN or infinite; draw or project the shape again"),
        ("invalid geometry", ~absent & ~endless & ~shapely.is_valid(shapes), "mend it with make_valid()"),
    )
    return [
        _fatal(contract, what, why).at(layer, bad, contract.key) for what, bad, why in checks if bad.any()
    ]
