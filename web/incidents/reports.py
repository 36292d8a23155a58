"""A report as it comes in: its place, its grid, and whether the officer should be asked about it."""

from typing import Any

import numpy as np
import pandas as pd
from gridgeo_web.errors import ForbiddenError, UnprocessableError
from gridgeo_web.service import own_grids, service, snapshot, user
from gridgeo_web.store import NewIncident

from gridgeo.crs import parse_crs, to_lonlat
from gridgeo.locate.neighbours import find_grids_near

__all__ = ["NEAR_M", "build_report", "find_category", "read_place"]

NEAR_M = 30.0  # from a border: a phone in a street errs by that much


def build_report(body: dict[str, Any]) -> tuple[NewIncident, dict[str, Any]]:
    """Return what to store of a report, and what is doubtful about its place.

    Parameters
    ----------
    body
        As ``contract.incident_questions.ReportBody``.

    Raises
    ------
    UnprocessableError
        The place, the category, the grid or the address is not to be found.
    ForbiddenError
        The place lies outside the area of the one who reports.
    """
    lon, lat, address = _find_place(body)
    doubt = _find_doubt(lon, lat)
    chosen = body.get("grid_code")
    if chosen is not None and chosen not in snapshot().position_of:
        raise UnprocessableError(f"there is no grid {chosen!r}", where="grid_code")
    _check_area(lon, lat, chosen)
    new = NewIncident(
        description=body["description"],
        category=find_category(body.get("category")),
        lon=lon,
        lat=lat,
        address=address,
        contact=body.get("contact") or None,
        grid_code=chosen,
        incident_id=body.get("incident_id"),
    )
    return new, doubt


def find_category(told: str | None) -> str | None:
    """Return the code of a category told by its code or by its name.

    Raises
    ------
    UnprocessableError
        The table has none such.
    """
    known = service().categories
    if not told:
        return None
    code = next((one.code for one in known.values() if told in (one.code, one.zh, one.en)), None)
    if code is None:
        raise UnprocessableError(f"no category is called {told!r}; see /api/v1/settings", where="category")
    return code


def read_place(lon: float, lat: float, crs: str) -> tuple[float, float]:
    """Return a place in WGS 84.

    Raises
    ------
    UnprocessableError
        It lies nowhere on earth.
    CRSError
        Nobody knows the system.
    """
    x, y = to_lonlat(np.array([lon]), np.array([lat]), parse_crs(crs))
    if not (np.isfinite(x[0]) and np.isfinite(y[0]) and -180 <= x[0] <= 180 and -90 <= y[0] <= 90):
        raise UnprocessableError(f"{lon}, {lat} in {crs} is no place on earth", where="lon")
    return float(x[0]), float(y[0])


def _find_place(body: dict[str, Any]) -> tuple[float, float, str | None]:
    """Return where a report is: its point, else its address."""
    lon, lat, address = body.get("lon"), body.get("lat"), body.get("address") or None
    if (lon is None) != (lat is None):
        raise UnprocessableError("lon and lat belong together", where="lat" if lat is None else "lon")
    if lon is not None and lat is not None:
        return *read_place(lon, lat, body["crs"]), address
    if address is None:
        raise UnprocessableError("a report needs a place: lon and lat, or an address", where="lon")
    gazetteer = snapshot().gazetteer
    if gazetteer is None:
        raise UnprocessableError(
            "this service finds no addresses, it has no --gazetteer; send lon and lat", where="address"
        )
    answer = gazetteer.geocode([address]).iloc[0]
    if pd.isna(answer["lon"]):
        raise UnprocessableError(f"the address {address!r} is not found; send lon and lat", where="address")
    return float(answer["lon"]), float(answer["lat"]), address


def _find_doubt(lon: float, lat: float) -> dict[str, Any]:
    """Return the other grids near a place, so that the page can ask."""
    x, y = snapshot().to_metric([lon], [lat])
    own = int(snapshot().locate([lon], [lat])[0])
    near = find_grids_near(snapshot().index, float(x[0]), float(y[0]), NEAR_M)
    others = [str(snapshot().codes[position]) for position in near if position != own]
    return {"near_border": bool(others), "neighbours": others}


def _check_area(lon: float, lat: float, chosen: str | None) -> None:
    """Refuse reports from outside one's own area, which one could not see afterwards."""
    who = user()
    if who is None or not who.area:
        return
    found = snapshot().position_of[chosen] if chosen is not None else int(snapshot().locate([lon], [lat])[0])
    if found < 0 or not own_grids()[found]:
        raise ForbiddenError(f"this place is not in your area {who.area}", where="lon")
