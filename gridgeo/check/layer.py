"""Mend one layer: what can be mended is, what cannot is set aside, and all of it is counted."""

from geopandas import GeoDataFrame

from gridgeo.check.attributes import mend_counts, mend_ids
from gridgeo.check.mending import Mending, start_mending
from gridgeo.check.shapes import mend_shapes, set_aside_duplicates
from gridgeo.errors import CRSError
from gridgeo.schema import CONTRACTS, Fault, raise_fatal

__all__ = ["mend_layer", "mend_state"]


def mend_layer(frame: GeoDataFrame, name: str) -> tuple[GeoDataFrame, GeoDataFrame, list[Fault]]:
    """Return the good rows of a layer, mended, the rows set aside, and every fault that was found.

    Shapes are made valid and reduced to the kinds of the layer; rows without a usable shape and exact
    duplicates are set aside. Keys become text and unique. Households and people become whole numbers:
    missing, negative and unreadable ones count 0 and are reported, as the building itself still has to be
    in a grid.

    Parameters
    ----------
    frame
        A layer with a CRS and the column names of its contract.
    name
        Which layer it is: ``"buildings"``, ``"streets"``, ``"barriers"``, ``"compounds"``, ``"dedicated"``.

    Returns
    -------
    tuple
        Good rows with the caller's index and order; rejected rows with the columns ``layer`` and ``fault``
        added; the faults.

    Raises
    ------
    CRSError
        When the layer has no CRS.
    SchemaError
        When a fault cannot be mended nor set aside: no households at all, codes that a spreadsheet has
        rounded.

    Examples
    --------
    >>> import geopandas, shapely
    >>> bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    >>> columns = {"building_id": ["1", "2"], "households": [3, None]}
    >>> frame = geopandas.GeoDataFrame(columns, geometry=[bow_tie, None], crs=32650)
    >>> good, rejected, faults = mend_layer(frame, "buildings")
    >>> len(good), rejected.fault.tolist(), [fault.action for fault in faults]
    (1, ['no geometry'], ['set aside', 'mended'])
    """
    state = mend_state(frame, name)
    raise_fatal(state.faults)
    return state.good, state.rejected, list(state.faults)


def mend_state(frame: GeoDataFrame, name: str) -> Mending:
    """Return the same as :func:`mend_layer` with fatal faults listed among the others."""
    if frame.crs is None:
        raise CRSError(f"{name} has no CRS; declare it with {name}.set_crs(...), or see gridgeo check")
    state = start_mending(frame, CONTRACTS[name])
    if frame.empty and name == "buildings":
        state = state.note_layer(
            "no buildings", "each community becomes one grid; is it the right file?", "reported"
        )
    return mend_counts(mend_ids(set_aside_duplicates(mend_shapes(state))))
