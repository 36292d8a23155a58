"""What a way of writing addresses has to offer, so that one engine reads them all."""

from typing import Protocol

from gridgeo.locate.address.numbers import AddressNumber
from gridgeo.locate.address.text import NormalText

__all__ = ["Script"]


class Script(Protocol):
    """The spelling rules of one way of writing addresses."""

    name: str
    numbers_lead: bool  # the house number may stand before the street, as in 12 Main St
    whole_words: bool  # names begin and end at blanks
    min_fuzzy: int  # shortest name, in characters, in which a typing error is forgiven
    longest_window: int  # characters of a misspelled name that are looked at beside a number

    def normalize(self, source: str) -> NormalText:
        """Return the folded text."""

    def fold_name(self, name: str) -> str:
        """Return a name as it would stand in a folded text."""

    def find_numbers(self, text: str) -> list[AddressNumber]:
        """Return the numbers of an address in a folded text, from left to right."""

    def to_sound(self, text: str) -> str:
        """Return the text by sound, character for character."""

    def short_forms(self, name: str, kind: str) -> list[tuple[str, bool]]:
        """Return shorter forms of a folded name, and whether each needs a number beside it to count."""

    def own_part(self, name: str) -> str:
        """Return a name without the words that say what kind of thing it is."""

    def is_near(self, text: str, start: int, end: int) -> bool:
        """Return whether a word such as 附近 or opposite stands beside the place."""

    def is_crossing(self, between: str, following: str) -> bool:
        """Return whether two streets with this text between and behind them name their crossing."""

    def crossing_spans(self, text: str) -> list[tuple[int, int, int]]:
        """Return where two streets are said to meet: the end of the first, start and end of the second."""

    def is_residence(self, text: str, start: int) -> bool:
        """Return whether the text before the place says that it is the writer's home."""

    def names_foreign_area(self, text: str, known: frozenset[str], elsewhere: frozenset[str]) -> bool:
        """Return whether the text names a city or district that is none of the known ones."""

    def is_breaking(self, between: str) -> bool:
        """Return whether the text between two parts ends one address and starts another."""
