"""Versions: a draft is saved, merged into a newer division, taken along, published."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify, send_file
from gridgeo_web.auth.roles import needs
from gridgeo_web.contract.plan_questions import SaveBody
from gridgeo_web.errors import ForbiddenError, MissingError
from gridgeo_web.planning.desk import check_seen, desk
from gridgeo_web.planning.portion import portion_of, to_geopackage, write_atom_table
from gridgeo_web.planning.saving import describe_version, publish_version, save_draft
from gridgeo_web.service import actor, service, snapshot
from gridgeo_web.store.versions import list_versions, read_version
from gridgeo_web.views.planning import find_draft, own_area

from gridgeo import read_division

__all__ = ["blueprint"]

blueprint = APIBlueprint("versions", __name__, url_prefix="/api/v1", tag="planning")
GEOPACKAGE = "application/geopackage+sqlite3"


@blueprint.post("/drafts/<draft_id>/save")
@needs("planner")
@blueprint.input(SaveBody, location="json", arg_name="body")
def save(draft_id: str, body: dict[str, Any]) -> tuple[Response, int]:
    """Save a draft as a version, a division of its own beside the one that is served, and end the draft.

    When others saved a version meanwhile, or the division was replaced, it is refused (409): merge it first.
    """
    draft = find_draft(draft_id)
    check_seen(draft, body.get("expected"))
    if body["publish"]:
        check_publisher()
    version_id = save_draft(desk(), draft, body["note"], snapshot(), actor())
    version = read_version(service().store.database, version_id)
    if body["publish"]:
        publish_version(desk(), version, snapshot(), actor())
    served = desk().served(service().snapshots.current())
    told = describe_version(version, served, desk().archive.folder)
    return jsonify({**told, "published": body["publish"]}), 201


@blueprint.post("/drafts/<draft_id>/merge")
@needs("planner")
def merge(draft_id: str) -> tuple[Response, int]:
    """Do what stands of a draft again on the newest division, as a new draft; tell what no longer applies."""
    draft, report = desk().merge(find_draft(draft_id), snapshot(), actor())
    told = {"kept": len(report.kept), "dropped": report.dropped, "overlaps": report.overlaps}
    return jsonify({"draft_id": draft.row.draft_id, **told}), 201


@blueprint.get("/drafts/<draft_id>/division.gpkg")
@needs("planner")
def export_division(draft_id: str) -> Response:
    """Return a draft as a GeoPackage that QGIS and gridgeo open; refused while a grid lies in pieces."""
    draft = find_draft(draft_id)
    division = draft.plan.to_division(author=actor().name, note=f"draft {draft_id}")
    return _file(to_geopackage(portion_of(division, own_area())), GEOPACKAGE, f"draft-{draft_id}.gpkg")


@blueprint.get("/drafts/<draft_id>/atoms.csv")
@needs("planner")
def export_atoms(draft_id: str) -> Response:
    """Return the grid of each atom of a draft as a table."""
    return _file(write_atom_table(find_draft(draft_id).plan, own_area()), "text/csv", f"draft-{draft_id}.csv")


@blueprint.get("/versions")
@needs("planner")
def index() -> Response:
    """Return the versions in the order in which they were saved."""
    served, folder = desk().served(snapshot()), desk().archive.folder
    rows = list_versions(service().store.database)
    may_publish = not own_area()
    told = [{**describe_version(row, served, folder), "may_publish": may_publish} for row in rows]
    return jsonify({"versions": told})


@blueprint.get("/versions/<int:version_id>.gpkg")
@needs("planner")
def download(version_id: int) -> Response:
    """Return a version as a GeoPackage."""
    version = read_version(service().store.database, version_id)
    path = desk().archive.folder / version.file
    if not path.is_file():
        raise MissingError(f"the file of version {version_id} is no longer there: {version.file}")
    name = f"version-{version_id}.gpkg"
    if not own_area():
        return send_file(path, GEOPACKAGE, as_attachment=True, download_name=name)
    return _file(to_geopackage(portion_of(read_division(path), own_area())), GEOPACKAGE, name)


@blueprint.post("/versions/<int:version_id>/publish")
@needs("planner")
def publish(version_id: int) -> Response:
    """Let the service show a version from now on."""
    check_publisher()
    publish_version(desk(), read_version(service().store.database, version_id), snapshot(), actor())
    return jsonify({"version_id": version_id})


def check_publisher() -> None:
    """Refuse whoever plans a part only: a version holds the work of all.

    Raises
    ------
    ForbiddenError
        The one who asks has an area.
    """
    if own_area():
        raise ForbiddenError("a version holds the work of all areas; somebody without an area publishes it")


def _file(body: bytes, mimetype: str, name: str) -> Response:
    """Return bytes as a file to be kept."""
    answer = Response(body, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
