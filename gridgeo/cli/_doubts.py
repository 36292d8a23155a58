"""Warnings of the library as lines that a user of the command line reads."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import click

from gridgeo.locate.doubts import PlacementWarning

__all__ = ["show_doubts"]


@contextmanager
def show_doubts() -> Iterator[None]:
    """Show what makes layers look misplaced as lines of standard error; other warnings go their usual way."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", PlacementWarning)
        yield
    for warning in caught:
        if issubclass(warning.category, PlacementWarning):
            click.echo(f"Warning: {warning.message}", err=True)
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
