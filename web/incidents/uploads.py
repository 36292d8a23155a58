"""What is sent in as a file: GeoJSON and CSV, read here and by nothing that opens other files.

A file named ``.geojson`` can be a recipe that makes GDAL read whatever lies on this machine. So no upload
ever reaches GDAL: JSON is parsed as JSON, CSV as CSV, and all else is refused.
"""

import csv
import io
import math
from typing import Any

from gridgeo_web.answers import read_json
from gridgeo_web.errors import TooLargeError, UnprocessableError, UnsupportedTypeError

from gridgeo.errors import FileReadError
from gridgeo.io.encoding import find_text_encoding

__all__ = ["MOST_ROWS", "read_upload"]

MOST_ROWS = 100_000
GEOJSON = ("application/geo+json", "application/json")
CSV = ("text/csv", "application/csv")
SAME_AS_WGS84 = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326")


def read_upload(body: bytes, mimetype: str) -> list[dict[str, Any]]:
    """Return the rows of an upload, each with ``lon`` and ``lat`` where it has a place.

    Raises
    ------
    UnsupportedTypeError
        It is neither GeoJSON nor CSV by its media type.
    BadRequestError, UnprocessableError
        It is not what its media type says.
    TooLargeError
        It has more rows than the service takes at once.
    """
    if mimetype in GEOJSON:
        rows = _read_geojson(read_json(body))
    elif mimetype in CSV:
        rows = _read_csv(body)
    else:
        raise UnsupportedTypeError(
            f"{mimetype or 'a body without a media type'} is not read; send application/geo+json or text/csv",
            where="Content-Type",
        )
    if len(rows) > MOST_ROWS:
        raise TooLargeError(f"{len(rows):,} rows are more than {MOST_ROWS:,}; send them in parts")
    return rows


def _read_geojson(parsed: Any) -> list[dict[str, Any]]:
    """Return the features of a collection of points."""
    if not isinstance(parsed, dict) or parsed.get("type") != "FeatureCollection":
        raise UnprocessableError("the GeoJSON is no FeatureCollection", where="type")
    features = parsed.get("features")
    if not isinstance(features, list):
        raise UnprocessableError("the FeatureCollection has no list of features", where="features")
    named = ((parsed.get("crs") or {}).get("properties") or {}).get("name") if "crs" in parsed else None
    if named is not None and named not in SAME_AS_WGS84:
        raise UnprocessableError(f"GeoJSON is in WGS 84, this one says {named}", where="crs")
    return [_read_feature(number, feature) for number, feature in enumerate(features, 1)]


def _read_feature(number: int, feature: Any) -> dict[str, Any]:
    """Return the properties of a feature with its place."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise UnprocessableError(f"feature {number} is no Feature", where="features")
    properties, geometry = feature.get("properties") or {}, feature.get("geometry")
    if not isinstance(properties, dict):
        raise UnprocessableError(f"feature {number}: properties are no object", where="features")
    row = {key: value for key, value in properties.items() if not isinstance(value, list | dict)}
    if geometry is None:
        return {**row, "lon": None, "lat": None}
    place = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if (
        not isinstance(geometry, dict)
        or geometry.get("type") != "Point"
        or not isinstance(place, list)
        or not 2 <= len(place) <= 3
        or not all(isinstance(part, int | float) and math.isfinite(part) for part in place)
    ):
        raise UnprocessableError(f"feature {number} is no point of longitude and latitude", where="features")
    if "incident_id" not in row and isinstance(feature.get("id"), str):
        row["incident_id"] = feature["id"]
    return {**row, "lon": float(place[0]), "lat": float(place[1])}


def _read_csv(body: bytes) -> list[dict[str, Any]]:
    """Return the rows of a table with a header."""
    try:
        text = body.decode(find_text_encoding(body, "the upload").name)
    except (FileReadError, UnicodeDecodeError, LookupError) as error:
        raise UnprocessableError(f"the table is no text: {error}") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
    try:
        rows = [dict(row) for row in reader]
    except csv.Error as error:
        raise UnprocessableError(f"line {reader.line_num} of the table: {error}") from error
    columns = reader.fieldnames or []
    if "description" not in columns:
        raise UnprocessableError(f"the table lacks the column description; it has {', '.join(columns)[:200]}")
    ragged = next((number for number, row in enumerate(rows, 2) if "" in row), None)
    if ragged is not None:
        raise UnprocessableError(f"line {ragged} of the table has more cells than its header")
    return rows
