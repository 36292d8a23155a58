"""What the routes of incidents and of the service itself answer, as the OpenAPI document tells it."""

from typing import Any

from gridgeo_web.contract.replies import array, maybe, number, one_of, record, text, whole

__all__ = ["REPLIES", "UPLOAD_BODY"]

JSON, CSV = "application/json", "text/csv"
ROW: dict[str, dict[str, Any]] = {
    "incident_id": text(),
    "reported_at": text("ISO 8601 with its offset"),
    "category": maybe(text()),
    "description": text(),
    "address": maybe(text()),
    "lon": maybe(number("WGS 84")),
    "lat": maybe(number()),
    "grid_code": maybe(text()),
    "state": text(),
    "level": maybe(text("who has it in hand; a step up or down changes it")),
    "due_at": maybe(text("until when the present step should be done; null where it is done")),
    "overdue": {"type": "boolean"},
    "updated_at": text(),
    "event_id": whole("of its last event"),
    "contact": maybe(text("*** for roles that do not need it")),
}
INCIDENT = record(ROW)
EVENT = record(
    {
        "event_id": whole(),
        "at": text(),
        "by": text(),
        "action": text(),
        "state": text("after it"),
        "level": maybe(text("after it")),
        "note": maybe(text()),
    }
)
NAMED = record({"name": text(), "zh": text(), "en": text()})
ANY = {"type": "object"}
SETTINGS = record(
    {
        "title": text(),
        "lang": one_of("zh", "en"),
        "languages": array(text()),
        "bounds": array(number(), "west, south, east, north", minItems=4, maxItems=4),
        "range": maybe(record({"low": whole(), "high": whole()})),
        "categories": array(
            record({"code": text(), "zh": text(), "en": text(), "parent": text()}, optional=("parent",))
        ),
        "workflow": record(
            {"states": array(NAMED), "levels": array(NAMED), "actions": array(NAMED), "hours": ANY}
        ),
        "layers": array(record({"name": text(), "kind": text(), "title": text()})),
        "basemap": maybe(ANY),
        "user": maybe(record({"name": text(), "role": text(), "area": text()})),
    }
)
POINTS = record(
    {
        "incident_id": array(text()),
        "lon": array(number()),
        "lat": array(number()),
        "category": array(maybe(whole()), "positions in categories"),
        "state": array(whole(), "positions in states"),
        "grid": array(maybe(whole()), "positions in grids"),
        "reported": array(whole(), "seconds since 1970"),
        "categories": array(text()),
        "states": array(text()),
        "grids": array(text()),
        "event_id": whole("the last one that is in here"),
    }
)
CLUSTER = record(
    {"lon": number(), "lat": number(), "count": whole(), "incident_id": text("where it is only one")},
    optional=("incident_id",),
)
REVISION = record(
    {
        "division": text("changes with the files"),
        "incidents": whole("the last event"),
        "as_of": text("ISO 8601, UTC"),
        "assets": text(
            "the version of the pages' own files; a page of another one had better be loaded again"
        ),
        "problem": maybe(text("what is wrong, in plain words; an admin learns which file")),
        "problems": array(one_of("division", "store", "users"), "what is wrong, in one word each"),
    }
)
NEAR = {"distance_m": number()}
DOUBT = {"near_border": {"type": "boolean"}, "neighbours": array(text())}
LISTED = record({"incidents": array(INCIDENT), "next": maybe(text("for after=")), "total": whole()})
CHANGED = record(
    {"incidents": array(INCIDENT), "event_id": whole("for after="), "reset": {"type": "boolean"}}
)
TAKEN = record({"given": whole(), "new": whole()})
API = "/api/v1"

# By method and path: status, description, schema, kind of body.
REPLIES: dict[tuple[str, str], tuple[int, str, dict[str, Any], str | None]] = {
    ("get", f"{API}/revision"): (200, "What the newest data are", REVISION, JSON),
    ("get", f"{API}/settings"): (200, "What a page needs to begin with", SETTINGS, JSON),
    ("get", f"{API}/incidents"): (200, "A page of incidents", LISTED, JSON),
    ("post", f"{API}/incidents"): (
        *(201, "It is on the disk", record({**ROW, **DOUBT}, optional=tuple(DOUBT)), JSON),
    ),
    ("get", f"{API}/incidents/changes"): (200, "What happened since", CHANGED, JSON),
    ("get", f"{API}/incidents/points"): (200, "Incidents as columns", POINTS, JSON),
    ("get", f"{API}/incidents/clusters"): (
        *(200, "The clusters", record({"clusters": array(CLUSTER), "total": whole()}), JSON),
    ),
    ("get", f"{API}/incidents/nearest"): (
        *(200, "The nearest first", record({"incidents": array(record({**ROW, **NEAR}))}), JSON),
    ),
    ("get", f"{API}/incidents.csv"): (200, "A table for spreadsheets, UTF-8 with BOM", text(), CSV),
    ("get", f"{API}/incidents/{{incident_id}}"): (
        *(200, "The incident and its history", record({**ROW, "events": array(EVENT)}), JSON),
    ),
    ("post", f"{API}/incidents/{{incident_id}}/events"): (200, "The incident after the step", INCIDENT, JSON),
    ("post", f"{API}/incidents/upload"): (
        *(
            201,
            "How many were given, how many of them were new",
            TAKEN,
            JSON,
        ),
    ),
}

UPLOAD_BODY = {
    "required": True,
    "content": {
        "application/geo+json": {"schema": {"type": "object", "description": "a collection of points"}},
        "text/csv": {"schema": text("a table with lon and lat, or an address")},
    },
}
