"""``gridgeo user``: let somebody sign in to the map service."""

from pathlib import Path

import click

from gridgeo.cli.serve import import_service

__all__ = ["command"]

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("user")
@click.argument("name")
@click.option("--users", required=True, type=FILE, help="The file of users to add to; made when missing.")
@click.option("--role", required=True, type=click.Choice(["viewer", "officer", "planner", "admin"]))
@click.option("--area", default="", help="Beginning of the area codes that the user sees; all by default.")
@click.option("--token", is_flag=True, help="For a program: a token instead of a password, shown once.")
@click.option("--display", is_flag=True, help="A screen on a wall: a viewer that stays signed in for a year.")
def command(name: str, users: Path, role: str, area: str, token: bool, display: bool) -> None:
    """Add a user NAME to the file that ``gridgeo serve --users`` reads.

    It asks for the password, and keeps only its hash. A running service takes the file over by itself.
    """
    from gridgeo.errors import GridgeoError

    accounts = import_service("auth.accounts")
    password = None if token else click.prompt("password", hide_input=True, confirmation_prompt=True)
    try:
        fresh = accounts.add_user(users, name, role, area, password, display=display)
    except GridgeoError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{users}: {name} is {role}" + (f" in {area}…" if area else ""))
    if fresh is not None:
        click.echo(f"the token, which is kept nowhere: {fresh}\nsend it as: Authorization: Bearer {fresh}")
