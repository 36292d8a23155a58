"""The places of a demo city as the writer of a report knows them: the truth of the geocoder's benchmark."""

import geopandas as gpd
import pandas as pd

from gridgeo.demo import Demo
from tests.noise import Place


def _text(value: object) -> str:
    """Return a text, empty for a missing value."""
    return "" if pd.isna(value) else str(value)


def address_places(demo: Demo) -> list[Place]:
    """Return every address: house numbers and buildings in compounds."""
    communities = demo.communities.set_index("area_code")
    frame = pd.DataFrame(demo.addresses.drop(columns="geometry")).assign(
        px=demo.addresses.geometry.x,
        py=demo.addresses.geometry.y,
        community=demo.addresses["area_code"].map(communities["name"]),
        office=demo.addresses["area_code"].map(communities["street_office"]),
    )
    places = []
    for row in frame.itertuples():
        street, number = _text(row.street), _text(row.house_number)
        if not street and number:
            # a hamlet: its name is all that the address has beside the number
            street = _text(row.address).removesuffix("号").removesuffix(number)
        building = _text(row.building_no)
        places.append(
            Place(
                entry_id=row.address_id,
                x=row.px,
                y=row.py,
                district=_text(row.office),
                community=_text(row.community),
                street=street if number or building else "",
                number=number,
                compound=_text(row.compound),
                building=building,
            )
        )
    return [p for p in places if (p.street and p.number) or p.compound]


def named_places(layer: gpd.GeoDataFrame, part: str) -> list[Place]:
    """Return the POIs or compounds whose name is the only one of its kind."""
    points = layer.geometry.representative_point()
    frame = pd.DataFrame(
        {"name": layer["name"].to_numpy(), "px": points.x.to_numpy(), "py": points.y.to_numpy()}
    )
    frame = frame.dropna()[lambda f: ~f["name"].duplicated(keep=False)]
    return [
        Place(entry_id=f"{part}:{name}", x=px, y=py, **{part: name})
        for name, px, py in frame.itertuples(index=False)
    ]


def crossing_places(crossings: pd.DataFrame) -> list[Place]:
    """Return the crossings of two streets that meet just once."""
    once = ~crossings.duplicated(["street", "cross_street"], keep=False)
    return [
        Place(
            entry_id=f"x:{row.street}:{row.cross_street}",
            x=row.x,
            y=row.y,
            street=row.street,
            cross=row.cross_street,
        )
        for row in crossings[once].itertuples()
    ]
