"""A page inside a notebook: the whole map stands in the cell, so that it shows without a network."""

import html
from dataclasses import dataclass, field
from pathlib import Path

from gridgeo.io import replace_file

__all__ = ["MapFrame"]

HEIGHT_PX = 560


@dataclass(frozen=True)
class MapFrame:
    """A map as one page: it shows in a notebook, and can be written to a file.

    Attributes
    ----------
    page : the page as HTML; it makes no request.
    height : of the frame in a notebook, in pixels.
    """

    page: str = field(repr=False)
    height: int = HEIGHT_PX

    def write(self, path: str | Path) -> None:
        """Write the page; a kill leaves the old file or the new one.

        Raises
        ------
        FileWriteError
            When it cannot be written.
        """
        with replace_file(Path(path)) as fresh:
            fresh.write_text(self.page, encoding="utf-8")

    def _repr_html_(self) -> str:
        """Return a frame with the page inside it."""
        return (
            f'<iframe srcdoc="{html.escape(self.page)}" sandbox="allow-scripts" title="map" '
            f'style="width:100%;height:{self.height}px;border:1px solid #999"></iframe>'
        )
