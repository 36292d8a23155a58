import numpy as np
import pytest
import shapely
from small_graphs import graph_of

from gridgeo.partition.crumbs import drop_crumbs


def kept(areas_m2, edges, dedicated, whole_m2, **more):
    """Return the dedicated area of each atom after the crumbs were dropped."""
    graph = graph_of(
        [10] * len(areas_m2), edges, dedicated=np.array(dedicated), area_m2=np.array(areas_m2), **more
    )
    return drop_crumbs(graph, np.array([shapely.box(0, 0, m2, 1) for m2 in whole_m2])).dedicated.tolist()


def test_a_corner_cut_off_a_campus_goes_with_the_ground_around_it():
    edges = [(0, 1), (1, 2)]
    assert kept([90_000.0, 5_000.0, 400.0], edges, [0, -1, 0], [90_400]) == [0, -1, -1]


@pytest.mark.parametrize(("piece_m2", "whole_m2"), [(5_100.0, 900_000), (400.0, 7_000)])
def test_a_piece_that_is_large_in_itself_or_for_its_area_is_a_grid(piece_m2, whole_m2):
    assert kept([whole_m2 - piece_m2, 5_000.0, piece_m2], [(0, 1), (1, 2)], [0, -1, 0], [whole_m2]) == [
        0,
        -1,
        0,
    ]


def test_atoms_of_one_piece_are_weighed_together():
    edges = [(0, 1), (1, 2), (2, 3)]
    assert kept([90_000.0, 9_000.0, 3_000.0, 3_000.0], edges, [0, -1, 0, 0], [96_000]) == [0, -1, 0, 0]


def test_a_crumb_with_nothing_but_dedicated_ground_beside_it_stays():
    assert kept([90_000.0, 50_000.0, 400.0], [(0, 1), (1, 2)], [0, 1, 0], [90_400, 50_000]) == [0, 1, 0]


def test_small_dedicated_areas_stay_whole():
    assert kept([800.0, 5_000.0], [(0, 1)], [0, -1], [800]) == [0, -1]
