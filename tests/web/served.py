"""A service in a thread of the tests, on a free port; it ends between two rounds of its loop."""

import threading
from contextlib import contextmanager

import waitress.server
from waitress import wasyncore


@contextmanager
def serving(app):
    """Serve a WSGI application; yield its address."""
    channels, over = {}, threading.Event()
    server = waitress.server.create_server(app, map=channels, host="127.0.0.1", port=0, threads=6)

    def serve():
        while not over.is_set():
            wasyncore.loop(timeout=1, map=channels, count=1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        over.set()
        server.pull_trigger()
        thread.join(timeout=10)
        server.task_dispatcher.shutdown()
        wasyncore.close_all(channels)
