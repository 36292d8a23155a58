"""The folium map holds its Leaflet itself."""

import folium
import pytest
from drawn_division import draw_division, draw_incidents, read_tags

from gridgeo.maps.folium_map import folium_map

BAD = "</script><script>alert(1)</script>"


def test_nothing_is_fetched_from_a_network():
    page = folium_map(draw_division(), draw_incidents()).get_root().render()
    assert read_tags(page).addresses == []
    assert "cdn" not in page


def test_a_map_has_the_division_and_the_incidents():
    page = folium_map(draw_division(), draw_incidents("井盖丢失"), lang="zh").get_root().render()
    assert "学院街第一网格" in page
    assert "井盖丢失" in page


def test_texts_of_the_data_stay_texts():
    bad = folium_map(draw_division(word=BAD), draw_incidents(BAD)).get_root().render()
    plain = folium_map(draw_division(), draw_incidents()).get_root().render()
    assert bad.count("<script") == plain.count("<script")


def test_a_marker_of_folium_can_be_added():
    drawn = folium_map(draw_division())
    folium.Marker([30.6, 111.3]).add_to(drawn)
    assert "L.marker(" in drawn.get_root().render()


def test_other_maps_of_folium_keep_their_own_assets():
    folium_map(draw_division())
    assert folium.Map.default_js


def test_a_notebook_gets_one_frame():
    assert folium_map(draw_division())._repr_html_().count("<iframe") == 1


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="lang must be one of"):
        folium_map(draw_division(), lang="fr")
