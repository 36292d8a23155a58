import geopandas as gpd
import shapely

from gridgeo.check import check_files

X, Y = 530_000, 3_395_000


def write(file, layer, **columns):
    areas = shapely.box([X, X + 100], Y, [X + 100, X + 200], Y + 100)
    gpd.GeoDataFrame(columns, geometry=areas, crs=4546).to_file(file, layer=layer)
    return f"{file}:{layer}"


def test_of_two_layers_taken_for_communities_the_first_is_checked(tmp_path):
    file = tmp_path / "town.gpkg"
    write(file, "communities", area_code=["A", "B"])
    write(file, "villages", area_code=["A", None])
    report = check_files([str(file)])
    assert report.faults == ()
    assert (
        f"{file}:villages: not checked, there are other communities; choose by --communities" in report.notes
    )


def test_stated_files_keep_guessed_ones_out(tmp_path):
    file = tmp_path / "town.gpkg"
    good = write(file, "other", code=["A", "B"])
    bad = write(file, "communities", area_code=["A", None])
    report = check_files([bad], stated={"communities": [good]})
    assert report.faults == ()
    assert [layer.source for layer in report.layers] == [good]
    assert report.notes == (
        f"{bad}: not checked, there are other communities; choose by --communities",
        "communities: takes code as area_code",
    )


def test_several_barriers_are_taken_together_in_one_system(tmp_path):
    first, second = tmp_path / "a.gpkg", tmp_path / "b.gpkg"
    lines = gpd.GeoDataFrame(geometry=[shapely.LineString([(X, Y), (X + 99, Y)])], crs=4546)
    lines.to_file(first, layer="rail")
    lines.to_crs(4490).to_file(second, layer="water")
    report = check_files([str(first), str(second)])
    assert report.faults == ()
    assert [(layer.name, layer.n_rows, layer.crs) for layer in report.layers] == [
        ("barriers", 2, "EPSG:4546")
    ]


def test_the_grids_of_a_division_are_held_against_their_contract(tmp_path):
    grids = write(tmp_path / "out.gpkg", "grids", grid_code=["A-1", "A-1"], area_code=["A", "A"])
    report = check_files([grids])
    assert [(fault.layer, fault.fault) for fault in report.faults] == [("grids", "grid_code not unique")]
    assert report.is_fatal


def test_a_stated_file_with_several_layers_has_to_name_one(tmp_path):
    file = tmp_path / "town.gpkg"
    write(file, "one", area_code=["A", "B"])
    write(file, "two", area_code=["A", "B"])
    report = check_files([], stated={"communities": [str(file)]})
    assert report.is_fatal
    assert "has 2 layers, one, two; name one as" in report.faults[0].meaning
