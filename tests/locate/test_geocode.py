"""From what people write to a place."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from gridgeo.locate.gazetteer import Gazetteer, build_gazetteer
from gridgeo.locate.geocode.batch import RESULT_COLUMNS
from tests.locate.small_city import CRS, X, Y, at, small_city


def answer(text: str) -> pd.Series:
    return small_city().geocode([text]).iloc[0]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("云集路28号", "云集路28号"),
        ("反映：雲集路２８號附近垃圾堆積", "云集路28号"),
        ("西陵区云集路二十八号门口", "云集路28号"),
        ("云集 路，28 号", "云集路28号"),
        ("云集路28", "云集路28号"),
        ("云集路28#", "云集路28号"),
        ("云集28号", "云集路28号"),
        ("云集璐28号有人占道", "云集路28号"),
        ("运集路28号", "云集路28号"),
        ("云路28号", "云集路28号"),
        ("集云路28号", "云集路28号"),
        ("云集路28号附1号", "云集路28号附1号"),
        ("云集路28-1号", "云集路28号附1号"),
        ("锦江小区3号楼2单元501室", "锦江小区3栋"),
        ("锦江小区三幢", "锦江小区3栋"),
        ("锦江小区3-2-501", "锦江小区3栋"),
        ("錦江小區3棟", "锦江小区3栋"),
        ("锦讧小区3栋", "锦江小区3栋"),
        ("长寿路100弄5号301室", "长寿路100弄5号"),
        ("云集路与西陵一路交叉口", "云集路 / 西陵一路"),
        ("西陵一路云集路路口", "云集路 / 西陵一路"),
        ("人民医院门口", "人民医院"),
        ("人民衣院", "人民医院"),
        ("好邻里超市云集路店", "好邻里超市(云集路店)"),
        ("好林里超市（东山大道店）", "好邻里超市(东山大道店)"),
        ("东山社区有流浪狗", "东山社区居民委员会"),
        ("云集路路灯坏了", "云集路"),
        ("建设路28号", "云集路28号"),
        ("3月28日8点，东山大道5号", "东山大道5号"),
        ("云集路28号，反映人住在东山大道5号", "云集路28号"),
        ("东山街道云集路28号", "云集路28号"),
    ],
)
def test_each_way_to_name_a_place_finds_it(text: str, address: str) -> None:
    assert answer(text)["address"] == address


@pytest.mark.parametrize(
    "text", ["请问社保怎么办理", "楼上天天吵架", "手机13812345678", "3月28号开会", "？？？"]
)
def test_a_text_without_an_address_says_so(text: str) -> None:
    row = answer(text)
    assert (row["precision"], row["status"]) == ("none", "no_address")
    assert row[["lon", "lat", "score", "entry_id"]].isna().all()


def test_a_missing_number_lies_between_its_neighbours_on_its_side() -> None:
    row = answer("云集路24号")
    assert (row["precision"], row["address"]) == ("interpolated", "云集路24号")
    assert pd.isna(row["entry_id"])
    here, lower = small_city().geocode(["云集路24号", "云集路22号"])["lon"]
    assert (here - lower) * 95_800 == pytest.approx(20, abs=1)


def test_a_number_far_beyond_the_last_leaves_the_road_and_says_so() -> None:
    row = answer("西陵区云集路2000号")
    assert (row["precision"], row["matched"], row["status"]) == ("road", "云集路", "partial")
    assert row["score"] < 0.3


def test_the_same_street_of_another_city_is_no_address_here() -> None:
    assert answer("北京市朝阳区云集路2000号")["status"] == "no_address"


def test_the_part_of_the_text_that_was_used_is_given_as_it_was_typed() -> None:
    assert answer("市民反映 雲集路２８號 垃圾堆积")["part"] == "雲集路２８號"


def test_nearness_widens_the_uncertainty() -> None:
    assert answer("云集路28号附近")["uncertainty_m"] > answer("云集路28号")["uncertainty_m"]


def test_one_address_in_two_places_is_ambiguous_until_the_community_is_named() -> None:
    row = answer("胜利街5号")
    assert row["status"] == "ambiguous"
    assert "胜利街5号" in row["alternatives"]
    assert row["score"] <= 0.5
    assert answer("东山社区胜利街5号")["status"] == "ok"


def test_a_wrong_community_costs_but_does_not_veto() -> None:
    right, wrong = answer("云集社区云集路28号"), answer("东山社区云集路28号")
    assert wrong["address"] == right["address"] == "云集路28号"


def test_rows_keep_their_order_their_index_and_missing_texts() -> None:
    texts = pd.Series(["云集路28号", None, "", "锦江小区3栋", "云集路28号"], index=[9, 7, 5, 3, 1])
    result = small_city().geocode(texts)
    assert result.index.tolist() == [9, 7, 5, 3, 1]
    assert result["status"].tolist() == ["ok", "empty", "empty", "ok", "ok"]
    assert result.columns.tolist() == list(RESULT_COLUMNS)
    assert result.iloc[0].equals(result.iloc[4])


def test_no_texts_give_no_rows_but_all_columns() -> None:
    result = small_city().geocode([])
    assert len(result) == 0
    assert result.columns.tolist() == list(RESULT_COLUMNS)


def test_a_fault_in_one_row_is_its_status_and_the_others_are_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from gridgeo.locate.address.chinese import ChineseScript

    plain = ChineseScript.find_numbers

    def fails_on_six(self: ChineseScript, text: str) -> list[object]:
        if "坏" in text:
            raise RecursionError("too deep")
        return plain(self, text)

    monkeypatch.setattr(ChineseScript, "find_numbers", fails_on_six)
    result = small_city().geocode(["云集路28号", "坏", "云集路30号"])
    assert result["address"].tolist()[::2] == ["云集路28号", "云集路30号"]
    assert result["status"].iloc[1] == "error: RecursionError: too deep"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.text(alphabet="云集路東山大道锦江小区28号栋弄0123456789一二十与、，。 a#-\n\x00", max_size=40),
        max_size=4,
    )
)
def test_any_text_gets_a_row_with_a_score_between_0_and_1(texts: list[str]) -> None:
    result = small_city().geocode(texts)
    assert len(result) == len(texts)
    assert not result["status"].str.startswith("error").any()
    score = result["score"].dropna().to_numpy(dtype=float)
    assert np.all((score >= 0) & (score <= 1))
    assert (result["lon"].isna() == (result["precision"] == "none")).all()


def test_the_same_city_gives_the_same_answers_for_any_order_of_texts() -> None:
    texts = ["云集璐28号", "锦江小区3栋", "胜利街5号", "好邻里超市"]
    forth, back = small_city().geocode(texts), small_city().geocode(texts[::-1])
    assert forth.reset_index(drop=True).equals(back.iloc[::-1].reset_index(drop=True))


def test_reverse_names_the_nearest_address_and_nothing_far_away() -> None:
    city = small_city()
    place = city.geocode(["云集路28号"]).iloc[0]
    found = city.reverse([place["lon"], 0.0, float("nan")], [place["lat"], 0.0, 30.0])
    assert found["matched"].iloc[0] == "云集路28号"
    assert found["distance_m"].iloc[0] < 1
    assert found.iloc[1:].isna().all(axis=None)


def town_grids() -> gpd.GeoDataFrame:
    """Three grids: west and east of x = 300 south of y = 250, and all north of it."""
    return gpd.GeoDataFrame(
        {"grid_code": ["A", "B", "C"]},
        geometry=[
            box(X - 100, Y - 200, X + 300, Y + 250),
            box(X + 300, Y - 200, X + 1200, Y + 250),
            box(X - 100, Y + 250, X + 1200, Y + 900),
        ],
        crs=CRS,
    )


def test_each_place_gets_its_grid_and_whether_the_grid_is_certain() -> None:
    texts = ["云集路10号", "东山大道50号", "云集路", "胜利街5号", "东山社区胜利街5号", "你好", "锦江小区"]
    result = small_city().geocode(texts, grids=town_grids())
    assert result["grid_code"].fillna("-").tolist() == ["A", "C", "B", "A", "C", "-", "B"]
    certain = result["grid_certain"].astype("object").where(result["grid_certain"].notna(), None)
    # a road runs through two grids; one address in two grids is certain only with its community
    assert certain.tolist() == [True, True, False, False, True, None, False]


def test_ties_in_one_grid_still_give_a_certain_grid() -> None:
    whole = gpd.GeoDataFrame(
        {"grid_code": ["W"]}, geometry=[box(X - 1000, Y - 1000, X + 2000, Y + 2000)], crs=CRS
    )
    row = small_city().geocode(["胜利街5号"], grids=whole).iloc[0]
    assert (row["status"], row["grid_code"], row["grid_certain"]) == ("ambiguous", "W", True)


def village_roads() -> Gazetteer:
    """Two villages, each with hamlets that sound or look like one of the other's."""
    names = [
        ("上河村", "望家冲", 0),
        ("上河村", "周家坝", 200),
        ("下河村", "王家冲", 5000),
        ("下河村", "吴家坝", 5200),
    ]
    rows = [(f"{road}{n}号", road, str(n), at(x + 10 * n, 0)) for _, road, x in names for n in range(1, 21)]
    frame = gpd.GeoDataFrame([row[:3] for row in rows], columns=["address", "street", "house_number"])
    addresses = frame.set_geometry([row[3] for row in rows], crs=CRS)
    areas = gpd.GeoDataFrame(
        {"area_code": ["420502200201", "420502200202"], "name": ["上河村", "下河村"]},
        geometry=[box(X - 100, Y - 100, X + 2000, Y + 100), box(X + 4000, Y - 100, X + 9000, Y + 100)],
        crs=CRS,
    )
    return build_gazetteer(addresses=addresses, communities=areas)


def test_a_homophone_in_the_village_named_outdoes_the_very_name_elsewhere_and_a_slip_does_not() -> None:
    heard, slipped, there = village_roads().geocode(
        ["上河村王家冲15号", "上河村吴家坝15号", "下河村王家冲15号"]
    )["matched"]
    assert heard == "望家冲15号"
    assert slipped == "吴家坝15号"
    assert there == "王家冲15号"


def test_a_short_name_that_no_number_follows_does_not_hide_the_name_behind_it() -> None:
    frame = gpd.GeoDataFrame(
        {
            "address": ["五一路二巷3号", "二马家园1栋"],
            "street": ["五一路二巷", None],
            "house_number": ["3", None],
            "compound": [None, "二马家园"],
            "building_no": [None, "1"],
        },
        geometry=[at(0, 0), at(500, 0)],
        crs=CRS,
    )
    found = build_gazetteer(addresses=frame).geocode(["五一路二马家园1栋"]).iloc[0]
    assert found["matched"] == "二马家园1栋"
