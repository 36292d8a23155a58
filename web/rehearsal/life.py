"""What happens while one looks: new reports come in, others are moved on, in a thread beside the service."""

import itertools
import logging
import random
import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from gridgeo_web.rehearsal.past import LIFE, PEOPLE, RAISED_FROM, RAISED_NOTE
from gridgeo_web.store import Actor, IncidentStore, NewIncident

from gridgeo.errors import GridgeoError

__all__ = ["Life", "begin_life"]

LOG = logging.getLogger(__name__)
NEW_SHARE = 0.4  # of what happens are new reports; the rest are steps with open ones
RAISED_SHARE = 0.1  # of the steps with dispatched incidents hand them up a level
NEXT = dict(
    zip(("reported", *(state for _, state, _ in LIFE)), (action for action, _, _ in LIFE), strict=False)
)


class Life:
    """One thing after another, each drawn by a seeded die.

    Parameters
    ----------
    store
        Where it happens.
    reports
        What people will say, over and over.
    seed
        Of the die.
    """

    def __init__(self, store: IncidentStore, reports: list[NewIncident], seed: int) -> None:
        self._store = store
        self._rng = random.Random(seed)
        self._reports: Iterator[NewIncident] = itertools.cycle(reports)

    def step(self) -> str:
        """Let one thing happen and return the incident that it happened to.

        Raises
        ------
        GridgeoError
            The store refused it.
        """
        actor = Actor(self._rng.choice(PEOPLE), "officer", "rehearsal")
        found = self._store.columns
        rows = np.flatnonzero(found.is_open)
        if len(rows) == 0 or self._rng.random() < NEW_SHARE:
            told = next(self._reports)
            return self._store.report(replace(told, incident_id=None, reported_at=None), actor)
        row = int(rows[int(len(rows) * self._rng.random() ** 0.5)])  # rather the later ones
        key, state = found.incident_id[row], found.states[found.state[row]]
        level = found.levels[found.level[row]]
        may_rise = "escalate" in self._store.workflow.allowed(state, level, actor.role)
        if may_rise and state == RAISED_FROM and self._rng.random() < RAISED_SHARE:
            self._store.act(key, "escalate", actor, RAISED_NOTE)
        else:
            self._store.act(key, NEXT[state], actor)
        return key


def begin_life(life: Life, every_s: float, stop: threading.Event) -> threading.Thread:
    """Let things happen until told to stop; what the store refuses is logged, and life goes on.

    Parameters
    ----------
    life
        What happens.
    every_s
        Seconds from one thing to the next.
    stop
        Set to end it.
    """

    def live() -> None:
        while not stop.wait(every_s):
            try:
                life.step()
            except GridgeoError as error:
                LOG.warning("rehearsal held up", extra={"problem": str(error)})

    thread = threading.Thread(target=live, name="gridgeo-rehearsal", daemon=True)
    thread.start()
    return thread
