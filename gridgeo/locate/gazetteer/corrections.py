"""What people corrected in a review file, fed back into the gazetteer as other names of its entries."""

import pandas as pd

from gridgeo.errors import SchemaError
from gridgeo.locate.gazetteer.gazetteer import Gazetteer

__all__ = ["learn_corrections"]

NEEDED = ("part", "correct")


def learn_corrections(gazetteer: Gazetteer, review: pd.DataFrame) -> Gazetteer:
    """Return the gazetteer with the corrections of a review file.

    Each row that a person filled in becomes another name: the part of the text (or the whole text) now means
    the entry that ``correct`` names, by its ``entry_id`` or its label.

    Parameters
    ----------
    gazetteer
        The gazetteer that the review came from, or a later one with the same places.
    review
        The review file as filled in: ``text, part, correct``.

    Raises
    ------
    SchemaError
        When a column is missing or a correction names no entry, with every such row.
    """
    missing = [column for column in NEEDED if column not in review]
    if missing:
        raise SchemaError(f"review: no column {' and '.join(missing)}; use the file that --review wrote")
    filled = review[review["correct"].fillna("").str.strip() != ""]
    correct = filled["correct"].str.strip()
    by_id = pd.Series(gazetteer.entries["label"].to_numpy(), index=gazetteer.entries["entry_id"].to_numpy())
    known = correct.isin(by_id.index) | correct.isin(gazetteer.entries["label"])
    if not known.all():
        rows = "; ".join(f"row {i}: {text!r}" for i, text in correct[~known].head(20).items())
        raise SchemaError(
            f"review: {rows} name no entry; write an entry_id or a label, as alternatives shows them"
        )
    part = filled["part"].fillna("").str.strip()
    whole = filled["text"].fillna("") if "text" in filled else part
    learned = pd.DataFrame({"alias": part.mask(part == "", whole), "kind": "entry", "name": correct})
    learned = learned[learned["alias"].str.len() >= 2].astype("string")
    aliases = pd.concat([gazetteer.aliases, learned], ignore_index=True)
    # a later correction of the same words replaces an earlier one
    aliases = aliases.drop_duplicates(["alias", "kind"], keep="last", ignore_index=True)
    return gazetteer.replace(aliases=aliases)
