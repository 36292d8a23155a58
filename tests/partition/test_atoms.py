import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from towns import EXAMPLES, at, block, layer, line, site_of, sites_of, town, towns

from gridgeo.partition.atoms import build_atoms
from gridgeo.partition.coverage import build_borders
from gridgeo.partition.site import Site


def atoms_of(drawn, **changes):
    return build_atoms(site_of(drawn, **changes))


def atom_at(atoms, x, y):
    return int(np.flatnonzero(shapely.intersects(atoms.geometry, shapely.Point(at(x, y))))[0])


def test_every_house_gets_an_atom_of_its_own_and_the_street_divides_them():
    drawn = town(["AAAAAA"] * 4, ["......", ".a..b.", ".a..b.", "......"], streets=[[(3, -1), (3, 5)]])
    atoms = atoms_of(drawn)
    assert sorted(shapely.area(atoms.geometry).tolist()) == pytest.approx([1_200.0, 1_200.0])
    assert atoms.building_atom.tolist() == [atom_at(atoms, 1.5, 2), atom_at(atoms, 4.5, 2)]


def test_ground_between_houses_is_shared_along_the_middle_where_no_street_runs():
    atoms = atoms_of(town(["AAAAAAAA"] * 4, ["........", ".a....b.", ".a....b.", "........"]))
    assert shapely.area(atoms.geometry) == pytest.approx([1_600.0, 1_600.0], rel=0.02)


def test_touching_houses_are_kept_apart_along_their_wall():
    drawn = town(["AAAA"] * 3)
    walls = [block(0.5, 1, 1.5, 2), block(1.5, 1, 2.5, 2), block(2.5, 1, 3.5, 2)]
    atoms = atoms_of(drawn, buildings=np.array(walls), households=np.ones(3, int), people=np.ones(3, int))
    assert len(atoms) == 3
    assert len(set(atoms.building_atom.tolist())) == 3
    for shape, atom in zip(walls, atoms.building_atom, strict=True):
        assert atoms.geometry[atom].buffer(0.002).covers(shape)


def test_houses_on_one_spot_or_in_one_another_share_an_atom():
    shapes = np.array(
        [block(1, 1, 3, 3), block(1.5, 1.5, 2, 2), shapely.Point(at(2.5, 2.5)), block(5, 1, 6, 2)]
    )
    atoms = atoms_of(
        town(["AAAAAAA"] * 4), buildings=shapes, households=np.ones(4, int), people=np.ones(4, int)
    )
    assert len(set(atoms.building_atom[:3].tolist())) == 1
    assert atoms.building_atom[3] != atoms.building_atom[0]


def test_a_house_across_a_street_is_whole_on_the_side_of_its_larger_share():
    drawn = town(["AAAAAA"] * 4, [".....b", "......", "..aa..", "......"], streets=[[(3.5, -1), (3.5, 5)]])
    atoms = atoms_of(drawn)
    home = atoms.geometry[atoms.building_atom[0]]
    assert home.covers(drawn.buildings.geometry[0].buffer(-0.001))
    assert atoms.building_atom[0] == atom_at(atoms, 1, 1)
    assert atoms.building_atom[1] == atom_at(atoms, 5, 1)


def test_a_community_without_a_house_is_one_atom_unless_a_street_cuts_it_into_places():
    assert len(atoms_of(town(["AAAA"]))) == 1
    assert len(atoms_of(town(["AAAAAAAAAAAA"] * 6, streets=[[(6, -1), (6, 7)]]))) == 2


def test_a_median_and_a_gusset_are_no_places():
    medians = [[(5, -1), (5, 11)], [(6, -1), (6, 11)]]
    drawn = town(["A" * 11] * 10, ["." * 11] * 4 + [".a.......b."] + ["." * 11] * 5, streets=medians)
    atoms = atoms_of(drawn)
    assert len(atoms) == 2
    assert shapely.area(atoms.geometry).sum() == pytest.approx(11_000.0)


def test_a_park_of_its_own_block_is_a_place():
    streets = [[(5, -1), (5, 11)], [(11, -1), (11, 11)]]
    drawn = town(["A" * 16] * 10, ["." * 16] * 4 + [".a............b."] + ["." * 16] * 5, streets=streets)
    atoms = atoms_of(drawn)
    assert len(atoms) == 3
    assert atom_at(atoms, 8, 5) not in atoms.building_atom


def test_water_is_shared_out_to_its_banks():
    drawn = town(["A" * 10] * 6, ["." * 10] * 3 + [".a......b."] + ["." * 10] * 2)
    atoms = atoms_of(drawn, water=np.array([block(4, -1, 6, 7)]))
    assert len(atoms) == 2
    assert shapely.area(atoms.geometry) == pytest.approx([3_000.0, 3_000.0], rel=0.05)


def test_dedicated_ground_is_cut_out_of_its_block():
    drawn = town(["A" * 10] * 6, ["." * 10] * 3 + [".a......b."] + ["." * 10] * 2)
    campus = block(6, 0, 10, 6)
    atoms = atoms_of(drawn, dedicated=np.array([campus]))
    inside = atoms.dedicated == 0
    assert shapely.union_all(atoms.geometry[inside]).equals(campus)
    assert atoms.dedicated[atoms.building_atom].tolist() == [-1, 0]


def test_a_border_goes_along_a_dead_end_as_far_as_it_reaches():
    rows = ["." * 12] * 2 + [".aa......bb."] + ["." * 12] * 3
    drawn = town(["A" * 12] * 6, rows, streets=[[(7.5, -1), (7.5, 4)]])
    atoms = atoms_of(drawn)
    street = line((7.5, 0), (7.5, 3.5))
    border = shapely.union_all(atoms.borders.lines(atoms.borders.is_shared))
    assert border.buffer(0.01).intersection(street).length > 0.9 * street.length


def test_ten_thousand_dwellings_on_one_spot_are_one_atom():
    spots = np.full(10_000, shapely.Point(at(2, 2)), dtype=object)
    ones = np.ones(10_000, dtype=np.int64)
    drawn = town(["AAAAAAAA"] * 4)
    atoms = atoms_of(
        drawn,
        buildings=np.append(spots, block(6, 1, 7, 2)),
        households=np.append(ones, 5),
        people=np.append(ones, 5),
    )
    assert len(atoms) == 2
    assert np.bincount(atoms.building_atom).tolist() in ([10_000, 1], [1, 10_000])


def test_rows_in_another_order_give_the_same_atoms():
    drawn = town(
        ["A" * 9] * 5,
        [".........", ".aa.b.cc.", "....b....", ".dd...e..", "........."],
        streets=[[(0, 2.5), (9, 2.5)]],
    )
    site = site_of(drawn)
    order = np.array([3, 0, 4, 1, 2])
    again = build_atoms(site_of(drawn, buildings=site.buildings[order]))
    atoms = build_atoms(site)
    assert shapely.equals_exact(shapely.normalize(atoms.geometry), shapely.normalize(again.geometry)).all()
    assert (again.building_atom == atoms.building_atom[order]).all()


@settings(max_examples=EXAMPLES, deadline=None)
@given(towns())
def test_atoms_cover_their_community_once_whatever_lies_in_it(drawn):
    for site in sites_of(drawn):
        atoms = build_atoms(site)
        assert shapely.coverage_is_valid(atoms.geometry)
        assert shapely.is_valid(atoms.geometry).all()
        assert (shapely.get_num_geometries(atoms.geometry) == 1).all(), "an atom in several pieces"
        union = shapely.union_all(atoms.geometry)
        assert union.symmetric_difference(site.boundary).area < 0.001 * site.boundary.length
        assert len(atoms.building_atom) == len(site.buildings)
        assert (atoms.building_atom >= 0).all()
        assert (atoms.building_atom < len(atoms)).all()
        check_borders(atoms)


def check_borders(atoms):
    """The borders that the atoms carry are those of their geometry."""
    fresh = build_borders(atoms.geometry)
    for borders in (atoms.borders, fresh):
        assert (borders.left != borders.right).all()
    lengths = [
        (b.length_m[b.is_shared].sum(), b.length_m[~b.is_shared].sum()) for b in (atoms.borders, fresh)
    ]
    assert lengths[0] == pytest.approx(lengths[1])


def test_an_outside_layer_does_not_matter():
    drawn = town(["AAAAAA"] * 4, ["......", ".a..b.", ".a..b.", "......"])
    far = layer([line((50, 50), (60, 60))]).geometry.to_numpy()
    near, alone = atoms_of(drawn, walls=far, streets=far, street_rank=np.zeros(1, int)), atoms_of(drawn)
    assert shapely.equals_exact(near.geometry, alone.geometry).all()


def test_a_wide_ring_around_the_walls_of_a_compound_is_shared_among_the_buildings_inside():
    # 17,500 m² of verge around 22,500 m²: as large and thin as a river bank, but nobody else's.
    houses = shapely.box(*np.array([(x, y, x + 30, y + 30) for x in (30, 85, 140) for y in (30, 85, 140)]).T)
    site = Site(
        area_code="A",
        boundary=shapely.box(0, 0, 200, 200),
        buildings=houses,
        households=np.full(9, 30),
        people=np.full(9, 90),
        compounds=np.array([shapely.box(25, 25, 175, 175)]),
        compound_of_building=np.zeros(9, dtype=np.int64),
    )
    atoms = build_atoms(site)
    assert len(atoms) == 9
    assert shapely.get_num_interior_rings(atoms.geometry).sum() == 0
    outside = shapely.area(shapely.difference(atoms.geometry, site.compounds[0]))
    assert outside.max() < 0.2 * outside.sum()
