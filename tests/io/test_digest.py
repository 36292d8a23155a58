import hashlib

import geopandas as gpd
import pytest
import shapely

from gridgeo.errors import FileReadError
from gridgeo.io import hash_file


def test_the_fingerprint_of_a_file_is_what_sha256sum_prints(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes(b"abc")
    assert hash_file(file) == hashlib.sha256(b"abc").hexdigest()
    assert hash_file(f"{file}:layer") == hash_file(file)


def test_the_fingerprint_of_a_shapefile_covers_its_attributes(tmp_path):
    frame = gpd.GeoDataFrame({"households": [1]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4546)
    prints = set()
    for households in (1, 2, 1):
        frame.assign(households=households).to_file(tmp_path / "a.shp")
        (tmp_path / "a.qix").write_text(f"an index is no content {households}")
        prints.add(hash_file(tmp_path / "a.shp"))
    assert len(prints) == 2


def test_a_missing_file_has_no_fingerprint(tmp_path):
    with pytest.raises(FileReadError, match=r"none\.csv"):
        hash_file(tmp_path / "none.csv")
