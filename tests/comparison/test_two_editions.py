import pandas as pd
import pytest
from two_editions import draw_editions

from gridgeo.comparison.communities import match_communities

SEEDS = range(6)


def judge(drawn, old, new):
    """Return how much of what is sure is true, how much of the truth is found, and what is wrong."""
    found = match_communities(old, new)
    rows = found[found["old_code"].isin(drawn.became) & ~found["new_code"].isin(drawn.made_by_split)]
    told = rows.set_index("old_code")["new_code"]
    assert told.index.is_unique
    right = told.reindex(list(drawn.became)).fillna("") == pd.Series(drawn.became)
    sure = ~rows.set_index("old_code")["is_doubtful"].reindex(list(drawn.became))
    return {
        # of what is said without a doubt, how much is true; of the truth, how much is found
        "precision": right[sure].mean(),
        "recall": right.mean(),
        "doubtful": (~sure).mean(),
        "wrong and not doubtful": sorted(right.index[sure & ~right]),
    }


def without_ground(drawn):
    return [pd.DataFrame(side.drop(columns="geometry")) for side in (drawn.old, drawn.new)]


@pytest.mark.parametrize("seed", SEEDS)
def test_with_ground_every_community_of_104_is_found_among_83(seed):
    drawn = draw_editions(seed)
    assert (len(drawn.old), len(drawn.new)) == (104, 83)
    assert judge(drawn, drawn.old, drawn.new) | {"doubtful": 0} == {
        "precision": 1.0,
        "recall": 1.0,
        "doubtful": 0,
        "wrong and not doubtful": [],
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_the_new_half_of_a_split_is_told_from_a_new_community(seed):
    drawn = draw_editions(seed)
    found = match_communities(drawn.old, drawn.new)
    made = found[found["new_code"].isin(drawn.made_by_split)]
    assert made["change"].tolist() == ["split"] * 3


@pytest.mark.parametrize("seed", SEEDS)
def test_by_names_alone_what_is_not_listed_as_doubtful_is_true(seed):
    drawn = draw_editions(seed)
    figures = judge(drawn, *without_ground(drawn))
    assert figures["wrong and not doubtful"] == []
    assert figures["precision"] == 1.0
    assert figures["recall"] > 0.65  # names that ended with a merger cannot be found without the ground
    assert figures["doubtful"] < 0.45


@pytest.mark.parametrize("seed", SEEDS)
def test_whose_name_went_with_a_merger_is_listed_and_never_forgotten(seed):
    drawn = draw_editions(seed)
    old, new = without_ground(drawn)
    found = match_communities(old, new)
    assert set(found["old_code"].dropna()) == set(old["area_code"])
    assert set(found["new_code"].dropna()) == set(new["area_code"])
    gone = found[found["change"] == "gone"]
    assert gone["is_doubtful"].all()
    assert gone["why"].str.len().min() > 10
