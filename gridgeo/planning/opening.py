"""Open a division as a plan."""

import numpy as np

from gridgeo.division import Division
from gridgeo.planning.change import Drawing
from gridgeo.planning.grid_plan import GridPlan
from gridgeo.planning.tally import count_grids
from gridgeo.planning.terrain import build_terrain, codes_as_numbers
from gridgeo.spec import GridSpec

__all__ = ["open_plan"]


def open_plan(division: Division, *, spec: GridSpec | None = None) -> GridPlan:
    """Return a division as a plan whose grids can be changed atom by atom.

    Dedicated grids are locked at first. The division itself stays as it is. A division made before divisions
    kept their barriers has none, and so has its plan.

    Parameters
    ----------
    division
        What to begin with.
    spec
        What a good grid is; by default what the division was made with.

    Raises
    ------
    SchemaError
        When atoms and grids of the division do not belong together.

    Examples
    --------
    >>> from gridgeo import GridSpec, divide
    >>> from gridgeo.demo import build_demo
    >>> demo = build_demo(n_communities=2, households=2_000)
    >>> plan = open_plan(divide(demo.communities, demo.buildings, demo.streets, GridSpec(effort="fast")))
    >>> first, second = plan.neighbours_of(plan.codes[0])[0], plan.codes[0]
    >>> merged = plan.merge(first, second)
    >>> merged.score.n_grids - plan.score.n_grids
    -1
    >>> merged.undo().score == plan.score
    True
    """
    terrain = build_terrain(division, spec)
    label = codes_as_numbers(division)
    codes = tuple(division.grids["grid_code"].astype(str))
    sums = count_grids(terrain, label, np.arange(len(codes)))
    dedicated = (division.grids["kind"].astype("string") == "dedicated").fillna(False).to_numpy(bool)
    locked = frozenset(np.array(codes, dtype=object)[dedicated].tolist())
    opened = Drawing(label, codes, sums, locked)
    return GridPlan(terrain=terrain, opened=opened, drawing=opened, is_dedicated=dedicated)
