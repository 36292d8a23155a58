"""A division as a folium map whose Leaflet comes from the package, so that it works offline."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import geopandas as gpd

from gridgeo.maps.assets import bundle_modules, read_front, read_vendored, read_vendored_css, to_data_url
from gridgeo.maps.layers import DivisionLike
from gridgeo.maps.page import MapExtras, build_content, to_json

if TYPE_CHECKING:
    import folium

__all__ = ["folium_map"]

HEAD = """{% macro header(this, kwargs) %}
<style>{{ this.style }}</style>
{% for script in this.scripts %}<script>{{ script }}</script>
{% endfor %}{% endmacro %}"""

BODY = """{% macro script(this, kwargs) %}
gridgeoMap({{ this._parent.get_name() }}, {{ this.content }});
{% endmacro %}"""


def folium_map(
    division: DivisionLike,
    incidents: gpd.GeoDataFrame | None = None,
    *,
    against: DivisionLike | None = None,
    backdrop: Mapping[str, gpd.GeoDataFrame] | None = None,
    lang: str = "en",
) -> "folium.Map":
    """Return a division as a folium map that makes no request: Leaflet and everything else stand inside it.

    Markers and shapes of folium can be added to it as usual. A plugin of ``folium.plugins`` brings its own
    outside addresses along.

    Parameters
    ----------
    division
        What to show.
    incidents
        Points to show above the grids, grouped where they are dense.
    against
        A second division, shown on the right of a swipe handle.
    backdrop
        Layers to draw below the grids: ``{"water": …, "rail": …}``.
    lang
        ``"en"`` or ``"zh"``.
    """
    import folium
    from branca.element import MacroElement
    from folium.template import Template

    extras = MapExtras(incidents=incidents, backdrop=backdrop or {}, against=against)
    content = build_content(division, extras, lang=lang)
    drawn = folium.Map(
        tiles=None, zoom_snap=0.25, max_zoom=20, fade_animation=False, attribution_control=False
    )
    # Folium's own list names ten outside addresses; all that is needed of it comes with the head below.
    drawn.default_js, drawn.default_css = [], []
    head, body = MacroElement(), MacroElement()
    head._template, body._template = Template(HEAD), Template(BODY)
    head.style = "\n".join(
        [*map(read_vendored_css, ("leaflet.css", "markercluster.css")), read_front("widgets.css")]
    )
    head.scripts = [read_vendored("leaflet.js"), read_vendored("markercluster.js"), set_marker_icon()]
    head.scripts.append(bundle_modules("folium.js"))
    body.content = to_json(content)
    drawn.add_child(head)
    drawn.add_child(body)
    return drawn


def set_marker_icon() -> str:
    """Return the script that gives Leaflet its marker picture without a file beside the page."""
    picture = to_data_url("images/marker-icon.png")
    return (
        'L.Icon.Default.imagePath = "";\n'
        f'L.Icon.Default.mergeOptions({{iconUrl: "{picture}", iconRetinaUrl: "{picture}", shadowUrl: ""}});'
    )
