"""Vector tiles of the layers."""

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue
from gridgeo_web.answers import keep_answer
from gridgeo_web.auth.roles import needs
from gridgeo_web.contract.replies import BINARY, describe
from gridgeo_web.division.tile_layers import list_tile_layers, tile_source
from gridgeo_web.errors import MissingError
from gridgeo_web.service import snapshot, user

from gridgeo.maps.tiles import tile_square

__all__ = ["blueprint"]

blueprint = APIBlueprint("tiles", __name__, tag="tiles")
MVT = "application/vnd.mapbox-vector-tile"


@blueprint.get("/tiles/<name>/<int:z>/<int:x>/<int:y>.mvt")
@needs("viewer")
@blueprint.doc(responses=describe(BINARY, "The tile; empty where it shows nothing", MVT))
def tile(name: str, z: int, x: int, y: int) -> ResponseReturnValue:
    """Return a tile of a layer (Mapbox Vector Tile 2.1), column x and row y of zoom z.

    Layers: communities, grids, buildings, streets, barriers and compounds where the division has them, and
    the further layers that the service was started with.
    """
    who, shown = user(), snapshot()
    try:
        tile_square(z, x, y)
    except ValueError as error:
        raise MissingError(str(error)) from error
    area = who.area if who is not None else ""
    if name not in list_tile_layers(shown):
        raise MissingError(f"there are no tiles of {name!r}; there are {', '.join(list_tile_layers(shown))}")

    def build() -> bytes:
        source = tile_source(shown, name, area)
        return source.tile(z, x, y) if source is not None else b""

    return keep_answer(build, ("division",), MVT)
