"""Divisions for the tests of reports: one divided, one changed by hand."""

from functools import cache

from towns import houses_of, streets_of, town

import gridgeo
from gridgeo import GridSpec, open_plan


@cache
def divided():
    """Return two communities of grids, one building above the range among them."""
    rows = ["." * 24, ".aa.bb.cc.dd.ee.ff.gg.hh"] * 2
    made = town(
        ["A" * 12 + "B" * 12] * 4, streets=[[(-1, 2), (25, 2)], [(6, -1), (6, 5)], [(18, -1), (18, 5)]]
    )
    households = {"a": 388, "b": 120, "c": 110, "d": 130, "e": 100, "f": 120, "g": 130, "h": 110}
    houses = houses_of(rows, households)
    streets = streets_of([[(-1, 2), (25, 2)], [(6, -1), (6, 5)], [(18, -1), (18, 5)]])
    streets["name"] = ["一路", "<二路>", None]
    communities = made.communities.assign(name=["东门社区", "<b>西门</b>社区"])
    return gridgeo.divide(communities, houses, streets, GridSpec(effort="fast"))


@cache
def changed_division():
    plan = open_plan(divided())
    code = next(code for code in plan.codes if plan.neighbours_of(code))
    merged = plan.merge(code, plan.neighbours_of(code)[0])
    return merged.to_division(author="planning office", note="a wall was built")
