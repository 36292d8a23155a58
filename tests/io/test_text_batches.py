import gzip

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgeo.errors import FileReadError
from gridgeo.io.text_batches import find_text_layout, read_text_batches


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def read(path, size=1000, **options):
    return pd.concat(list(read_text_batches(find_text_layout(path, **options), size)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_text_is_read_in_any_of_its_encodings(tmp_path, encoding):
    file = write(tmp_path / "a.csv", "编号,地址\n1,北京路12号\n2,\n", encoding)
    table = read(file)
    assert table.columns.tolist() == ["编号", "地址"]
    assert table["地址"].tolist() == ["北京路12号", pd.NA]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_outside_quotes(tmp_path, separator):
    file = write(tmp_path / "a.csv", f'"a,b;c|d"{separator}e\n"1{separator}2"{separator}x\n')
    table = read(file)
    assert table.columns.tolist() == ["a,b;c|d", "e"]
    assert table.iloc[0].tolist() == [f"1{separator}2", "x"]


def test_quotes_and_line_breaks_within_cells_are_kept(tmp_path):
    file = write(tmp_path / "a.csv", 'id,text\r\n1,"says ""no"",\nand goes"\r\n\r\n2,b\r\n')
    assert read(file)["text"].tolist() == ['says "no",\nand goes', "b"]


def test_codes_keep_their_zeros_and_a_packed_file_is_unpacked(tmp_path):
    file = tmp_path / "a.csv.gz"
    file.write_bytes(gzip.compress(b"code,n\n007,1e5\n"))
    assert read(file).iloc[0].tolist() == ["007", "1e5"]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=8)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(cells, cells), max_size=30), size=st.integers(1, 7))
def test_batches_are_the_table_whatever_stands_in_it(tmp_path_factory, rows, size):
    file = tmp_path_factory.mktemp("text") / "a.csv"
    table = pd.DataFrame(rows, columns=["a", "b"], dtype="string")
    table.to_csv(file, index=False, quoting=1, lineterminator="\n")
    batches = list(read_text_batches(find_text_layout(file), size))
    assert all(len(batch) == size for batch in batches[:-1])
    found = pd.concat(batches)
    assert found.fillna("").to_numpy().tolist() == [list(row) for row in rows]
    assert found.index.tolist() == list(range(len(rows)))


def test_a_table_of_a_header_alone_is_one_empty_batch(tmp_path):
    batches = list(read_text_batches(find_text_layout(write(tmp_path / "a.csv", "a,b\n")), 10))
    assert [len(batch) for batch in batches] == [0]
    assert batches[0].columns.tolist() == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty; export it again, with a header line"),
        ("a,b,a\n1,2,3\n", "two columns are called 'a'; rename one"),
        ("a,b\n1,2\n3\n", "the row that ends on line 3 has 1 cells, the header 2"),
        (
            "a,b\n1,2\n3,4,5\n",
            "the row that ends on line 3 has 3 cells, the header 2; put cells that hold ','",
        ),
        ('a,b\n1,"2\n3,4\n', "close an open quote"),
        (
            "area_code,n\n4.20502E+11,1\n",
            r"column area_code holds 4\.20502E\+11 in row 1, a code that a spreadsheet",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(tmp_path, text, message):
    with pytest.raises(FileReadError, match=rf"^\S*a\.csv: (line \d+: .*)?{message}"):
        read(write(tmp_path / "a.csv", text))


def test_mixed_and_wrongly_stated_encodings_are_refused(tmp_path):
    mixed = tmp_path / "a.csv"
    mixed.write_bytes("a\n北京路\n".encode() + "上海路\n".encode("gb18030"))
    with pytest.raises(FileReadError, match=r"mixed encodings"):
        read(mixed)
    with pytest.raises(FileReadError, match="not utf-8"):
        read(write(tmp_path / "b.csv", "a\n北京路\n", "gb18030"), encoding="utf-8")


def test_another_encoding_far_down_stops_the_reading_there(tmp_path, monkeypatch):
    monkeypatch.setattr("gridgeo.io.text_batches.HEAD_BYTES", 64)
    file = tmp_path / "a.csv"
    file.write_bytes(b"a\n" + b"plain\n" * 20_000 + "北京路\n".encode("gb18030"))
    batches = read_text_batches(find_text_layout(file), 100)
    assert len(next(batches)) == 100
    with pytest.raises(FileReadError, match=r"is not UTF-8 after line \d+"):
        list(batches)


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileReadError, match=r"no\.csv: no such file"):
        find_text_layout(tmp_path / "no.csv")
