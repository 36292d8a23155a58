"""What a check found, for people as an aligned table and for programs as JSON."""

import textwrap
from dataclasses import asdict, dataclass
from typing import Any

from geopandas import GeoDataFrame

from gridgeo.schema import Action, Fault

__all__ = ["LayerSummary", "Report", "summarise_layer"]

# The worst first.
ACTIONS: tuple[Action, ...] = ("fatal", "set aside", "mended", "reported")
WIDTH = 110


@dataclass(frozen=True, kw_only=True)
class LayerSummary:
    """One layer as it was read: where from, how many rows of what, in which CRS and encoding."""

    name: str
    source: str
    n_rows: int
    kinds: str
    crs: str
    encoding: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """All faults of the input, found before any work is done."""

    layers: tuple[LayerSummary, ...]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_fatal(self) -> bool:
        """Whether there is a fault that nothing but better data can mend."""
        return any(fault.action == "fatal" for fault in self.faults)

    def __str__(self) -> str:
        return self.to_text()

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain values, all of it."""
        return {
            "layers": [asdict(layer) for layer in self.layers],
            "notes": list(self.notes),
            "faults": [asdict(fault) for fault in self._sorted()],
            "fatal": self.is_fatal,
        }

    def to_text(self) -> str:
        """Return the report as an aligned table, the worst faults first."""
        rows: list[tuple[str, ...]] = [
            (layer.name, f"{layer.n_rows:,} rows", layer.kinds, layer.crs, layer.encoding, layer.source)
            for layer in self.layers
        ]
        lines = [*_align(rows), *self.notes]
        for fault in self._sorted():
            rest = f" and {fault.n_more:,} more" if fault.n_more else ""
            where = "; ".join(fault.rows) + rest
            lines.append("")
            lines.append(f"{fault.action.upper():9}  {fault.layer}: {fault.fault} ({fault.n_rows:,})")
            lines += _wrap(f"where: {where}") + _wrap(fault.meaning)
        counts = [f"{self._count(action)} {action}" for action in ACTIONS if self._count(action)]
        verdict = "not to be used as it is" if self.is_fatal else "can be used"
        return "\n".join([*lines, "", f"{', '.join(counts) or 'no faults'}: {verdict}"])

    def _sorted(self) -> list[Fault]:
        """Return the faults, the worst first, else in the order of the checks."""
        return sorted(self.faults, key=lambda fault: ACTIONS.index(fault.action))

    def _count(self, action: Action) -> int:
        """Return how many kinds of fault have one outcome."""
        return sum(fault.action == action for fault in self.faults)


def summarise_layer(frame: GeoDataFrame, name: str) -> LayerSummary:
    """Return where a layer comes from, its size, kinds of geometry, CRS and encoding."""
    kinds = frame.geom_type.fillna("no geometry").value_counts().sort_index()
    encoding = frame.attrs.get("encoding", "")
    how = frame.attrs.get("encoding_source", "")
    return LayerSummary(
        name=name,
        source=str(frame.attrs.get("source", "")),
        n_rows=len(frame),
        kinds=", ".join(f"{kind} {n:,}" for kind, n in kinds.items()) or "empty",
        crs=_name_crs(frame),
        encoding=f"{encoding} ({how})" if encoding and how else str(encoding),
    )


def _name_crs(frame: GeoDataFrame) -> str:
    """Return the short name of a CRS."""
    if frame.crs is None:
        return "no CRS"
    authority = frame.crs.to_authority()
    return ":".join(authority) if authority else str(frame.crs.name)


def _align(rows: list[tuple[str, ...]]) -> list[str]:
    """Return rows with their columns under one another."""
    widths = [max((len(row[k]) for row in rows), default=0) for k in range(6)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _wrap(text: str) -> list[str]:
    """Return a text as lines indented under its fault."""
    indent = " " * 11
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
