"""Columns as keys and values of a tile."""

import numpy as np
import pandas as pd
import pytest
from mapbox_vector_tile.decoder import TileData
from mapbox_vector_tile.Mapbox import vector_tile_pb2

from gridgeo.errors import SchemaError
from gridgeo.maps.tiles.tags import build_tags


def read_values(values):
    found, at = [], 0
    for length in values.lengths:
        message = vector_tile_pb2.tile.value()
        message.ParseFromString(values.data[at : at + length].tobytes())
        found.append(TileData.parse_value(message))
        at += length
    return found


def test_every_kind_of_value_is_read_back_as_what_it_was():
    frame = pd.DataFrame(
        {
            "whole": pd.array([3, -5, pd.NA], dtype="Int64"),
            "real": [0.5, float("nan"), -1e300],
            "yes": [True, False, True],
            "text": pd.array(["云集路", None, "x"], dtype="string"),
            "large": [2**62, 300, 0],
        }
    )
    tags = build_tags(frame, list(frame))
    own, values = tags.take(np.arange(3))
    words = read_values(values)
    rows, at = [], 0
    numbers = own.data.tolist()
    for length in own.lengths:
        pairs = numbers[at : at + length]
        rows.append({tags.keys[k]: words[v] for k, v in zip(pairs[::2], pairs[1::2], strict=True)})
        at += length
    assert rows == [
        {"whole": 3, "real": 0.5, "yes": True, "text": "云集路", "large": 2**62},
        {"whole": -5, "yes": False, "large": 300},
        {"real": -1e300, "yes": True, "text": "x", "large": 0},
    ]


def test_a_tile_holds_each_value_once_and_only_those_of_its_rows():
    frame = pd.DataFrame({"a": [1, 1, 2, 9], "b": [2, 1, 1, 9]})
    own, values = build_tags(frame, ["a", "b"]).take(np.array([0, 1, 2]))
    assert sorted(read_values(values)) == [1, 2]
    assert own.lengths.tolist() == [4, 4, 4]


def test_a_layer_without_columns_has_no_tags():
    own, values = build_tags(pd.DataFrame(index=range(3)), []).take(np.array([0, 2]))
    assert own.lengths.tolist() == [0, 0]
    assert len(values) == 0


def test_rows_without_any_value_have_no_tags():
    frame = pd.DataFrame({"name": pd.array([None, None], dtype="string")})
    own, values = build_tags(frame, ["name"]).take(np.array([0, 1]))
    assert own.lengths.tolist() == [0, 0]
    assert len(values) == 0


def test_a_lone_surrogate_does_not_break_the_tile():
    frame = pd.DataFrame({"name": pd.Series(["a\ud800b"], dtype=object)})
    assert read_values(build_tags(frame, ["name"]).take(np.array([0]))[1]) == ["a?b"]


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(SchemaError, match=r"no column height.*levels"):
        build_tags(pd.DataFrame({"levels": [1]}), ["height"])
