"""Drafts: a planner changes which atom belongs to which grid, in the browser."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify
from gridgeo_web.answers import tagged_answer
from gridgeo_web.auth.roles import needs
from gridgeo_web.contract.plan_questions import DraftQuery, OperationBody, SuggestionQuery
from gridgeo_web.errors import ConflictError, MissingError
from gridgeo_web.planning.atom_shapes import tell_atoms
from gridgeo_web.planning.deltas import (
    Area,
    check_area,
    check_grid,
    describe_atoms,
    describe_change,
    describe_plan,
    find_area,
)
from gridgeo_web.planning.desk import Draft, check_seen, desk
from gridgeo_web.planning.operations import apply_operation, clean_operation, to_operation
from gridgeo_web.service import actor, service, snapshot, user
from gridgeo_web.store.drafts import DraftRow, end_draft, list_drafts

from gridgeo.planning.advice import suggest

__all__ = ["blueprint", "find_draft", "own_area"]

blueprint = APIBlueprint("planning", __name__, url_prefix="/api/v1", tag="planning")


@blueprint.get("/drafts")
@needs("planner")
def index() -> Response:
    """Return the own drafts that are not finished, the last changed first."""
    head, _ = desk().head(snapshot())
    rows = list_drafts(service().store.database, actor().name)
    return jsonify({"drafts": [describe_row(row, head) for row in rows], "head": head})


@blueprint.post("/drafts")
@needs("planner")
def create() -> tuple[Response, int]:
    """Open a draft of the newest version, or of the division that is served where no version follows it."""
    draft = desk().open(snapshot(), actor())
    return jsonify(describe_row(draft.row, draft.row.base)), 201


@blueprint.get("/drafts/<draft_id>")
@needs("planner")
@blueprint.input(DraftQuery, location="query", arg_name="query")
def show(draft_id: str, query: dict[str, Any]) -> Response:
    """Return a draft as it is now: its grids with figures, the grid of each atom, score and alarms."""
    draft = find_draft(draft_id)
    area = area_of(draft, query.get("area", ""))
    head, _ = desk().head(snapshot())
    told = describe_row(draft.row, head) | {"is_served": draft.row.base == desk().served(snapshot())}
    told |= {"n": draft.n_steps, "atoms": describe_atoms(draft.plan, area)}
    return jsonify({**told, **describe_plan(draft.plan, area)})


@blueprint.delete("/drafts/<draft_id>")
@needs("planner")
def discard(draft_id: str) -> tuple[Response, int]:
    """Give a draft up; what was done in it stays in the store."""
    end_draft(service().store.database, find_draft(draft_id).row.draft_id, "discarded", actor())
    return Response(status=204), 204


@blueprint.get("/drafts/<draft_id>/atoms")
@needs("planner")
@blueprint.input(DraftQuery, location="query", arg_name="query")
def atoms(draft_id: str, query: dict[str, Any]) -> Response:
    """Return the atoms of a draft: ids, households, shapes on the web map's square; they never change."""
    draft = find_draft(draft_id)
    return tagged_answer(
        tell_atoms(snapshot(), draft.row.base, draft.plan, own_area(), query.get("area", ""))
    )


@blueprint.post("/drafts/<draft_id>/operations")
@needs("planner")
@blueprint.input(OperationBody, location="json", arg_name="body")
def operate(draft_id: str, body: dict[str, Any]) -> Response:
    """Do a change in a draft and return what came of it; once answered it is on the disk."""
    find_draft(draft_id)
    operation = clean_operation(body)
    before, draft = desk().apply(draft_id, operation, body.get("expected"), actor(), own_area())
    change = describe_change(before, draft.plan, area_of(draft))
    return jsonify({"n": draft.n_steps, "changed": before is not draft.plan, **change})


@blueprint.post("/drafts/<draft_id>/preview")
@needs("planner")
@blueprint.input(OperationBody, location="json", arg_name="body")
def preview(draft_id: str, body: dict[str, Any]) -> Response:
    """Return what a change would do, without doing it."""
    draft = find_draft(draft_id)
    area = area_of(draft)
    check_seen(draft, body.get("expected"))
    after = apply_operation(draft.plan, clean_operation(body))
    check_area(draft.plan, after, area)
    change = describe_change(draft.plan, after, area)
    return jsonify({"n": draft.n_steps, "changed": after is not draft.plan, **change})


@blueprint.get("/drafts/<draft_id>/suggestions")
@needs("planner")
@blueprint.input(SuggestionQuery, location="query", arg_name="query")
def suggestions(draft_id: str, query: dict[str, Any]) -> Response:
    """Return the best few changes that bring a grid into range, each as an operation that does it."""
    draft = find_draft(draft_id)
    area = area_of(draft)
    check_grid(draft.plan, query["grid"], area)
    found = []
    for suggestion in suggest(draft.plan, query["grid"]):
        check_area(draft.plan, suggestion.plan, area)
        change = describe_change(draft.plan, suggestion.plan, area)
        found.append({"words": suggestion.words, "operation": to_operation(suggestion), **change})
    return jsonify({"n": draft.n_steps, "grid": query["grid"], "suggestions": found})


def find_draft(draft_id: str) -> Draft:
    """Return a draft that the one who asks may work on.

    Raises
    ------
    MissingError
        There is none, or it is somebody else's.
    ConflictError
        It has ended.
    """
    found = desk().find(draft_id, snapshot())
    who = user()
    if who is None or (found.row.owner != who.name and who.role != "admin"):
        raise MissingError(f"there is no draft {draft_id!r} here", where="draft_id")
    how = found.row.how_ended
    if how is not None:
        raise ConflictError(f"this draft was {how}; open another", where="draft_id", extra={"how": how})
    return found


def own_area() -> str:
    """Return the beginning of the area codes that the one who asks may change."""
    who = user()
    return "" if who is None else who.area


def area_of(draft: Draft, asked: str = "") -> Area:
    """Return the communities asked for that the one who asks may see, all of the own ones by default."""
    return find_area(draft.plan, own_area(), asked)


def describe_row(row: DraftRow, head: str) -> dict[str, Any]:
    """Return a draft as plain values; ``is_current`` tells whether it can be saved as it is."""
    return {
        "draft_id": row.draft_id,
        "owner": row.owner,
        "base": row.base,
        "opened_at": row.opened_at,
        "updated_at": row.updated_at,
        "origin": row.origin,
        "n_steps": row.n_steps,
        "is_current": row.base == head,
    }
