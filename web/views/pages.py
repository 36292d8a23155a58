"""The pages: map, wall, print sheet, sign-in, help: words in a frame, the rest asked of the API."""

from collections.abc import Callable
from functools import partial
from typing import Any

from apiflask import APIBlueprint
from flask import g, render_template, request
from gridgeo_web.auth.roles import has_role, needs
from gridgeo_web.division.tile_layers import list_tile_layers
from gridgeo_web.errors import BadRequestError, MissingError
from gridgeo_web.planning.desk import desk
from gridgeo_web.service import own_grids, service, snapshot, user
from gridgeo_web.views.assets import VERSION
from gridgeo_web.words import LANGUAGES, read_page_words, say, say_sentence

from gridgeo.maps.layers import build_measure, find_range, list_measures

__all__ = ["PAPERS", "blueprint"]

blueprint = APIBlueprint("pages", __name__, enable_openapi=False)

# Sizes of a print sheet; landscape.
PAPERS = ("A4", "A3")


@blueprint.get("/")
@needs("viewer")
def map_page() -> str:
    """Return the map of the duty officer; for a planner the editor is made ready meanwhile."""
    who = user()
    if who is not None and has_role(who.role, "planner"):
        desk().open_aside(snapshot(), who.area)
    return render_page("map.html", "map", **read_map())


@blueprint.get("/wall")
@needs("viewer")
def wall() -> str:
    """Return the map for a wall of screens, that needs no hand."""
    return render_page("wall.html", "wall", **read_map())


@blueprint.get("/print")
@needs("viewer")
def print_sheet() -> str:
    """Return the sheet of one grid (网格平面图) on A4 or A3.

    Raises
    ------
    BadRequestError
        The paper has another size.
    MissingError
        There is no such grid, or it lies outside the area of the one who asks.
    """
    paper = request.args.get("paper", PAPERS[0])
    if paper not in PAPERS:
        raise BadRequestError(f"paper is {' or '.join(PAPERS)}, not {paper!r}", where="paper")
    code = request.args.get("grid", "")
    if code not in snapshot().position_of or not may_see(code):
        raise MissingError(f"there is no grid {code!r} here; open the map and choose one", where="grid")
    return render_page("print.html", "print", grid=code, paper=paper, **read_map())


@blueprint.get("/login")
@needs("anyone")
def login() -> str:
    """Return the page to sign in."""
    return render_page("login.html", "login", failed=request.args.get("failed", ""))


@blueprint.get("/help")
@needs("anyone")
def help_page() -> str:
    """Return what the page can do, its keys, its API."""
    return render_page("help.html", "help")


def render_page(template: str, name: str, **values: Any) -> str:
    """Return a page in the language of the reader, with what its modules begin with."""
    language, speech = speak()
    words = read_page_words()
    who = user()
    start = {
        "page": name,
        "lang": language,
        "words": words,
        "timezone": service().config.timezone,
        "assets": VERSION,
        "user": None if who is None else {"name": who.name, "role": who.role},
        **values,
    }
    return render_template(
        template,
        name=name,
        lang=language,
        title=service().config.shown_title,
        say=speech,
        start=start,
        user=who,
        has_users=service().config.users is not None,
        **values,
    )


def speak() -> tuple[str, Callable[..., str]]:
    """Return the language of the reader, and what gives the words of a key in it."""
    language = choose_language()
    return language, partial(say, read_page_words()[language])


def say_refusal(message: str) -> str:
    """Return why something was refused, each sentence in the reader's language where the catalogue has it."""
    words = read_page_words()[choose_language()]
    joint = "; " if choose_language() == "en" else "；"
    return joint.join(say_sentence(words, sentence, "refusals") for sentence in message.split("; "))


def choose_language() -> str:
    """Return what address or form ask for, else what the reader chose last, else the service's own."""
    told = [request.args.get("lang"), g.get("lang"), request.cookies.get("lang"), service().config.lang]
    return str(next(language for language in told if language in LANGUAGES))


def read_map() -> dict[str, Any]:
    """Return what a map begins with: what grids are coloured by, layers that have tiles, the revision."""
    return {
        "measures": read_measures(),
        "tiles": list_tile_layers(snapshot()),
        "division": snapshot().revision,
    }


def read_measures() -> list[dict[str, Any]]:
    """Return what grids can be coloured by, in the classes of the file map."""
    shown = snapshot()

    def build() -> list[dict[str, Any]]:
        grids, told = shown.division.grids, service().config.range
        limits = find_range(shown.division.manifest)
        if told is not None:
            limits = find_range({"spec": {"households": told}})
        built = [build_measure(grids, name, limits) for name in list_measures(grids, limits)]
        return [{"name": one["name"], "classes": one["classes"]} for one in built]

    measures: list[dict[str, Any]] = shown.cache.get("measures of the pages", build)
    return measures


def may_see(code: str) -> bool:
    """Tell whether a grid lies in the area of the one who asks."""
    return bool(own_grids()[snapshot().position_of[code]])
