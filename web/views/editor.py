"""The page on which a planner changes grids."""

from typing import Any

from apiflask import APIBlueprint
from flask import render_template
from gridgeo_web.auth.roles import needs
from gridgeo_web.division.tile_layers import list_tile_layers
from gridgeo_web.planning.desk import desk
from gridgeo_web.service import service, snapshot, user
from gridgeo_web.views.pages import choose_language
from gridgeo_web.words import read_edit_words, say

__all__ = ["blueprint"]

blueprint = APIBlueprint("editor", __name__, enable_openapi=False)


@blueprint.get("/edit")
@needs("planner")
def edit() -> str:
    """Return the page of the editor."""
    language, words, who = choose_language(), read_edit_words(), user()
    desk().open_aside(snapshot(), "" if who is None else who.area)
    start: dict[str, Any] = {
        "page": "edit",
        "lang": language,
        "words": words,
        "user": None if who is None else {"name": who.name, "role": who.role, "area": who.area},
        "tiles": list_tile_layers(snapshot()),
    }
    return render_template(
        "edit.html",
        name="edit",
        lang=language,
        title=service().config.shown_title,
        say=lambda key, **places: say(words[language], key, **places),
        start=start,
        user=who,
        has_users=service().config.users is not None,
    )
