"""``gridgeo serve``: the map of a division as a service for a command centre."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from gridgeo_web.config import ServiceConfig

__all__ = ["command", "import_service", "read_arguments"]

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, exists=True, path_type=Path)


@click.command("serve")
@click.argument("division", metavar="OUT.gpkg", type=FILE)
@click.option("--incidents", metavar="FILE[:LAYER]", help="Incidents to take into the store, once.")
@click.option(
    "--store",
    metavar="URL",
    help="Where incidents are kept: sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME. "
    "By default OUT.incidents.sqlite beside the division.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Any other than loopback needs --users.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--gazetteer", type=FILE, help="From gridgeo gazetteer build; finds addresses.")
@click.option(
    "--layer", "layers", metavar="NAME=FILE[:LAYER]", multiple=True, help="A further layer to show."
)
@click.option("--basemap", metavar="URL|FILE.pmtiles", help="Picture tiles of the own network, {z}/{x}/{y}.")
@click.option("--users", type=FILE, help="Who may sign in, as gridgeo user writes it.")
@click.option("--local-role", default="officer", show_default=True, help="Without --users: what you may do.")
@click.option("--tables", type=FOLDER, help="Own categories.csv, workflow.toml, workers.csv.")
@click.option("--title", help="What stands above the map; the file's name by default.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--timezone", default="Asia/Shanghai", show_default=True, help="In which days are counted.")
@click.option("--trusted-host", "trusted_hosts", multiple=True, help="A name that the service goes by.")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--proxy", metavar="ADDRESS", help="Of a proxy before it, believed on who asks (X-Forwarded-For)."
)
@click.option("--secure-cookies", is_flag=True, help="Sessions over https only, behind a proxy that does it.")
@click.option(
    "--log-level", type=click.Choice(["debug", "info", "warning", "error"]), default="info", show_default=True
)
def command(log_level: str, **choices: Any) -> None:
    """Serve the map of a division: grids, incidents, search, for a wall screen, desks and phones.

    The division file is read, never written; a replaced file is shown without a restart. Nothing is fetched
    from outside. Stop with Ctrl-C.
    """
    from gridgeo.errors import GridgeoError

    serving, logs = import_service("serving"), import_service("logs")
    logs.start_log(log_level.upper())
    try:
        serving.serve(_build_config(choices), lambda address: click.echo(f"the map is at {address}"))
    except GridgeoError as error:
        raise click.ClickException(str(error)) from error


def read_arguments(arguments: list[str]) -> "ServiceConfig":
    """Return the configuration of a command line, for servers other than waitress.

    Parameters
    ----------
    arguments
        What would stand after ``gridgeo serve``.
    """
    context = command.make_context("serve", list(arguments))
    choices = {name: value for name, value in context.params.items() if name != "log_level"}
    return _build_config(choices)


def import_service(module: str) -> Any:
    """Return a module of the service, or say which extra is missing."""
    import importlib

    try:
        return importlib.import_module(f"gridgeo_web.{module}")
    except ImportError as error:
        raise click.ClickException(f"the service needs {error.name}: pip install 'gridgeo[web]'") from error


def _build_config(choices: dict[str, Any]) -> "ServiceConfig":
    """Return the configuration of the options."""
    config = import_service("config")
    layers = tuple(config.ExtraLayer.parse(text) for text in choices.pop("layers"))
    built: ServiceConfig = config.ServiceConfig(layers=layers, **choices)
    return built
