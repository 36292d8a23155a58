"""Check files by name: read what can be read, say what each layer is taken for, then check all together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
from geopandas import GeoDataFrame

from gridgeo.check.inputs import check_inputs
from gridgeo.check.report import Report
from gridgeo.check.roles import guess_columns, guess_role, name_columns
from gridgeo.errors import GridgeoError
from gridgeo.io import list_layers, read_layer, split_source
from gridgeo.schema import CONTRACTS, Fault, find_faults

__all__ = ["INPUT_ROLES", "check_files"]

INPUT_ROLES = ("communities", "buildings", "streets", "barriers", "compounds", "dedicated")
# Of these a job has one layer; several files of the others are taken together.
SINGLE_ROLES = frozenset({"communities", "buildings"})


NOTHING_CHECKED = Fault(
    layer="input",
    fault="nothing was checked",
    meaning="no layer is known for what it is; name them by --communities, --buildings, --streets ...",
    action="fatal",
    rows=("all files",),
)


@dataclass(frozen=True)
class Reading:
    """What came of reading one layer: the layer and its role, or a fault; and what a person should know."""

    role: str | None = None
    layer: GeoDataFrame | None = None
    fault: Fault | None = None
    note: str = ""


def check_files(
    files: Sequence[str],
    *,
    stated: Mapping[str, Sequence[str]] | None = None,
    columns: Mapping[str, str] | None = None,
    crs: str | None = None,
    encoding: str | None = None,
) -> Report:
    """Return every fault of the files, as :func:`check_inputs` does for layers; what cannot be read is one.

    Parameters
    ----------
    files
        ``FILE`` or ``FILE:LAYER``; of a file with several layers all are checked. What each is taken for is
        guessed from names, columns and shapes, and said in the report's notes.
    stated
        Files by role (``"communities"``, ``"buildings"``, ``"streets"``, ``"barriers"``, ``"compounds"``,
        ``"dedicated"``), where nothing is to be guessed.
    columns
        The layers' own columns by the contract's, as ``{"area_code": "N_HOOD", "households": "units"}``.
    crs
        The CRS of files that declare none.
    encoding
        The encoding of attributes, where it is known.

    Returns
    -------
    Report
        With the guesses as notes.
    """
    readings = [
        reading
        for role, sources in [*(stated or {}).items(), (None, files)]
        for source in sources
        for reading in _read_all(source, role, crs, encoding)
    ]
    readings = _settle_roles(readings, set(stated or {}))
    layers, faults, notes = _gather_layers(readings, columns or {})
    if not faults and not any(reading.layer is not None for reading in readings):
        faults.append(NOTHING_CHECKED)
    report = check_inputs(
        communities=layers.get("communities"),
        buildings=layers.get("buildings"),
        streets=layers.get("streets"),
        barriers=layers.get("barriers"),
        compounds=layers.get("compounds"),
        dedicated=layers.get("dedicated"),
    )
    return replace(report, faults=(*faults, *report.faults), notes=tuple(notes))


def _gather_layers(
    readings: list[Reading], stated: Mapping[str, str]
) -> tuple[dict[str, GeoDataFrame], list[Fault], list[str]]:
    """Return the layers by role under the column names of their contracts, the faults and notes so far."""
    notes = [reading.note for reading in readings if reading.note]
    faults = [reading.fault for reading in readings if reading.fault is not None]
    layers: dict[str, GeoDataFrame] = {}
    for role in INPUT_ROLES:
        frames = [reading.layer for reading in readings if reading.role == role and reading.layer is not None]
        if not frames:
            continue
        joined = _join(frames)
        chosen, missing = _choose_columns(joined, role, stated)
        layers[role] = name_columns(joined, chosen)
        own = [
            f"{column} as {name}" for name, column in chosen.items() if column not in {name, stated.get(name)}
        ]
        notes += [f"{role}: takes {', '.join(own)}"] if own else []
        faults += [*missing, *_find_encoding_faults(joined, role)]
    for reading in readings:
        if reading.layer is not None and reading.role is not None and reading.role not in INPUT_ROLES:
            faults += find_faults(reading.layer, CONTRACTS[reading.role])
    return layers, faults, notes


def _read_all(source: str, role: str | None, crs: str | None, encoding: str | None) -> Iterator[Reading]:
    """Yield what comes of the layer that is named, or else of every layer of the file."""
    path, layer = split_source(source)
    if layer is not None or role is not None:
        yield _read_one(source, role, crs, encoding)
        return
    try:
        layers = list_layers(path)
    except GridgeoError as error:
        yield _refuse(source, role, error)
        return
    for name, kind in layers.items():
        if kind is None and len(layers) > 1:
            yield Reading(note=f"{path}:{name}: a table, not checked")
        else:
            yield _read_one(source if len(layers) == 1 else f"{path}:{name}", role, crs, encoding)


def _read_one(source: str, role: str | None, crs: str | None, encoding: str | None) -> Reading:
    """Return what comes of one layer."""
    try:
        frame = read_layer(source, crs=crs, encoding=encoding)
    except GridgeoError as error:
        return _refuse(source, role, error)
    if role is not None:
        return Reading(role, frame)
    path, layer = split_source(source)
    _, only = split_source(str(frame.attrs.get("source", "")))
    guess = guess_role(frame, layer or only or path.stem)
    if guess is None and layer is None:
        guess = guess_role(frame, path.stem)
    if guess is None:
        return Reading(
            note=f"{source}: not checked, nothing says what it is; state it, as by --buildings FILE:LAYER"
        )
    return Reading(guess, frame, note=f"{source}: taken for {guess}")


def _refuse(source: str, role: str | None, error: GridgeoError) -> Reading:
    """Return the fatal fault of a source that cannot be read."""
    fault = Fault(
        layer=role or source, fault="cannot be read", meaning=str(error), action="fatal", rows=(source,)
    )
    return Reading(role, fault=fault)


def _settle_roles(readings: list[Reading], stated: set[str]) -> list[Reading]:
    """Return the readings with one layer at most for the roles that have one: the stated, else the first."""
    settled = []
    taken = set(stated)
    for reading in readings:
        guessed = reading.layer is not None and bool(reading.note)
        if guessed and reading.role in SINGLE_ROLES and reading.role in taken:
            choice = f"not checked, there are other {reading.role}; choose by --{reading.role}"
            settled.append(Reading(note=f"{reading.note.split(': ')[0]}: {choice}"))
            continue
        settled.append(reading)
        if guessed and reading.role is not None:
            taken.add(reading.role)
    return settled


def _join(frames: list[GeoDataFrame]) -> GeoDataFrame:
    """Return several layers of one role as one, in the CRS of the first."""
    if len(frames) == 1:
        return frames[0]
    joined = pd.concat([frame.to_crs(frames[0].crs) for frame in frames], ignore_index=True)
    joined.attrs = {
        **frames[0].attrs,
        "source": ", ".join(str(frame.attrs.get("source", "")) for frame in frames),
    }
    return joined


def _choose_columns(
    frame: GeoDataFrame, role: str, stated: Mapping[str, str]
) -> tuple[dict[str, str], list[Fault]]:
    """Return which column stands for which of the contract, and the stated ones that are not there."""
    chosen = guess_columns(frame, role)
    missing = []
    for name, column in stated.items():
        if name not in {entry.name for entry in CONTRACTS[role].columns}:
            continue
        chosen.pop(name, None)
        if column in frame.columns:
            chosen[name] = column
        else:
            missing.append(column)
    if not missing:
        return chosen, []
    present = ", ".join(str(column) for column in frame.columns if column != frame.active_geometry_name)
    fault = Fault(
        layer=role,
        fault=f"no column {', '.join(missing)}",
        meaning=f"there are {present}",
        action="fatal",
        rows=("the layer",),
    )
    return chosen, [fault]


def _find_encoding_faults(layer: GeoDataFrame, role: str) -> list[Fault]:
    """Return the fault of a file whose encoding is not the one that it declares, or not known for sure."""
    how = str(layer.attrs.get("encoding_source", ""))
    if "wrongly" not in how and "guessed" not in how:
        return []
    meaning = f"read as {layer.attrs['encoding']}, {how}; look at the names"
    return [
        Fault(layer=role, fault="encoding in doubt", meaning=meaning, action="reported", rows=("the layer",))
    ]
