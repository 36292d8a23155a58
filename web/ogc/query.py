"""What a client may ask of a collection: how many, from where, where on Earth, when, with which values."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gridgeo_web.errors import BadRequestError

__all__ = ["DEFAULT_LIMIT", "MOST_ITEMS", "PARAMETERS", "ItemQuery", "read_query"]

DEFAULT_LIMIT = 100
MOST_ITEMS = 5_000
LAST_OFFSET = 2**53
PARAMETERS = ("bbox", "datetime", "limit", "offset", "f")
OPEN_END = ("", "..")

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class ItemQuery:
    """A checked query.

    Attributes
    ----------
    limit, offset : how many items, after how many others.
    boxes : west, south, east and north; two where the window crosses the date line, none for everywhere.
    begin, end : seconds since 1970 of the time asked for, both included; None for an open end.
    values : the value asked for, by property.
    """

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    boxes: tuple[Box, ...] = ()
    begin: float | None = None
    end: float | None = None
    values: Mapping[str, str] = field(default_factory=dict)


def read_query(arguments: Mapping[str, str], queryables: Mapping[str, str]) -> ItemQuery:
    """Return the query of a request's parameters.

    Parameters
    ----------
    arguments
        Name and text of each.
    queryables
        The properties of the collection that may be asked for, with their JSON types.

    Raises
    ------
    BadRequestError
        A parameter is unknown, or its value cannot be read.
    """
    unknown = sorted(set(arguments) - set(PARAMETERS) - set(queryables))
    if unknown:
        known = ", ".join([*PARAMETERS, *queryables])
        raise BadRequestError(f"unknown parameter {', '.join(unknown)}; there are {known}", where=unknown[0])
    check_format(arguments.get("f", "json"))
    begin, end = read_interval(arguments["datetime"]) if "datetime" in arguments else (None, None)
    return ItemQuery(
        # The standard wants a larger limit than ours to be taken for ours.
        limit=min(read_whole(arguments, "limit", DEFAULT_LIMIT, least=1), MOST_ITEMS),
        offset=read_whole(arguments, "offset", 0, least=0),
        boxes=read_boxes(arguments["bbox"]) if "bbox" in arguments else (),
        begin=begin,
        end=end,
        values={name: text for name, text in arguments.items() if name in queryables},
    )


def check_format(text: str) -> None:
    """Raise when another format than JSON is asked for."""
    if text not in ("json", "application/json", "application/geo+json"):
        raise BadRequestError(f"f={text!r} is not served; there is json", where="f")


def read_whole(arguments: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    """Return a whole number of at least so much."""
    text = arguments.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or not least <= int(text[:20]) <= LAST_OFFSET:
        raise BadRequestError(f"{name}={text!r} is not a whole number of {least} or more", where=name)
    return int(text)


def read_boxes(text: str) -> tuple[Box, ...]:
    """Return the window of four numbers, or of six with heights, which are not looked at."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise BadRequestError(f"bbox={text!r} is not west,south,east,north", where="bbox") from error
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        raise BadRequestError(f"bbox={text!r} has not four or six numbers", where="bbox")
    west, south, east, north = numbers
    if south > north:
        raise BadRequestError(f"bbox={text!r}: south lies north of north", where="bbox")
    if west > east:  # across the date line
        return (west, south, 180.0, north), (-180.0, south, east, north)
    return ((west, south, east, north),)


def read_interval(text: str) -> tuple[float | None, float | None]:
    """Return begin and end of ``T``, ``T/T``, ``../T`` or ``T/..``; a day is all of it, in UTC."""
    parts = text.split("/")
    if len(parts) > 2:
        raise BadRequestError(f"datetime={text!r} has more than two ends", where="datetime")
    if len(parts) == 1:
        return read_time(text, end=False), read_time(text, end=True)
    begin, end = parts
    if begin in OPEN_END and end in OPEN_END:
        return None, None
    first = None if begin in OPEN_END else read_time(begin, end=False)
    last = None if end in OPEN_END else read_time(end, end=True)
    if first is not None and last is not None and first > last:
        raise BadRequestError(f"datetime={text!r} ends before it begins", where="datetime")
    return first, last


def read_time(text: str, *, end: bool) -> float:
    """Return the seconds since 1970 of a time of RFC 3339, or of a day."""
    try:
        if len(text) == 10:
            day = datetime.fromisoformat(f"{text}T00:00:00+00:00")
            return (day + timedelta(days=int(end), milliseconds=-int(end))).timestamp()
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("no offset")
        return moment.timestamp()
    except (ValueError, OverflowError) as error:
        raise BadRequestError(
            f"datetime: {text!r} is no time; write 2026-11-22T08:00:00Z, 2026-11-22, or two with / between",
            where="datetime",
        ) from error
