"""The public names, and where each is defined; ``__init__.py`` loads them when they are asked for."""

from .adoption.adopting import adopt_grids as adopt_grids
from .comparison.communities import match_communities as match_communities
from .comparison.comparing import Comparison as Comparison
from .comparison.comparing import compare as compare
from .comparison.versions import (
    assign_by_date as assign_by_date,
)
from .comparison.versions import (
    division_at as division_at,
)
from .comparison.versions import (
    grid_history as grid_history,
)
from .division import Division as Division
from .division import read_division as read_division
from .levels.grouping import group_grids as group_grids
from .levels.pairing import pair_grids as pair_grids
from .levels.workers import check_workers as check_workers
from .levels.workers import count_workload as count_workload
from .locate.assign import assign_buildings as assign_buildings
from .locate.assign import assign_points as assign_points
from .locate.gazetteer import (
    Gazetteer as Gazetteer,
)
from .locate.gazetteer import (
    build_gazetteer as build_gazetteer,
)
from .locate.gazetteer import (
    read_gazetteer as read_gazetteer,
)
from .locate.index import GridIndex as GridIndex
from .locate.totals import count_by_grid as count_by_grid
from .networks.merging import merge_networks as merge_networks
from .pipeline import divide as divide
from .planning.advice import suggest as suggest
from .planning.grid_plan import GridPlan as GridPlan
from .planning.opening import open_plan as open_plan
from .redivision.redividing import redivide as redivide
from .redivision.trade import trade_off as trade_off
from .reports.writing import write_report as write_report
from .schema import check_layer as check_layer
from .spec import GridSpec as GridSpec
