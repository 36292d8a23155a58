from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgeo.check import mend_communities
from gridgeo.errors import CRSError, SchemaError
from gridgeo.io import read_layer

SHARED = Path(__file__).resolve().parents[2] / "../shared/data"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not beside this checkout")
box = shapely.box


def communities(shapes, codes="ABCDEFGH", names=None):
    codes = list(codes)[: len(shapes)]
    return gpd.GeoDataFrame({"code": codes, "name": names or codes}, geometry=list(shapes), crs=4546)


def mended(shapes, codes="ABCDEFGH"):
    good, _, faults = mend_communities(communities(shapes, codes), "code")
    check_coverage(good)
    return good, {fault.fault: (fault.action, fault.n_rows, fault.rows[0]) for fault in faults}


def check_coverage(good):
    shapes = good.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.is_valid(shapes).all()
    xy = shapely.get_coordinates(shapes) * 1000
    assert np.abs(xy - np.rint(xy)).max() < 1e-3, "not on the lattice of 1 mm"


def test_a_clean_coverage_comes_back_as_it_was():
    shapes = [box(0, 0, 100, 100), box(100, 0, 200, 50), box(100, 50, 200, 100)]
    good, faults = mended(shapes)
    assert faults == {}
    assert good["area_code"].tolist() == ["A", "B", "C"]
    assert good["name"].tolist() == ["A", "B", "C"]
    assert all(a.equals(b) for a, b in zip(good.geometry, shapes, strict=True))


def test_a_strip_of_overlap_goes_to_the_one_with_the_longer_border():
    good, faults = mended([box(0, 0, 100, 100), box(98, 0, 200, 100)])
    assert faults == {
        "communities overlap": ("mended", 1, "A and B 200.00 m² at 99.0 50.0"),
    }
    assert good.area.tolist() == [10_000, 10_000]


def test_a_wide_overlap_is_fatal_and_names_both():
    with pytest.raises(SchemaError, match=r"A and B 5,000\.00 m² at 75\.0 50\.0.*wider than 10 m"):
        mended([box(0, 0, 100, 100), box(50, 0, 200, 100)])


def test_an_enclave_that_was_not_cut_out_is_not_guessed_at():
    with pytest.raises(SchemaError, match=r"A and B 400\.00 m²"):
        mended([box(0, 0, 100, 100), box(20, 20, 40, 40)])


def test_the_same_community_under_two_codes_is_fatal():
    with pytest.raises(SchemaError, match=r"A and B 10,000\.00 m²"):
        mended([box(0, 0, 100, 100), box(0, 0, 100, 100)])


@pytest.mark.parametrize("open_ended", [True, False])
def test_a_sliver_is_closed_whether_or_not_it_opens_to_the_outside(open_ended):
    shapes = [box(0, 0, 100, 100), box(100.02, 0, 200, 100)]
    if not open_ended:
        shapes += [box(0, -50, 200, 0), box(0, 100, 200, 150)]
    good, faults = mended(shapes)
    assert faults["sliver between communities"][:2] == ("mended", 1)
    assert shapely.union_all(good.geometry.to_numpy()).interiors[:] == []
    assert good.area.sum() == pytest.approx(sum(shapely.area(shapes)) + 2.0)


def test_a_wider_gap_stays_and_is_reported_with_size_and_place():
    ring = box(0, 0, 100, 100) - box(20, 20, 40, 40)
    good, faults = mended([ring, box(100, 0, 200, 100)])
    assert faults == {"gap": ("reported", 1, "400.00 m² at 30.0 30.0")}
    assert good.area.tolist() == [9_600, 10_000]


def test_an_enclave_of_another_community_is_no_gap():
    ring = box(0, 0, 100, 100) - box(20, 20, 40, 40)
    good, faults = mended([ring, box(20, 20, 40, 40)])
    assert faults == {}
    assert good.area.tolist() == [9_600, 400]


def test_a_crossing_corner_of_its_neighbours_stays_on_the_border():
    good, _ = mended([box(0, 0, 100, 100), box(100, 0, 200, 33.3333), box(100, 33.3333, 200, 100)])
    assert (100.0, 33.333) in set(good.geometry.iloc[0].exterior.coords)


def test_rows_of_one_code_and_name_become_parts_of_one_community():
    good, faults = mended([box(0, 0, 100, 100), box(300, 0, 400, 100), box(100, 0, 200, 100)], codes="AAB")
    assert faults["several rows of one community"] == ("mended", 2, "A")
    assert good.geom_type.tolist() == ["MultiPolygon", "Polygon"]
    assert good.index.tolist() == [0, 2]


def test_one_code_for_two_names_is_fatal():
    frame = communities([box(0, 0, 1, 1), box(1, 0, 2, 1)], codes="AA", names=["东湖", "西湖"])
    with pytest.raises(SchemaError, match=r"area_code not unique .*one code for different names"):
        mend_communities(frame, "code")


def test_every_fatal_fault_is_listed_at_once():
    shapes = [box(0, 0, 100, 100), box(50, 0, 200, 100), box(200, 0, 300, 100)]
    with pytest.raises(SchemaError) as caught:
        mend_communities(communities(shapes, codes=["A", "B", None]), "code")
    assert "area_code missing" in str(caught.value)
    assert "communities overlap" in str(caught.value)


def test_codes_are_text_and_spoilt_ones_are_refused():
    shapes = [box(0, 0, 1, 1), box(1, 0, 2, 1)]
    good, _, _ = mend_communities(communities(shapes, codes=[420502001001.0, 420502001002.0]), "code")
    assert good["area_code"].tolist() == ["420502001001", "420502001002"]
    with pytest.raises(SchemaError, match=r"area_code spoilt, such as 4.20502E.11"):
        mend_communities(communities(shapes, codes=["4.20502E+11", "b"]), "code")


def test_a_wrong_column_lists_the_right_ones():
    with pytest.raises(SchemaError, match="no column kode; it has code, name"):
        mend_communities(communities([box(0, 0, 1, 1)]), "kode")


def test_degrees_are_refused():
    with pytest.raises(CRSError, match="not metres"):
        mend_communities(communities([box(0, 0, 1, 1)]).set_crs(4326, allow_override=True), "code")


def test_no_community_at_all_is_fatal():
    with pytest.raises(SchemaError, match="no communities"):
        mend_communities(communities([None]), "code")


def test_a_shred_of_a_community_beyond_its_neighbour_goes_to_that_neighbour():
    # B's border was drawn 30 cm too far west, past A's narrow neck, and leaves a shred 2 cm wide behind it.
    a = box(0, 0, 100, 100)
    b = shapely.union(box(100, 0, 200, 100), box(-0.02, 0, 0, 100))
    good, _ = mended([a, b])
    assert good.geom_type.tolist() == ["Polygon", "Polygon"]


@needs_shared
@pytest.mark.parametrize(
    ("source", "column", "n"),
    [
        ("cambridge/cambridge.gpkg:neighborhoods", "N_HOOD", 13),
        ("cambridge/cambridge.gpkg:tracts_2010", "GEOID10", 32),
        ("cambridge/cambridge.gpkg:block_groups_2010", "GEOID10", 113),
        ("shanghai/lujiazui.gpkg:districts_wgs84", "adcode", 4),
    ],
)
def test_real_areas_become_a_coverage_with_next_to_nothing_moved(source, column, n):
    frame = read_layer(SHARED / source)
    good, rejected, _ = mend_communities(frame, column)
    check_coverage(good)
    assert len(good) == n
    assert rejected.empty
    moved = shapely.area(shapely.symmetric_difference(good.geometry.array, frame.geometry.array)).sum()
    assert moved < 1e-5 * frame.area.sum()


@needs_shared
def test_the_neighborhoods_of_cambridge_overlap_in_one_place_and_leave_a_gap():
    _, _, faults = mend_communities(read_layer(SHARED / "cambridge/cambridge.gpkg:neighborhoods"), "N_HOOD")
    said = {fault.fault: fault.rows[0] for fault in faults}
    assert said["communities overlap"].startswith("11 and 12 11.56 m²")
    assert said["gap"].startswith("8.89 m²")


def shaken(cells, amount, random):
    """A board of communities whose every border is drawn a little differently on its two sides."""
    return [
        box(*(edge + random.uniform(-amount, amount) for edge in (10 * x, 10 * y, 10 * x + 10, 10 * y + 10)))
        for x, y in cells
    ]


@settings(max_examples=40, deadline=None)
@given(
    cells=st.sets(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=8),
    amount=st.sampled_from([0, 0.0004, 0.01, 0.4]),
    random=st.randoms(use_true_random=False),
)
def test_shaken_borders_always_become_a_coverage_whatever_the_order_of_rows(cells, amount, random):
    shapes = shaken(sorted(cells), amount, random)
    frame = communities(shapes, codes=[f"{k:02}" for k in range(len(shapes))])
    good, _, _ = mend_communities(frame, "code")
    check_coverage(good)
    assert good["area_code"].tolist() == frame["code"].tolist()
    before, after = shapely.union_all(shapes), shapely.union_all(good.geometry.to_numpy())
    # A spike narrower than a sliver (5 cm) goes with the sliver: at most half of 5 cm along a side of 10 m.
    assert shapely.area(shapely.difference(before, after)) < 0.25 * len(shapes), "land was lost"
    assert shapely.area(shapely.difference(after, before)) < 5.0 * len(shapes), "land was taken"
    order = list(frame.index)
    random.shuffle(order)
    again = mend_communities(frame.loc[order], "code")[0].sort_index()
    assert again.geometry.to_wkt().tolist() == good.geometry.to_wkt().tolist()


def test_a_corner_next_to_nothing_is_nothing():
    shapes = [box(0, 0, 10, 10), box(10, 2.9e-242, 20, 10)]
    good, _, _ = mend_communities(communities(shapes, codes=["1", "2"]), "code")
    check_coverage(good)
    assert good.geometry.area.tolist() == [100, 100]
