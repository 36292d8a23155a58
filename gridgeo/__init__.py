"""gridgeo: divide administrative areas into grids, find the grid of every place, show it on a map."""

from gridgeo.adoption.adopting import adopt_grids
from gridgeo.comparison.communities import match_communities
from gridgeo.comparison.comparing import Comparison, compare
from gridgeo.comparison.versions import assign_by_date, division_at, grid_history
from gridgeo.division import Division, read_division
from gridgeo.levels.grouping import group_grids
from gridgeo.levels.pairing import pair_grids
from gridgeo.levels.workers import check_workers, count_workload
from gridgeo.locate.assign import assign_buildings, assign_points
from gridgeo.locate.gazetteer import Gazetteer, build_gazetteer, read_gazetteer
from gridgeo.locate.index import GridIndex
from gridgeo.locate.totals import count_by_grid
from gridgeo.networks.merging import merge_networks
from gridgeo.pipeline import divide
from gridgeo.planning.advice import suggest
from gridgeo.planning.grid_plan import GridPlan
from gridgeo.planning.opening import open_plan
from gridgeo.redivision.redividing import redivide
from gridgeo.redivision.trade import trade_off
from gridgeo.reports.writing import write_report
from gridgeo.schema import check_layer
from gridgeo.spec import GridSpec

__all__ = [
    "Comparison",
    "Division",
    "Gazetteer",
    "GridIndex",
    "GridPlan",
    "GridSpec",
    "adopt_grids",
    "assign_buildings",
    "assign_by_date",
    "assign_points",
    "build_gazetteer",
    "check_layer",
    "check_workers",
    "compare",
    "count_by_grid",
    "count_workload",
    "divide",
    "division_at",
    "grid_history",
    "group_grids",
    "match_communities",
    "merge_networks",
    "open_plan",
    "pair_grids",
    "read_division",
    "read_gazetteer",
    "redivide",
    "suggest",
    "trade_off",
    "write_report",
]
