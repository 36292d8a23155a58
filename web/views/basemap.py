"""Picture tiles of the ``.pmtiles`` file that ``--basemap`` names."""

from apiflask import APIBlueprint
from flask import Response
from gridgeo_web.auth.roles import needs
from gridgeo_web.errors import MissingError
from gridgeo_web.service import service

from gridgeo.maps.pmtiles import PictureTiles

__all__ = ["blueprint"]

blueprint = APIBlueprint("basemap", __name__, enable_openapi=False)
DAY_S = 86_400  # pictures of streets are as good tomorrow


@blueprint.get("/basemap/<int:z>/<int:x>/<int:y>")
@needs("viewer")
def tile(z: int, x: int, y: int) -> Response:
    """Return one picture; nothing where the file has none, which a browser does not complain of."""
    tiles: PictureTiles | None = service().basemap
    if tiles is None:
        raise MissingError(f"there is no basemap, so no tile {z}/{x}/{y}")
    picture = tiles.tile(z, x, y)
    answer = Response(status=204) if picture is None else Response(picture, mimetype=tiles.media_type)
    answer.headers["Cache-Control"] = f"private, max-age={DAY_S}"
    return answer
