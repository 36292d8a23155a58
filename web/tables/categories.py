"""Categories of incidents: their codes and what they are called."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from gridgeo_web.config import ConfigError

from gridgeo.io import read_table

__all__ = ["Category", "read_categories"]

NEEDED = ("code", "zh", "en")


@dataclass(frozen=True)
class Category:
    """A kind of incident; ``parent`` is the code of the kind above, None at the top."""

    code: str
    zh: str
    en: str
    parent: str | None = None


def read_categories(file: Path) -> dict[str, Category]:
    """Return the categories by code, in the order of the table.

    Parameters
    ----------
    file
        A CSV table with the columns ``code``, ``zh``, ``en`` and perhaps ``parent``.

    Raises
    ------
    ConfigError
        A column or a name is missing, a code stands twice, or a parent does not exist.
    """
    table = read_table(file).astype("string")
    missing = [name for name in NEEDED if name not in table]
    if missing:
        raise ConfigError(f"{file}: lacks the columns {', '.join(missing)}; it needs {', '.join(NEEDED)}")
    holes = table[list(NEEDED)].isna().any(axis=1)
    if holes.any():
        raise ConfigError(f"{file}: row {int(holes.argmax()) + 2} lacks code, zh or en")
    doubles = table.loc[table["code"].duplicated(), "code"]
    if len(doubles):
        raise ConfigError(f"{file}: the code {doubles.iloc[0]!r} stands twice")
    parents = table["parent"] if "parent" in table else pd.Series(pd.NA, table.index, dtype="string")
    strays = parents[parents.notna() & ~parents.isin(table["code"])]
    if len(strays):
        raise ConfigError(f"{file}: the parent {strays.iloc[0]!r} is no code of the table")
    return {
        code: Category(code, zh, en, None if pd.isna(parent) else parent)
        for code, zh, en, parent in zip(table["code"], table["zh"], table["en"], parents, strict=True)
    }
