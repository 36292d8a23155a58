"""Write the report on a division as a page, a workbook or a printed document, by the ending of its name."""

from pathlib import Path

from gridgeo.division import Division
from gridgeo.errors import FileWriteError
from gridgeo.io import replace_file
from gridgeo.reports.content import build_report
from gridgeo.reports.printing import print_page
from gridgeo.reports.report_page import to_report_page
from gridgeo.reports.workbook import write_workbook

__all__ = ["write_report"]

ENDINGS = (".html", ".xlsx", ".pdf")


def write_report(
    division: Division, path: str | Path, *, title: str | None = None, lang: str | None = None
) -> None:
    """Write what was asked, what came out, every exception with its reason, and a sheet for each community.

    A page (``.html``) needs nothing from outside, a workbook (``.xlsx``) needs openpyxl, a printed document
    (``.pdf``) a Chromium or Chrome on the machine. A kill leaves the old file or the new one.

    Parameters
    ----------
    division
        Any division: divided, changed, adopted, grouped or merged.
    path
        Where to write; the ending says what.
    title
        What stands above; by default the title of the manifest.
    lang
        ``"zh"`` or ``"en"``; by default the language of the communities' names.

    Raises
    ------
    FileWriteError
        When the ending is unknown, the file cannot be written, or there is no browser to print with.
    MissingExtraError
        When openpyxl is missing.

    Examples
    --------
    >>> import tempfile
    >>> from gridgeo import GridSpec, divide
    >>> from gridgeo.demo import build_demo
    >>> demo = build_demo(n_communities=2, households=2_000)
    >>> division = divide(demo.communities, demo.buildings, demo.streets, GridSpec(effort="fast"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_report(division, Path(folder) / "report.html")
    ...     (Path(folder) / "report.html").stat().st_size > 10_000
    True
    """
    target = Path(path)
    if target.suffix.lower() not in ENDINGS:
        raise FileWriteError(
            f"{target}: a report ends in {', '.join(ENDINGS)}, not in {target.suffix or 'nothing'}"
        )
    report = build_report(division, title=title, lang=lang)
    with replace_file(target) as fresh:
        if target.suffix.lower() == ".xlsx":
            write_workbook(report, fresh)
            return
        page = to_report_page(division, report)
        if target.suffix.lower() == ".pdf":
            print_page(page, fresh)
        else:
            fresh.write_text(page, encoding="utf-8")
