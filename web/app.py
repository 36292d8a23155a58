"""`create_app`: the service as a WSGI application, put together from its parts."""

from apiflask import APIFlask
from gridgeo_web.answers import StrictJSON
from gridgeo_web.answers.fast import FastLayer
from gridgeo_web.config import ServiceConfig
from gridgeo_web.division.warming import warm_aside
from gridgeo_web.errors import register_errors
from gridgeo_web.guard import register_guard
from gridgeo_web.incidents.intake import read_incident_file
from gridgeo_web.service import EXTENSION, Service
from gridgeo_web.views import (
    assets,
    basemap,
    editor,
    features,
    geocode,
    grids,
    health,
    incident_map,
    incidents,
    locate,
    openapi,
    pages,
    planning,
    search,
    session,
    settings,
    statistics,
    tiles,
    uploads,
    versions,
)
from gridgeo_web.views.assets import asset_url, module_urls

__all__ = ["BLUEPRINTS", "create_app"]

BLUEPRINTS = (
    assets.blueprint,
    basemap.blueprint,
    editor.blueprint,
    features.blueprint,
    geocode.blueprint,
    grids.blueprint,
    health.blueprint,
    incident_map.blueprint,
    incidents.blueprint,
    locate.blueprint,
    openapi.blueprint,
    pages.blueprint,
    planning.blueprint,
    search.blueprint,
    session.blueprint,
    settings.blueprint,
    statistics.blueprint,
    tiles.blueprint,
    uploads.blueprint,
    versions.blueprint,
)


def create_app(config: ServiceConfig) -> APIFlask:
    """Return the service of a division.

    Parameters
    ----------
    config
        The division and all choices.

    Returns
    -------
    APIFlask
        The application; ``app.extensions["gridgeo"]`` is its `Service`.

    Raises
    ------
    GridgeoError
        The division, a table or the users cannot be read.
    """
    app = APIFlask(
        "gridgeo_web",
        title="gridgeo",
        json_errors=False,  # errors.py answers
        version="1",
        static_folder=None,  # type: ignore[arg-type]
        docs_path=None,  # its pages load from elsewhere; views/openapi.py has our own
        spec_path=None,
    )
    app.json = StrictJSON(app)
    app.config.update(
        MAX_CONTENT_LENGTH=config.max_body,
        MAX_FORM_MEMORY_SIZE=64 * 1024,
        MAX_FORM_PARTS=20,
        AUTO_404_RESPONSE=False,
    )
    service = Service(config)
    service.warm = warm_aside
    _take_in_file(service)
    app.extensions[EXTENSION] = service
    app.jinja_env.globals.update(asset_url=asset_url, module_urls=module_urls)
    app.jinja_env.globals.update(speak=pages.speak, say_refusal=pages.say_refusal)
    register_errors(app)
    register_guard(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.wsgi_app = FastLayer(app.wsgi_app, service)  # type: ignore[method-assign]
    return app


def _take_in_file(service: Service) -> None:
    """Take the incidents of the operator's file into the store, where there is one."""
    if service.config.incidents is None:
        return
    names = {name: one.code for one in service.categories.values() for name in (one.code, one.zh, one.en)}
    source, shown = service.config.incidents, service.snapshots.current()
    service.take_in(read_incident_file(source, shown, service.config.timezone, names))
