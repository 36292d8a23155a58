"""The laws of a division, checked on its layers alone: nothing here is taken from gridgeo."""

import numpy as np
import pandas as pd
import shapely

ROUNDING_M = 0.001  # coordinates lie on a lattice of a millimetre
UNCUT_SHARE = 0.985
STATUSES = {"in_range", "below", "above", "people_below", "people_above", "dedicated"}


def broken_laws(division, town, low=200, high=300, measure="households"):
    """Return a line for each law that a division of a town breaks; both have to be in metres."""
    grids, communities = division.grids, town.communities
    found = [
        (not grids["grid_code"].is_unique or grids["grid_code"].isna().any(), "a code twice or none"),
        (not grids.geometry.is_valid.all(), "a grid is not valid"),
        (not grids.geom_type.isin(["Polygon", "MultiPolygon"]).all(), "a grid is no polygon"),
        (not shapely.coverage_is_valid(grids.geometry.to_numpy()), "grids are no coverage"),
        (not shapely.coverage_is_valid(division.atoms.geometry.to_numpy()), "atoms are no coverage"),
        (set(grids["area_code"]) != set(communities["area_code"]), "a community has no grid"),
    ]
    words = [text for is_broken, text in found if is_broken]
    words += broken_shapes(grids, communities)
    words += broken_counts(division, low, high, measure)
    words += broken_buildings(division, town)
    return words + broken_atoms(division)


def broken_shapes(grids, communities):
    """Cover, disjoint, nested, contiguous."""
    words = []
    whole, union = communities.union_all(), grids.union_all()
    slack = ROUNDING_M * communities.length.sum()
    if (away := whole.symmetric_difference(union).area) > slack:
        words.append(f"cover: {away:.4f} m2 differ, {slack:.4f} allowed")
    if (twice := grids.area.sum() - union.area) > slack:
        words.append(f"disjoint: {twice:.4f} m2 twice")
    own = communities.set_index("area_code").geometry.reindex(grids["area_code"])
    for code, shape, home in zip(grids["grid_code"], grids.geometry, own, strict=True):
        if (leak := shape.difference(home).area) > ROUNDING_M * home.length:
            words.append(f"nested: {code} leaks {leak:.4f} m2")
        pieces, parts = shapely.get_parts(shape), shapely.get_parts(home)
        homes = [int(np.argmax(shapely.area(shapely.intersection(parts, piece)))) for piece in pieces]
        if len(set(homes)) < len(pieces):
            words.append(f"contiguous: {code} has {len(pieces)} pieces in {len(set(homes))} parts")
    return words


def broken_counts(division, low, high, measure):
    """Complete, in range or with a reason."""
    grids, placed = division.grids, division.buildings.dropna(subset="grid_code")
    words = []
    sums = placed.groupby("grid_code")[["households"]].sum().reindex(grids["grid_code"]).fillna(0)
    if (sums["households"].to_numpy() != grids["households"].to_numpy()).any():
        words.append("complete: households are not those of the buildings")
    counts = placed["grid_code"].value_counts().reindex(grids["grid_code"]).fillna(0)
    if (counts.to_numpy() != grids["n_buildings"].to_numpy()).any():
        words.append("complete: buildings are not counted once")
    if not set(grids["status"]) <= STATUSES:
        words.append(f"status {sorted(set(grids['status']) - STATUSES)}")
    by_size = pd.cut(
        grids[measure], [-np.inf, low - 1e-9, high, np.inf], labels=["below", "in_range", "above"]
    )
    ordinary = ~grids["status"].isin(["dedicated", "people_below", "people_above"])
    if (by_size.astype(str)[ordinary] != grids["status"][ordinary]).any():
        words.append("a status that the count does not bear out")
    out = ~grids["status"].isin(["in_range", "dedicated"])
    if (grids["reason"].fillna("").str.len()[out] < 4).any():
        words.append("out of range without a reason")
    return words


def broken_buildings(division, town):
    """Every building once, in a grid where it lies inside, uncut."""
    words = []
    buildings = division.buildings
    rejected = 0 if division.rejected is None else (division.rejected["layer"] == "buildings").sum()
    if len(buildings) + rejected != len(town.buildings) or not buildings["building_id"].is_unique:
        words.append("a building lost or doubled")
    whole = town.communities.union_all()
    inside = whole.intersects(buildings.representative_point().to_numpy())
    if (buildings["grid_code"].isna() & inside).any():
        words.append("a building inside has no grid")
    if (buildings["grid_code"].notna() & ~whole.intersects(buildings.geometry.to_numpy())).any():
        words.append("a building outside has a grid")
    shape_of = division.grids.set_index("grid_code").geometry
    home_of = division.grids.set_index("grid_code")["area_code"]
    area_of = town.communities.set_index("area_code").geometry
    for row in buildings.dropna(subset="grid_code").itertuples():
        grid, home = shape_of[row.grid_code], area_of[home_of[row.grid_code]]
        # One that lies across two parts of its community is cut by that, as by the border to another one.
        in_part = shapely.area(shapely.intersection(shapely.get_parts(home), row.geometry)).max()
        in_grid = row.geometry.intersection(grid)
        if row.geometry.area == 0 and row.geometry.distance(grid) > 2 * ROUNDING_M:
            words.append(f"{row.building_id} lies {row.geometry.distance(grid):.3f} m from its grid")
        # The parts of one building need not lie side by side; then they are counted as cut.
        if in_grid.area < UNCUT_SHARE * in_part and row.geometry.geom_type != "MultiPolygon":
            words.append(f"{row.building_id} is cut: {in_grid.area / in_part:.3f} in its grid")
    return words


def broken_atoms(division):
    """Atoms make up the grids."""
    atoms, grids = division.atoms, division.grids.set_index("grid_code")
    words = []
    if not atoms["atom_id"].is_unique:
        words.append("an atom twice")
    merged = atoms.dissolve("grid_code", aggfunc={"households": "sum"}).reindex(grids.index)
    if (merged["households"] != grids["households"]).any():
        words.append("households of atoms are not those of their grid")
    apart = shapely.area(shapely.symmetric_difference(merged.geometry.to_numpy(), grids.geometry.to_numpy()))
    if apart.max() > 1e-6 * grids.area.sum():
        words.append(f"atoms do not make up their grid: {apart.max():.4f} m2")
    return words
