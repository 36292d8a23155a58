"""What the incident routes take: checked before a view sees it, and told in the OpenAPI document."""

from apiflask import Schema
from apiflask.fields import Boolean, Float, Integer, String
from apiflask.validators import Length, Range
from marshmallow import validate

__all__ = [
    "ChangesQuery",
    "ClusterQuery",
    "EventBody",
    "FilterQuery",
    "ListQuery",
    "NearestQuery",
    "ReportBody",
    "UploadQuery",
]

MOST_TEXT = 4000  # characters of a description
MOST_NAME = 200
MOST_LIST = 1000  # rows of one page
MOST_ID = 64
LON, LAT = Range(-180, 180), Range(-90, 90)


class FilterQuery(Schema):
    """Which incidents: all conditions together; several categories, states or levels with commas between."""

    since = String(metadata={"description": "from this day (2026-11-22) or ISO 8601 time on"})
    until = String(metadata={"description": "up to this day, included, or this time"})
    category = String(validate=Length(max=1000), metadata={"description": "codes with commas between"})
    state = String(validate=Length(max=1000), metadata={"description": "names with commas between"})
    level = String(validate=Length(max=1000), metadata={"description": "names with commas between"})
    grid = String(validate=Length(max=MOST_ID), metadata={"description": "a grid code"})
    area = String(validate=Length(max=MOST_ID), metadata={"description": "beginning of area codes"})
    bbox = String(validate=Length(max=200), metadata={"description": "west,south,east,north in degrees"})
    q = String(validate=Length(max=MOST_NAME), metadata={"description": "a text in description or address"})
    open = Boolean(metadata={"description": "true: still to be worked on; false: done"})
    overdue = Boolean(metadata={"description": "true: open and late; false: not late"})


class ListQuery(FilterQuery):
    """Which incidents, and which page of them."""

    limit = Integer(load_default=100, validate=Range(1, MOST_LIST))
    after = String(validate=Length(max=60), metadata={"description": "next of the page before"})


class ClusterQuery(FilterQuery):
    """Which incidents, on which map."""

    zoom = Integer(required=True, validate=Range(0, 22))


class ChangesQuery(Schema):
    """What happened after an event."""

    after = Integer(required=True, validate=Range(0, 2**53))
    limit = Integer(load_default=MOST_LIST, validate=Range(1, MOST_LIST))


class NearestQuery(FilterQuery):
    """The nearest incidents to a place in WGS 84."""

    lon = Float(required=True, validate=LON)
    lat = Float(required=True, validate=LAT)
    k = Integer(load_default=10, validate=Range(1, 100))


class ReportBody(Schema):
    """What is reported: a place (lon and lat, or an address that is found) and what is to be seen there."""

    lon = Float(allow_none=True, metadata={"description": "in the system of crs"})
    lat = Float(allow_none=True)
    crs = String(load_default="WGS84", validate=Length(max=100))
    address = String(allow_none=True, validate=Length(max=MOST_NAME))
    category = String(allow_none=True, validate=Length(max=MOST_ID))
    description = String(required=True, validate=Length(min=1, max=MOST_TEXT))
    contact = String(allow_none=True, validate=Length(max=MOST_NAME))
    grid_code = String(allow_none=True, validate=Length(max=MOST_ID))
    incident_id = String(
        allow_none=True,
        validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
        metadata={"description": "give one and you may send it again: a second time is 409, never double"},
    )


class EventBody(Schema):
    """A step of the workflow."""

    action = String(required=True, validate=Length(min=1, max=MOST_ID))
    note = String(allow_none=True, validate=Length(max=MOST_TEXT))
    expected_event_id = Integer(allow_none=True, validate=Range(0, 2**53))


class UploadQuery(Schema):
    """How the coordinates of an upload are meant."""

    crs = String(load_default="WGS84", validate=Length(max=100))
