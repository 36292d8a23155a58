"""What a page needs to begin with, and the number that tells it whether anything is new."""

from datetime import UTC, datetime
from typing import Any

from apiflask import APIBlueprint
from flask import Response, g, jsonify
from flask.typing import ResponseReturnValue
from gridgeo_web.answers import keep_answer, to_json
from gridgeo_web.auth.roles import needs
from gridgeo_web.config import LANGUAGES
from gridgeo_web.errors import PLAIN, may_see_paths
from gridgeo_web.service import columns, service, snapshot, user

__all__ = ["blueprint"]

blueprint = APIBlueprint("settings", __name__, url_prefix="/api/v1", tag="service")
KINDS = {"Point": "point", "MultiPoint": "point", "LineString": "line", "MultiLineString": "line"}


@blueprint.get("/revision")
@needs("viewer")
def revision() -> ResponseReturnValue:
    """Return what the newest data are; 304 when the client has seen them."""
    return keep_answer(lambda: to_json(_revision()).encode(), ("division", "incidents", "problems"))


@blueprint.get("/settings")
@needs("viewer")
def settings() -> Response:
    """Return title, bounds, tables, layers and the user, for a page to begin with."""
    found, shown = service(), snapshot()
    return jsonify(
        {
            "title": found.config.shown_title,
            "lang": found.config.lang,
            "languages": list(LANGUAGES),
            "bounds": list(shown.bounds),
            "range": _range(),
            "categories": _categories(),
            "workflow": _workflow(),
            "layers": [
                {"name": name, "kind": _kind(layer), "title": name} for name, layer in shown.layers.items()
            ],
            "basemap": _basemap(),
            "user": _user(),
            "gazetteer": shown.gazetteer is not None,
            "heat": True,
        }
    )


def _revision() -> dict[str, Any]:
    """Return the revision of the division and the number of the last event, as of now."""
    problems = service().problems
    if not may_see_paths():
        problems = {name: PLAIN[name] for name in problems}
    return {
        "division": snapshot().revision,
        "incidents": columns().last_event_id,
        "assets": g.version,
        "as_of": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "problem": "; ".join(problems.values()) or None,
        "problems": sorted(problems),
    }


def _range() -> dict[str, int] | None:
    """Return the households that a grid should have: as told, else as the division was asked for."""
    told = service().config.range or (snapshot().division.manifest.get("spec") or {}).get("households")
    return None if not told else {"low": int(told[0]), "high": int(told[1])}


def _categories() -> list[dict[str, Any]]:
    """Return the categories of the table, then those that only incidents have."""
    known = service().categories
    rows: list[dict[str, Any]] = [
        {"code": one.code, "zh": one.zh, "en": one.en} | ({"parent": one.parent} if one.parent else {})
        for one in known.values()
    ]
    others = [code for code in columns().categories if code not in known]
    return rows + [{"code": code, "zh": code, "en": code} for code in others]


def _workflow() -> dict[str, Any]:
    """Return states and steps; ``to`` is null where an incident stays in its state."""
    flow = service().workflow
    who = user()
    return {
        "states": [{"name": s.name, "zh": s.zh, "en": s.en, "open": s.open} for s in flow.states],
        "levels": [vars(level) for level in flow.levels],
        "actions": [
            {
                "name": action.name,
                "zh": action.zh,
                "en": action.en,
                "from": list(action.start),
                "to": action.to,
                "note": action.note,
                "level": action.level,
                "mine": who is not None and who.role in action.roles,
            }
            for action in flow.actions
        ],
        "hours": {state.name: state.hours for state in flow.states if state.hours is not None},
    }


def _kind(layer: Any) -> str:
    """Return point, line or polygon."""
    first = layer.geometry.geom_type.iloc[0] if len(layer) else "Polygon"
    return KINDS.get(first, "polygon")


def _basemap() -> dict[str, Any] | None:
    """Return the address of the basemap's tiles."""
    told, tiles = service().config.basemap, service().basemap
    if tiles is not None:
        return {"url": "/basemap/{z}/{x}/{y}", "max_zoom": tiles.max_zoom}
    return None if told is None else {"url": told}


def _user() -> dict[str, str] | None:
    """Return who asks."""
    who = user()
    return None if who is None else {"name": who.name, "role": who.role, "area": who.area}
