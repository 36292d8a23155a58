from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from towns import CRS, shapes_of

from gridgeo.comparison.communities import match_communities, plain_name
from gridgeo.errors import SchemaError

YICHANG = Path(__file__).resolve().parents[2] / "../shared/data/yichang/codes_2023.csv"


def table(rows):
    return pd.DataFrame(rows, columns=["area_code", "name"])


def result(old, new):
    found = match_communities(old, new)
    return {row.old_code: (row.new_code, row.change, row.is_doubtful) for row in found.itertuples()}


def test_names_are_compared_without_what_kind_of_committee_it_is():
    forms = ["土街头社区居民委员会", "土街头社区居委会", "土街头社区", "土街头 居委会", "土街头"]
    assert {plain_name(form) for form in forms} == {"土街头"}
    assert plain_name("社区") == "社区"


def test_a_code_that_changed_is_followed_by_the_name():
    old = table([("420502001001", "白马社区居民委员会"), ("420502001002", "茶园社区居委会")])
    new = table([("420502001601", "白马社区"), ("420502001002", "茶园社区")])
    assert result(old, new) == {
        "420502001001": ("420502001601", "recoded", False),
        "420502001002": ("420502001002", "same", False),
    }


def test_names_that_are_only_alike_are_doubtful_and_say_why():
    old = table([("420502001001", "铁路坝社区")])
    new = table([("420502001001", "铁路坝东社区")])
    row = match_communities(old, new).iloc[0]
    assert (row["change"], row["is_doubtful"]) == ("renamed", True)
    assert "only alike" in row["why"]


def test_what_has_no_partner_is_gone_or_new():
    old, new = table([("1", "白马社区")]), table([("2", "石板溪社区")])
    found = match_communities(old, new)
    assert found["change"].tolist() == ["gone", "new"]
    assert found["new_code"].isna().tolist() == [True, False]


def drawn(rows, **names):
    shapes = shapes_of(rows)
    columns = {"area_code": list(shapes), "name": [names.get(code, f"{code}社区") for code in shapes]}
    return gpd.GeoDataFrame(columns, geometry=list(shapes.values()), crs=CRS)


def test_ground_tells_mergers_splits_and_new_names():
    old = drawn(["AABBCCCC"], A="白马社区", B="茶园社区", C="前进社区")
    new = drawn(["MMMMDDDE"], M="合并社区", D="前进社区", E="新生社区")
    found = match_communities(old, new).set_index("old_code")
    assert found.loc["A", ["new_code", "change", "ground"]].tolist() == ["M", "merged", 1.0]
    assert found.loc["B", ["new_code", "change"]].tolist() == ["M", "merged"]
    rows = found.loc[["C"]].set_index("new_code")
    assert rows.loc["D", ["change", "ground"]].tolist() == ["recoded", 0.75]
    assert rows.loc["D", "is_doubtful"], "a quarter of its ground went elsewhere"
    assert rows.loc["E", "change"] == "split"


def test_a_name_that_wandered_to_another_place_is_doubtful():
    old = drawn(["AABB"], A="白马社区", B="茶园社区")
    new = drawn(["CCDD"], C="茶园社区", D="白马社区")
    found = match_communities(old, new).set_index("old_code")
    assert found["new_code"].to_dict() == {"A": "C", "B": "D"}
    assert found["is_doubtful"].all()
    assert found["why"].str.contains("its name is now that of another place").all()


def test_a_table_that_cannot_be_followed_is_refused():
    good = table([("1", "白马社区")])
    with pytest.raises(SchemaError, match=r"new table: no column area_code \(there are code, name\)"):
        match_communities(good, good.rename(columns={"area_code": "code"}))
    with pytest.raises(SchemaError, match="old table: codes are missing or there twice"):
        match_communities(pd.concat([good, good]), good)


def test_the_communities_of_a_real_district_are_found_again_under_other_codes():
    if not YICHANG.exists():
        pytest.skip(f"real codes are not here ({YICHANG.name} of the shared data)")
    codes = pd.read_csv(YICHANG, dtype=str)
    new = codes[codes["areaName"] == "西陵区"].rename(columns={"code": "area_code"})
    assert len(new) == 83
    # There is no table of 2016 to be had: names in another form, every code another one, ten merged away.
    old = new.assign(
        area_code=new["area_code"].str[:9] + (900 - new["area_code"].str[-3:].astype(int)).astype(str),
        name=new["name"].str.replace("居民委员会", "居委会"),
    )
    found = match_communities(old, new.iloc[:-10]).dropna(subset="old_code").set_index("old_code")
    truth = dict(zip(old["area_code"], new["area_code"], strict=True))
    kept = set(new["area_code"].iloc[:-10])
    sure = found[~found["is_doubtful"] & found["new_code"].notna()]
    assert (sure["new_code"] == sure.index.map(truth)).all(), "what is not doubtful is right"
    assert len(sure) >= len(kept) - 2
    assert found.loc[[c for c in found.index if truth[c] not in kept], "is_doubtful"].all()
