"""The invented city of the rehearsal as files: divided once, kept for the next time."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from gridgeo_web.rehearsal.past import draw_reports, write_reports

from gridgeo import GridSpec, build_gazetteer, divide
from gridgeo.demo import Demo, build_demo
from gridgeo.io import write_layers
from gridgeo.locate.gazetteer.store import write_gazetteer

__all__ = ["SEED", "CityFiles", "prepare_city"]

LOG = logging.getLogger(__name__)
SHOWN = {"water": "water", "railway": "railway", "pois": "pois", "compounds": "compounds"}
RANGE = (200, 300)
SEED = 1
N_LIVE = 2_000  # reports that are told over and over while one looks


@dataclass(frozen=True)
class CityFiles:
    """Where the files of a city lie."""

    division: Path
    gazetteer: Path
    layers: Path
    past: Path
    live: Path

    @property
    def are_there(self) -> bool:
        """Whether all of them are there."""
        return all(file.exists() for file in vars(self).values())

    @property
    def layer_options(self) -> tuple[str, ...]:
        """The further layers, as ``--layer`` takes them."""
        return tuple(f"{name}={self.layers}:{layer}" for name, layer in SHOWN.items())


def prepare_city(
    folder: Path, communities: int, households: int, n_past: int, say: Callable[[str], object]
) -> CityFiles:
    """Return the files of a city, which are made where they are missing.

    Parameters
    ----------
    folder
        Where to; made when it is not there.
    communities, households
        How large the city is. The same numbers give the same city.
    n_past
        Incidents of the past half year.
    say
        Told what is being done.

    Raises
    ------
    FileWriteError
        A file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"city{communities}"
    ends = (".gpkg", ".gazetteer.gpkg", ".layers.gpkg", f".past{n_past}.csv", ".live.csv")
    files = CityFiles(*(folder / f"{stem}{end}" for end in ends))
    if files.are_there:
        return files
    say(f"inventing a city of {communities} communities and {households:,} households …")
    demo = build_demo(communities, households)
    write_reports(draw_reports(demo, n_past, SEED), files.past)
    write_reports(draw_reports(demo, N_LIVE, SEED + 1), files.live)
    if not (files.gazetteer.exists() and files.layers.exists()):
        _write_layers(demo, files, say)
    if not files.division.exists():
        _divide(demo, files, say)
    return files


def _write_layers(demo: Demo, files: CityFiles, say: Callable[[str], object]) -> None:
    """Write the further layers and the list of places."""
    write_layers(
        files.layers, {name: getattr(demo, name) for name in SHOWN.values()}, {"made_by": "rehearsal"}
    )
    say("gathering its addresses …")
    gazetteer = build_gazetteer(
        addresses=demo.addresses,
        streets=demo.streets,
        pois=demo.pois,
        compounds=demo.compounds,
        communities=demo.communities,
    )
    write_gazetteer(gazetteer, files.gazetteer)


def _divide(demo: Demo, files: CityFiles, say: Callable[[str], object]) -> None:
    """Divide the city; a minute or two for a large one, the first time only."""
    say(f"dividing it into grids of {RANGE[0]} to {RANGE[1]} households, the first time only …")
    with click.progressbar(length=len(demo.communities), label="communities") as bar:
        division = divide(
            demo.communities,
            demo.buildings,
            demo.streets,
            GridSpec(households=RANGE, effort="fast"),
            barriers=[demo.railway, demo.water],
            compounds=demo.compounds,
            dedicated=demo.dedicated,
            progress=lambda done, _: bar.update(done - bar.pos),
            jobs=2,
        )
    division.write(files.division)
