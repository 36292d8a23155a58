"""How often the geocoder is right, and how fast: ``python -m tests.benchmarks.bench_geocode``."""

import argparse
import time

import numpy as np
import pandas as pd
from pyproj import Transformer

from gridgeo.demo import build_demo
from gridgeo.locate.gazetteer.build import build_gazetteer
from gridgeo.locate.gazetteer.gazetteer import Gazetteer
from tests.benchmarks.geocode_places import address_places, crossing_places, named_places
from tests.noise import CLASSES, Place, noisy, non_addresses

RIGHT_M = 30.0  # an answer this close to the place meant is right


def mixed_places(demo: object, gazetteer: Gazetteer, seed: int) -> list[Place]:
    """Return mostly addresses, and a share of POIs, compounds and crossings."""
    rng = np.random.default_rng(seed)
    crossings = gazetteer.entries[gazetteer.entries["level"] == "intersection"]
    pools = (
        (address_places(demo), 8000), (named_places(demo.pois, "poi"), 1000),
        (named_places(demo.compounds, "compound"), 500), (crossing_places(crossings), 500),
    )  # fmt: skip
    return [pool[i] for pool, n in pools if pool for i in rng.choice(len(pool), size=n)]


def distances(answers: pd.DataFrame, truth: pd.DataFrame, gazetteer: Gazetteer) -> np.ndarray:
    """Return how far each answer lies from the truth; infinite for none."""
    lon = answers["lon"].to_numpy(dtype=float, na_value=np.nan)
    lat = answers["lat"].to_numpy(dtype=float, na_value=np.nan)
    x, y = Transformer.from_crs(4326, gazetteer.crs, always_xy=True).transform(lon, lat)
    metres = np.hypot(x - truth["x"].to_numpy(), y - truth["y"].to_numpy())
    return np.where(np.isfinite(metres), metres, np.inf)


def report(
    gazetteer: Gazetteer, places: list[Place], name: str, n_rows: int, seed: int, noises: tuple[int, int]
) -> None:
    """Print accuracy, precision and calibration on one kind of noise."""
    truth = noisy(places, n_rows, seed, n_noises=noises)
    start = time.process_time()
    answers = gazetteer.geocode(truth["text"])
    seconds = time.process_time() - start
    right = distances(answers, truth, gazetteer) <= RIGHT_M
    score = answers["score"].fillna(0).to_numpy(dtype=float)
    sure = score >= 0.9
    bins = np.clip((score * 10).astype(int), 0, 9)
    gap = sum(
        abs(score[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)
    )
    print(
        f"{name:<10} top-1 {right.mean():.3%}  sure {sure.mean():.1%} of rows, "
        f"right {right[sure].mean():.2%}  calibration error {gap:.3f}  {n_rows / seconds:,.0f} rows/s"
    )
    print_classes(truth, right)


def print_classes(truth: pd.DataFrame, right: np.ndarray) -> None:
    """Print the accuracy of each class of noise."""
    shares = {
        c: right[truth["noise"].str.split("+").map(lambda kinds, c=c: c in kinds)].mean() for c in CLASSES
    }
    print(
        "   " + "  ".join(f"{c} {share:.1%}" for c, share in sorted(shares.items(), key=lambda item: item[1]))
    )


def main() -> None:
    """Print all figures."""
    options = argparse.ArgumentParser()
    options.add_argument("--communities", type=int, default=150)
    options.add_argument("--households", type=int, default=430_000)
    options.add_argument("--rows", type=int, default=6000)
    options.add_argument("--seed", type=int, default=20261122)
    args = options.parse_args()
    demo = build_demo(args.communities, args.households, 7)
    start = time.process_time()
    gazetteer = build_gazetteer(
        addresses=demo.addresses, buildings=demo.buildings, streets=demo.streets, pois=demo.pois,
        compounds=demo.compounds, communities=demo.communities,
    )  # fmt: skip
    print(f"{len(gazetteer.entries):,} entries, built and calibrated in {time.process_time() - start:.1f} s")
    places = mixed_places(demo, gazetteer, args.seed)
    report(gazetteer, places, "clean", args.rows, args.seed + 1, (0, 0))
    report(gazetteer, places, "single", args.rows, args.seed + 2, (1, 1))
    report(gazetteer, places, "combined", args.rows, args.seed + 3, (2, 4))
    rejected = gazetteer.geocode(non_addresses(2000, args.seed + 4))
    print(f"non-addresses rejected {(rejected['precision'] == 'none').mean():.1%}, "
          f"below 0.5 {(rejected['score'].fillna(0) < 0.5).mean():.1%}")  # fmt: skip


if __name__ == "__main__":
    main()
