"""Protocol buffers, read back by the protobuf library of Google."""

import numpy as np
from google.protobuf.internal.decoder import _DecodeVarint
from hypothesis import example, given
from hypothesis import strategies as st
from mapbox_vector_tile.Mapbox import vector_tile_pb2
from mapbox_vector_tile.utils import zig_zag_decode

from gridgeo.maps.tiles.ragged import pack_rows
from gridgeo.maps.tiles.wire import fields, numbers_field, varints, zigzag


@given(st.lists(st.integers(0, 2**62), max_size=20))
@example([0, 127, 128, 16383, 16384, 2**32 - 1])
def test_varints_are_read_back_as_they_were(numbers):
    rows = varints(np.array(numbers, dtype=np.int64))
    found, at = [], 0
    for length in rows.lengths:
        number, end = _DecodeVarint(rows.data.tobytes(), at)
        assert end - at == length
        found, at = [*found, number], end
    assert found == numbers


@given(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=20))
def test_signed_numbers_come_back_from_their_zigzag(numbers):
    folded = zigzag(np.array(numbers, dtype=np.int64))
    assert [zig_zag_decode(int(number)) for number in folded] == numbers


@given(st.text(max_size=300), st.integers(0, 2**31 - 1))
def test_fields_are_read_by_protobuf(name, extent):
    try:
        text = name.encode("utf-8")
    except UnicodeEncodeError:
        text = b"?"
    parts = [
        numbers_field(15, np.array([2])),
        fields(1, pack_rows([text])),
        numbers_field(5, np.array([extent])),
    ]
    layer = vector_tile_pb2.tile.layer()
    layer.ParseFromString(b"".join(part.data.tobytes() for part in parts))
    assert (layer.name.encode("utf-8"), layer.extent, layer.version) == (text, extent, 2)
