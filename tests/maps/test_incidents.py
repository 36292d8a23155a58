"""Incidents on a map: places and harmless texts."""

from drawn_division import draw_incidents

from gridgeo.maps.incidents import build_incidents


def test_an_incident_without_a_place_is_left_out():
    built = build_incidents(draw_incidents())
    assert built["shapes"]["n"] == 2
    assert built["columns"]["incident_id"] == {"words": ["1", "2"]}


def test_who_reported_it_never_reaches_a_map():
    built = build_incidents(draw_incidents().assign(reporter="13800000000", telephone="13800000000"))
    assert "13800000000" not in str(built)
