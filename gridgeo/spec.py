"""What a good grid is: its size, how hard to search for it, and how it is coded."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from gridgeo.errors import SchemaError

__all__ = ["EFFORTS", "PRESETS", "Effort", "GridSpec", "Range", "Scheme"]

Range = tuple[float, float]
Effort = Literal["fast", "default", "best"]
Scheme = Literal["auto", "14", "15", "plain"]


@dataclass(frozen=True)
class SearchEffort:
    """How long to search: moves of whole blocks, for each block, from how many first plans; moves of single
    atoms, for each atom, how many times; how many rounds of windows while a grid is out of range that might
    not be; and how many such searches, from whose grids the best plan is put together.
    """

    coarse_moves: int
    starts: int
    fine_moves: int
    polishes: int
    rounds: int
    searches: int


EFFORTS: dict[str, SearchEffort] = {
    "fast": SearchEffort(coarse_moves=10, starts=4, fine_moves=20, polishes=1, rounds=1, searches=1),
    "default": SearchEffort(coarse_moves=20, starts=10, fine_moves=40, polishes=2, rounds=3, searches=1),
    "best": SearchEffort(coarse_moves=20, starts=20, fine_moves=40, polishes=4, rounds=6, searches=8),
}

# Sizes in use (households, people); a planner may change every one of them.
PRESETS: dict[str, dict[str, Range]] = {
    "changzhi": {"households": (250, 350)},
    "gbt34300": {"households": (300, 500), "people": (1, 1_000)},
    "health": {"households": (400, 600), "people": (1_000, 1_500)},
    "minhe": {"households": (200, 300), "people": (600, 900)},
    "taian": {"households": (150, 300), "people": (500, 1_000)},
    "unit_grid": {"area_m2": (5_000, 15_000)},
    "yichang": {"households": (200, 300)},
}

AREA_SLACK = 0.5  # a unit grid may be half as large again as the target, or half of it


@dataclass(frozen=True, kw_only=True)
class GridSpec:
    """What a good grid is, and how far one may stray from it.

    Parameters
    ----------
    households : the least and the most households of a grid; ignored when ``area_m2`` is given.
    people : the least and the most people of a grid, beside the households.
    area_m2 : the least and the most square metres, for unit grids (万米单元网格) without household count.
    max_area_m2 : a soft upper limit of the area of a household grid.
    effort : how long to search: ``fast`` to try something out, ``default``, ``best`` for the night.
    seed : the seed of the search. The same input and seed give the same grids.
    cross_barriers : whether a grid may lie on both sides of a railway or river.
    code_scheme : ``14`` or ``15`` digits after a 12-digit area code, ``plain`` for ``AREA-001``; ``auto``
        takes the shortest that serves.
    start_date : the day from which the grids are in force, ISO, or None for not stated.

    Raises
    ------
    SchemaError
        When a range is empty, upside down or not positive, or a word is unknown.

    Examples
    --------
    >>> GridSpec(households=(200, 300)).target
    250.0
    >>> GridSpec.preset("minhe").people
    (600, 900)
    """

    households: Range = (200, 300)
    people: Range | None = None
    area_m2: Range | None = None
    max_area_m2: float | None = None
    effort: Effort = "default"
    seed: int = 0
    cross_barriers: bool = False
    code_scheme: Scheme = "auto"
    start_date: str | None = None

    def __post_init__(self) -> None:
        found = [
            f"{name} must be a range of two positive numbers, the smaller first, got {value!r}"
            for name, value in (
                ("households", self.households),
                ("people", self.people),
                ("area_m2", self.area_m2),
            )
            if value is not None and not is_range(value)
        ]
        if self.effort not in EFFORTS:
            found.append(f"effort must be one of {', '.join(EFFORTS)}, got {self.effort!r}")
        if self.code_scheme not in ("auto", "14", "15", "plain"):
            found.append(f"code_scheme must be auto, 14, 15 or plain, got {self.code_scheme!r}")
        if self.max_area_m2 is not None and self.max_area_m2 <= 0:
            found.append(f"max_area_m2 must be positive, got {self.max_area_m2!r}")
        if self.start_date is not None and not is_day(self.start_date):
            found.append(f"start_date must be a day such as 2027-01-31, got {self.start_date!r}")
        if self.seed < 0:
            found.append(f"seed must not be negative, got {self.seed!r}")
        if found:
            raise SchemaError("; ".join(found))

    @property
    def size_range(self) -> Range:
        """The range of what is counted: square metres for unit grids, else households."""
        return self.households if self.area_m2 is None else self.area_m2

    @property
    def target(self) -> float:
        """The middle of the range of what is counted."""
        return sum(self.size_range) / 2.0

    @property
    def measure(self) -> Literal["area_m2", "households"]:
        """What is counted: ``households`` or ``area_m2``."""
        return "households" if self.area_m2 is None else "area_m2"

    @classmethod
    def preset(cls, name: str, *, effort: Effort = "default", seed: int = 0) -> "GridSpec":
        """Return the size that a place practises; see ``PRESETS``."""
        if name not in PRESETS:
            raise SchemaError(f"no preset {name!r}; there are {', '.join(PRESETS)}")
        size = PRESETS[name]
        return cls(
            households=size.get("households", (200, 300)),
            people=size.get("people"),
            area_m2=size.get("area_m2"),
            effort=effort,
            seed=seed,
        )

    @classmethod
    def unit_grids(cls, area_m2: float, *, effort: Effort = "default", seed: int = 0) -> "GridSpec":
        """Return unit grids of about ``area_m2`` square metres each."""
        if area_m2 <= 0:
            raise SchemaError(f"the area of a unit grid must be positive, got {area_m2!r}")
        size = (area_m2 * (1 - AREA_SLACK), area_m2 * (1 + AREA_SLACK))
        return cls(area_m2=size, effort=effort, seed=seed)


def is_day(text: str) -> bool:
    """Return whether a text is a day of the calendar in the one form that sorts as it is written."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except (TypeError, ValueError):
        return False


def is_range(value: Range) -> bool:
    """Return whether a value is two finite positive numbers, the smaller first."""
    return len(value) == 2 and 0 < value[0] <= value[1] < float("inf")
