import geopandas as gpd
import pytest
import shapely

from gridgeo.check import guess_columns, guess_role, name_columns
from gridgeo.errors import SchemaError

POLYGON, LINE, POINT = shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)]), shapely.Point(0, 0)


def layer(shape, **columns):
    return gpd.GeoDataFrame({name: [value] for name, value in columns.items()}, geometry=[shape], crs=4546)


@pytest.mark.parametrize(
    ("name", "shape", "role"),
    [
        ("社区", POLYGON, "communities"),
        ("neighborhoods", POLYGON, "communities"),
        ("buildings", POLYGON, "buildings"),
        ("parcels_units", POLYGON, "buildings"),
        ("street_centerlines", LINE, "streets"),
        ("道路", LINE, "streets"),
        ("rail", LINE, "barriers"),
        ("water_bodies", POLYGON, "barriers"),
        ("小区", POLYGON, "compounds"),
        ("grids", POLYGON, "grids"),
        ("anything", LINE, "streets"),
        ("streets", POLYGON, None),
        ("anything", POLYGON, None),
        ("trailers", POLYGON, None),
    ],
)
def test_a_layer_is_known_by_its_name_and_shape(name, shape, role):
    assert guess_role(layer(shape), name) == role


def test_a_layer_with_a_plain_name_is_known_by_its_columns():
    assert guess_role(layer(POLYGON, households=1), "layer1") == "buildings"
    assert guess_role(layer(POLYGON, area_code="a"), "layer1") == "communities"
    assert guess_role(layer(POINT, name="a"), "layer1") is None


def test_columns_are_known_by_names_in_use_whatever_their_case():
    assert guess_columns(layer(POLYGON, N_HOOD="1", NAME="a"), "communities") == {
        "area_code": "N_HOOD",
        "name": "NAME",
    }
    assert guess_columns(layer(POLYGON, ML="1", 户数=3), "buildings") == {
        "building_id": "ML",
        "households": "户数",
    }
    assert guess_columns(layer(POLYGON, height=1), "buildings") == {}


def test_named_columns_stand_beside_the_layers_own():
    named = name_columns(layer(POLYGON, N_HOOD="1"), {"area_code": "N_HOOD"})
    assert named.columns.tolist() == ["N_HOOD", "geometry", "area_code"]
    with pytest.raises(SchemaError, match="no column CODE; there are N_HOOD"):
        name_columns(layer(POLYGON, N_HOOD="1"), {"area_code": "CODE"})
