"""Which grid is this? Places, one or many."""

import math
from typing import Any

import numpy as np
from apiflask import APIBlueprint
from flask import Response
from gridgeo_web.answers import tagged_answer, to_json
from gridgeo_web.auth.roles import needs
from gridgeo_web.contract.place_questions import BatchBody, LocateQuery
from gridgeo_web.contract.replies import array, describe, maybe, number, record, text
from gridgeo_web.division.places import describe_place, find_grids, named_system, read_place, take_to_lonlat
from gridgeo_web.service import snapshot
from numpy.typing import NDArray

__all__ = ["blueprint"]

blueprint = APIBlueprint("locate", __name__, url_prefix="/api/v1", tag="places")
PAIR = array(number(), minItems=2, maxItems=2)
PLACE = record(
    {
        "grid_code": maybe(text("null outside all grids")),
        "distance_m": maybe(number("metres to the grid, 0 inside")),
        "border_m": maybe(number("metres to the border of the grid")),
        "near_border": {"type": "boolean", "description": "whether the place may as well lie in a neighbour"},
        "neighbours": array(text(), "other grids within 30 m, nearest first"),
        "lon": number("WGS 84"),
        "lat": number("WGS 84"),
        "coordinates": record({"WGS 84": PAIR, "GCJ-02": PAIR, "BD-09": PAIR}),
    }
)
COLUMNS = record(
    {
        "grid_code": array(maybe(text()), "null outside all grids, and for places with an error"),
        "distance_m": array(maybe(number())),
        "error": array(maybe(text()), "why a place could not be read"),
    }
)
NO_PAIR = "not [longitude, latitude]"
NO_NUMBER = "a coordinate is missing, infinite or no number"
NO_PLACE = "no place in {crs}; longitude or easting comes first"


@blueprint.get("/locate")
@needs("viewer")
@blueprint.input(LocateQuery, location="query", arg_name="query")
@blueprint.doc(responses=describe(PLACE, "The grid of the place"))
def locate(query: dict[str, Any]) -> Response:
    """Return the grid of a place, how near its border is, and the place in the systems in use in China."""
    lon, lat = read_place(query["lon"], query["lat"], query["crs"])
    return tagged_answer(describe_place(snapshot(), lon, lat, query["tolerance"]))


@blueprint.post("/locate")
@needs("viewer")
@blueprint.input(BatchBody, location="json", arg_name="body")
@blueprint.doc(responses=describe(COLUMNS, "A row for each place, as columns"))
def locate_batch(body: dict[str, Any]) -> Response:
    """Return the grids of up to 100,000 places, as columns in the order of the places.

    A place that cannot be read has an error; the others are answered all the same.
    """
    shown, system = snapshot(), named_system(body["crs"])
    x, y, errors = read_points(body["points"])
    lon, lat = take_to_lonlat(x, y, system)
    for row in np.flatnonzero(np.isfinite(x) & ~(np.isfinite(lon) & np.isfinite(lat))):
        errors[row] = NO_PLACE.format(crs=body["crs"])
    found, metres = find_grids(shown, lon, lat, body["tolerance"])
    codes = np.concatenate([shown.codes, np.array([None], dtype=object)])
    distances = [None if math.isnan(value) else value for value in np.round(metres, 2).tolist()]
    answer = {"grid_code": codes[found].tolist(), "distance_m": distances, "error": errors}
    return Response(to_json(answer), mimetype="application/json")


def read_points(
    points: list[Any],
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[str | None]]:
    """Return x and y of points as clients write them, infinite where there is none, and why there is none."""
    pairs = np.full((len(points), 2), np.inf)
    errors: list[str | None] = [None] * len(points)
    for row, point in enumerate(points):
        if not isinstance(point, list) or len(point) != 2:
            errors[row] = NO_PAIR
        elif type(point[0]) not in (float, int) or type(point[1]) not in (float, int):
            errors[row] = NO_NUMBER
        else:
            try:
                pairs[row] = point
            except OverflowError:
                errors[row] = NO_NUMBER
    for at in np.flatnonzero(~np.isfinite(pairs).all(axis=1)):
        errors[at] = errors[at] or NO_NUMBER
        pairs[at] = np.inf
    return pairs[:, 0], pairs[:, 1], errors
