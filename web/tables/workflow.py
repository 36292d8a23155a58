"""The closed loop of an incident: states, levels, the steps between them, who may take them, how long."""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gridgeo_web.config import LOCAL_ROLES, ConfigError

__all__ = ["Action", "Level", "State", "Workflow", "read_workflow"]

MOVES = {"up": 1, "down": -1}


@dataclass(frozen=True, kw_only=True)
class State:
    """Where an incident stands; ``hours`` is how long it may stay there, None without a limit."""

    name: str
    zh: str
    en: str
    open: bool
    hours: float | None = None


@dataclass(frozen=True, kw_only=True)
class Level:
    """Who has an incident in hand: the grid, the community, the street, the district."""

    name: str
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Action:
    """A step: the states it starts in, the one it leads to (None: it stays), who may take it.

    ``level`` is ``up`` or ``down`` where it hands the incident to the next level, None where that stays.
    """

    name: str
    zh: str
    en: str
    start: tuple[str, ...]
    to: str | None
    roles: tuple[str, ...]
    note: bool = False
    level: str | None = None


@dataclass(frozen=True)
class Workflow:
    """States and levels in their order, those of a new incident first, and the steps between them.

    There may be no levels; then incidents have none.
    """

    states: tuple[State, ...]
    actions: tuple[Action, ...]
    levels: tuple[Level, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the states in their order."""
        return tuple(state.name for state in self.states)

    @property
    def first(self) -> str:
        """The state of a new incident."""
        return self.states[0].name

    @cached_property
    def level_names(self) -> tuple[str, ...]:
        """The names of the levels, the lowest first."""
        return tuple(level.name for level in self.levels)

    @property
    def first_level(self) -> str | None:
        """The level of a new incident."""
        return self.levels[0].name if self.levels else None

    def next_level(self, action: Action, level: str | None) -> str | None:
        """Return the level that a step leads to from one.

        Raises
        ------
        ValueError
            There is none above the highest, none below the lowest.
        """
        if action.level is None:
            return level
        names = self.level_names
        at = (names.index(level) if level in names else 0) + MOVES[action.level]
        if not 0 <= at < len(names):
            raise ValueError(f"{level} is the {'highest' if action.level == 'up' else 'lowest'} level")
        return names[at]

    def action(self, name: str) -> Action | None:
        """Return the step of a name, None when there is none."""
        return next((action for action in self.actions if action.name == name), None)

    def allowed(self, state: str, level: str | None, role: str) -> list[str]:
        """Return the names of the steps that a role may take from a state and level."""
        return [
            action.name
            for action in self.actions
            if state in action.start and role in action.roles and self._leads_on(action, level)
        ]

    def _leads_on(self, action: Action, level: str | None) -> bool:
        """Tell whether there is a level for a step to lead to."""
        try:
            self.next_level(action, level)
        except ValueError:
            return False
        return True


def read_workflow(file: Path) -> Workflow:
    """Return the workflow of a TOML file.

    Parameters
    ----------
    file
        Tables ``[[state]]``, ``[[level]]`` and ``[[action]]``, as in the default beside this module.

    Raises
    ------
    ConfigError
        It is no TOML, or a state, role or key is missing or unknown.
    """
    try:
        parsed = tomllib.loads(file.read_text(encoding="utf-8"))
        states = tuple(State(**_strict(table)) for table in parsed.get("state", []))
        levels = tuple(Level(**table) for table in parsed.get("level", []))
        actions = tuple(_action(table) for table in parsed.get("action", []))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise ConfigError(
            f"{file}: cannot be read as a workflow ({error}); see the default for its form"
        ) from error
    _check(Workflow(states, actions, levels), file)
    return Workflow(states, actions, levels)


def _strict(table: dict[str, Any]) -> dict[str, Any]:
    """Return a state's table, its limit as a float."""
    hours = table.get("hours")
    return {**table, "hours": None if hours is None else float(hours)}


def _action(table: dict[str, Any]) -> Action:
    """Return a step; ``from`` is no name that Python lets a field have."""
    rest = {key: value for key, value in table.items() if key not in ("from", "to", "roles")}
    return Action(start=tuple(table["from"]), to=table.get("to"), roles=tuple(table["roles"]), **rest)


def _check(flow: Workflow, file: Path) -> None:
    """Raise with every fault of a workflow."""
    states, names = flow.states, flow.names
    faults = [] if states and states[0].open else ["the first [[state]] must be there and open"]
    for kind, told in (("state", names), ("level", flow.level_names)):
        doubles = sorted({name for name in told if told.count(name) > 1})
        faults += [f"{kind} {name!r} stands twice" for name in doubles]
    for action in flow.actions:
        ends = [*action.start, *([action.to] if action.to is not None else [])]
        faults += [f"action {action.name!r}: no state is called {end!r}" for end in ends if end not in names]
        faults += [
            f"action {action.name!r}: no role is called {r!r}" for r in action.roles if r not in LOCAL_ROLES
        ]
        if action.level not in (None, *MOVES):
            faults.append(f"action {action.name!r}: level is up or down, not {action.level!r}")
        elif action.level is not None and len(flow.levels) < 2:
            faults.append(f"action {action.name!r}: goes {action.level} a level, but there are no [[level]]s")
    if faults:
        raise ConfigError(f"{file}: " + "; ".join(faults))
