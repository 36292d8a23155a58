"""One field for everything."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from gridgeo_web.answers import tagged_answer
from gridgeo_web.auth.roles import needs
from gridgeo_web.contract.place_questions import SearchQuery
from gridgeo_web.contract.replies import array, describe, number, one_of, record, text
from gridgeo_web.division.finder import search
from gridgeo_web.service import snapshot

__all__ = ["blueprint"]

blueprint = APIBlueprint("search", __name__, url_prefix="/api/v1", tag="places")
RESULT = record(
    {
        "kind": one_of("grid", "community", "street", "building", "address", "place", "coordinates"),
        "title": text(),
        "subtitle": text(),
        "lon": number("WGS 84"),
        "lat": number(),
        "bounds": array(number(), "west, south, east, north", minItems=4, maxItems=4),
        "grid_code": text(),
    },
    optional=("bounds", "grid_code"),
)


@blueprint.get("/search")
@needs("viewer")
@blueprint.input(SearchQuery, location="query", arg_name="query")
@blueprint.doc(
    responses=describe(record({"results": array(RESULT)}), "What the query may mean, the best first")
)
def find(query: dict[str, Any]) -> Response:
    """Return what a query may mean: a grid code, coordinates, a name, an address."""
    return tagged_answer({"results": search(snapshot(), query["q"], query["limit"])})
