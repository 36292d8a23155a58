"""English and European addresses."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from gridgeo.locate.address import EuropeanScript, parse_address
from gridgeo.locate.gazetteer import build_gazetteer

SHARED = Path(__file__).resolve().parents[2] / "../shared/data"
fold = EuropeanScript.fold_name


@pytest.mark.parametrize(
    ("text", "house_number", "street"),
    [
        ("59 WEST   96 STREET", "59", "West 96th St"),
        ("Hauptstraße 12a", "12a", "Hauptstr."),
        ("187-197 MONSIGNOR OBRIEN HWY", "187-197", "Msgr O'Brien Highway"),
        ("189-04 LIBERTY AVENUE", "189-04", "Liberty Ave"),
        ("253 NORFOLK ST #3/4", "253", "Norfolk Street"),
        ("12 rue de l’Église", "12", "Rue de l'Eglise"),
        ("10 1st St", "10", "First Street"),
        ("Calle de Alcalá, 25", "25", "C. de Alcala"),
        ("12 Main St, Springfield", "12", "Main Street"),
        ("Via Roma 7", "7", "via Roma"),
    ],
)
def test_number_and_street_are_found_before_or_behind_each_other(
    text: str, house_number: str, street: str
) -> None:
    parsed = parse_address(text)
    assert (parsed.house_number, parsed.street) == (house_number, fold(street))


@pytest.mark.parametrize("text", ["26 SEVENTH", "26 7th", "26 Seventh St", "26 7 Street", "no 26 7th street"])
def test_a_counted_street_is_known_without_the_word_street(text: str) -> None:
    rows = [(f"{n} {street}", n) for street in ("SEVENTH ST", "MAIN ST") for n in range(20, 30)]
    addresses = gpd.GeoDataFrame(
        {"address": [row[0] for row in rows]},
        geometry=gpd.points_from_xy([-71.1 + 0.001 * i for i in range(20)], [42.37] * 20),
        crs=4326,
    )
    found = build_gazetteer(addresses=addresses).geocode([text, "call 26 7 times"])
    assert found["matched"].tolist() == ["26 SEVENTH ST", pd.NA]


def test_two_streets_joined_by_a_word_are_a_crossing() -> None:
    parsed = parse_address("Broadway & W 42nd St")
    assert (parsed.street, parsed.cross_street) == ("broadway", "w 42 st")


def test_real_new_york_addresses_parse_into_their_street_and_number() -> None:
    source = SHARED / "incidents/nyc_311_animals_2025.csv.gz"
    if not source.exists():
        pytest.skip("the folder shared with the New York reports is not beside this checkout")
    reports = pd.read_csv(source).query("`Address Type` == 'ADDRESS'")
    reports = reports.dropna(subset=["Incident Address", "Street Name"])
    right = [
        (parsed := parse_address(address)).street == fold(street) and bool(parsed.house_number)
        for address, street in zip(reports["Incident Address"], reports["Street Name"], strict=True)
    ]
    assert sum(right) / len(right) >= 0.999
