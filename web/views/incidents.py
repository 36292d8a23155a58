"""Incidents: list, changes, one with its history, report, act, export."""

from typing import Any

import numpy as np
from apiflask import APIBlueprint
from flask import Response, jsonify, stream_with_context
from gridgeo_web.auth.roles import needs
from gridgeo_web.contract.incident_questions import (
    ChangesQuery,
    EventBody,
    FilterQuery,
    ListQuery,
    ReportBody,
)
from gridgeo_web.errors import BadRequestError, MissingError
from gridgeo_web.incidents.export import stream_csv
from gridgeo_web.incidents.filters import select_incidents
from gridgeo_web.incidents.reports import build_report
from gridgeo_web.incidents.rows import build_history, build_rows
from gridgeo_web.service import actor, columns, forget_pins, own_incidents, service

__all__ = ["blueprint"]

blueprint = APIBlueprint("incidents", __name__, url_prefix="/api/v1", tag="incidents")


@blueprint.get("/incidents")
@needs("viewer")
@blueprint.input(ListQuery, location="query", arg_name="query")
def list_incidents(query: dict[str, Any]) -> Response:
    """Return a page of incidents, the last reported first."""
    found = columns()
    order = found.newest_first[select_incidents(query)[found.newest_first]]
    start = 0 if not query.get("after") else _find_cursor(query["after"], found.reported[order], order)
    page = order[start : start + query["limit"]]
    is_last = start + len(page) >= len(order)
    cursor = None if is_last else f"{int(found.reported[page[-1]])}.{int(page[-1])}"
    return jsonify({"incidents": build_rows(page), "next": cursor, "total": len(order)})


@blueprint.get("/incidents/changes")
@needs("viewer")
@blueprint.input(ChangesQuery, location="query", arg_name="query")
def list_changes(query: dict[str, Any]) -> Response:
    """Return the incidents with events after one, in the order of their last events.

    ``reset`` tells that the store is another one than before: what the client has is to be forgotten.
    """
    found, after = columns(), query["after"]
    reset = after > found.last_event_id
    rows = found.changed_after(0 if reset else after)
    page = rows[: query["limit"]]
    last = found.last_event_id if len(page) == len(rows) else int(found.event_id[page[-1]])
    mine = page[own_incidents()[page]]
    return jsonify({"incidents": build_rows(mine), "event_id": last, "reset": reset})


@blueprint.get("/incidents.csv")
@needs("viewer")
@blueprint.input(FilterQuery, location="query", arg_name="query")
def export(query: dict[str, Any]) -> Response:
    """Return incidents as a table for spreadsheets; no cell of it is run as a formula."""
    rows = np.flatnonzero(select_incidents(query))
    answer = Response(stream_with_context(stream_csv(rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="incidents.csv"'
    return answer


@blueprint.get("/incidents/<incident_id>")
@needs("viewer")
def show(incident_id: str) -> Response:
    """Return an incident with all that happened to it."""
    row = _find_row(incident_id)
    return jsonify(build_rows([row])[0] | {"events": build_history(row)})


@blueprint.post("/incidents")
@needs("officer")
@blueprint.input(ReportBody, location="json", arg_name="body")
def report(body: dict[str, Any]) -> tuple[Response, int]:
    """Take a report; it has its grid at once. Once answered 201 it is on the disk."""
    new, doubt = build_report(body)
    incident_id = service().store.report(new, actor())
    forget_pins()
    row = _find_row(incident_id)
    return jsonify(build_rows([row])[0] | doubt), 201


@blueprint.post("/incidents/<incident_id>/events")
@needs("officer")
@blueprint.input(EventBody, location="json", arg_name="body")
def act(incident_id: str, body: dict[str, Any]) -> Response:
    """Take a step of the workflow with an incident; an illegal one is 409 with those that are allowed."""
    _find_row(incident_id)
    service().store.act(incident_id, body["action"], actor(), body.get("note"), body.get("expected_event_id"))
    forget_pins()
    return jsonify(build_rows([_find_row(incident_id)])[0])


def _find_row(incident_id: str) -> int:
    """Return the row of an incident that the one who asks may see."""
    row = columns().row_of(incident_id)
    if row is None or not own_incidents()[row]:
        raise MissingError(f"there is no incident {incident_id!r} here", where="incident_id")
    return row


def _find_cursor(text: str, reported: Any, order: Any) -> int:
    """Return where the page after a cursor begins; it holds although incidents came in between."""
    try:
        moment, row = (int(part) for part in text.split("."))
    except ValueError as error:
        raise BadRequestError(
            f"after={text!r} is no cursor; take it from next of the page before", where="after"
        ) from error
    is_before = (reported > moment) | ((reported == moment) & (order >= row))
    return int(is_before.sum())
