"""Roles, each of which may do what those before it may, and the mark that every route bears."""

from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["ANYONE", "CONTACT_ROLES", "ROLES", "has_role", "needs", "role_needed"]

View = TypeVar("View", bound=Callable[..., Any])

ANYONE = "anyone"  # also who is not signed in: the sign-in page, health, the files of the front end
ROLES = ("viewer", "officer", "planner", "admin")
# An officer calls back; a planner draws grids and has no need of a reporter's telephone.
CONTACT_ROLES = frozenset({"officer", "admin"})


def needs(role: str) -> Callable[[View], View]:
    """Return a decorator that says which role a route needs at least.

    The service asks before each request (see ``gridgeo_web.guard``) and refuses routes without the mark.

    Parameters
    ----------
    role
        ``anyone`` or one of ``ROLES``.
    """
    if role not in (ANYONE, *ROLES):
        raise ValueError(f"no role is called {role!r}; there are anyone, {', '.join(ROLES)}")

    def mark(view: View) -> View:
        view.__dict__["needs"] = role
        return view

    return mark


def role_needed(view: Callable[..., Any]) -> str | None:
    """Return the role that a view was marked with, None without a mark."""
    return getattr(view, "needs", None)


def has_role(role: str | None, needed: str) -> bool:
    """Tell whether a role (None: nobody is signed in) is enough where another is needed."""
    if needed == ANYONE:
        return True
    return role is not None and ROLES.index(role) >= ROLES.index(needed)
