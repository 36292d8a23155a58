"""Who asks, and what they may: users, passwords, sessions, tokens, roles."""

from gridgeo_web.auth.roles import CONTACT_ROLES, ROLES, has_role, needs, role_needed
from gridgeo_web.auth.users import User, Users, read_users

__all__ = ["CONTACT_ROLES", "ROLES", "User", "Users", "has_role", "needs", "read_users", "role_needed"]
