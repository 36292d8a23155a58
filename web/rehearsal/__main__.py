"""``python -m gridgeo_web.rehearsal``: the service on an invented city, with incidents that move."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from gridgeo_web.config import ExtraLayer, ServiceConfig
from gridgeo_web.logs import start_log
from gridgeo_web.rehearsal.city import SEED, prepare_city
from gridgeo_web.rehearsal.life import Life, begin_life
from gridgeo_web.rehearsal.past import read_reports, write_past
from gridgeo_web.serving import serve
from gridgeo_web.store import IncidentStore
from gridgeo_web.store.engine import Database
from gridgeo_web.tables import find_table, read_categories, read_workflow

from gridgeo.errors import GridgeoError

TITLES = {"zh": "演练：峡江市", "en": "rehearsal: an invented city"}


@click.command()
@click.option("--folder", default="out/rehearsal", type=click.Path(file_okay=False, path_type=Path))
@click.option("--communities", default=150, show_default=True)
@click.option("--households", default=430_000, show_default=True)
@click.option("--incidents", default=20_000, show_default=True, help="Of the past half year.")
@click.option("--every", default=2.0, show_default=True, help="Seconds from one event to the next; 0: none.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def command(
    folder: Path, communities: int, households: int, incidents: int, every: float, **where: Any
) -> None:
    """Serve an invented city; the first time it is built and divided, which takes a minute or two."""
    start_log("WARNING")
    try:
        files = prepare_city(folder, communities, households, incidents, click.echo)
        config = ServiceConfig(
            division=files.division,
            gazetteer=files.gazetteer,
            layers=tuple(ExtraLayer.parse(text) for text in files.layer_options),
            title=TITLES[where["lang"]],
            **where,
        )
        store = IncidentStore(Database(config.store_url), read_workflow(find_table("workflow.toml", None)))
        store.refresh()
        codes = _read_codes()
        if store.columns.n == 0 and incidents > 0:
            click.echo(f"telling {incidents:,} incidents of the past half year …")
            n_events = write_past(store, read_reports(files.past, codes), datetime.now(UTC), SEED)
            click.echo(f"{n_events:,} events written")
        if every > 0:
            life = Life(store, read_reports(files.live, codes), SEED)
            begin_life(life, every, threading.Event())
        click.echo("starting the service …")
        serve(config, lambda address: click.echo(f"the map is at {address} (stop with Ctrl-C)"))
    except GridgeoError as error:
        raise click.ClickException(str(error)) from error


def _read_codes() -> dict[str, str]:
    """Return the code of each category's name."""
    known = read_categories(find_table("categories.csv", None))
    return {name: one.code for one in known.values() for name in (one.zh, one.en)}


command(prog_name="python -m gridgeo_web.rehearsal")
