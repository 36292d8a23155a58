"""Long names by a piece of them."""

from hypothesis import given
from hypothesis import strategies as st

from gridgeo.locate.geocode.pieces import THREE_PIECES_FROM, Around, build_pieces, find_around

NAMES = ["好邻里超市云集路店", "好邻里超市东山大道店", "人民医院门诊楼", "短名"]
PIECES = build_pieces(enumerate(NAMES))


def test_a_name_with_a_slip_is_found_where_it_stands() -> None:
    assert find_around("反映好林里超市云集路店门口", PIECES)[0] == Around(0, 1, 2, 11)


def test_two_slips_far_apart_leave_a_piece_whole() -> None:
    assert [found.form_id for found in find_around("好林里超市云集洛店", PIECES)] == [0]


def test_a_short_name_is_not_looked_for_by_pieces() -> None:
    assert find_around("短名", PIECES) == []
    assert find_around("任何文字", build_pieces([])) == []


@given(st.sampled_from(NAMES[:2]), st.integers(0, 8), st.integers(0, 8), st.sampled_from("甲乙丙"))
def test_any_two_substitutions_in_a_long_name_are_forgiven(name: str, one: int, two: int, char: str) -> None:
    assert len(name) >= THREE_PIECES_FROM
    typed = "".join(char if at in (one, two) else c for at, c in enumerate(name))
    found = [around.form_id for around in find_around(f"在{typed}旁", PIECES)]
    assert NAMES.index(name) in found


@given(st.text(alphabet="好邻里超市云集东山大道路店甲乙", max_size=24))
def test_every_find_is_as_near_to_its_name_as_it_says(text: str) -> None:
    from rapidfuzz.distance import OSA

    for found in find_around(text, PIECES):
        assert OSA.distance(text[found.start : found.end], NAMES[found.form_id]) == found.distance <= 2
