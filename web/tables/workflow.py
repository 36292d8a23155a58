"""The closed loop of an incident: its states, the steps between them, who may take them, how long."""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gridgeo_web.config import LOCAL_ROLES, ConfigError

__all__ = ["Action", "State", "Workflow", "read_workflow"]


@dataclass(frozen=True, kw_only=True)
class State:
    """Where an incident stands; ``hours`` is how long it may stay there, None without a limit."""

    name: str
    zh: str
    en: str
    open: bool
    hours: float | None = None


@dataclass(frozen=True, kw_only=True)
class Action:
    """A step: the states it starts in, the one it leads to (None: it stays), who may take it."""

    name: str
    zh: str
    en: str
    start: tuple[str, ...]
    to: str | None
    roles: tuple[str, ...]
    note: bool = False


@dataclass(frozen=True)
class Workflow:
    """States in their order, the first one being that of a new incident, and the steps between them."""

    states: tuple[State, ...]
    actions: tuple[Action, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the states in their order."""
        return tuple(state.name for state in self.states)

    @property
    def first(self) -> str:
        """The state of a new incident."""
        return self.states[0].name

    def action(self, name: str) -> Action | None:
        """Return the step of a name, None when there is none."""
        return next((action for action in self.actions if action.name == name), None)

    def allowed(self, state: str, role: str) -> list[str]:
        """Return the names of the steps that a role may take from a state."""
        return [action.name for action in self.actions if state in action.start and role in action.roles]


def read_workflow(file: Path) -> Workflow:
    """Return the workflow of a TOML file.

    Parameters
    ----------
    file
        Tables ``[[state]]`` and ``[[action]]``, as in the default beside this module.

    Raises
    ------
    ConfigError
        It is no TOML, or a state, role or key is missing or unknown.
    """
    try:
        parsed = tomllib.loads(file.read_text(encoding="utf-8"))
        states = tuple(State(**_strict(table)) for table in parsed.get("state", []))
        actions = tuple(_action(table) for table in parsed.get("action", []))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise ConfigError(
            f"{file}: cannot be read as a workflow ({error}); see the default for its form"
        ) from error
    _check(states, actions, file)
    return Workflow(states, actions)


def _strict(table: dict[str, Any]) -> dict[str, Any]:
    """Return a state's table, its limit as a float."""
    hours = table.get("hours")
    return {**table, "hours": None if hours is None else float(hours)}


def _action(table: dict[str, Any]) -> Action:
    """Return a step; ``from`` is no name that Python lets a field have."""
    rest = {key: value for key, value in table.items() if key not in ("from", "to", "roles")}
    return Action(start=tuple(table["from"]), to=table.get("to"), roles=tuple(table["roles"]), **rest)


def _check(states: tuple[State, ...], actions: tuple[Action, ...], file: Path) -> None:
    """Raise with every fault of a workflow."""
    names = [state.name for state in states]
    faults = [] if states and states[0].open else ["the first [[state]] must be there and open"]
    faults += [f"state {name!r} stands twice" for name in sorted({n for n in names if names.count(n) > 1})]
    for action in actions:
        ends = [*action.start, *([action.to] if action.to is not None else [])]
        faults += [f"action {action.name!r}: no state is called {end!r}" for end in ends if end not in names]
        faults += [
            f"action {action.name!r}: no role is called {r!r}" for r in action.roles if r not in LOCAL_ROLES
        ]
    if faults:
        raise ConfigError(f"{file}: " + "; ".join(faults))
