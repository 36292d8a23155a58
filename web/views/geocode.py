"""From an address to a place and its grid, and back."""

from typing import Any

import numpy as np
from apiflask import APIBlueprint
from flask import Response
from gridgeo_web.answers import tagged_answer, to_json
from gridgeo_web.auth.roles import needs
from gridgeo_web.contract.place_questions import GeocodeBody, GeocodeQuery, ReverseQuery
from gridgeo_web.contract.replies import array, describe, maybe, number, record, text
from gridgeo_web.division.addresses import find_address, find_addresses, nearest_address
from gridgeo_web.division.places import find_grids, read_place
from gridgeo_web.service import snapshot

__all__ = ["blueprint"]

blueprint = APIBlueprint("geocode", __name__, url_prefix="/api/v1", tag="places")
ANSWER = {
    "lon": maybe(number("WGS 84")),
    "lat": maybe(number()),
    "level": maybe(
        text("building, house_number, interpolated, compound, intersection, poi, road, community, none")
    ),
    "uncertainty_m": maybe(number("the place may lie that far away")),
    "score": maybe(number("the probability that this is the place meant; null where another fits as well")),
    "matched": maybe(text("the entry of the gazetteer")),
    "address": maybe(text("as it is spelt there")),
    "used": maybe(text("the part of the text that was read")),
    "grid_code": maybe(text()),
    "grid_is_certain": maybe(
        {"type": "boolean", "description": "every place that the text may mean lies in it"}
    ),
}
FOUND = record({"results": array(record(ANSWER))})
FOUND_EACH = record(
    {"results": array(record({**ANSWER, "status": text("ok, ambiguous, partial, no_address, empty")}))}
)
NEAREST = record(
    {
        "address": maybe(text()),
        "level": maybe(text()),
        "distance_m": maybe(number()),
        "grid_code": maybe(text()),
        "lon": number("WGS 84"),
        "lat": number("WGS 84"),
    }
)


@blueprint.get("/geocode")
@needs("viewer")
@blueprint.input(GeocodeQuery, location="query", arg_name="query")
@blueprint.doc(responses=describe(FOUND, "The place, then those that fit as well"))
def geocode(query: dict[str, Any]) -> Response:
    """Return where an address or a report says something is, by the service's own gazetteer."""
    return tagged_answer({"results": find_address(snapshot(), query["q"], query["limit"])})


@blueprint.post("/geocode")
@needs("viewer")
@blueprint.input(GeocodeBody, location="json", arg_name="body")
@blueprint.doc(responses=describe(FOUND_EACH, "An answer for each text, in order"))
def geocode_many(body: dict[str, Any]) -> Response:
    """Return where each of up to 10,000 texts says something is; no text is left out."""
    answer = {"results": find_addresses(snapshot(), body["texts"])}
    return Response(to_json(answer), mimetype="application/json")


@blueprint.get("/reverse")
@needs("viewer")
@blueprint.input(ReverseQuery, location="query", arg_name="query")
@blueprint.doc(responses=describe(NEAREST, "The nearest address and the grid"))
def reverse(query: dict[str, Any]) -> Response:
    """Return the nearest address of a place, and its grid."""
    shown = snapshot()
    lon, lat = read_place(query["lon"], query["lat"], query["crs"])
    nearest = nearest_address(shown, lon, lat, query["within"])
    found, _ = find_grids(shown, np.array([lon]), np.array([lat]), 0.0)
    code = str(shown.codes[found[0]]) if found[0] >= 0 else None
    return tagged_answer({**nearest, "grid_code": code, "lon": round(lon, 6), "lat": round(lat, 6)})
