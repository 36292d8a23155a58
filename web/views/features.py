"""The routes of OGC API – Features."""

from typing import Any
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import Response, request
from gridgeo_web.answers import tagged_answer
from gridgeo_web.auth.roles import needs
from gridgeo_web.contract.replies import array, collection, describe, record, text, whole
from gridgeo_web.errors import BadRequestError, MissingError
from gridgeo_web.ogc.documents import (
    COLLECTIONS,
    CONFORMANCE,
    GEOJSON,
    Collection,
    build_collection,
    build_landing,
    build_queryables,
    link,
)
from gridgeo_web.ogc.query import PARAMETERS, check_format, read_query

from gridgeo.maps.geojson import join_features, to_geojson_text

__all__ = ["blueprint"]

blueprint = APIBlueprint("features", __name__, url_prefix="/ogc", tag="OGC API – Features")
LINK = record({"href": text(), "rel": text(), "type": text(), "title": text()}, optional=("title",))
LANDING = record({"title": text(), "description": text(), "links": array(LINK)})
COLLECTION = record(
    {
        "id": text(),
        "title": text(),
        "description": text(),
        "itemType": text(),
        "crs": array(text()),
        "extent": {"type": "object"},
        "links": array(LINK),
    }
)
ITEMS = collection({"type": "object"}, links=array(LINK), numberMatched=whole(), numberReturned=whole())
ITEM = {**ITEMS["properties"]["features"]["items"]}


@blueprint.get("/", strict_slashes=False)
@needs("viewer")
@blueprint.doc(responses=describe(LANDING, "The landing page"))
def landing() -> Response:
    """Return where everything is."""
    read_plain()
    return tagged_answer(build_landing(base()))


@blueprint.get("/conformance")
@needs("viewer")
@blueprint.doc(responses=describe(record({"conformsTo": array(text())}), "The conformance classes"))
def conformance() -> Response:
    """Return which parts of the standard are kept."""
    read_plain()
    return tagged_answer({"conformsTo": list(CONFORMANCE)})


@blueprint.get("/collections")
@needs("viewer")
@blueprint.doc(
    responses=describe(record({"links": array(LINK), "collections": array(COLLECTION)}), "All of them")
)
def collections() -> Response:
    """Return the collections: grids, communities, incidents."""
    read_plain()
    described = [build_collection(one, base()) for one in COLLECTIONS.values()]
    return tagged_answer({"links": [link(base(), "/collections", "self")], "collections": described})


@blueprint.get("/collections/<collection_id>")
@needs("viewer")
@blueprint.doc(responses=describe(COLLECTION, "The collection"))
def one_collection(collection_id: str) -> Response:
    """Return what a collection is."""
    read_plain()
    return tagged_answer(build_collection(find_collection(collection_id), base()))


@blueprint.get("/collections/<collection_id>/queryables")
@needs("viewer")
@blueprint.doc(responses=describe({"type": "object"}, "A JSON schema", "application/schema+json"))
def queryables(collection_id: str) -> Response:
    """Return which properties of a collection may be asked for."""
    read_plain()
    return tagged_answer(build_queryables(find_collection(collection_id), base()), "application/schema+json")


@blueprint.get("/collections/<collection_id>/items")
@needs("viewer")
@blueprint.doc(responses=describe(ITEMS, "A page of features", GEOJSON))
def items(collection_id: str) -> Response:
    """Return features of a collection, page by page: follow the link ``next`` as long as there is one."""
    wanted = find_collection(collection_id)
    arguments = read_arguments()
    query = read_query(arguments, wanted.types)
    n_matched, features = wanted.find(query)
    path = f"/collections/{collection_id}/items"
    links = [
        link(base(), with_query(path, arguments), "self", GEOJSON),
        link(base(), f"/collections/{collection_id}", "collection"),
    ]
    if query.offset + len(features) < n_matched:
        after = {**arguments, "limit": str(query.limit), "offset": str(query.offset + query.limit)}
        links.append(link(base(), with_query(path, after), "next", GEOJSON))
    if query.offset > 0:
        before = {**arguments, "limit": str(query.limit), "offset": str(max(0, query.offset - query.limit))}
        links.append(link(base(), with_query(path, before), "prev", GEOJSON))
    members: dict[str, Any] = {"numberMatched": n_matched, "numberReturned": len(features), "links": links}
    return tagged_answer(join_features(features, members), GEOJSON)


@blueprint.get("/collections/<collection_id>/items/<key>")
@needs("viewer")
@blueprint.doc(responses=describe(ITEM, "The feature", GEOJSON))
def item(collection_id: str, key: str) -> Response:
    """Return one feature by its id: a grid code, an area code, an incident id."""
    read_plain()
    feature = find_collection(collection_id).find_one(key)
    if feature is None:
        raise MissingError(f"there is no {key!r} among the {collection_id}", where="key")
    path = f"/collections/{collection_id}"
    links = [
        {"href": request.base_url, "rel": "self", "type": GEOJSON},
        link(base(), path, "collection"),
    ]
    return tagged_answer(f'{feature[:-1]},"links":{to_geojson_text(links)}}}', GEOJSON)


def base() -> str:
    """Return the address of the landing page without its slash."""
    return f"{request.host_url}ogc"


def find_collection(collection_id: str) -> Collection:
    """Return a collection, or say which there are."""
    if collection_id not in COLLECTIONS:
        raise MissingError(
            f"there is no collection {collection_id!r}; there are {', '.join(COLLECTIONS)}",
            where="collection_id",
        )
    return COLLECTIONS[collection_id]


def read_arguments() -> dict[str, str]:
    """Return the parameters of the request, each given once."""
    twice = sorted(name for name, values in request.args.lists() if len(values) > 1)
    if twice:
        raise BadRequestError(f"{', '.join(twice)} is given more than once", where=twice[0])
    return request.args.to_dict()


def read_plain() -> None:
    """Refuse parameters where there is nothing to choose but the format."""
    arguments = read_arguments()
    unknown = sorted(set(arguments) - {"f"})
    if unknown:
        raise BadRequestError(
            f"unknown parameter {', '.join(unknown)}; of {', '.join(PARAMETERS)} only f is known here",
            where=unknown[0],
        )
    check_format(arguments.get("f", "json"))


def with_query(path: str, arguments: dict[str, str]) -> str:
    """Return a path with parameters."""
    return f"{path}?{urlencode(arguments)}" if arguments else path
