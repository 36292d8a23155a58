"""Signing in and out."""

import re
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import g, redirect, request
from gridgeo_web.auth.roles import needs
from gridgeo_web.auth.sessions import COOKIE
from gridgeo_web.auth.users import User
from gridgeo_web.config import LANGUAGES
from gridgeo_web.errors import BadRequestError, NotSignedInError, StoreDownError
from gridgeo_web.service import actor, service
from gridgeo_web.store import Actor
from gridgeo_web.store.audit import now_text
from gridgeo_web.store.shared import end_session
from werkzeug.wrappers import Response

__all__ = ["blueprint", "safe_target"]

blueprint = APIBlueprint("session", __name__, enable_openapi=False)
# A path of ours: // and /\ begin another site's address, and so may what a browser takes out of the text.
YEAR_S = 365 * 24 * 3600
OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


@blueprint.post("/login")
@needs("anyone")
def sign_in() -> Response:
    """Sign in with the fields ``name`` and ``password`` and go on to ``next``, always with a new session."""
    found = service()
    users = found.identifier.users
    if users is None:
        raise BadRequestError("this service has no users: whoever sits at this machine is signed in already")
    name, password = request.form.get("name", ""), request.form.get("password", "")
    g.lang = request.form.get("lang")
    origin = request.remote_addr or "-"
    with found.throttle.attempt(name, origin) as attempt:
        who = users.check_password(name, password)
        attempt.succeeded = who is not None
    _remember_attempt(name, who, origin)
    if who is None:
        if request.form.get("next") is None and request.accept_mimetypes.best == "application/json":
            raise NotSignedInError("name or password is wrong")
        return _back_to_form()
    answer = redirect(safe_target(request.form.get("next")), 303)
    if g.lang in LANGUAGES:
        answer.set_cookie("lang", g.lang, max_age=YEAR_S, samesite="Lax")
    answer.set_cookie(
        COOKIE,
        found.identifier.signer.sign(who),
        max_age=who.session_s,
        httponly=True,
        samesite="Strict",
        secure=found.config.secure_cookies or request.is_secure,
    )
    return answer


@blueprint.post("/logout")
@needs("anyone")
def sign_out() -> Response:
    """End the session, also for whoever has a copy of its cookie."""
    found = service()
    cookie = found.identifier.cookie(request.environ)
    session = None if cookie is None else found.identifier.signer.read(cookie)
    if session is not None:
        found.identifier.end(session.session_id)
        try:
            end_session(found.store.database, session.session_id, now_text())
            found.store.add_audit(actor(), "session.end")
        except StoreDownError as error:
            # ended in this process all the same; other processes learn of it by the session's own end
            found.log_problem("session end not written", error)
    answer = redirect("/login" if found.config.users is not None else "/", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="Strict")
    return answer


def safe_target(told: str | None) -> str:
    """Return where to go after signing in: the path told when it is one of ours, else the map."""
    return told if told is not None and OWN_PATH.fullmatch(told) else "/"


def _back_to_form() -> Response:
    """Send back to the form, which says that something was wrong but not what."""
    target = safe_target(request.form.get("next"))
    told = {"failed": "1", "next": target, "lang": request.form.get("lang", "")}
    return redirect(f"/login?{urlencode({name: value for name, value in told.items() if value})}", 303)


def _remember_attempt(name: str, who: User | None, origin: str) -> None:
    """Write the attempt into the audit; a store that is down keeps nobody out of the map."""
    by = Actor(name[:64] or "-", "-" if who is None else who.role, origin)
    try:
        service().store.add_audit(by, "session.begin" if who is not None else "session.refused")
    except StoreDownError as error:
        service().log_problem("sign-in not written", error)
