import re
import xml.dom.minidom

from drawn_division import read_tags
from planned import changed_division, divided

from gridgeo.reports.content import build_report
from gridgeo.reports.report_page import to_report_page


def page_of(division, **options):
    return to_report_page(division, build_report(division, **options))


def test_the_page_needs_nothing_from_outside_and_runs_no_script():
    page = page_of(divided())
    tags = read_tags(page)
    assert tags.counts.get("script", 0) == 0
    assert all(address.startswith(("data:", "#")) for address in tags.addresses)
    assert not re.search(r"url\((?!#)", page)
    assert "default-src &#x27;none&#x27;" in page


def test_every_text_of_the_data_is_escaped():
    page = page_of(divided())
    assert "<b>西门</b>" not in page
    assert "&lt;b&gt;西门&lt;/b&gt;" in page
    assert "<二路>" not in page


def test_every_community_has_a_sheet_with_a_map_a_table_and_lines_to_sign_on():
    division = divided()
    page = page_of(division, lang="en")
    sheets = page.split('<section class="sheet">')[1:]
    assert len(sheets) == len(division.communities)
    for sheet, (area_code, own) in zip(sheets, division.grids.groupby("area_code"), strict=True):
        assert str(area_code) in sheet
        assert all(str(code) in sheet for code in own["grid_code"])
        assert "For the community" in sheet
        assert sheet.count('class="code">') >= len(own)
        svg = sheet[sheet.index("<svg") : sheet.index("</svg>") + 6]
        xml.dom.minidom.parseString(svg)


def test_exceptions_stand_with_their_reasons_and_changes_with_their_note():
    page = page_of(changed_division(), lang="en")
    assert "single building of 388 households" in page
    assert "a wall was built" in page
    assert "planning office" in page


def test_the_same_division_gives_the_same_page():
    assert page_of(divided()) == page_of(divided())
