import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridgeo.errors import SchemaError
from gridgeo.schema import CONTRACTS, Fault, check_layer, label_rows, raise_fatal


def buildings(**columns):
    return gpd.GeoDataFrame(
        {"building_id": ["a", "b"], "households": [1, 0], **columns},
        geometry=[shapely.Point(0, 0), shapely.box(0, 0, 1, 1)],
        crs=4546,
    )


def test_a_layer_that_keeps_its_contract_passes():
    check_layer(buildings(), "buildings")
    check_layer(buildings(people=[3, None], levels=[2.5, 1]), CONTRACTS["buildings"])
    check_layer(buildings().iloc[:0], "buildings")


def test_one_error_lists_every_fault():
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (0, 1), (1, 0)])
    shapes = [
        shapely.Point(0, 0),
        None,
        bow_tie,
        shapely.Point(np.nan, 1),
        shapely.LineString([(0, 0), (1, 1)]),
    ]
    columns = {"building_id": ["a", "a", None, "d", 5], "households": [1, -1, 2.5, "x", None]}
    layer = gpd.GeoDataFrame(columns, geometry=shapes)
    with pytest.raises(SchemaError) as caught:
        check_layer(layer, "buildings")
    assert str(caught.value).splitlines() == [
        "buildings: no CRS (1: the layer): declare it with set_crs(...)",
        "buildings: building_id is no text (1: 5): codes and names are text: building_id.astype('str'), "
        "or read the column as text",
        "buildings: households is no count (4: a, row 3, d, 5): it has to be a whole number of 0 or more",
        "buildings: building_id missing (1: row 3): every row needs one",
        "buildings: building_id not unique (2: a, a): rows cannot be told apart",
        "buildings: no geometry (1: a): a row without a place is in no grid",
        "buildings: not a polygon or point (1: 5): in this layer each row is a polygon or point",
        "buildings: coordinates are no numbers (1: d): NaN or infinite; draw or project the shape again",
        "buildings: invalid geometry (1: row 3): mend it with make_valid()",
    ]


def test_missing_columns_are_named_with_those_that_are_there():
    with pytest.raises(SchemaError, match=r"no column grid_code .*it has households, id; rename"):
        check_layer(
            buildings().rename(columns={"building_id": "id"})[["households", "id", "geometry"]], "grids"
        )


def test_a_table_without_geometry_is_no_layer():
    with pytest.raises(SchemaError, match="a DataFrame without geometry"):
        check_layer(pd.DataFrame({"building_id": ["a"]}), "buildings")


def test_codes_that_are_numbers_are_refused():
    with pytest.raises(SchemaError, match="building_id is no text"):
        check_layer(buildings(building_id=[1, 2]), "buildings")


def test_only_the_first_rows_of_a_fault_are_named():
    bad = np.ones(9, dtype=bool)
    fault = Fault(layer="buildings", fault="no geometry", meaning="nowhere", action="fatal")
    frame = pd.DataFrame({"building_id": [f"b{k}" for k in range(9)]})
    assert str(fault.at(frame, bad, "building_id")) == (
        "buildings: no geometry (9: b0, b1, b2, b3, b4 and 4 more): nowhere"
    )
    assert label_rows(frame, bad)[0] == "row 1"


def test_only_fatal_faults_raise():
    mended = Fault(layer="streets", fault="invalid geometry", meaning="mended", action="mended")
    raise_fatal([mended])
    with pytest.raises(SchemaError, match="streets: lost"):
        raise_fatal([mended, Fault(layer="streets", fault="lost", meaning="gone", action="fatal")])
