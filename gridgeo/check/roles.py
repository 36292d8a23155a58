"""Which layer is this, and which of its columns are meant? Guesses by names in use, always shown."""

import re
from collections.abc import Mapping

from geopandas import GeoDataFrame

from gridgeo.errors import SchemaError
from gridgeo.schema import CONTRACTS, SHAPES

__all__ = ["guess_columns", "guess_role", "name_columns"]

# Words in the names of layers and files, in the order in which they are tried.
LAYER_WORDS = {
    "grids": ("grid", "grids", "网格"),
    "atoms": ("atom", "atoms"),
    "dedicated": ("dedicated", "campus", "专属"),
    "compounds": ("compound", "compounds", "小区"),
    "incidents": ("incident", "incidents", "311", "事件", "案件"),
    "barriers": (
        "barrier",
        "barriers",
        "rail",
        "railway",
        "water",
        "river",
        "bodies",
        "铁路",
        "水系",
        "河流",
    ),
    "streets": ("street", "streets", "road", "roads", "centerlines", "道路", "街道线", "路网"),
    "buildings": ("building", "buildings", "parcel", "parcels", "houses", "建筑", "房屋", "楼栋"),
    "communities": (
        *(
            "community",
            "communities",
            "neighborhood",
            "neighborhoods",
            "neighbourhoods",
            "village",
            "villages",
        ),
        *("district", "districts", "社区", "村界", "行政村"),
    ),
}
SHAPES_OF_ROLES = {name: contract.geometry_types for name, contract in CONTRACTS.items()}
# Names of columns in use, the first that is there is taken; lower case.
COLUMN_NAMES = {
    "area_code": (
        "area_code",
        "areacode",
        "code",
        "n_hood",
        "geoid",
        "geoid10",
        "adcode",
        "区划代码",
        "社区代码",
        "代码",
    ),
    "building_id": (
        "building_id",
        "buildingid",
        "bldg_id",
        "ml",
        "osm_id",
        "楼栋编号",
        "建筑编号",
        "编号",
        "id",
    ),
    "households": ("households", "household", "hh", "units_derived", "units", "dwellings", "户数", "总户数"),
    "people": ("people", "population", "persons", "人口", "人口数", "总人口"),
    "name": ("name", "名称", "社区名称", "label"),
    "street_class": ("street_class", "class", "fclass", "highway", "道路等级", "kind"),
}


def guess_role(frame: GeoDataFrame, name: str) -> str | None:
    """Return which layer of a job this is, by the words of its name, else by columns, else by its shapes.

    Parameters
    ----------
    frame
        A layer.
    name
        Its name, or that of its file.

    Returns
    -------
    str or None
        A key of ``CONTRACTS`` whose kind of geometry the layer has; None when nothing speaks for any.
    """
    kinds = set(frame.geom_type.dropna()) - {"GeometryCollection"}
    words = set(re.split(r"[^a-z0-9]+", name.lower()))
    for role, signs in LAYER_WORDS.items():
        named = any(sign in words if sign.isascii() else sign in name for sign in signs)
        if named and (not kinds or kinds & SHAPES_OF_ROLES[role]):
            return role
    columns = {str(column).lower() for column in frame.columns}
    for role, key in (("grids", "grid_code"), ("buildings", "households"), ("communities", "area_code")):
        if columns & set(COLUMN_NAMES.get(key, (key,))[:2]) and kinds & SHAPES_OF_ROLES[role]:
            return role
    return "streets" if kinds and kinds <= SHAPES["line"] else None


def guess_columns(frame: GeoDataFrame, role: str) -> dict[str, str]:
    """Return which column stands for which column of the contract, as far as its name tells.

    Parameters
    ----------
    frame
        A layer.
    role
        A key of ``CONTRACTS``.

    Returns
    -------
    dict
        Contract column to the layer's own; columns that are not found are not in it.
    """
    by_name = {str(column).lower(): str(column) for column in reversed(frame.columns)}
    found = {}
    for column in CONTRACTS[role].columns:
        name = next((name for name in COLUMN_NAMES.get(column.name, (column.name,)) if name in by_name), None)
        if name is not None:
            found[column.name] = by_name[name]
    return found


def name_columns(frame: GeoDataFrame, columns: Mapping[str, str]) -> GeoDataFrame:
    """Return a layer with the stated columns also under the names of the contract.

    The layer's own columns stay beside them, unless they have the same name.

    Parameters
    ----------
    frame
        A layer.
    columns
        Contract column to the layer's own, as ``{"area_code": "N_HOOD"}``.

    Returns
    -------
    GeoDataFrame
        With the columns of the contract added.

    Raises
    ------
    SchemaError
        When a column is not there, with those that are.
    """
    missing = [column for column in columns.values() if column not in frame.columns]
    if missing:
        present = ", ".join(str(column) for column in frame.columns if column != frame.active_geometry_name)
        raise SchemaError(f"no column {', '.join(missing)}; there are {present}")
    return frame.assign(**{name: frame[column] for name, column in columns.items()})
