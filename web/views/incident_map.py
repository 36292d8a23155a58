"""Incidents for maps: all points in one compact answer, clusters, the nearest ones."""

from typing import Any

import numpy as np
from apiflask import APIBlueprint
from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from gridgeo_web.answers import keep_answer, to_json
from gridgeo_web.auth.roles import needs
from gridgeo_web.contract.incident_questions import ClusterQuery, FilterQuery, NearestQuery
from gridgeo_web.incidents.filters import FILTERS, select_incidents
from gridgeo_web.incidents.rows import DIGITS, build_rows
from gridgeo_web.service import columns, service, snapshot

from gridgeo.locate.clusters import cluster_places

__all__ = ["blueprint"]

blueprint = APIBlueprint("incident_map", __name__, url_prefix="/api/v1/incidents", tag="incidents")


@blueprint.get("/points")
@needs("viewer")
@blueprint.input(FilterQuery, location="query", arg_name="query")
def points(query: dict[str, Any]) -> ResponseReturnValue:
    """Return incidents as columns: whole numbers stand for names, which are listed once."""
    return keep_answer(lambda: to_json(_points(query)).encode(), ("division", "incidents"))


@blueprint.get("/clusters")
@needs("viewer")
@blueprint.input(ClusterQuery, location="query", arg_name="query")
def clusters(query: dict[str, Any]) -> ResponseReturnValue:
    """Return incidents gathered where a map of this zoom would draw them on top of one another."""
    return keep_answer(lambda: to_json(_clusters(query)).encode(), ("division", "incidents"))


@blueprint.get("/nearest")
@needs("viewer")
@blueprint.input(NearestQuery, location="query", arg_name="query")
def nearest(query: dict[str, Any]) -> Response:
    """Return the nearest open incidents to a place, with the metres to each."""
    wanted = select_incidents(query)
    found = service().open_incidents.nearest(
        (query["lon"], query["lat"]), query["k"], wanted, (columns(), snapshot())
    )
    rows = build_rows([row for row, _ in found])
    metres = [round(away, 1) for _, away in found]
    return jsonify({"incidents": [row | {"distance_m": m} for row, m in zip(rows, metres, strict=True)]})


def _points(query: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of the incidents that a query asks for and that have a place."""
    found = columns()
    rows = np.flatnonzero(select_incidents(query) & np.isfinite(found.lon))
    grids, grid = np.unique(found.grid[rows], return_inverse=True)
    has_none = len(grids) > 0 and grids[0] < 0
    codes = snapshot().codes
    return {
        "incident_id": [found.incident_id[row] for row in rows],
        "lon": found.lon[rows].round(DIGITS).tolist(),
        "lat": found.lat[rows].round(DIGITS).tolist(),
        "category": [None if number < 0 else number for number in found.category[rows].tolist()],
        "state": found.state[rows].tolist(),
        # positions in "grids"; null for those in no grid
        "grid": [None if number < 0 else number for number in (grid - int(has_none)).tolist()],
        "reported": found.reported[rows].tolist(),
        "categories": list(found.categories),
        "states": list(found.states),
        "grids": [str(codes[number]) for number in grids[int(has_none) :]],
        "event_id": found.last_event_id,
    }


def _clusters(query: dict[str, Any]) -> dict[str, Any]:
    """Return the clusters of the incidents that a query asks for."""
    found = columns()
    rows = np.flatnonzero(select_incidents({name: query.get(name) for name in FILTERS}))
    table = cluster_places(found.lon[rows], found.lat[rows], query["zoom"])
    gathered = [
        {"lon": lon, "lat": lat, "count": count}
        | ({} if alone is None else {"incident_id": found.incident_id[rows[alone]]})
        for lon, lat, count, alone in zip(
            table.lon.round(DIGITS).tolist(),
            table.lat.round(DIGITS).tolist(),
            table.n.tolist(),
            table.row.astype(object).where(table.row.notna(), None).tolist(),
            strict=True,
        )
    ]
    return {"clusters": gathered, "total": int(table.n.sum())}
