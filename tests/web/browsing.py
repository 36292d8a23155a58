"""Pages of the service in headless Chromium that can reach nothing else."""

import json
import shutil
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MOST_MS = 12_000  # a busy machine is slow; what never comes should be told soon
DESK, PHONE, WALL = (
    {"width": 1280, "height": 800},
    {"width": 390, "height": 844},
    {"width": 1920, "height": 1080},
)


@contextmanager
def browsing():
    """Yield a browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Names of other machines lead nowhere, so whatever a page asks of them fails and is listed.
        rules = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        arguments = ["--no-sandbox", rules, "--enable-precise-memory-info"]
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield started
        started.close()


@dataclass
class Visit:
    """A page, and what happened on it."""

    page: object
    address: str
    requests: list = field(default_factory=list)
    complaints: list = field(default_factory=list)
    refusals: list = field(default_factory=list)

    def outside(self):
        """Return the requests to any other machine."""
        local = (urlsplit(self.address).netloc, "")
        return [url for url in self.requests if urlsplit(url).netloc not in local]

    def text(self, selector):
        return self.page.locator(selector).inner_text()

    def query(self):
        return urlsplit(self.page.url).query

    def count(self, selector):
        return self.page.locator(selector).count()

    def module(self, expression):
        """Evaluate with ``load``, which imports one of our modules."""
        return self.page.evaluate(
            f"async () => {{ const load = (name) => import(`/assets/web/${{name}}.js`); {expression} }}"
        )


def visit(browser, address, path="/", **choices):
    """Open a page and wait until it is drawn."""
    options = {"viewport": DESK, "locale": "zh-CN", "reduced_motion": "reduce", **choices}
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(MOST_MS)
    seen = Visit(page, address)
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("websocket", lambda socket: seen.requests.append(socket.url))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("console", lambda message: seen.complaints.append(message.text))
    page.on("response", lambda answer: answer.status >= 400 and seen.refusals.append(answer.url))
    page.goto(address + path)
    if not path.startswith(("/login", "/help")):
        page.wait_for_selector("body.ready")
    return seen


def ask(address, path, body=None):
    """Ask the API as a program of this machine does."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Origin": address}
    with urllib.request.urlopen(urllib.request.Request(address + path, data, headers)) as answer:
        return json.load(answer)


def report(base, place, **more):
    """Report an incident at a place (longitude, latitude); return its row."""
    body = {"lon": place[0], "lat": place[1], "category": "06", "description": "路灯不亮", **more}
    return ask(base, "/api/v1/incidents", body)
