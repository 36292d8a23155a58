"""What does it look like? Maps that need nothing from outside."""

from gridgeo.maps.folium_map import folium_map
from gridgeo.maps.frame import MapFrame
from gridgeo.maps.page import MapExtras, to_html, write_map
from gridgeo.maps.summary import summary_html

__all__ = ["MapExtras", "MapFrame", "folium_map", "summary_html", "to_html", "write_map"]
