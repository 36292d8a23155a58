"""What the API says of itself: landing page, conformance, collections, and what may be asked of each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from gridgeo_web.incidents.rows import to_utc
from gridgeo_web.ogc.incidents import INCIDENT_TYPES, find_incident, find_incidents
from gridgeo_web.ogc.layers import COMMUNITY_TYPES, GRID_TYPES, find_communities, find_grids, find_one
from gridgeo_web.ogc.query import ItemQuery
from gridgeo_web.service import columns, own_incidents, service, snapshot

__all__ = [
    "COLLECTIONS",
    "CONFORMANCE",
    "CRS84",
    "GEOJSON",
    "Collection",
    "build_collection",
    "build_landing",
    "build_queryables",
    "link",
]

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
JSON, GEOJSON, SCHEMA = "application/json", "application/geo+json", "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
PART1, PART3 = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0",
)
CONFORMANCE = (
    f"{PART1}/conf/core",
    f"{PART1}/conf/oas30",
    f"{PART1}/conf/geojson",
    f"{PART3}/conf/queryables",
    f"{PART3}/conf/queryables-query-parameters",
)


@dataclass(frozen=True)
class Collection:
    """A collection: what it is called, what may be asked of it, and how its features are found."""

    name: str
    title: str
    description: str
    types: dict[str, str]
    find: Callable[[ItemQuery], tuple[int, list[str]]]
    find_one: Callable[[str], str | None]


ALL = (
    Collection(
        "grids",
        "Grids 网格",
        "The grids of the division",
        GRID_TYPES,
        find_grids,
        partial(find_one, "grids"),
    ),
    Collection(
        "communities",
        "Communities 社区",
        "The communities, with the sums of their grids",
        COMMUNITY_TYPES,
        find_communities,
        partial(find_one, "communities"),
    ),
    Collection(
        "incidents",
        "Incidents 事件",
        "Incidents with their state, in the order in which they came in",
        INCIDENT_TYPES,
        find_incidents,
        find_incident,
    ),
)
COLLECTIONS = {collection.name: collection for collection in ALL}


def link(base: str, path: str, rel: str, mimetype: str = JSON, title: str | None = None) -> dict[str, str]:
    """Return a link.

    Parameters
    ----------
    base
        The address of the landing page, without a slash at its end.
    path
        What comes behind it.
    rel, mimetype, title
        What the link is to this document, of which kind, and in words.
    """
    made = {"href": f"{base}{path}", "rel": rel, "type": mimetype}
    return made if title is None else {**made, "title": title}


def build_landing(base: str) -> dict[str, Any]:
    """Return the landing page."""
    return {
        "title": service().config.shown_title,
        "description": "Grids, communities and incidents of a grid division (OGC API – Features)",
        "links": [
            link(base, "/", "self", title="this document"),
            link(base, "/api", "service-desc", OPENAPI, "the API as an OpenAPI document"),
            link(base, "/conformance", "conformance", title="what the API conforms to"),
            link(base, "/collections", "data", title="the collections"),
        ],
    }


def build_collection(collection: Collection, base: str) -> dict[str, Any]:
    """Return the description of a collection."""
    path = f"/collections/{collection.name}"
    return {
        "id": collection.name,
        "title": collection.title,
        "description": collection.description,
        "itemType": "feature",
        "crs": [CRS84],
        "extent": _extent(collection.name),
        "links": [
            link(base, path, "self"),
            link(base, f"{path}/items", "items", GEOJSON, f"the {collection.name}"),
            link(base, f"{path}/queryables", QUERYABLES, SCHEMA, "what may be asked for"),
        ],
    }


def build_queryables(collection: Collection, base: str) -> dict[str, Any]:
    """Return what may be asked of a collection, as a JSON schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{base}/collections/{collection.name}/queryables",
        "type": "object",
        "title": collection.title,
        "properties": {name: {"title": name, "type": kind} for name, kind in collection.types.items()},
        "additionalProperties": False,
    }


def _extent(name: str) -> dict[str, Any]:
    """Return where and, of incidents, when the features of a collection lie."""
    space = {"bbox": [list(snapshot().bounds)], "crs": CRS84}
    if name != "incidents":
        return {"spatial": space}
    times = columns().reported[own_incidents()]
    interval = [to_utc(times.min()), to_utc(times.max())] if len(times) else [None, None]
    return {"spatial": space, "temporal": {"interval": [interval]}}
