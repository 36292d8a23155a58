"""Gazetteers: from tables, to disk and back, their faults, what people teach them."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from shapely import Point

from gridgeo.errors import CRSError, FileReadError, FileWriteError, SchemaError
from gridgeo.locate.gazetteer import (
    build_gazetteer,
    check_quality,
    learn_corrections,
    read_gazetteer,
    write_gazetteer,
)
from tests.locate.small_city import addresses, at, communities, small_city, streets


def test_every_table_gives_its_level_and_roads_give_their_crossings() -> None:
    counts = small_city().entries["level"].value_counts()
    assert counts["house_number"] == 59 + 60 + 5 + 1 + 2
    assert counts["building"] == 6
    assert counts["intersection"] == 2
    assert counts["community"] == 2
    assert set(counts.index) == {
        "house_number",
        "building",
        "compound",
        "poi",
        "road",
        "intersection",
        "community",
    }


def test_columns_are_guessed_and_shown_and_a_stated_column_wins() -> None:
    table = addresses().rename(columns={"address": "Location"})[["Location", "geometry"]]
    assert build_gazetteer(addresses=table).mapping["addresses"] == {"address": "Location"}
    other = table.rename(columns={"Location": "wo"})
    stated = build_gazetteer(addresses=other, columns={"addresses": {"address": "wo"}})
    assert len(stated.entries) == len(build_gazetteer(addresses=table).entries)


def test_whole_addresses_are_taken_apart() -> None:
    table = addresses()[["address", "geometry"]]
    gazetteer = build_gazetteer(addresses=table)
    row = gazetteer.entries.set_index("label").loc["长寿路100弄3号"]
    assert (row["street"], row["house_number"]) == ("长寿路", "100弄3号")
    row = gazetteer.entries.set_index("label").loc["锦江小区3栋"]
    assert (row["compound"], row["building_no"]) == ("锦江小区", "3")


@pytest.mark.parametrize(
    ("address", "compound"),
    [
        ("棉纺厂生活区三期1栋", "棉纺厂生活区三期"),
        ("横街家园2栋", "横街家园"),
        ("西陵区横街锦江小区2栋", "锦江小区"),
    ],
)
def test_no_compound_is_called_by_its_kind_alone(address: str, compound: str) -> None:
    pois = gpd.GeoDataFrame(
        {"name": ["公厕"], "address": [address]}, geometry=[at(0, 0)], crs=addresses().crs
    )
    assert build_gazetteer(pois=pois).entries["compound"].iloc[0] == compound


def test_a_table_without_the_column_it_needs_says_how_to_name_it() -> None:
    table = streets().rename(columns={"name": "xyz"})
    with pytest.raises(SchemaError, match=r"streets: no column for name; .*streets\.name=COLUMN.*xyz"):
        build_gazetteer(streets=table)


def test_a_stated_column_that_is_not_there_is_named() -> None:
    with pytest.raises(SchemaError, match="no column 'nix' for name"):
        build_gazetteer(streets=streets(), columns={"streets": {"name": "nix"}})


def test_no_table_and_no_crs_are_errors() -> None:
    with pytest.raises(SchemaError, match="at least one table"):
        build_gazetteer()
    with pytest.raises(CRSError):
        build_gazetteer(streets=streets().set_crs(None, allow_override=True))


def test_an_address_twice_on_one_spot_is_one_entry() -> None:
    twice = pd.concat([addresses(), addresses()], ignore_index=True)
    assert len(build_gazetteer(addresses=twice).entries) == len(
        build_gazetteer(addresses=addresses()).entries
    )


def test_places_get_the_community_that_they_lie_in() -> None:
    row = small_city().entries.set_index("label").loc["东山大道5号"]
    assert (row["area_code"], row["area_name"]) == ("420502001002", "东山社区居民委员会")


@pytest.mark.parametrize("suffix", [".gpkg", ".parquet"])
def test_a_gazetteer_comes_back_from_disk_with_the_same_answers(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"gaz{suffix}"
    write_gazetteer(small_city(), path)
    back = read_gazetteer(path)
    texts = ["云集璐28号", "锦江小区3栋", "建设路24号", "东山社区", "云集路与西陵一路路口"]
    assert_frame_equal(back.geocode(texts), small_city().geocode(texts))
    assert_frame_equal(back.entries, small_city().entries)


def test_a_file_that_is_no_gazetteer_is_refused(tmp_path: Path) -> None:
    streets().to_file(tmp_path / "streets.gpkg")
    with pytest.raises(FileReadError, match="manifest"):
        read_gazetteer(tmp_path / "streets.gpkg")
    (tmp_path / "x.parquet").write_bytes(b"no")
    with pytest.raises(FileReadError, match="no sound Parquet"):
        read_gazetteer(tmp_path / "x.parquet")
    with pytest.raises(FileReadError, match="gridgeo gazetteer build"):
        read_gazetteer(tmp_path / "none.gpkg")
    with pytest.raises(FileWriteError, match="change the suffix"):
        write_gazetteer(small_city(), tmp_path / "gaz.shp")


def test_the_quality_report_finds_each_kind_of_fault() -> None:
    table = addresses()
    moved = table["address"].isin(["云集路10号"])
    table.loc[moved, "geometry"] = [at(690, 430)]
    far = gpd.GeoDataFrame(
        {"address": ["云集路99号"], "street": ["云集路"], "house_number": ["99"]},
        geometry=[Point(600_000, 3_400_000)],
        crs=table.crs,
    )
    gazetteer = build_gazetteer(
        addresses=pd.concat([table, far], ignore_index=True), streets=streets(), communities=communities()
    )
    found = check_quality(gazetteer, streets()).set_index("fault")["label"]
    assert "云集路10号" in list(found[["number_out_of_order"]])
    assert "云集路99号" in list(found[["outside"]])
    assert "云集路99号" in list(found[["off_street"]])


def test_one_address_twice_in_a_community_is_reported() -> None:
    table = addresses()[["address", "geometry"]]
    twin = gpd.GeoDataFrame({"address": ["云集路10号"]}, geometry=[at(690, 100)], crs=table.crs)
    gazetteer = build_gazetteer(addresses=pd.concat([table, twin], ignore_index=True))
    found = check_quality(gazetteer).query("fault == 'duplicate_far_apart'")
    assert found["label"].tolist() == ["胜利街5号", "云集路10号"]


def test_a_correction_teaches_the_words_that_were_used() -> None:
    before = small_city().geocode(["老电影院对面"]).iloc[0]
    assert before["status"] == "no_address"
    review = pd.DataFrame({"text": ["老电影院对面"], "part": ["老电影院"], "correct": ["人民医院"]})
    taught = learn_corrections(small_city(), review)
    assert taught.geocode(["老电影院对面有人摆摊"]).iloc[0]["matched"] == "人民医院"


def test_a_correction_wins_over_what_the_words_meant_before(tmp_path: Path) -> None:
    review = pd.DataFrame({"text": ["云集路28号"], "part": ["云集路28号"], "correct": ["锦江小区3栋"]})
    path = tmp_path / "taught.gpkg"
    write_gazetteer(learn_corrections(small_city(), review), path)
    assert read_gazetteer(path).geocode(["云集路28号"]).iloc[0]["matched"] == "锦江小区3栋"


def test_a_correction_to_nowhere_is_refused_with_its_row() -> None:
    review = pd.DataFrame({"part": ["a", "b"], "correct": [None, "火星路1号"]})
    with pytest.raises(SchemaError, match="row 1: '火星路1号'"):
        learn_corrections(small_city(), review)


def test_rows_of_the_tables_in_another_order_give_the_same_answers() -> None:
    shuffled = build_gazetteer(
        addresses=addresses().sample(frac=1, random_state=1), streets=streets().iloc[::-1]
    )
    straight = build_gazetteer(addresses=addresses(), streets=streets())
    texts = ["云集璐28号", "锦江小区3栋", "云集路24号", "云集路与西陵一路路口", "长寿路100弄3号"]
    columns = ["lon", "lat", "precision", "matched", "address"]
    assert_frame_equal(shuffled.geocode(texts)[columns], straight.geocode(texts)[columns])
