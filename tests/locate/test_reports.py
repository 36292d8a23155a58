"""Input that bites: files as they come from offices."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgeo.errors import FileReadError, FileWriteError
from gridgeo.locate.reports import escape_formula, escape_formulas, read_reports, write_reports

TEXT = "id,text\n1,云集路28号\n2,锦江小区3栋\n"


def written(folder: Path, data: bytes) -> Path:
    path = folder / "reports.csv"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_every_office_encoding_is_read_alike(tmp_path: Path, encoding: str) -> None:
    table = read_reports(written(tmp_path, TEXT.encode(encoding)))
    assert table.columns.tolist() == ["id", "text"]
    assert table["text"].tolist() == ["云集路28号", "锦江小区3栋"]


def test_mixed_encodings_are_refused_with_the_line_to_mend(tmp_path: Path) -> None:
    data = TEXT.encode("utf-8") + "3,东山大道5号\n".encode("gbk")
    with pytest.raises(FileReadError, match="line 4"):
        read_reports(written(tmp_path, data))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    data = TEXT.replace(",", separator).encode()
    assert read_reports(written(tmp_path, data)).shape == (2, 2)


def test_quotes_separators_and_line_breaks_inside_a_cell_are_kept(tmp_path: Path) -> None:
    data = 'id,text\n1,"他说""快来"", 云集路28号\n三楼"\n'.encode()
    assert read_reports(written(tmp_path, data))["text"].tolist() == ['他说"快来", 云集路28号\n三楼']


def test_codes_keep_their_leading_zeros_and_cells_their_spelling(tmp_path: Path) -> None:
    table = read_reports(written(tmp_path, b"code,amount\n007,1.50\n,NA\n"))
    assert table["code"].tolist()[0] == "007"
    assert table["amount"].tolist() == ["1.50", "NA"]
    assert pd.isna(table["code"].iloc[1])


def test_codes_that_excel_rounded_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileReadError, match=r"4\.20502E\+11 in row 2.*formatted as text"):
        read_reports(written(tmp_path, b"area_code,n\n4.20502E+11,3\n"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"a,b\n1,2,3\n", "line 2"),
        (b'a,b\n1,"2\n', "quote"),
        (b"a,a\n1,2\n", "two columns are called 'a'"),
    ],
)
def test_a_broken_file_is_refused_with_where_and_what_next(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(FileReadError, match=message):
        read_reports(written(tmp_path, data))


def test_a_missing_file_is_named() -> None:
    with pytest.raises(FileReadError, match="no such file"):
        read_reports("nowhere.csv")


def test_a_header_without_rows_is_an_empty_table(tmp_path: Path) -> None:
    assert read_reports(written(tmp_path, b"id,text\n")).shape == (0, 2)


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "@SUM(1)", "+云集路", "-云集路28号", "\t=1+1"])
def test_a_formula_is_escaped_on_output(tmp_path: Path, text: str) -> None:
    path = tmp_path / "out.csv"
    write_reports(pd.DataFrame({"text": pd.array([text], dtype="string")}), path)
    assert read_reports(path)["text"].tolist() == ["'" + text]


@pytest.mark.parametrize("text", ["-5", "+8613812345678", "-1.5e3", "28", "+86 138-1234-5678", "a=b"])
def test_numbers_and_telephones_are_no_formulas(text: str) -> None:
    table = pd.DataFrame({"text": pd.array([text], dtype="string")})
    assert escape_formulas(table)["text"].tolist() == [text]


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cs",)) | st.sampled_from("=+-@\t\r0 1.e"),
        max_size=8,
    )
)
def test_one_text_is_escaped_as_a_column_is(text: str) -> None:
    table = pd.DataFrame({"text": pd.array([text], dtype="string")})
    assert escape_formulas(table)["text"].tolist() == [escape_formula(text)]


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileWriteError, match="change the suffix"):
        write_reports(pd.DataFrame({"a": [1]}), tmp_path / "out.xlsx")


CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=("Cs",)), max_size=12
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=5))
def test_any_table_of_texts_comes_back_as_it_was(rows: list[tuple[str, str]]) -> None:
    import tempfile

    table = pd.DataFrame(rows, columns=["a", "b"], dtype="string").mask(lambda t: t == "")
    table = table.dropna(how="all")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        write_reports(table, path)
        back = read_reports(path, encoding="utf-8-sig")
    expected = escape_formulas(table).reset_index(drop=True)
    assert back.fillna("").to_numpy().tolist() == expected.fillna("").to_numpy().tolist()
