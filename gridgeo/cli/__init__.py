"""The command line: read arguments, call one or two public functions, show the answer."""

import importlib
import pkgutil

import click

__all__ = ["main"]


class LazyGroup(click.Group):
    """A group whose verbs are the modules of this folder, each imported only when it is called.

    A module whose name begins with an underscore is no verb, but what several verbs share.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of the alphabet."""
        return sorted(
            module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")
        )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a verb, None when there is no such verb."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").command
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gridgeo")
def main() -> None:
    """Divide communities into grids, find the grid of a place, show it on a map."""
