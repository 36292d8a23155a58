"""What the routes of drafts and versions answer, as the OpenAPI document tells it."""

from typing import Any

from gridgeo_web.contract.replies import BINARY, array, maybe, number, record, text, whole

__all__ = ["REPLIES"]

JSON, CSV, GEOPACKAGE = "application/json", "text/csv", "application/geopackage+sqlite3"
DRAFTS, VERSIONS = "/api/v1/drafts", "/api/v1/versions"
ONE = f"{DRAFTS}/{{draft_id}}"
YES_NO = {"type": "boolean"}
ANY = {"type": "object", "additionalProperties": True}
ROW: dict[str, dict[str, Any]] = {
    "draft_id": text(),
    "owner": text(),
    "base": text("the division that it began from"),
    "opened_at": text(),
    "updated_at": text(),
    "n_steps": whole("of the operations in it"),
    "is_current": {**YES_NO, "description": "whether nothing newer was saved meanwhile"},
}
NUMBER_OF = {"n": whole("of the operations in the draft; send it as expected")}
CHANGE = record({**NUMBER_OF, "changed": YES_NO}, description="and what changed: grids, score, alarms")
ATOMS = record(
    {
        "atom_id": array(text()),
        "households": array(number()),
        "area": array(whole(), "positions in area_codes"),
        "area_codes": array(text()),
        "shapes": ANY,
    }
)
STATE = record({**ROW, **NUMBER_OF, "atoms": ANY}, description="and the grids with their figures")
SUGGESTED = record({**NUMBER_OF, "grid": text(), "suggestions": array(ANY)})
MERGED = record({"draft_id": text(), "kept": whole(), "dropped": array({}), "overlaps": {}})
DRAFT_LIST = record({"drafts": array(record(ROW)), "head": maybe(text("the newest division"))})

# By method and path: status, description, schema, kind of body.
REPLIES: dict[tuple[str, str], tuple[int, str, dict[str, Any], str | None]] = {
    ("get", DRAFTS): (200, "The own drafts", DRAFT_LIST, JSON),
    ("post", DRAFTS): (201, "The draft", record(ROW), JSON),
    ("get", ONE): (200, "The draft with its grids", STATE, JSON),
    ("delete", ONE): (204, "It is given up", {}, None),
    ("get", f"{ONE}/atoms"): (200, "What grids are put together from", ATOMS, JSON),
    ("post", f"{ONE}/operations"): (200, "What came of the change", CHANGE, JSON),
    ("post", f"{ONE}/preview"): (200, "What would come of the change", CHANGE, JSON),
    ("get", f"{ONE}/suggestions"): (200, "Changes that bring a grid into range", SUGGESTED, JSON),
    ("post", f"{ONE}/save"): (201, "The version", {**ANY, "description": "the version, and published"}, JSON),
    ("post", f"{ONE}/merge"): (201, "The new draft, and what no longer applies", MERGED, JSON),
    ("get", f"{ONE}/atoms.csv"): (200, "The grid of each atom", text(), CSV),
    ("get", f"{ONE}/division.gpkg"): (200, "A division file", BINARY, GEOPACKAGE),
    ("get", VERSIONS): (200, "The versions", record({"versions": array(ANY)}), JSON),
    ("get", f"{VERSIONS}/{{version_id}}.gpkg"): (200, "A division file", BINARY, GEOPACKAGE),
    ("post", f"{VERSIONS}/{{version_id}}/publish"): (
        *(200, "It is shown from now on", record({"version_id": whole()}), JSON),
    ),
}
