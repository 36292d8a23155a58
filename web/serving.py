"""Run the service: waitress by default, any other WSGI server by `build_wsgi`."""

import contextlib
import logging
import shlex
import socket
from collections.abc import Callable

import waitress.server  # type: ignore[import-untyped]
from apiflask import APIFlask
from gridgeo_web.answers.fast import FastLayer
from gridgeo_web.app import create_app
from gridgeo_web.config import ConfigError, ServiceConfig
from gridgeo_web.logs import start_log
from gridgeo_web.service import EXTENSION

__all__ = ["build_wsgi", "serve"]

LOG = logging.getLogger(__name__)
BACKLOG = 2048  # connections that the system keeps for us while all are busy
MOST_CONNECTIONS = 1500  # at once; further ones wait in the backlog
PROXY_HEADERS = {"x-forwarded-for", "x-forwarded-proto"}
IDLE_S = 60  # a connection that says nothing for so long is closed


def serve(config: ServiceConfig, listening: Callable[[str], object] = lambda _: None) -> None:
    """Serve until the process is told to stop (Ctrl-C, SIGTERM).

    Parameters
    ----------
    config
        All choices.
    listening
        Called with the service's address as soon as it can be reached.

    Raises
    ------
    ConfigError
        The address is in use or not ours.
    GridgeoError
        The division, a table or the users cannot be read.
    """
    own = _open_socket(config)
    with own:
        app = create_app(config)
        server = waitress.server.create_server(
            app.wsgi_app,
            sockets=[own],
            threads=config.threads,
            connection_limit=MOST_CONNECTIONS,
            channel_timeout=IDLE_S,
            # what is a little too long gets our own answer, what is far too long is cut off unread
            max_request_body_size=config.max_body + 64 * 1024,
            max_request_header_size=16 * 1024,
            ident=None,
            trusted_proxy=config.proxy,
            trusted_proxy_headers=PROXY_HEADERS if config.proxy is not None else (),
            clear_untrusted_proxy_headers=True,
            asyncore_use_poll=True,
        )
        _watch_queue(app, server)
        app.extensions[EXTENSION].keep_fresh()
        host, port = own.getsockname()[:2]
        LOG.info("serving", extra={"host": host, "port": port, "division": str(config.division)})
        listening(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
        server.run()


def build_wsgi(arguments: str) -> APIFlask:
    """Return the application for another WSGI server, from the arguments of ``gridgeo serve`` as one text.

    Examples
    --------
    ``gunicorn -w 2 --threads 8 'gridgeo_web.serving:build_wsgi("out/city.gpkg --users users.toml")'``
    """
    from gridgeo.cli.serve import read_arguments

    start_log()
    return create_app(read_arguments(shlex.split(arguments)))


def _open_socket(config: ServiceConfig) -> socket.socket:
    """Return a socket that listens where the service shall; before the long work of reading begins."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with contextlib.ExitStack() as undo:
            own = undo.enter_context(socket.socket(family, kind, proto))
            own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            own.bind(address)
            own.listen(BACKLOG)
            undo.pop_all()
    except OSError as error:
        raise ConfigError(
            f"cannot listen at {config.host}:{config.port} ({error.strerror or error}); "
            "another service may be there: choose another --port"
        ) from error
    return own


def _watch_queue(app: APIFlask, server: object) -> None:
    """Let the layer before Flask know how many requests wait for a thread."""
    dispatcher = getattr(server, "task_dispatcher", None)
    layer = app.wsgi_app
    if isinstance(layer, FastLayer) and dispatcher is not None:
        layer.waiting = lambda: len(dispatcher.queue)
