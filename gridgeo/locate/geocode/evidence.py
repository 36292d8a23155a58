"""What a text says about a place: the names in it with the numbers bound to them, one group an address."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gridgeo.locate.address.numbers import AddressNumber
from gridgeo.locate.address.script import Script
from gridgeo.locate.geocode.names import Hit, Meaning

__all__ = ["Evidence", "collect_evidence"]

MAX_GAP = 10  # characters that may stand between two parts of one address
CROSSING_WORDS = 3  # characters that a crossing explains beside its names: 与 … 交叉口
ADJACENT = 2  # characters between a name and its number that do not part them


@dataclass(slots=True)
class Evidence:
    """One address as far as a text gives it: each part with its possible meanings."""

    start: int
    end: int
    street: list[Meaning] = field(default_factory=list)
    cross: list[Meaning] = field(default_factory=list)
    compound: list[Meaning] = field(default_factory=list)
    poi: list[Meaning] = field(default_factory=list)
    areas: list[list[Meaning]] = field(default_factory=list)
    lane: str = ""
    group: str = ""
    house: tuple[str, ...] = ()
    building: str = ""
    n_loose: int = 0  # numbers that belong to no name
    covered: int = 0  # characters that a name or a number explains
    slack: int = 0  # characters between a name and its number that nothing explains
    name_end: int = -1
    street_at: int = -1  # where the names of the streets and of the compounds begin
    compound_at: int = -2

    def is_empty(self) -> bool:
        """Return whether no name was found."""
        return not (self.street or self.compound or self.poi or self.areas)

    def has_place(self) -> bool:
        """Return whether more than an area is named."""
        return bool(self.street or self.compound or self.poi)


def collect_evidence(
    text: str, hits: Iterable[Hit], numbers: list[AddressNumber], script: Script
) -> list[Evidence]:
    """Return the addresses that the text gives, in the order of the text.

    A part that is already filled, a long gap or the end of a sentence begins the next address.
    """
    kept = list(hits)
    spans = [(hit.start, hit.end) for hit in kept]
    free = [n for n in numbers if not _overlaps(n, spans)] if spans else numbers
    if script.numbers_lead:
        free = [
            n
            for n in free
            if any(0 <= s - n.end <= ADJACENT or 0 <= n.start - e <= ADJACENT for s, e in spans)
        ]
    items: list[Hit | AddressNumber] = sorted([*kept, *free], key=_start)
    groups: list[Evidence] = []
    current: Evidence | None = None
    for item in items:
        if current is not None and (
            _begins_another(current, item, text, script) or _leads_another(current, item, spans, script)
        ):
            current = None
        if current is None:
            current = Evidence(item.start, item.start)
            groups.append(current)
        if isinstance(item, Hit):
            _add_name(current, item, text, script, numbers)
        else:
            _add_number(current, item, script)
        current.end = item.end
        current.covered += item.end - item.start
    return groups


def _start(item: Hit | AddressNumber) -> int:
    """Return where the item starts."""
    return item.start


def _overlaps(number: AddressNumber, spans: list[tuple[int, int]]) -> bool:
    """Return whether the number is part of a name."""
    return any(start < number.end and number.start < end for start, end in spans)


def _begins_another(current: Evidence, item: Hit | AddressNumber, text: str, script: Script) -> bool:
    """Return whether the item belongs to another address than the one being read."""
    gap = item.start - current.end
    if gap > MAX_GAP or (gap > 0 and script.is_breaking(text[current.end : item.start])):
        return True
    if gap > ADJACENT and script.is_residence(text, item.start):
        return True
    return isinstance(item, Hit) and _is_another_name(current, item, text, script)


def _is_another_name(current: Evidence, item: Hit, text: str, script: Script) -> bool:
    """Return whether the part of the address that the name would fill is filled already."""
    gap = item.start - current.end
    kinds = {meaning.kind for meaning in item.meanings}
    if "street" in kinds and current.street and not ("compound" in kinds and not current.compound):
        between, following = text[current.end : item.start], text[item.end : item.end + 4]
        if current.house or current.cross:
            return True
        return not script.is_crossing(between, following)
    if "compound" in kinds and current.compound:
        return True
    return kinds <= {"community", "area"} and (current.has_place() and gap > ADJACENT)


def _leads_another(
    current: Evidence, item: Hit | AddressNumber, spans: list[tuple[int, int]], script: Script
) -> bool:
    """Return whether the item is the number in front of the next street."""
    if not script.numbers_lead or isinstance(item, Hit) or not (current.street and current.house):
        return False
    return any(0 <= start - item.end <= 1 for start, _ in spans)


def _add_name(evidence: Evidence, hit: Hit, text: str, script: Script, numbers: list[AddressNumber]) -> None:
    """Put the meanings of a name where they belong."""
    beside = _has_number_beside(hit, text, script, numbers)
    meanings = [m for m in hit.meanings if beside or not m.needs_number]
    streets = [m for m in meanings if m.kind == "street"]
    if streets and not evidence.street:
        evidence.street, evidence.street_at = streets, hit.start
    elif streets and not evidence.cross and not evidence.house and all(m.kind == "street" for m in meanings):
        evidence.cross = streets
        evidence.covered += CROSSING_WORDS
    compounds = [m for m in meanings if m.kind == "compound"]
    if compounds and not evidence.compound:
        evidence.compound, evidence.compound_at = compounds, hit.start
    if not evidence.poi:
        evidence.poi = [m for m in meanings if m.kind == "poi"]
    if meanings and any(m.kind in ("street", "compound") for m in meanings):
        evidence.name_end = hit.end
    areas = [m for m in meanings if m.kind in ("community", "area")]
    if areas:
        evidence.areas.append(areas)


def _has_number_beside(hit: Hit, text: str, script: Script, numbers: list[AddressNumber]) -> bool:
    """Return whether a number of an address touches the name."""
    for number in numbers:
        if number.start - hit.end in (0, 1) and number.kind in (
            "house",
            "building",
            "lane",
            "hash",
            "bare",
            "group",
        ):
            return True
        if script.numbers_lead and hit.start - number.end in (0, 1):
            return True
    return False


def _add_number(evidence: Evidence, number: AddressNumber, script: Script) -> None:
    """Bind a number to the name before it."""
    gap = number.start - evidence.end
    kind, first = number.kind, number.values[0]
    if kind == "bare" and gap > (1 if not script.numbers_lead else ADJACENT):
        return
    if kind == "lane" and not evidence.house:
        evidence.lane = first
    elif kind == "group":
        evidence.group = first
    elif kind == "building" or (kind == "floor" and evidence.compound and not evidence.building and gap == 0):
        if not evidence.building:
            evidence.building = first
            evidence.slack += gap if evidence.name_end == evidence.end else 0
    elif kind in ("house", "hash", "bare"):
        _add_house(evidence, number, gap)


def _add_house(evidence: Evidence, number: AddressNumber, gap: int) -> None:
    """Bind a number that may be a house's or, behind a compound, a building's."""
    is_free = bool(evidence.compound) and not evidence.building and gap <= ADJACENT
    if is_free and (evidence.house or not evidence.street or number.kind != "house"):
        evidence.building = number.values[0]
        return
    if not evidence.house and not evidence.building:
        if number.kind == "bare" and not evidence.street:
            return
        evidence.house = number.values
        evidence.slack += gap if evidence.name_end == evidence.end else 0
    elif number.kind == "hash" and not evidence.building:
        evidence.building = number.values[0]
    else:
        evidence.n_loose += 1
