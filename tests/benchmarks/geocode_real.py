"""The geocoder on real addresses: Cambridge, with a tenth held out, and New York's reports."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from gridgeo.locate.address import EuropeanScript, parse_address
from gridgeo.locate.gazetteer import build_gazetteer
from tests.benchmarks.geocode_accuracy import RIGHT_M, distances

SHARED = Path(__file__).resolve().parents[2] / "../shared/data"
CRS = 26986
WHOLE = {
    "ST": "Street", "AVE": "Avenue", "RD": "Road", "PL": "Place", "DR": "Drive", "TER": "Terrace",
    "CT": "Court", "PKWY": "Parkway", "LN": "Lane", "SQ": "Square", "CIR": "Circle", "HWY": "Highway",
    "PK": "Park",
}  # fmt: skip


@dataclass(frozen=True)
class Interpolation:
    """Held-out addresses from the ranges of their streets."""

    median_m: float
    within_50_m: float
    answered: float
    within_uncertainty: float


def has_data() -> bool:
    """Return whether the shared data lie beside this checkout."""
    return (SHARED / "cambridge/addresses.csv").exists()


def read_cambridge(seed: int) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return nine tenths of the addresses and the tenth that is held out, one row an address."""
    table = pd.read_csv(SHARED / "cambridge/addresses.csv").dropna(subset=["Location", "lon", "lat"])
    points = gpd.points_from_xy(table["lon"], table["lat"], crs=4326).to_crs(CRS)
    frame = gpd.GeoDataFrame(table[["Location"]], geometry=points)
    plain = frame["Location"].str.match(r"^\d+ [A-Z]") & ~frame["Location"].str.contains("#")
    single = frame[plain].drop_duplicates("Location")
    rng = np.random.default_rng(seed)
    held = single.iloc[np.sort(rng.choice(len(single), size=len(single) // 10, replace=False))]
    return frame[~frame["Location"].isin(held["Location"])], held


def _truth(frame: gpd.GeoDataFrame) -> np.ndarray:
    """Return the coordinates of the points."""
    return np.column_stack([frame.geometry.x, frame.geometry.y])


def measure_interpolation(seed: int) -> Interpolation:
    """Return how near held-out addresses come by their streets' ranges alone."""
    streets = gpd.read_file(SHARED / "cambridge/cambridge.gpkg", layer="street_centerlines")
    gazetteer = build_gazetteer(streets=streets, columns={"streets": {"name": "Street"}})
    _, held = read_cambridge(seed)
    answers = gazetteer.geocode(held["Location"])
    metres = distances(answers, _truth(held), gazetteer.crs)
    placed = (answers["precision"] == "interpolated").to_numpy()
    uncertainty = answers["uncertainty_m"].to_numpy(dtype=float, na_value=0.0)
    return Interpolation(
        float(np.median(metres[placed])), float((metres <= 50).mean()), float(placed.mean()),
        float((metres <= uncertainty)[placed].mean()),
    )  # fmt: skip


def respell(address: str, way: str) -> str:
    """Return an address written in another way."""
    words = address.split()
    if way == "lower case":
        return address.lower()
    if way == "whole words":
        return " ".join(
            [words[0], *(w.title() for w in words[1:-1]), WHOLE.get(words[-1], words[-1].title())]
        )
    if way == "no suffix":
        return " ".join(words[:-1]) if words[-1] in WHOLE and len(words) > 2 else address
    return f"Pothole in front of {address.title()}, Cambridge MA 02139"


WAYS = ("lower case", "whole words", "no suffix", "in a sentence")


def measure_respelling(seed: int, n_rows: int = 3000) -> dict[str, float]:
    """Return the share of addresses found in each way of writing them."""
    rest, _ = read_cambridge(seed)
    gazetteer = build_gazetteer(addresses=rest)
    plain = rest[rest["Location"].str.match(r"^\d+(-\d+)? [A-Z]") & ~rest["Location"].str.contains("#")]
    sample = plain.drop_duplicates("Location").sample(n_rows, random_state=seed)
    found = {}
    for way in WAYS:
        answers = gazetteer.geocode(sample["Location"].map(lambda text, way=way: respell(text, way)))
        found[way] = float((distances(answers, _truth(sample), gazetteer.crs) <= RIGHT_M).mean())
    return found


def measure_parsing() -> dict[str, float]:
    """Return the share of New York addresses taken apart rightly, by us and by usaddress."""
    reports = pd.read_csv(SHARED / "incidents/nyc_311_animals_2025.csv.gz").query(
        "`Address Type` == 'ADDRESS'"
    )
    reports = reports.dropna(subset=["Incident Address", "Street Name"])
    pairs = list(zip(reports["Incident Address"], reports["Street Name"], strict=True))
    fold = EuropeanScript.fold_name
    ours = [(p := parse_address(a)).street == fold(s) and bool(p.house_number) for a, s in pairs]
    return {
        "gridgeo": float(np.mean(ours)),
        "usaddress": float(np.mean([_usaddress(a) == fold(s) for a, s in pairs])),
    }


def _usaddress(address: str) -> str:
    """Return the street that usaddress reads, in our spelling."""
    import usaddress

    parts = [word for word, label in usaddress.parse(address) if label.startswith("StreetName")]
    return EuropeanScript.fold_name(" ".join(parts))
