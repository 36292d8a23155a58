from itertools import pairwise

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from independent_laws import broken_laws
from towns import CRS, EXAMPLES, block, layer, pond, town, towns

import gridgeo
from gridgeo import GridSpec
from gridgeo.errors import SchemaError
from gridgeo.networks.merging import merge_networks

SPEC = GridSpec(households=(200, 300), effort="fast")


def place():
    """Return one community of 24 by 4 squares of twelve houses of 80 households, a street between any two."""
    houses = [block(2 * x + 0.3, 1, 2 * x + 1.7, 3) for x in range(12)]
    made = town(["A" * 24] * 4, streets=[[(2 * x, -1), (2 * x, 5)] for x in range(1, 12)])
    ids = [f"b{x:02d}" for x in range(12)]
    return type(made)(made.communities, layer(houses, building_id=ids, households=[80] * 12), made.streets)


def network(*cuts, names="n"):
    """Return a network of grids between cuts of the long place."""
    edges = [0, *cuts, 24]
    shapes = [block(a, 0, b, 4) for a, b in pairwise(edges)]
    return gpd.GeoDataFrame(
        {"grid_code": [f"{names}{i}" for i in range(len(shapes))]}, geometry=shapes, crs=CRS
    )


def merge(networks, made=None, **options):
    made = made or place()
    division = merge_networks(networks, made.communities, made.buildings, made.streets, SPEC, **options)
    assert broken_laws(division, made) == []
    return division


def test_networks_that_agree_stay_as_they_are():
    one = network(6, 12, 18)
    division = merge({"police": one, "health": network(6, 12, 18, names="h")})
    assert division.grids["households"].tolist() == [240] * 4
    assert {(round(w), round(e)) for w, _, e, _ in division.grids.bounds.to_numpy()} == {
        (round(w), round(e)) for w, _, e, _ in one.bounds.to_numpy()
    }
    agreement = division.manifest["agreement"]
    assert agreement["pairs"][0]["border_agreement"] == 1.0
    assert agreement["pairs"][0]["n_same_grids"] == 4
    assert agreement["conflicts"] == []
    assert division.manifest["kept"] == {"on_any_share": 1.0, "on_all_share": 1.0, "common_kept_share": 1.0}


def test_common_borders_are_preferred_to_those_of_one_network():
    networks = {"a": network(4, 12, 18), "b": network(6, 12, 16), "c": network(6, 12, 20)}
    division = merge(networks)
    cuts = sorted(
        {round((west - division.grids.total_bounds[0]) / 10) for west in division.grids.bounds["minx"]}
    )
    assert 6 in cuts
    assert 12 in cuts
    assert division.manifest["kept"]["common_kept_share"] == 1.0
    borders = {row["n_networks"]: row["km"] for row in division.manifest["agreement"]["borders"]}
    assert borders == {1: 0.16, 2: 0.04, 3: 0.04}


def test_a_conflict_names_the_grid_and_the_households_that_lie_apart():
    division = merge({"police": network(12), "health": network(6, 12, 18, names="h")})
    conflicts = division.manifest["agreement"]["conflicts"]
    assert [(row["network"], row["grid_code"]) for row in conflicts] == [("police", "n0"), ("police", "n1")]
    assert conflicts[0]["parts"] == {"h0": 240, "h1": 240}
    assert conflicts[0]["households_apart"] == 240


def test_lineage_leads_from_every_source_and_atoms_know_their_codes(tmp_path):
    networks = {"police": network(6, 12, 18), "health": network(12, names="h")}
    division = merge(networks)
    division.write(tmp_path / "one.gpkg")
    again = gridgeo.read_division(tmp_path / "one.gpkg")
    for name, layer_ in networks.items():
        own = again.lineage[again.lineage["network"] == name]
        assert set(own["old_code"].dropna()) == set(layer_["grid_code"])
        assert own["households_carried"].sum() == 960
        assert set(again.atoms[f"code_{name}"]) == set(layer_["grid_code"])


def test_no_merged_code_was_ever_one_of_a_network():
    made = place()
    own = gridgeo.divide(made.communities, made.buildings, made.streets, SPEC).grids
    division = merge({"police": own, "health": network(12)})
    assert not set(division.grids["grid_code"]) & set(own["grid_code"])
    assert set(division.manifest["retired_codes"]) == {*own["grid_code"], "n0", "n1"}


def test_one_network_is_not_enough():
    made = place()
    with pytest.raises(SchemaError, match="two networks or more"):
        merge_networks({"police": network(12)}, made.communities, made.buildings, made.streets)


@settings(max_examples=max(EXAMPLES // 6, 1), deadline=None)
@given(made=towns(), shapes=st.lists(pond((30, 30)), min_size=2, max_size=6))
def test_whatever_the_networks_the_laws_hold(made, shapes):
    near = [shape for shape in shapes if shape.intersects(made.communities.union_all())]
    if len(near) < 2:
        return
    halves = (near[::2], near[1::2])
    networks = {
        f"n{i}": gpd.GeoDataFrame(
            {"grid_code": [f"{i}-{j}" for j in range(len(half))]}, geometry=half, crs=CRS
        )
        for i, half in enumerate(halves)
    }
    merge(networks, made)
