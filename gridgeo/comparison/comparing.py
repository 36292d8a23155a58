"""Two divisions of one place side by side: a value with a table, figures, a page for a notebook, a map."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from geopandas import GeoDataFrame

from gridgeo.comparison.changes import CHANGES, find_border_changes, list_changes
from gridgeo.comparison.lineage import build_lineage
from gridgeo.crs import suitable_crs
from gridgeo.division import Division
from gridgeo.errors import FileWriteError
from gridgeo.io import replace_file, write_layers

if TYPE_CHECKING:
    from gridgeo.maps import MapFrame

__all__ = ["Comparison", "compare"]

SHOWN = 12  # rows in a notebook; the table has them all


@dataclass(frozen=True, kw_only=True, repr=False)
class Comparison:
    """What changed between two divisions.

    Attributes
    ----------
    old, new : the divisions.
    table : one row for each new grid and each old one that ended, with ``change`` and the households that
        came and went; see ``gridgeo.comparison.changes``.
    lineage : which buildings, households and ground of each old grid lie in which new grid.
    borders : the lines that are border in one of the two only, ``side`` being ``removed`` or ``added``.
    """

    old: Division
    new: Division
    table: GeoDataFrame
    lineage: GeoDataFrame
    borders: GeoDataFrame

    @cached_property
    def score(self) -> dict[str, int | float]:
        """The figures of the change: grids by kind, households, buildings, metres of border."""
        both = self.lineage["old_code"].notna() & self.lineage["new_code"].notna()
        moved = self.lineage[self.lineage["is_moved"]]
        carried = int(self.lineage.loc[both, "households_carried"].sum())
        counts = self.table["change"].value_counts()
        before, after = (int(self.lineage[f"households_{side}"].sum()) for side in ("before", "after"))
        length = self.borders.groupby("side")["length_m"].sum()
        households = int(moved["households_carried"].sum())
        return {
            "n_grids_before": len(self.old.grids),
            "n_grids_after": len(self.new.grids),
            **{f"n_{kind}": int(counts.get(kind, 0)) for kind in CHANGES},
            "households_before": before,
            "households_after": after,
            "households_new": after - int(self.lineage.loc[both, "households_carried"].sum()),
            "households_gone": before - carried,
            "households_moved": households,
            "moved_share": round(households / carried, 6) if carried else 0.0,
            "buildings_moved": int(moved["n_buildings"].sum()),
            "border_added_m": round(float(length.get("added", 0.0)), 1),
            "border_removed_m": round(float(length.get("removed", 0.0)), 1),
        }

    def to_json(self) -> str:
        """Return the figures and the table as JSON, missing answers as null."""
        rows = self.table.drop(columns="geometry").astype(object)
        rows = rows.where(rows.notna(), None)
        return json.dumps(
            {"score": self.score, "grids": rows.to_dict("records")}, ensure_ascii=False, allow_nan=False
        )

    def map(self, *, lang: str | None = None) -> "MapFrame":
        """Return a map with the old grids left and the new ones right of a handle, coloured by change.

        It shows in a notebook without a network; ``write`` saves it as a page.
        """
        from gridgeo.maps import MapExtras, MapFrame, to_html

        kinds = self.table.set_index("grid_code")["change"]
        kinds = kinds[~kinds.index.duplicated(keep="first")]
        heirs = (
            self.table.dropna(subset="old_code").drop_duplicates("old_code").set_index("old_code")["change"]
        )
        sides = [
            replace(self.old, grids=self.old.grids.assign(change=self.old.grids["grid_code"].map(heirs))),
            replace(self.new, grids=self.new.grids.assign(change=self.new.grids["grid_code"].map(kinds))),
        ]
        titles = [name_of(side) for side in sides]
        return MapFrame(to_html(sides[0], MapExtras(against=sides[1]), titles=titles, lang=lang))

    def write(self, path: str | Path) -> None:
        """Write the comparison: the table as .csv, all layers as .gpkg, the map as .html, figures as .json.

        Raises
        ------
        FileWriteError
            When it cannot be written, or the name ends in something else.
        """
        target = Path(path)
        kind = target.suffix.lower()
        if kind == ".gpkg":
            layers = {"changes": self.table, "lineage": self.lineage, "borders": self.borders}
            write_layers(target, layers, {"score": self.score})
            return
        texts: dict[str, Callable[[], str]] = {
            ".csv": self._to_csv,
            ".json": self.to_json,
            ".html": lambda: self.map().page,
        }
        if kind not in texts:
            raise FileWriteError(f"{target}: a comparison is written as .csv, .gpkg, .html or .json")
        with replace_file(target) as fresh:
            fresh.write_text(texts[kind](), encoding="utf-8")

    def __repr__(self) -> str:
        score = self.score
        kinds = ", ".join(f"{score[f'n_{kind}']} {kind}" for kind in CHANGES)
        return f"Comparison({score['n_grids_before']} → {score['n_grids_after']} grids: {kinds})"

    def _to_csv(self) -> str:
        """Return the table as CSV."""
        return str(pd.DataFrame(self.table.drop(columns="geometry")).to_csv(index=False))

    def _repr_html_(self) -> str:
        """Return the figures and the grids that changed most for a notebook."""
        figures = pd.DataFrame({"": self.score.values()}, index=list(self.score), dtype=object)
        changed = self.table[self.table["change"] != "kept"].drop(columns="geometry")
        weight = changed["households_in"] + changed["households_out"]
        shown = changed.loc[weight.sort_values(ascending=False, kind="stable").index[:SHOWN]]
        rest = f"<p>… {len(changed) - SHOWN} more in .table</p>" if len(changed) > SHOWN else ""
        return f"<div>{figures.to_html()}{pd.DataFrame(shown).to_html(index=False)}{rest}</div>"


def compare(old: Division, new: Division) -> Comparison:
    """Return what changed from one division to another one of the same place.

    Grids are followed by the households of their buildings, not by their codes: an old grid goes on in the
    new one that holds at least half of its carried households. New households have not moved.

    Parameters
    ----------
    old, new
        The divisions, each in any declared CRS; the answer is in that of the new one.

    Returns
    -------
    Comparison
        ``table``, ``lineage``, ``borders``, ``score``, ``map()``, ``write()``.

    Raises
    ------
    CRSError
        When a layer does not say in which system it is.

    Examples
    --------
    >>> import gridgeo
    >>> from gridgeo.demo import build_demo
    >>> demo = build_demo(n_communities=2, households=2_000)
    >>> fast = gridgeo.GridSpec(effort="fast")
    >>> division = gridgeo.divide(demo.communities, demo.buildings, demo.streets, fast)
    >>> gridgeo.compare(division, division).score["n_kept"] == len(division.grids)
    True
    """
    crs = suitable_crs(new.grids, "grids")
    lineage = build_lineage(old, new)
    before, after = old.grids.to_crs(crs), new.grids.to_crs(crs)
    table = list_changes(before, after, lineage).to_crs(new.grids.crs)
    borders = find_border_changes(before, after).to_crs(new.grids.crs)
    return Comparison(old=old, new=new, table=table, lineage=lineage, borders=borders)


def name_of(division: Division) -> str:
    """Return what a division is called on a map: its title, else its date; the map has words for neither."""
    stated = (division.manifest.get("spec") or {}).get("start_date")
    return str(division.manifest.get("title") or stated or "")
