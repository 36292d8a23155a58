"""The town, the users and the incidents that the tests of the service share."""

import shutil
from functools import cache

from gridgeo_web.app import create_app
from gridgeo_web.auth.users import hash_token
from gridgeo_web.config import ServiceConfig
from werkzeug.security import generate_password_hash

from gridgeo import GridSpec, divide
from gridgeo.demo import build_demo, incident_table

ORIGIN = "http://localhost"
COMMUNITIES, HOUSEHOLDS = 2, 1_500
ELSEWHERE = "99"  # no area code of the town begins so
PASSWORDS = {"wang": "officer's long password", "viewer1": "viewer's long password"}
ROLE_OF = {"wang": "officer", "viewer1": "viewer"}


@cache
def demo_town():
    """Return the layers of the town."""
    return build_demo(COMMUNITIES, HOUSEHOLDS)


def divide_town(folder):
    """Write the division of the town and its incidents as a table; return the division file."""
    demo = demo_town()
    spec = GridSpec(households=(200, 300), effort="fast")
    file = folder / "town.gpkg"
    divide(demo.communities, demo.buildings, demo.streets, spec).write(file)
    incident_table(demo).to_csv(folder / "incidents.csv", index=False)
    return file


def start_service(town_file, folder, **choices):
    """Return the service on a copy of the town; nothing refreshes by itself, so tests say when."""
    copy = folder / "town.gpkg"
    if not copy.exists():
        shutil.copyfile(town_file, copy)
    return create_app(ServiceConfig(division=copy, **{"background": False, **choices}))


def write_users(folder):
    """Write users: two with passwords, one token for each role, and an officer of another area."""
    blocks = [
        f'[[user]]\nname = "{name}"\nrole = "{ROLE_OF[name]}"\n'
        f'password_hash = "{generate_password_hash(password, "pbkdf2:sha256:1000")}"\n'
        for name, password in PASSWORDS.items()
    ]
    people = [(role, role, "") for role in ("viewer", "officer", "planner", "admin")]
    blocks += [
        f'[[user]]\nname = "{name}"\nrole = "{role}"\narea = "{area}"\n'
        f'tokens = ["{hash_token(f"token of {name}")}"]\n'
        for name, role, area in [*people, ("elsewhere", "officer", ELSEWHERE)]
    ]
    file = folder / "users.toml"
    file.write_text("\n".join(blocks), encoding="utf-8")
    return file


def bearer(name):
    """Return the header that a program of this name sends."""
    return {"Authorization": f"Bearer token of {name}"}


def sign_in(client, name, password=None, **more):
    """Send the form of the sign-in page."""
    form = {"name": name, "password": password or PASSWORDS[name], **more}
    return client.post("/login", data=form, headers={"Origin": ORIGIN})
