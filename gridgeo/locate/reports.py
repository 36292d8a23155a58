"""Tables of reports: every cell kept as it was typed; results that no spreadsheet runs as formulas."""

import csv
import gzip
import io
import re
from pathlib import Path

import pandas as pd

from gridgeo.errors import FileReadError, FileWriteError
from gridgeo.io import replace_file
from gridgeo.io.encoding import find_text_encoding
from gridgeo.io.parquet import is_parquet, read_parquet_batches

__all__ = ["escape_formula", "escape_formulas", "read_reports", "write_reports"]

csv.field_size_limit(10_000_000)  # a report of ten million characters is a fault of the file, not of a row
SEPARATORS = ",;\t|"
# What Excel makes of a 12-digit area code: the last digits are lost for good.
_ROUNDED_CODE = re.compile(r"^\d(?:\.\d+)?E\+(?:1[0-9]|0?[89])$", re.IGNORECASE)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"^[+-]?[\d\s().-]*\d[\d\s().-]*(?:[eE][+-]?\d+)?$")
BATCH = 100_000  # rows of a Parquet file at a time
EXAMPLES = 5  # faults that a message quotes


def read_reports(path: str | Path, *, encoding: str | None = None) -> pd.DataFrame:
    """Return a CSV file with every cell as text, in the order of the file; empty cells are missing.

    Parameters
    ----------
    path
        A ``.csv``, ``.tsv`` or ``.txt`` file, perhaps ``.gz``, in UTF-8 (with or without a mark), GBK or
        UTF-16, with commas, semicolons, tabs or bars; cells in quotes may hold separators and line breaks.
        Or a Parquet file, which keeps its types.
    encoding
        The encoding, where it is known.

    Raises
    ------
    FileReadError
        When the file is missing, empty, of mixed encodings, ragged, or its codes were rounded by Excel.
    """
    file = Path(path)
    if is_parquet(file):
        return _read_parquet(file)
    if not file.is_file():
        raise FileReadError(f"{file}: no such file")
    try:
        data = gzip.decompress(file.read_bytes()) if file.suffix.lower() == ".gz" else file.read_bytes()
    except (OSError, EOFError) as error:
        raise FileReadError(f"{file}: cannot be read ({error}); copy it again") from error
    if not data.strip():
        raise FileReadError(f"{file}: is empty; export it again, with a header line")
    text = data.decode(find_text_encoding(data, str(file), stated=encoding).name)
    table = _parse(text.replace("\x00", ""), file)
    _check_codes(table, file)
    return table


def _read_parquet(file: Path) -> pd.DataFrame:
    """Return a Parquet file without its shapes, texts as texts."""
    table = pd.DataFrame(pd.concat(read_parquet_batches(file, BATCH))).drop(
        columns="geometry", errors="ignore"
    )
    texts = [name for name in table if pd.api.types.is_object_dtype(table[name])]
    table[texts] = table[texts].astype("string")
    _check_codes(table, file)
    return table


def _parse(text: str, file: Path) -> pd.DataFrame:
    """Return the cells as text."""
    header = next(csv.reader(io.StringIO(text)), [])
    first = text.lstrip().split("\n", 1)[0] if header else ""
    unquoted = re.sub(r'"[^"]*"', "", first)
    separator = max(SEPARATORS, key=unquoted.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        names = [name.strip() for name in next(rows)]
        cells = [(rows.line_num, row) for row in rows if row]
    except csv.Error as error:
        raise FileReadError(
            f"{file}: line {rows.line_num}: {error}; close an open quote, or double the quotes inside a cell"
        ) from error
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise FileReadError(f"{file}: two columns are called {', '.join(map(repr, repeated))}; rename one")
    uneven = [str(line) for line, row in cells if len(row) != len(names)]
    if uneven:
        raise FileReadError(
            f"{file}: the header has {len(names)} cells, but {len(uneven)} rows have more or fewer, such "
            f"as those ending on line {', '.join(uneven[:EXAMPLES])}; quote cells with {separator!r} in them"
        )
    table = pd.DataFrame([row for _, row in cells], columns=names, dtype="string")
    return table.mask(table == "")


def _check_codes(table: pd.DataFrame, file: Path) -> None:
    """Raise where Excel turned codes into rounded numbers."""
    faults = []
    for column in table.columns:
        if not pd.api.types.is_string_dtype(table[column]):
            continue
        rounded = table[column].dropna()
        rounded = rounded[rounded.str.fullmatch(_ROUNDED_CODE.pattern, case=False)]
        if len(rounded):
            faults.append(
                f"{column} ({len(rounded)} rows, such as {rounded.iloc[0]} in row {rounded.index[0] + 2})"
            )
    if faults:
        raise FileReadError(
            f"{file}: Excel rounded codes to numbers in {', '.join(faults)}; their last digits are lost. "
            "Export again from the source with the column formatted as text"
        )


def escape_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before each text that a spreadsheet would run as a formula.

    Numbers and telephone numbers with a sign stay as they are.
    """
    escaped = table.copy()
    for column in escaped.columns:
        if not pd.api.types.is_string_dtype(escaped[column]):
            continue
        text = escaped[column].astype("string")
        runs = text.str.startswith(_FORMULA_STARTS).fillna(False) & ~text.str.fullmatch(
            _NUMBER.pattern
        ).fillna(False)
        escaped[column] = text.mask(runs.astype(bool), "'" + text)
    return escaped


def escape_formula(text: str) -> str:
    """Return one text as `escape_formulas` writes it."""
    runs = text.startswith(_FORMULA_STARTS) and _NUMBER.fullmatch(text) is None
    return "'" + text if runs else text


def write_reports(table: pd.DataFrame, path: str | Path) -> None:
    """Write a table as ``.csv`` (UTF-8 with a mark, for Excel) or ``.parquet``; formulas are escaped in CSV.

    Raises
    ------
    FileWriteError
        When the suffix is another one or the file cannot be written; an older file is still there.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise FileWriteError(f"{target}: reports are written as .csv, .parquet or .gpkg; change the suffix")
    with replace_file(target) as fresh:
        if suffix == ".csv":
            escape_formulas(table).to_csv(fresh, index=False, encoding="utf-8-sig", lineterminator="\n")
        else:
            table.to_parquet(fresh, index=False)
