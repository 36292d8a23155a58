"""Grids and communities, and the card of a grid."""

import time
from typing import Any

import numpy as np
from apiflask import APIBlueprint
from flask import Response
from flask.typing import ResponseReturnValue
from gridgeo_web.answers import keep_answer, tagged_answer
from gridgeo_web.auth.roles import needs
from gridgeo_web.contract.place_questions import AreaQuery
from gridgeo_web.contract.replies import array, collection, describe, maybe, number, record, text, whole
from gridgeo_web.division.grid_features import (
    GRID_COLUMNS,
    community_features,
    grid_features,
    own_communities,
)
from gridgeo_web.errors import ForbiddenError, MissingError
from gridgeo_web.service import columns, own_grids, service, snapshot
from gridgeo_web.service.snapshot import Snapshot
from gridgeo_web.tables.workers import find_workers

from gridgeo.locate.neighbours import find_neighbours
from gridgeo.maps.geojson import join_features
from gridgeo.maps.values import to_plain

__all__ = ["GRID", "blueprint"]

blueprint = APIBlueprint("grids", __name__, url_prefix="/api/v1", tag="grids")
GEOJSON = "application/geo+json"
MONTH_S = 30 * 86_400
GRID = record(
    {
        "grid_code": text(),
        "area_code": maybe(text("of its community")),
        "name": maybe(text()),
        "kind": maybe(text("base, unit or dedicated")),
        "households": maybe(whole()),
        "people": maybe(whole()),
        "n_buildings": maybe(whole()),
        "area_m2": maybe(number()),
        "status": maybe(text("in_range, below, above, dedicated …")),
        "reason": maybe(text("why it is not in range")),
        "start_date": maybe(text()),
        "end_date": maybe(text()),
    },
    optional=GRID_COLUMNS[2:],
)
LABELLED = record(
    {**GRID["properties"], "lon": number("of its label"), "lat": number()}, optional=GRID_COLUMNS[1:]
)
COMMUNITY = record(
    {"area_code": text(), "name": maybe(text()), "n_grids": whole(), "households": maybe(whole())},
    optional=("name",),
)
CARD = record(
    {
        "grid": GRID,
        "community": record({"area_code": maybe(text()), "name": maybe(text())}),
        "neighbours": array(record({"grid_code": text(), "border_m": number("metres of shared border")})),
        "workers": array(record({"post": text(), "phone": maybe(text())})),
        "incidents": record(
            {
                "open": whole(),
                "overdue": whole(),
                "by_state": {"type": "object", "additionalProperties": whole()},
                "last_30_days": whole(),
            }
        ),
    }
)


@blueprint.get("/grids")
@needs("viewer")
@blueprint.input(AreaQuery, location="query", arg_name="query")
@blueprint.doc(responses=describe(collection(LABELLED), "The grids in order of their codes", GEOJSON))
def grids(query: dict[str, Any]) -> ResponseReturnValue:
    """Return the grids as GeoJSON, longitude first, six decimals."""
    shown, area = snapshot(), query.get("area", "")

    def build() -> bytes:
        features, wanted = grid_features(shown), own_grids() & shown.in_area(area)
        return join_features([features[at] for at in np.flatnonzero(wanted)])

    return keep_answer(build, ("division",), GEOJSON)


@blueprint.get("/communities")
@needs("viewer")
@blueprint.doc(responses=describe(collection(COMMUNITY), "The communities", GEOJSON))
def communities() -> ResponseReturnValue:
    """Return the communities as GeoJSON, each with the sums of its grids."""

    def build() -> bytes:
        features = community_features(snapshot())
        return join_features([features[at] for at in np.flatnonzero(own_communities(snapshot()))])

    return keep_answer(build, ("division",), GEOJSON)


@blueprint.get("/grids/<code>")
@needs("viewer")
@blueprint.doc(responses=describe(CARD, "The card of the grid"))
def card(code: str) -> Response:
    """Return what is known of a grid: its figures, neighbours, responsible posts, and incidents by state."""
    shown = snapshot()
    position = shown.position_of.get(code)
    if position is None:
        raise MissingError(f"there is no grid {code!r} in this division", where="code")
    if not own_grids()[position]:
        raise ForbiddenError(f"grid {code} lies outside your area", where="code")
    grid = {name: to_plain(value) for name, value in _row(shown, position).items()}
    return tagged_answer(
        {
            "grid": grid,
            "community": _community(shown, grid.get("area_code")),
            "neighbours": _neighbours(shown, position),
            "workers": [
                {"post": worker.post, "phone": worker.phone}
                for worker in find_workers(service().workers, code, grid.get("area_code") or "")
            ],
            "incidents": _incidents(position),
        }
    )


def _row(shown: Snapshot, position: int) -> dict[str, Any]:
    """Return the columns of a grid, None where missing."""
    row = shown.grids[[name for name in GRID_COLUMNS if name in shown.grids]].iloc[position]
    missing = row.isna()
    return {str(name): None if missing[name] else value for name, value in row.items()}


def _community(shown: Snapshot, area_code: str | None) -> dict[str, str | None]:
    """Return code and name of a community."""
    names = shown.communities.loc[shown.communities["area_code"] == area_code, "name"].dropna()
    return {"area_code": area_code, "name": str(names.iloc[0]) if len(names) else None}


def _neighbours(shown: Snapshot, position: int) -> list[dict[str, Any]]:
    """Return the grids of the own area that share a border with a grid, the longest border first."""
    found: list[tuple[int, float]] = shown.cache.get(
        ("neighbours", position), lambda: find_neighbours(shown.index, position)
    )
    own = own_grids()
    return [{"grid_code": str(shown.codes[at]), "border_m": metres} for at, metres in found if own[at]]


def _incidents(position: int) -> dict[str, Any]:
    """Return how many incidents a grid has: open, late, in each state, in the last thirty days."""
    found, now = columns(), time.time()
    own = found.grid == position
    counts = np.bincount(found.state[own], minlength=len(found.states))
    return {
        "open": int((own & found.is_open).sum()),
        "overdue": int((own & found.is_overdue(now)).sum()),
        "by_state": {state: int(n) for state, n in zip(found.states, counts, strict=True)},
        "last_30_days": int((own & (found.reported > now - MONTH_S)).sum()),
    }
