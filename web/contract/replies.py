"""What the routes answer, as the OpenAPI document tells it: JSON schemas put together from a few words."""

from typing import Any

__all__ = [
    "BINARY",
    "ERROR",
    "array",
    "collection",
    "describe",
    "maybe",
    "number",
    "one_of",
    "record",
    "text",
    "whole",
]

JsonSchema = dict[str, Any]

BINARY: JsonSchema = {"type": "string", "format": "binary"}


def text(description: str = "", **rules: Any) -> JsonSchema:
    """Return the schema of a text."""
    return {"type": "string", **_said(description), **rules}


def number(description: str = "", **rules: Any) -> JsonSchema:
    """Return the schema of a number."""
    return {"type": "number", **_said(description), **rules}


def whole(description: str = "", **rules: Any) -> JsonSchema:
    """Return the schema of a whole number."""
    return {"type": "integer", **_said(description), **rules}


def one_of(*words: str) -> JsonSchema:
    """Return the schema of one of several words."""
    return {"type": "string", "enum": list(words)}


def maybe(schema: JsonSchema) -> JsonSchema:
    """Return the schema of a value that may be null."""
    return {**schema, "nullable": True}


def array(items: JsonSchema, description: str = "", **rules: Any) -> JsonSchema:
    """Return the schema of a list."""
    return {"type": "array", "items": items, **_said(description), **rules}


def record(
    properties: dict[str, JsonSchema], *, optional: tuple[str, ...] = (), description: str = ""
) -> JsonSchema:
    """Return the schema of an object.

    Parameters
    ----------
    properties
        The schema of each member.
    optional
        The members that may be missing.
    description
        What the object is.
    """
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        **_said(description),
    }


def collection(properties: JsonSchema, **members: JsonSchema) -> JsonSchema:
    """Return the schema of a GeoJSON feature collection.

    Parameters
    ----------
    properties
        Of each feature.
    members
        Further members of the collection.
    """
    shape = record({"type": text(), "coordinates": array({})}, description="a geometry, longitude first")
    feature = record(
        {"type": one_of("Feature"), "id": {}, "geometry": maybe(shape), "properties": properties},
        optional=("id",),
    )
    return record({"type": one_of("FeatureCollection"), "features": array(feature), **members})


def describe(schema: JsonSchema, description: str, mimetype: str = "application/json") -> dict[int, Any]:
    """Return the answer of a route when all is well, for ``blueprint.doc(responses=…)``.

    Parameters
    ----------
    schema
        Of the body.
    description
        In a few words.
    mimetype
        Of the body.
    """
    return {200: {"description": description, "content": {mimetype: {"schema": schema}}}}


def _said(description: str) -> JsonSchema:
    """Return the member that describes a schema, none where there is nothing to say."""
    return {"description": description} if description else {}


ERROR = record(
    {
        "error": record(
            {
                "status": whole("as in the answer's head"),
                "kind": text("for programs: not_found, unprocessable, conflict …"),
                "message": text("for people: what, where, what next"),
                "where": text("the field that is at fault"),
            },
            optional=("where",),
        )
    },
    description="An error; some kinds have further members.",
)
