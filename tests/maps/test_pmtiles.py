"""Picture tiles out of a PMTiles file."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from picture_tiles import write_tiles

from gridgeo.errors import FileReadError
from gridgeo.maps.pmtiles import PictureTiles, tile_number


def test_numbers_are_those_of_the_specification():
    assert [
        tile_number(*t) for t in ((0, 0, 0), (1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 1, 0), (2, 0, 0))
    ] == list(range(6))
    assert tile_number(12, 3423, 1763) == 19078479


@given(st.integers(0, 6))
def test_every_tile_of_a_zoom_has_a_number_of_its_own_beside_its_neighbour(z):
    place = {tile_number(z, x, y): (x, y) for x in range(2**z) for y in range(2**z)}
    first = (4**z - 1) // 3
    assert sorted(place) == list(range(first, first + 4**z))
    walk = [place[number] for number in sorted(place)]
    steps = [abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(walk)]
    assert set(steps) <= {1}


@pytest.mark.parametrize("pack", [1, 2])
@pytest.mark.parametrize("leaf_size", [None, 3])
def test_a_tile_that_is_there_comes_back_and_others_do_not(tmp_path, pack, leaf_size):
    there = {
        (3, 1, 2): b"one",
        (3, 7, 7): b"two",
        (4, 0, 15): b"three" * 100,
        (0, 0, 0): b"all",
        (5, 9, 9): b"x",
    }
    numbered = {tile_number(*place): data for place, data in there.items()}
    tiles = PictureTiles(write_tiles(tmp_path / "a.pmtiles", numbered, pack=pack, leaf_size=leaf_size))
    for place, data in there.items():
        assert tiles.tile(*place) == data
        assert tiles.tile(*place) == data
    for place in ((3, 1, 3), (6, 0, 0), (7, 0, 0), (3, 8, 0), (3, -1, 0), (2, 0, 0)):
        assert tiles.tile(*place) is None
    assert tiles.media_type == "image/png"
    tiles.close()


def test_one_picture_of_the_sea_serves_a_whole_run(tmp_path):
    tiles = PictureTiles(write_tiles(tmp_path / "a.pmtiles", {5: b"sea"}, runs={5: 10}))
    places = {tile_number(2, x, y): (2, x, y) for x in range(4) for y in range(4)}
    assert [tiles.tile(*places[number]) is not None for number in sorted(places)] == [True] * 10 + [False] * 6
    tiles.close()


def test_what_is_no_picture_file_is_refused_with_a_remedy(tmp_path):
    vector = write_tiles(tmp_path / "v.pmtiles", {0: b"x"}, kind=1)
    zstd = write_tiles(tmp_path / "z.pmtiles", {0: b"x"}, pack=4)
    (tmp_path / "text.pmtiles").write_text("hello")
    for file, said in ((vector, "no pictures"), (zstd, "use gzip"), (tmp_path / "text.pmtiles", "version 3")):
        with pytest.raises(FileReadError, match=said):
            PictureTiles(file)
    with pytest.raises(FileReadError, match="cannot be opened"):
        PictureTiles(tmp_path / "none.pmtiles")


def test_a_file_that_was_cut_off_says_so(tmp_path):
    file = write_tiles(tmp_path / "a.pmtiles", {0: b"x" * 1000})
    whole = file.read_bytes()
    file.write_bytes(whole[:-10])
    tiles = PictureTiles(file)
    with pytest.raises(FileReadError, match="copy the file again"):
        tiles.tile(0, 0, 0)
    tiles.close()
    for size in (130, 140):
        file.write_bytes(whole[:size])
        with pytest.raises(FileReadError, match=r"copy the file again"):
            PictureTiles(file)


@given(st.binary(max_size=400))
def test_noise_behind_the_header_ends_in_a_tile_or_an_error_never_in_a_loop(tmp_path_factory, noise):
    file = write_tiles(tmp_path_factory.mktemp("noise") / "a.pmtiles", {0: b"x"}, pack=1)
    file.write_bytes(file.read_bytes()[:127] + noise)
    try:
        tiles = PictureTiles(file)
        tiles.tile(0, 0, 0)
        tiles.close()
    except FileReadError:
        return
