"""Where in a text to look for names: as written first, then by sound and with slips."""

from gridgeo.locate.address.numbers import AddressNumber
from gridgeo.locate.geocode.names import SOUND_COST, SOUND_STEP, Heard, Hit, Meaning, NameIndex

__all__ = [
    "NAMED_KINDS",
    "add_doubts",
    "doubt",
    "find_crossing_slips",
    "find_long_names",
    "find_names",
    "find_slips",
    "replace_names",
    "scan_slips",
]

# Added where the text has a name that exists, but perhaps not the one meant: a homophone of another place's
# name is hit upon easily, a slip of the pen rarely makes another name.
SOUND_DOUBT = 0.3
DOUBT_COST = 0.8
GAP_COST = 0.05  # for each character that a name one slip away leaves unexplained before it
SHORT_TEXT = 6  # characters of a text that is a name and nothing else
SCAN_WINDOW = (4, 9)  # characters of a misspelled name that no number follows
SCAN_LIMIT = 90  # characters of a text that are scanned so
NAMED_KINDS = frozenset(("house", "building", "lane", "hash", "bare"))


def find_names(text: str, index: NameIndex, numbers: list[AddressNumber]) -> list[Hit]:
    """Return the names in the text, without the short forms that no number follows."""
    hits = index.find(text)
    if all(not m.needs_number for hit in hits for m in hit.meanings):
        return hits
    beside = {n.start for n in numbers if n.kind in NAMED_KINDS}
    before = {n.end for n in numbers} if index.script.numbers_lead else set()
    kept = []
    for hit in hits:
        after = hit.end + (text[hit.end : hit.end + 1] == " ")
        ahead = hit.start - (text[hit.start - 1 : hit.start] == " ")
        is_beside = after in beside or ahead in before
        meanings = tuple(m for m in hit.meanings if is_beside or not m.needs_number)
        if meanings:
            kept.append(Hit(hit.start, hit.end, meanings))
    return kept


def _is_free(start: int, end: int, hits: list[Hit]) -> bool:
    """Return whether no name was found in this part of the text."""
    return all(end <= hit.start or hit.end <= start for hit in hits)


def _together(hits: list[Hit], first: int) -> Hit:
    """Return alternatives that end at one place as one hit, each name with its least cost.

    Text between ``first`` and a name that no part of the address explains speaks against the name.
    """
    best: dict[tuple[str, int], tuple[float, int, Meaning]] = {}
    for hit in hits:
        for meaning in hit.meanings:
            key = (meaning.kind, meaning.name_id)
            cost = meaning.cost + GAP_COST * min(4, hit.start - first)
            if key not in best or (cost, hit.start) < best[key][:2]:
                best[key] = (cost, hit.start, Meaning(*key, cost, meaning.needs_number))
    start = min(best.values())[1]
    return Hit(start, hits[0].end, tuple(meaning for _, _, meaning in best.values()))


def find_slips(text: str, hits: list[Hit], numbers: list[AddressNumber], index: NameIndex) -> list[Hit]:
    """Return the hits with homophones, and with names one slip away before each number that has no name."""
    heard = Heard(text, index.script.to_sound(text))
    found = list(hits)
    for hit in index.find_by_sound(heard):
        if _is_free(hit.start, hit.end, found):
            found.append(hit)
    ends = sorted([(hit.end, hit.start) for hit in found] + [(n.end, n.start) for n in numbers])
    for number in numbers:
        if number.kind not in NAMED_KINDS:
            continue
        previous = max((end for end, _ in ends if end <= number.start), default=0)
        near = index.find_before(heard, previous, number.start) if number.start - previous >= 2 else []
        if near:
            found.append(_together(near, previous))
        if index.script.numbers_lead:
            found += _slips_after(heard, number.end, found, index)
    return sorted(found)


def replace_names(text: str, hits: list[Hit], numbers: list[AddressNumber], index: NameIndex) -> list[Hit]:
    """Return the hits with misspelled longer names before numbers in place of names inside them."""
    heard = Heard(text, index.script.to_sound(text))
    starts = {n.start for n in numbers if n.kind in NAMED_KINDS}
    kept = [h for h in hits if h.end in starts or any(m.kind in ("area", "community") for m in h.meanings)]
    found = list(kept)
    for start in sorted(starts):
        previous = max((h.end for h in kept if h.end <= start), default=0)
        previous = max((n.end for n in numbers if n.end <= start and n.end > previous), default=previous)
        near = index.find_before(heard, previous, start) if start - previous >= 2 else []
        if near:
            found.append(_together(near, previous))
    return sorted(found + [hit for hit in hits if _is_free(hit.start, hit.end, found)])


def find_crossing_slips(text: str, hits: list[Hit], index: NameIndex) -> list[Hit]:
    """Return the hits with misspelled streets on either side of a word that says that two streets meet."""
    heard = Heard(text, index.script.to_sound(text))
    found = list(hits)
    for left, first, last in index.script.crossing_spans(text):
        if not any(h.end == left for h in found):
            # a street inside the misspelled one, 便民路 in 便民路路九巷, gives way
            previous = max((h.end for h in hits if h.end <= left and not _streets(h).meanings), default=0)
            near = [hit for hit in map(_streets, index.find_before(heard, previous, left)) if hit.meanings]
            if near:
                offer = _together(near, previous)
                found = [h for h in found if h.end <= offer.start or offer.end <= h.start] + [offer]
        if not any(h.start == first and h.end == last for h in found):
            hit = index.find_misspelled(heard, first, last)
            if hit is not None and _streets(hit).meanings:
                found = [h for h in found if h.end <= first or last <= h.start] + [_streets(hit)]
    return sorted(found)


def _streets(hit: Hit) -> Hit:
    """Return the hit with its streets alone."""
    return Hit(hit.start, hit.end, tuple(m for m in hit.meanings if m.kind == "street"))


def _slips_after(heard: Heard, start: int, hits: list[Hit], index: NameIndex) -> list[Hit]:
    """Return names one slip away from the words behind a number."""
    first = start + 1 if heard.text[start : start + 1] == " " else start
    near = []
    end = first
    for _ in range(4):
        end = heard.text.find(" ", end + 1)
        if end < 0:
            end = len(heard.text)
        if not _is_free(first, end, hits):
            break
        hit = index.find_misspelled(heard, first, end)
        if hit is not None:
            near.append(hit)
        if end == len(heard.text):
            break
    return [max(near, key=lambda h: (-min(m.cost for m in h.meanings), h.end))] if near else []


def find_long_names(text: str, hits: list[Hit], index: NameIndex) -> list[Hit]:
    """Return the hits with misspelled long names in place of the shorter names inside them."""
    heard = Heard(text, index.script.to_sound(text))
    found: list[Hit] = []
    offers = sorted(
        index.find_long(heard), key=lambda h: (min(m.cost for m in h.meanings), h.start - h.end, h)
    )
    known_spans = {(h.start, h.end) for h in hits}
    for offer in offers:
        if (offer.start, offer.end) in known_spans:
            continue
        same = next((i for i, h in enumerate(found) if (h.start, h.end) == (offer.start, offer.end)), -1)
        if same >= 0:
            found[same] = Hit(offer.start, offer.end, _with_new(found[same].meanings, offer.meanings))
        elif _is_free(offer.start, offer.end, found) and _holds(offer, hits):
            found.append(offer)
    return sorted(found + [hit for hit in hits if _is_free(hit.start, hit.end, found)]) if found else hits


def _with_new(meanings: tuple[Meaning, ...], others: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
    """Return the meanings and those of the others that name something else."""
    known = {(m.kind, m.name_id) for m in meanings}
    return meanings + tuple(m for m in others if (m.kind, m.name_id) not in known)


def _holds(offer: Hit, hits: list[Hit]) -> bool:
    """Return whether no name that was found as it stands reaches over an end of the offer."""
    return all(
        hit.end <= offer.start
        or offer.end <= hit.start
        or (offer.start <= hit.start and hit.end <= offer.end)
        for hit in hits
    )


def doubt(meaning: Meaning) -> Meaning:
    """Return the meaning of a name one slip away, with the price of there being a name as it was typed."""
    price = SOUND_DOUBT if meaning.cost <= SOUND_COST + SOUND_STEP else DOUBT_COST
    return Meaning(meaning.kind, meaning.name_id, meaning.cost + price, meaning.needs_number)


def add_doubts(text: str, hits: list[Hit], index: NameIndex) -> list[Hit]:
    """Return the hits, each with the names one slip away from it as costly alternatives."""
    heard = Heard(text, index.script.to_sound(text))
    doubted = []
    for hit in hits:
        near = index.find_misspelled(heard, hit.start, hit.end)
        known = {(m.kind, m.name_id) for m in hit.meanings}
        kinds = {m.kind for m in hit.meanings}
        more = tuple(
            doubt(m)
            for m in (near.meanings if near is not None else ())
            if (m.kind, m.name_id) not in known and m.kind in kinds
        )
        doubted.append(Hit(hit.start, hit.end, hit.meanings + more))
    return doubted


def scan_slips(text: str, hits: list[Hit], index: NameIndex) -> list[Hit]:
    """Return the hits and names one slip away from any part of the text without a name; the longest first."""
    heard = Heard(text, index.script.to_sound(text))
    offers = []
    # a text of a few characters is a name and nothing else, so less of the name is enough
    shortest = SCAN_WINDOW[0] - (len(text) <= SHORT_TEXT)
    for start in range(min(len(heard.text), SCAN_LIMIT)):
        for length in range(SCAN_WINDOW[1], shortest - 1, -1):
            end = start + length
            if end > len(heard.text) or not _is_free(start, end, hits):
                continue
            if index.script.whole_words and not index.is_whole(text, start, end):
                continue
            hit = index.find_misspelled(heard, start, end, is_alone=True)
            meanings = hit.meanings if hit is not None else ()
            if meanings:
                offers.append((min(m.cost for m in meanings), -length, start, Hit(start, end, meanings)))
    found = list(hits)
    for _, _, _, hit in sorted(offers):
        if _is_free(hit.start, hit.end, found):
            found.append(hit)
    return sorted(found)
