"""What the routes of drafts and versions take; checked before a view, told in the OpenAPI document."""

from apiflask import Schema
from apiflask.fields import Boolean, Dict, Integer, List, String
from apiflask.validators import Length, OneOf, Range
from gridgeo_web.planning.operations import KINDS

__all__ = ["DraftQuery", "OperationBody", "SaveBody", "SuggestionQuery"]

MOST_ATOMS = 200_000
MOST_ID = 64
MOST_NOTE = 2_000
MOST_PARTS = 20
SEEN = {"description": "how many steps of the draft you have seen; another number is a conflict (409)"}


def _code(description: str = "a grid code") -> String:
    """Return the field of a code."""
    return String(validate=Length(min=1, max=MOST_ID), metadata={"description": description})


def _names(description: str) -> List[str]:
    """Return the field of a list of atoms."""
    name = String(validate=Length(min=1, max=MOST_ID))
    return List(name, validate=Length(max=MOST_ATOMS), metadata={"description": description})


class DraftQuery(Schema):
    """Which part of a draft."""

    area = String(validate=Length(max=MOST_ID), metadata={"description": "beginning of area codes"})


class SuggestionQuery(Schema):
    """For which grid."""

    grid = String(required=True, validate=Length(min=1, max=MOST_ID))


class OperationBody(Schema):
    """A change: its kind, and what that kind takes."""

    kind = String(required=True, validate=OneOf(KINDS))
    atoms = _names("atom_id of the atoms: move, erase, swap")
    others = _names("the other atoms: swap")
    grid = _code("the grid that atoms come to, that is merged, split, locked or unlocked")
    other = _code("the grid that it is merged with")
    k = Integer(validate=Range(2, MOST_PARTS), metadata={"description": "into how many: split"})
    mask = _code("only atoms of this grid change: move, erase")
    table = Dict(
        keys=String(validate=Length(min=1, max=MOST_ID)),
        values=String(validate=Length(min=1, max=MOST_ID)),
        metadata={"description": "grid by atom: assign"},
    )
    expected = Integer(validate=Range(0, 2**31 - 1), metadata=SEEN)


class SaveBody(Schema):
    """How a draft is saved as a version."""

    note = String(load_default="", validate=Length(max=MOST_NOTE))
    expected = Integer(validate=Range(0, 2**31 - 1), metadata=SEEN)
    publish = Boolean(load_default=False, metadata={"description": "true: the service shows it from now on"})
