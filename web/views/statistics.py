"""Figures of the incidents."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from gridgeo_web.answers import tagged_answer
from gridgeo_web.auth.roles import needs
from gridgeo_web.contract.place_questions import AXES, HotQuery, StatisticsQuery
from gridgeo_web.contract.replies import array, describe, maybe, number, one_of, record, text, whole
from gridgeo_web.incidents.figures import count_incidents, list_hot_grids
from gridgeo_web.incidents.filters import select_incidents

__all__ = ["blueprint"]

blueprint = APIBlueprint("statistics", __name__, url_prefix="/api/v1", tag="incidents")
ROW = record(
    {
        "key": maybe(text("null: without a grid, a category …")),
        "n": whole(),
        "open": whole("still to be worked on"),
        "overdue": whole("open, and later than the workflow allows"),
    }
)
COUNTS = record({"by": one_of(*AXES), "rows": array(ROW), "total": whole()})
HOT = record(
    {
        "grid_code": text(),
        "n": whole("incidents in the last days"),
        "expected": number("by the grid's own eight weeks before"),
        "score": number("minus log10 of the chance of so many or more (Poisson): 2 is one in a hundred"),
    }
)


@blueprint.get("/statistics")
@needs("viewer")
@blueprint.input(StatisticsQuery, location="query", arg_name="query")
@blueprint.doc(responses=describe(COUNTS, "A row for each key"))
def statistics(query: dict[str, Any]) -> Response:
    """Return how many incidents the filters find, by grid, day, category, state, level or area."""
    rows = select_incidents(query)
    counted = count_incidents(rows, query["by"])
    return tagged_answer({"by": query["by"], "rows": counted, "total": int(rows.sum())})


@blueprint.get("/statistics/hot")
@needs("viewer")
@blueprint.input(HotQuery, location="query", arg_name="query")
@blueprint.doc(responses=describe(record({"grids": array(HOT)}), "The most surprising grids first"))
def hot(query: dict[str, Any]) -> Response:
    """Return the grids with unusually many incidents for their own past, three at least."""
    return tagged_answer({"grids": list_hot_grids(query["days"], query["limit"])})
