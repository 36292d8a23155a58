"""Which encoding do the attributes have? What is declared, if it decodes; else what a strict trial says."""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gridgeo.errors import FileReadError

__all__ = ["TextEncoding", "find_encoding", "find_shapefile_encoding", "find_text_encoding"]

# GB18030 contains GBK, which contains GB2312: one strict decoder for all of mainland China's files.
CHINESE = "GB18030"
WESTERN = "cp1252"
GUESS = "guessed: neither UTF-8 nor GB18030; state the encoding if names look wrong"
# The byte 29 of a .dbf and what it declares, those that are met with.
DBF_LANGUAGES = {0x4D: "GBK", 0x4F: "BIG5", 0x57: "cp1252", 0x03: "cp1252", 0x7A: "GBK", 0x78: "BIG5"}
# Only pairs with both bytes from A1 on: the plain GB2312 plane, where all usual Chinese characters lie.
GB2312_PAIR = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
HIGH_BYTE = re.compile(rb"[\x80-\xff]")
CHINESE_SHARE = 0.5  # rare characters are no such pair; in Latin text (Straße) hardly anything is


@dataclass(frozen=True)
class TextEncoding:
    """An encoding and how it is known."""

    name: str
    source: str


def find_encoding(
    samples: Iterable[bytes], name: str, *, stated: str | None = None, declared: str | None = None
) -> TextEncoding:
    """Return the encoding that all samples decode with, and how it was found.

    A stated encoding has to fit. A declared one is taken where it fits, unless it is one that fits any
    bytes at all (Latin-1) and the bytes are plainly something else. Then UTF-8 and GB18030 are tried,
    strictly.

    Parameters
    ----------
    samples
        Field values as they stand in the file; a character cut off at the end of a field is allowed.
    name
        The file, for the message.
    stated
        What the caller asks for.
    declared
        What the file says of itself.

    Returns
    -------
    TextEncoding
        A Python codec name and the reason for it.

    Raises
    ------
    FileReadError
        When a stated encoding is unknown or does not fit, or nothing fits.
    """
    values = sorted({value for value in samples if HIGH_BYTE.search(value)})
    if stated is not None:
        _check_known(stated, name)
        bad = _first_misfit(values, stated)
        if bad is not None:
            raise FileReadError(f"{name}: {bad!r} is not {stated}; leave out the encoding to have it found")
        return TextEncoding(stated, "stated by the caller")
    if not values:
        return TextEncoding("UTF-8", "plain ASCII")
    for trial in _trials(values, declared):
        if _first_misfit(values, trial.name) is None:
            return trial
    raise FileReadError(
        f"{name}: the text is neither UTF-8 nor GB18030, for example {_first_misfit(values, CHINESE)!r}; "
        "files of mixed encodings have to be mended at their source, others read with encoding=..."
    )


def _trials(values: list[bytes], declared: str | None) -> list[TextEncoding]:
    """Return the encodings to try, the most telling first; one that fits any bytes proves little."""
    how = "found by a strict trial" + ("" if declared is None else f" (the file wrongly declares {declared})")
    told = [] if declared is None else [TextEncoding(declared, "declared by the file")]
    found = [TextEncoding("UTF-8", how), *([TextEncoding(CHINESE, how)] if _is_chinese(values) else [])]
    if declared is not None and _is_single_byte(declared):
        return [*found, *told, TextEncoding(WESTERN, GUESS)]
    return [*told, *found, TextEncoding(WESTERN, GUESS)]


def find_shapefile_encoding(
    samples: Iterable[bytes], path: Path, *, stated: str | None = None
) -> TextEncoding:
    """Return the encoding of a shapefile: its .cpg, the language byte of its .dbf, or a strict trial."""
    return find_encoding(samples, str(path), stated=stated, declared=_declared(path))


def find_text_encoding(data: bytes, name: str, *, stated: str | None = None) -> TextEncoding:
    """Return the encoding of a whole text file: its byte order mark, or a strict trial line by line.

    Parameters
    ----------
    data
        The file.
    name
        Its name, for the message.
    stated
        What the caller asks for.

    Returns
    -------
    TextEncoding
        A codec that decodes every byte; with a mark one that leaves the mark out.

    Raises
    ------
    FileReadError
        When nothing fits, with the first line that does not.
    """
    marks = {codecs.BOM_UTF8: "UTF-8-SIG", codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
    marked = next((codec for mark, codec in marks.items() if data.startswith(mark)), None)
    trials = [stated] if stated else [marked] if marked else ["UTF-8", CHINESE, WESTERN]
    if stated:
        _check_known(stated, name)
    misfits = {}
    for codec in trials:
        try:
            data.decode(codec)
        except UnicodeDecodeError as error:
            misfits[codec] = data.count(b"\n", 0, error.start) + 1
            continue
        if codec == WESTERN and CHINESE in misfits and _is_chinese([data]):
            continue  # a GB18030 file with one broken line: cp1252 would turn all of it into gibberish
        if codec == CHINESE and not _is_chinese([data]):
            continue
        known = (
            "stated by the caller"
            if stated
            else "declared by a mark"
            if marked
            else "found by a strict trial"
        )
        return TextEncoding(codec, GUESS if codec == WESTERN and not stated else known)
    where = ", ".join(f"line {line} is not {codec}" for codec, line in misfits.items())
    raise FileReadError(
        f"{name}: {where}; a file of mixed encodings was pasted together and has to be mended at that line, "
        "another encoding can be stated with encoding=..."
    )


def _declared(path: Path) -> str | None:
    """Return what the .cpg file or the .dbf header says, as a codec name that Python knows."""
    for suffix in (".cpg", ".CPG"):
        if path.with_suffix(suffix).exists():
            return _codec(path.with_suffix(suffix).read_text("latin-1").strip().strip("\x00"))
    for suffix in (".dbf", ".DBF"):
        if path.with_suffix(suffix).exists():
            with path.with_suffix(suffix).open("rb") as file:
                head = file.read(30)
            return DBF_LANGUAGES.get(head[29]) if len(head) == 30 else None
    return None


def _codec(text: str) -> str | None:
    """Return the codec that a .cpg line means (``936``, ``ANSI 936``, ``88591``), None when unknown."""
    bare = text.upper().replace("ANSI", "").replace("OEM", "").strip(" _-")
    if bare.startswith("8859") and bare[4:].strip("_-").isdigit():
        bare = f"ISO-8859-{bare[4:].strip('_-')}"
    for name in (bare, f"cp{bare}"):
        try:
            return codecs.lookup(name).name
        except LookupError:
            continue
    return None


def _check_known(encoding: str, name: str) -> None:
    """Raise when there is no such encoding."""
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise FileReadError(f"{name}: no encoding is called {encoding!r}; try UTF-8 or GB18030") from error


def _first_misfit(values: list[bytes], encoding: str) -> bytes | None:
    """Return the first value that does not decode; a character cut off at the end does no harm."""
    build = codecs.getincrementaldecoder(encoding)
    for value in values:
        try:
            build().decode(value, final=False)
        except UnicodeDecodeError:
            return value[:40]
    return None


def _is_single_byte(encoding: str) -> bool:
    """Tell whether an encoding reads any byte as some character, so that its fitting proves nothing."""
    try:
        return len(bytes(range(0xA1, 0xFF)).decode(encoding)) == 0xFF - 0xA1
    except UnicodeDecodeError:
        return False


def _is_chinese(values: list[bytes]) -> bool:
    """Tell whether the bytes above ASCII come in pairs as Chinese text has them."""
    n_high = sum(len(HIGH_BYTE.findall(value)) for value in values)
    n_paired = sum(2 * len(GB2312_PAIR.findall(value)) for value in values)
    return n_paired >= CHINESE_SHARE * n_high
