"""The layers of a map say what the division says, no more and no less."""

import json
from dataclasses import replace

import pytest
from drawn_division import draw_division

from gridgeo.errors import SchemaError
from gridgeo.maps.layers import SizeRange, build_layers, find_range, is_exception


def unpack(column):
    return [
        column["words"][place] if place >= 0 else None
        for place in column.get("of", range(len(column["words"])))
    ]


def test_grids_stand_in_the_order_of_their_codes_with_their_own_numbers():
    grids = build_layers(draw_division())["grids"]
    assert unpack(grids["grid_code"]) == [
        "42050200100101",
        "42050200100102",
        "42050200100201",
        "42050200100202",
    ]
    assert grids["households"] == [250, 388, 150, 3]
    assert grids["people"] == [600, 900, 340, None]
    assert unpack(grids["name"])[3] is None


def test_row_order_changes_nothing():
    division = draw_division()
    layers = {
        name: getattr(division, name).iloc[::-1] for name in ("communities", "grids", "buildings", "streets")
    }
    assert json.dumps(build_layers(replace(division, **layers))) == json.dumps(build_layers(division))


def test_a_dedicated_grid_is_no_exception_and_has_a_class_of_its_own():
    layers = build_layers(draw_division())
    assert layers["grids"]["exception"] == [0, 1, 1, 0]
    households = layers["measures"][0]
    assert [households["classes"][place]["role"] for place in households["of"]] == [
        "in_range",
        "above",
        "below",
        "dedicated",
    ]


def test_a_measure_that_is_unknown_for_one_grid_says_so():
    people = next(entry for entry in build_layers(draw_division())["measures"] if entry["name"] == "people")
    assert people["classes"][people["of"][3]]["role"] == "missing"


def test_a_building_knows_its_grid_by_position_and_one_outside_knows_none():
    buildings = build_layers(draw_division())["buildings"]
    places = dict(zip(buildings["building_id"]["words"], buildings["grid"], strict=True))
    assert places == {"B1": 1, "B2": 0, "B3": -1, "B4": 2}


def test_pieces_of_one_street_become_one_line():
    streets = build_layers(draw_division())["streets"]
    assert unpack(streets["name"]) == ["学院街路", None]
    assert streets["rank"] == [0, 2]


def test_a_division_without_streets_or_buildings_is_still_a_map():
    division = draw_division()
    layers = build_layers(
        replace(division, buildings=division.buildings.iloc[:0], streets=division.streets.iloc[:0])
    )
    assert layers["streets"]["shapes"]["n"] == 0
    assert layers["buildings"]["shapes"]["n"] == 0


def test_labels_stand_in_the_middle_of_a_square():
    layers = build_layers(draw_division())
    (x0, _, r0), (x1, _, _) = layers["grids"]["labels"][:2]
    assert abs((x1 - x0) / (2 * r0) - 1) < 0.02


def test_unit_grids_are_coloured_by_area_first():
    layers = build_layers(draw_division(area_m2=(20_000, 60_000)))
    assert layers["range"] == {"measure": "area_m2", "low": 20_000, "high": 60_000}
    assert layers["measures"][0]["name"] == "area_m2"
    assert {entry["role"] for entry in layers["measures"][0]["classes"]} == {"in_range", "dedicated"}


def test_service_grids_that_were_sized_by_people_are_measured_by_people():
    spec = {"households": [1, 9_000], "people": [1_200, 1_800]}
    assert find_range({"spec": spec, "level": {"counts": "people"}}) == SizeRange(
        measure="people", low=1_200, high=1_800
    )


def test_a_manifest_without_a_spec_asks_for_no_range():
    assert find_range({}) is None
    assert find_range({"spec": {"households": [150, 300]}}) == SizeRange(
        measure="households", low=150, high=300
    )


def test_a_grid_without_a_status_is_no_exception():
    grids = draw_division().grids.assign(status=None)
    assert not is_exception(grids).any()


def test_an_unknown_backdrop_is_refused_with_the_known_ones():
    division = draw_division()
    with pytest.raises(ValueError, match="no backdrop is called trees; there are water, rail"):
        build_layers(division, {"trees": division.streets})


def test_a_division_without_grids_is_refused():
    division = draw_division()
    with pytest.raises(SchemaError, match="no grids"):
        build_layers(replace(division, grids=division.grids.iloc[:0]))
