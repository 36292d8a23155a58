"""What the manifest of a changed, adopted, grouped or merged division tells of its making."""

from collections.abc import Mapping, Sequence
from typing import Any

from gridgeo.maps.words import say

__all__ = ["list_changes"]

SHOWN = 12
Pairs = list[tuple[str, str]]


def list_changes(manifest: Mapping[str, Any], words: dict[str, Any]) -> Pairs:
    """Return who changed what, each as a label and words; nothing for a division made from scratch."""
    pairs = [
        (str(words[f"report.change.{name}"]), str(manifest[name]))
        for name in ("author", "note")
        if manifest.get(name)
    ]
    changes = manifest.get("change") or {}
    pairs += [
        (str(words[f"report.change.{name}"]), f"{changes[name]:,.0f}")
        for name in ("households_moved", "buildings_moved")
        if name in changes
    ]
    if changes.get("grids_changed"):
        pairs.append((str(words["report.change.grids_changed"]), name_some(changes["grids_changed"], words)))
    pairs += list_adoption(manifest.get("adoption") or {}, words)
    pairs += list_agreement(manifest.get("agreement") or {}, words)
    if "n_base_grids" in (manifest.get("level") or {}):
        pairs.append((str(words["report.change.base_grids"]), str(manifest["level"]["n_base_grids"])))
    if manifest.get("retired_codes"):
        pairs.append((str(words["report.change.retired_codes"]), name_some(manifest["retired_codes"], words)))
    return pairs


def list_adoption(adoption: Mapping[str, Any], words: dict[str, Any]) -> Pairs:
    """Return what was wrong with drawn grids."""
    if not adoption:
        return []
    pairs = [(str(words["report.change.n_drawn"]), str(adoption["n_drawn"]))]
    for name in ("gaps", "overlaps", "outside"):
        area = sum(one["area_m2"] for one in adoption[name])
        text = say(words, "report.change.area", n=len(adoption[name]), area=f"{area:,.0f}")
        pairs.append((str(words[f"report.change.{name}"]), text))
    pairs.append((str(words["report.change.buildings_cut"]), str(len(adoption["buildings_cut"]))))
    if adoption["codes_lost"]:
        pairs.append((str(words["report.change.codes_lost"]), name_some(adoption["codes_lost"], words)))
    return pairs


def list_agreement(agreement: Mapping[str, Any], words: dict[str, Any]) -> Pairs:
    """Return how far networks agree."""
    if not agreement:
        return []
    pairs = []
    for pair in agreement["pairs"]:
        one, other = pair["networks"]
        text = say(
            words,
            "report.change.agreed",
            km=f"{pair['common_border_km']:,.1f}",
            share=f"{pair['border_agreement']:.1%}",
            n=pair["n_same_grids"],
        )
        pairs.append((say(words, "report.change.agreement", one=one, other=other), text))
    return [*pairs, (str(words["report.change.conflicts"]), str(len(agreement["conflicts"])))]


def name_some(codes: Sequence[str], words: dict[str, Any]) -> str:
    """Return the first codes, and how many more there are."""
    shown = ", ".join(str(code) for code in codes[:SHOWN])
    rest = len(codes) - SHOWN
    return f"{shown}, {say(words, 'report.more', n=rest)}" if rest > 0 else shown
