"""How a number becomes a colour: classes with readable breaks around the range that was asked for.

Lightness falls from the smallest to the largest class, so the order survives every kind of colour blindness
and a grey printer; hue changes at the limits of the range, and classes outside it are hatched as well.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

__all__ = [
    "BELOW",
    "CHANGES",
    "DEDICATED",
    "IN_RANGE",
    "MISSING",
    "MapClass",
    "build_range_classes",
    "build_step_classes",
]

BELOW, IN_RANGE, ABOVE, STEP = "below", "in_range", "above", "step"

# Light to dark; see tests/maps/test_classes.py for the distances they keep in every kind of colour vision.
BELOW_COLOURS = ("#fff4cc", "#ffe27a")
RANGE_COLOURS = ("#aed8c6", "#7dbba6", "#459888", "#1f726a")
ABOVE_COLOURS = ("#742a62", "#401240")
STEP_COLOURS = ("#e6f0d8", "#b9dcc0", "#7fbfb0", "#4a98a0", "#2c6b86")

N_RANGE_CLASSES = len(RANGE_COLOURS)


@dataclass(frozen=True, kw_only=True)
class MapClass:
    """One line of a legend: the numbers from ``low`` to ``high``, both included, and how they are drawn."""

    role: str
    colour: str
    hatch: str = ""
    low: float | None = None
    high: float | None = None
    count: int = 0


DEDICATED = MapClass(role="dedicated", colour="#dcd6dd", hatch="dots")
MISSING = MapClass(role="missing", colour="#f4f4f2")
# What became of a grid between two divisions, from the quiet to the loud, light to dark.
CHANGES = (
    MapClass(role="kept", colour="#f1f4f2"),
    MapClass(role="changed", colour="#f0cf66"),
    MapClass(role="split", colour="#7dbba6"),
    MapClass(role="merged", colour="#2c7f8f"),
    MapClass(role="new", colour="#742a62"),
    MapClass(role="ended", colour="#401240", hatch="dense"),
)


def build_range_classes(values: npt.NDArray[np.float64], low: int, high: int) -> list[MapClass]:
    """Return the classes of whole numbers below, in and above a range, with the count of each.

    Parameters
    ----------
    values
        Whole numbers, NaN where unknown.
    low, high
        Smallest and largest number in range, both included.

    Returns
    -------
    list of MapClass
        Light to dark; classes outside the range only where a value falls into them.
    """
    half = max(low // 2, 1)
    classes = []
    if low > 0:
        edges = [0, half, low] if half < low else [0, low]
        classes += paint_classes(edges, BELOW, BELOW_COLOURS[-(len(edges) - 1) :], "sparse")
    edges = split_range(low, high)
    classes += paint_classes(edges, IN_RANGE, pick_colours(len(edges) - 1), "")
    classes += paint_classes([high + 1, 2 * high + 1], ABOVE, ABOVE_COLOURS[:1], "dense")
    classes.append(MapClass(role=ABOVE, colour=ABOVE_COLOURS[1], hatch="dense", low=2 * high + 1))
    counted = count_values(values, classes)
    return [entry for entry in counted if entry.count or entry.role == IN_RANGE]


def build_step_classes(values: npt.NDArray[np.float64]) -> list[MapClass]:
    """Return up to five classes of similar count with rounded breaks, for a measure that has no range."""
    known = values[np.isfinite(values)]
    if not known.size:
        return []
    quantiles = np.quantile(known, np.linspace(0, 1, len(STEP_COLOURS) + 1)[1:-1])
    breaks = sorted({round_readably(float(value)) for value in quantiles} - {0})
    edges = [0, *breaks]
    colours = pick_colours(len(edges), STEP_COLOURS)
    classes = [
        MapClass(role=STEP, colour=colour, low=low, high=high)
        for colour, low, high in zip(colours, edges, [*(edge - 1 for edge in breaks), None], strict=True)
    ]
    return [entry for entry in count_values(values, classes) if entry.count]


def paint_classes(edges: Sequence[int], role: str, colours: Sequence[str], hatch: str) -> list[MapClass]:
    """Return one class for each pair of neighbouring edges; the upper edge belongs to the next class."""
    return [
        MapClass(role=role, colour=colour, hatch=hatch, low=low, high=high - 1)
        for colour, low, high in zip(colours, edges, edges[1:], strict=False)
    ]


def split_range(low: int, high: int) -> list[int]:
    """Return the edges of two to four classes of a readable width, the last one just past ``high``."""
    step = max(1, round_step((high - low) / N_RANGE_CLASSES))
    inner = [edge for edge in range(low + step, high, step) if high - edge >= step / 2]
    return [low, *inner[: N_RANGE_CLASSES - 1], high + 1]


def round_step(width: float) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, 25, 50 … that is not under ``width``."""
    power = 1
    while True:
        for lead in (1, 2, 2.5, 5):
            step = lead * power
            if step >= width and step == int(step):
                return int(step)
        power *= 10


def round_readably(value: float) -> int:
    """Return the whole number next to ``value`` that has two significant digits."""
    if value < 1:
        return round(value)
    return int(round(value, 1 - math.floor(math.log10(value))))


def pick_colours(n: int, ramp: Sequence[str] = RANGE_COLOURS) -> list[str]:
    """Return ``n`` colours of a ramp, its ends included, spread evenly."""
    return [ramp[round(i * (len(ramp) - 1) / max(n - 1, 1))] for i in range(n)]


def find_classes(values: npt.NDArray[np.float64], classes: Sequence[MapClass]) -> npt.NDArray[np.int64]:
    """Return the position of each value's class, -1 where no class holds it."""
    found = np.full(len(values), -1, dtype=np.int64)
    for position, entry in enumerate(classes):
        if entry.low is None:
            continue
        inside = values >= entry.low
        if entry.high is not None:
            inside &= values < entry.high + 1
        found[inside] = position
    return found


def count_values(values: npt.NDArray[np.float64], classes: Sequence[MapClass]) -> list[MapClass]:
    """Return the classes with the number of values that fall into each."""
    counts = np.bincount(find_classes(values, classes) + 1, minlength=len(classes) + 1)[1:]
    return [replace(entry, count=int(count)) for entry, count in zip(classes, counts, strict=True)]
