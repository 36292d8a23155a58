"""What the routes of places, grids and figures take; checked before a view, told in the OpenAPI document."""

from apiflask import Schema
from apiflask.fields import Float, Integer, List, Raw, String
from apiflask.validators import Length, OneOf, Range, Regexp
from gridgeo_web.contract.incident_questions import FilterQuery

__all__ = [
    "AXES",
    "MOST_POINTS",
    "MOST_TEXTS",
    "AreaQuery",
    "BatchBody",
    "GeocodeBody",
    "GeocodeQuery",
    "HotQuery",
    "LocateQuery",
    "ReverseQuery",
    "SearchQuery",
    "StatisticsQuery",
]

MOST_POINTS = 100_000
MOST_TEXTS = 10_000
MOST_WORDS = 200  # characters of a search
LONGEST_REPORT = 2_000  # characters that the geocoder reads of a report
MOST_M = 10_000  # metres of a tolerance
AXES = ("grid", "day", "category", "state", "level", "area")
# A coordinate system by its name only: PROJ would also read a definition that names files.
SYSTEM = r"^(WGS ?84|CGCS ?2000|GCJ-?02|BD-?09|(EPSG:)?[0-9]{4,6})$"


def _crs() -> String:
    """Return the field that names a coordinate system."""
    return String(
        load_default="WGS84",
        validate=Regexp(SYSTEM),
        metadata={
            "description": "WGS84 (by default), CGCS2000, GCJ-02 (AMap, Tencent), BD-09 (Baidu) or EPSG:n"
        },
    )


def _coordinate(description: str) -> Float:
    """Return the field of a coordinate."""
    return Float(required=True, validate=Range(-1e8, 1e8), metadata={"description": description})


def _tolerance() -> Float:
    """Return the field of a tolerance."""
    told = {"description": "metres that a place may lie outside all grids and still get the nearest one"}
    return Float(load_default=0.0, validate=Range(0, MOST_M), metadata=told)


class AreaQuery(Schema):
    """Which part of the division."""

    area = String(validate=Length(max=64), metadata={"description": "beginning of area codes"})


class LocateQuery(Schema):
    """A place."""

    lon = _coordinate("longitude or easting, in the system of crs")
    lat = _coordinate("latitude or northing")
    crs = _crs()
    tolerance = _tolerance()


class ReverseQuery(Schema):
    """A place, and how far from it an address may be."""

    lon = _coordinate("longitude or easting, in the system of crs")
    lat = _coordinate("latitude or northing")
    crs = _crs()
    within = Float(load_default=200.0, validate=Range(0, MOST_M), metadata={"description": "metres"})


class BatchBody(Schema):
    """Many places at once."""

    points = List(
        Raw(allow_none=True),
        required=True,
        validate=Length(max=MOST_POINTS),
        metadata={
            "description": "[longitude, latitude] of each; one that is none gets an error, the others answers"
        },
    )
    crs = _crs()
    tolerance = _tolerance()


class SearchQuery(Schema):
    """What somebody typed."""

    q = String(required=True, validate=Length(min=1, max=MOST_WORDS))
    limit = Integer(load_default=10, validate=Range(1, 50))


class GeocodeQuery(Schema):
    """An address, or a report that holds one."""

    q = String(required=True, validate=Length(min=1, max=LONGEST_REPORT))
    limit = Integer(load_default=5, validate=Range(1, 10))


class GeocodeBody(Schema):
    """Many addresses or reports at once."""

    texts = List(
        String(allow_none=True, validate=Length(max=LONGEST_REPORT)),
        required=True,
        validate=Length(max=MOST_TEXTS),
    )


class StatisticsQuery(FilterQuery):
    """Which incidents, counted by what."""

    by = String(load_default="grid", validate=OneOf(AXES))


class HotQuery(Schema):
    """How many days are looked at."""

    days = Integer(load_default=7, validate=Range(1, 90))
    limit = Integer(load_default=50, validate=Range(1, 1000))
