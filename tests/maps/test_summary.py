"""What a notebook shows of a division."""

import base64
import re
from dataclasses import replace
from xml.etree import ElementTree

from drawn_division import draw_division

from gridgeo.maps.summary import summary_html


def read_picture(page):
    return base64.b64decode(re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', page)[1]).decode()


def test_score_and_exceptions_stand_in_words():
    page = summary_html(draw_division())
    assert "<th>Grids</th><td>4</td>" in page
    assert "Grids not in range: 2" in page
    assert "<td>42050200100102</td><td>388</td><td>above range</td><td>single building of 388</td>" in page


def test_it_speaks_chinese_too():
    assert "未达标网格：2 个" in summary_html(draw_division(), lang="zh")


def test_a_share_that_is_not_perfect_is_never_shown_as_perfect():
    page = summary_html(draw_division())
    assert "<td>99.9%</td>" in page
    assert "100" not in re.sub(r"base64,[^\"]*|\d{14}", "", page)


def test_a_figure_that_is_not_known_is_left_out():
    assert "Inner borders" not in summary_html(draw_division())


def test_the_picture_is_sound_and_counts_every_class():
    picture = read_picture(summary_html(draw_division()))
    texts = [node.text for node in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]
    assert texts == [
        "Households",
        "100–199: 1",
        "200–224: 0",
        "225–249: 0",
        "250–274: 1",
        "275–300: 0",
        "301–600: 1",
        "dedicated, any size: 1",
    ]


def test_it_needs_no_script_and_no_markup_of_the_data_survives():
    bad = "<script>alert(1)</script>"
    page = summary_html(draw_division(word=bad, reason=bad))
    assert "<script" not in page + read_picture(page)
    assert "&lt;script&gt;" in page


def test_without_exceptions_it_says_so():
    division = draw_division()
    page = summary_html(replace(division, grids=division.grids.assign(status="in_range")))
    assert "Every grid is in range." in page


def test_many_exceptions_are_cut_with_their_number():
    division = draw_division()
    grids = division.grids.loc[[0] * 30].assign(grid_code=[f"G{i:02}" for i in range(30)])
    assert "and 22 more" in summary_html(replace(division, grids=grids))
