"""Names that only their surroundings give away: the streets of a named community that have the number."""

from collections.abc import Iterator

from rapidfuzz.distance import OSA

from gridgeo.locate.address.numbers import AddressNumber
from gridgeo.locate.geocode.candidates import Places
from gridgeo.locate.geocode.entries import AREA, AREA_BUILDING, house_parts
from gridgeo.locate.geocode.names import EDIT_COST, SOUND_STEP, Heard, Hit, Meaning, NameIndex
from gridgeo.locate.geocode.search import doubt

__all__ = ["find_by_context"]

MOST_CHARACTERS = 10  # between what is known and the number
MOST_OFFERS = 6
LONGEST_DIFFERENCE = 2  # characters by which the text may be longer or shorter than the name
GUESS_COST = 0.8  # for each character by which less than half of a name stands there: many are so far off
HOUSE_KINDS = ("house", "hash", "bare")


def find_by_context(
    text: str, hits: list[Hit], numbers: list[AddressNumber], places: Places, index: NameIndex
) -> list[Hit]:
    """Return the hits, and before numbers the likest names of the community that have the number.

    A street misspelled twice is still the likest of the few streets of its community with a number 29.
    """
    heard = Heard(text, index.script.to_sound(text))
    found = list(hits)
    for number in numbers:
        area = _area_before(number, hits)
        if area is None:
            continue
        kind = "compound" if number.kind == "building" else "street"
        first = max([area.end, *(n.end for n in numbers if area.end <= n.end <= number.start)])
        if kind == "compound":
            first = max([first, *(h.end for h in hits if first <= h.end <= number.start - 2)])
        names = sorted(set(_names_with(number, area, places)))
        meanings = _likest(heard, first, number.start, (kind, names), places, index)
        if meanings:
            if any((h.start, h.end) == (first, number.start) for h in hits):
                meanings = tuple(map(doubt, meanings))
            hit = Hit(first, number.start, meanings)
            found = [h for h in found if h.end <= hit.start or hit.end <= h.start] + [hit]
    return sorted(found)


def _area_before(number: AddressNumber, hits: list[Hit]) -> Hit | None:
    """Return the community named shortly before the number."""
    if number.kind not in (*HOUSE_KINDS, "building"):
        return None
    reach = 2 * MOST_CHARACTERS if number.kind == "building" else MOST_CHARACTERS
    areas = [
        h
        for h in hits
        if 0 <= number.start - h.end <= reach and any(m.kind in ("community", "area") for m in h.meanings)
    ]
    return areas[-1] if areas else None


def _names_with(number: AddressNumber, area: Hit, places: Places) -> Iterator[int]:
    """Yield the streets of the area with a house of this number, or the compounds with such a building."""
    entries = places.entries
    building = entries.buildings.get(number.values[0], -1)
    value, _ = house_parts(number.values)
    for meaning in area.meanings:
        for community in places.area_members.get(meaning.name_id, ()):
            if number.kind == "building":
                yield from (
                    entries.compound[at] for at in entries.find(AREA_BUILDING, community, building, 0)
                )
            elif value >= 0:
                yield from (entries.street[at] for at in entries.find(AREA, community, value, 0))


def _likest(
    heard: Heard, first: int, end: int, offers: tuple[str, list[int]], places: Places, index: NameIndex
) -> tuple[Meaning, ...]:
    """Return the names that the piece of text is likest to, each with its cost."""
    kind, names = offers
    text, sound = heard.text[first:end], heard.sound[first:end]
    if len(text) < 2 or len(text) > MOST_CHARACTERS:
        return ()
    likely = []
    for name_id in names:
        name = places.folded[name_id]
        distance = OSA.distance(sound, index.script.to_sound(name))
        if distance < len(name) and abs(len(name) - len(text)) <= LONGEST_DIFFERENCE:
            cost = EDIT_COST * distance + SOUND_STEP * (OSA.distance(text, name) - distance)
            cost += GUESS_COST * max(0, 2 * distance - len(name))
            likely.append((cost, name_id))
    return tuple(Meaning(kind, name_id, cost, False) for cost, name_id in sorted(likely)[:MOST_OFFERS])
