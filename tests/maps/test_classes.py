"""Classes hold every number once, break at readable numbers, and can be told apart by everyone."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgeo.maps.classes import (
    ABOVE_COLOURS,
    BELOW_COLOURS,
    CHANGES,
    RANGE_COLOURS,
    STEP_COLOURS,
    build_range_classes,
    build_step_classes,
    find_classes,
)

# Machado, Oliveira and Fernandes 2009, severity 1; and paper without colour.
VISIONS = {
    "full": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "grey": np.tile([0.2126, 0.7152, 0.0722], (3, 1)),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.180437], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
)


def to_lab(colour, vision):
    """Return lightness and hue of a colour as a person of that vision sees it."""
    light = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    light = np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.array(vision) @ light, 0, 1) / np.array([0.95047, 1, 1.08883])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def labels(classes):
    return [(entry.role, entry.low, entry.high, entry.count) for entry in classes]


def test_the_range_is_split_at_readable_numbers_and_the_rest_is_named():
    households = np.array([0.0, 150, 200, 224, 225, 300, 301, 388, 900, np.nan])
    assert labels(build_range_classes(households, 200, 300)) == [
        ("below", 0, 99, 1),
        ("below", 100, 199, 1),
        ("in_range", 200, 224, 2),
        ("in_range", 225, 249, 1),
        ("in_range", 250, 274, 0),
        ("in_range", 275, 300, 1),
        ("above", 301, 600, 2),
        ("above", 601, None, 1),
    ]


def test_classes_outside_the_range_are_left_out_when_no_grid_is_there():
    assert {entry.role for entry in build_range_classes(np.array([250.0]), 200, 300)} == {"in_range"}


@given(
    st.integers(1, 5_000),
    st.integers(0, 5_000),
    st.lists(st.integers(0, 20_000), min_size=1),
)
def test_every_number_falls_into_the_one_class_that_tells_the_truth(low, width, numbers):
    values = np.array(numbers, dtype=float)
    classes = build_range_classes(values, low, low + width)
    for value, place in zip(numbers, find_classes(values, classes), strict=True):
        role = "below" if value < low else "above" if value > low + width else "in_range"
        assert classes[place].role == role
    assert sum(entry.count for entry in classes) == len(numbers)
    assert 1 <= sum(entry.role == "in_range" for entry in classes) <= 4
    for before, after in pairwise(entry for entry in classes if entry.role == "in_range"):
        assert before.high + 1 == after.low


@given(st.lists(st.floats(0, 1e7), min_size=1))
def test_steps_without_a_range_hold_every_number_once(numbers):
    values = np.array(numbers)
    classes = build_step_classes(values)
    assert (find_classes(values, classes) >= 0).all()
    assert sum(entry.count for entry in classes) == len(numbers)


def test_no_known_number_makes_no_classes():
    assert build_step_classes(np.array([np.nan])) == []


@pytest.mark.parametrize(
    "ramp",
    [
        (*BELOW_COLOURS, *RANGE_COLOURS, *ABOVE_COLOURS),
        STEP_COLOURS,
        tuple(entry.colour for entry in CHANGES),
    ],
)
@pytest.mark.parametrize("vision", VISIONS)
def test_more_is_darker_for_every_kind_of_colour_vision(ramp, vision):
    lightness = [to_lab(colour, VISIONS[vision])[0] for colour in ramp]
    assert all(lighter - darker > 4 for lighter, darker in pairwise(lightness))


@pytest.mark.parametrize("vision", VISIONS)
def test_in_range_is_never_mistaken_for_out_of_range(vision):
    seen = {
        colour: to_lab(colour, VISIONS[vision]) for colour in (*BELOW_COLOURS, *RANGE_COLOURS, *ABOVE_COLOURS)
    }
    least = 4.5 if vision == "grey" else 10.0  # the hatch tells them apart on grey paper
    for one, other in combinations(seen, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > least, (one, other)
