"""Many incidents at once, sent in as a file."""

from typing import Any

import numpy as np
from apiflask import APIBlueprint
from flask import Response, jsonify, request
from gridgeo_web.auth.roles import needs
from gridgeo_web.contract.incident_questions import UploadQuery
from gridgeo_web.errors import ForbiddenError
from gridgeo_web.incidents.intake import build_news
from gridgeo_web.incidents.reports import find_category
from gridgeo_web.incidents.uploads import read_upload
from gridgeo_web.service import actor, own_grids, service, snapshot, user
from gridgeo_web.store import NewIncident

__all__ = ["blueprint"]

blueprint = APIBlueprint("uploads", __name__, url_prefix="/api/v1", tag="incidents")


@blueprint.post("/incidents/upload")
@needs("officer")
@blueprint.input(UploadQuery, location="query", arg_name="query")
@blueprint.doc(responses={201: "how many were given and how many of them were new"})
def upload(query: dict[str, Any]) -> tuple[Response, int]:
    """Take in incidents of a GeoJSON or CSV body, all or none; those known by their id are left alone."""
    rows = read_upload(request.get_data(cache=False), request.mimetype)
    news = build_news(rows, query["crs"], service().config.timezone, find_category)
    _check_area(news)
    n_new = service().store.take_in(news, actor())
    return jsonify({"given": len(news), "new": n_new}), 201


def _check_area(news: list[NewIncident]) -> None:
    """Refuse incidents from outside one's own area."""
    who = user()
    if who is None or not who.area:
        return
    lon = [np.nan if new.lon is None else new.lon for new in news]
    lat = [np.nan if new.lat is None else new.lat for new in news]
    outside = ~np.append(own_grids(), False)[snapshot().locate(lon, lat)]
    if outside.any():
        row = int(np.argmax(outside)) + 1
        raise ForbiddenError(
            f"row {row} ({int(outside.sum())} in all) is not in your area {who.area}", where="lon"
        )
