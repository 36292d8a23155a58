"""How often the geocoder is right, how fast, and what peers make of the same texts."""

import argparse
import tempfile
import time
from pathlib import Path

from gridgeo.demo import Demo, build_demo
from gridgeo.locate.gazetteer import Gazetteer, build_gazetteer, write_gazetteer
from tests.benchmarks import geocode_real
from tests.benchmarks.geocode_accuracy import RIGHT_M, kd_grids, measure, mixed_places
from tests.benchmarks.geocode_peers import by_string_distance, by_tf_idf, measure_peer
from tests.benchmarks.geocode_speed import measure_million, rows_a_second, speedup
from tests.noise import Place, noisy, non_addresses

KINDS = (("clean", (0, 0)), ("single", (1, 1)), ("combined", (2, 4)))
PEER_ROWS = 200


def build(demo: Demo) -> Gazetteer:
    """Return the gazetteer of a demo city."""
    return build_gazetteer(
        addresses=demo.addresses,
        buildings=demo.buildings,
        streets=demo.streets,
        pois=demo.pois,
        compounds=demo.compounds,
        communities=demo.communities,
    )


def show_accuracy(demo: Demo, gazetteer: Gazetteer, places: list[Place], rows: int, seed: int) -> None:
    """Print how right the answers are under each kind of noise."""
    grids = kd_grids(demo)
    print("noise       top-1    grid   sure  of these right  calibration")
    for order, (name, noises) in enumerate(KINDS):
        found = measure(gazetteer, places, grids, rows, seed + order, noises)
        print(
            f"{name:<9} {found.top1:>7.2%} {found.right_grid:>7.2%} {found.sure:>6.1%} "
            f"{found.sure_right:>15.2%} {found.calibration_error:>12.3f}"
        )
        worst = sorted(found.by_class.items(), key=lambda item: item[1])[:6]
        print("   hardest: " + ", ".join(f"{kind} {share:.1%}" for kind, share in worst))
    answers = gazetteer.geocode(non_addresses(2000, seed + 9))
    print(f"texts without an address that are told so: {(answers['precision'] == 'none').mean():.1%}")


def show_peers(gazetteer: Gazetteer, places: list[Place], seed: int) -> None:
    """Print what peers make of combined noise."""
    rows = noisy(places, PEER_ROWS, seed, n_noises=(2, 4))
    for name, peer in (("rapidfuzz over strings", by_string_distance), ("TF-IDF and re-rank", by_tf_idf)):
        share, speed = measure_peer(peer(gazetteer), gazetteer, rows, RIGHT_M)
        print(f"{name:<24} combined top-1 {share:.1%}, {speed:,.0f} rows/s ({PEER_ROWS} rows)")


def show_speed(gazetteer: Gazetteer, places: list[Place], seed: int) -> None:
    """Print rows a second, and what a second process brings."""
    texts = {name: noisy(places, 6000, seed, n_noises=noises)["text"] for name, noises in KINDS}
    speeds = ", ".join(f"{name} {rows_a_second(gazetteer, rows):,.0f}" for name, rows in texts.items())
    print(f"rows/s on one core, {len(gazetteer.entries):,} entries: {speeds}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gaz.gpkg"
        write_gazetteer(gazetteer, path)
        more = noisy(places, 40_000, seed, n_noises=(1, 2))["text"]
        clock, cpu = speedup(path, more)
        print(f"two processes against one: {clock:.2f} x by the clock, {cpu:.2f} x by CPU time")


def show_million(demo: Demo, places: list[Place], seed: int) -> None:
    """Print build and speed at a million entries."""
    found = measure_million(demo, noisy(places, 6000, seed, n_noises=(1, 1))["text"])
    print(
        f"{found.n_entries:,} entries: built in {found.build_seconds:.0f} s CPU, {found.gigabytes:.2f} GB "
        f"beside the tables at the most, {found.rows_a_second:,.0f} rows/s (single noise)"
    )


def show_real(seed: int) -> None:
    """Print the figures on real addresses."""
    if not geocode_real.has_data():
        print("real addresses: the shared data are not beside this checkout")
        return
    found = geocode_real.measure_interpolation(seed)
    print(
        f"Cambridge, a tenth held out, from street ranges: {found.answered:.1%} interpolated, median "
        f"{found.median_m:.1f} m, within 50 m {found.within_50_m:.1%} of all, within the stated uncertainty "
        f"{found.within_uncertainty:.1%}"
    )
    ways = geocode_real.measure_respelling(seed)
    print("Cambridge, spelled differently: " + ", ".join(f"{way} {share:.1%}" for way, share in ways.items()))
    print(
        "New York, parsed: "
        + ", ".join(f"{who} {s:.1%}" for who, s in geocode_real.measure_parsing().items())
    )


def main(argv: list[str]) -> None:
    """Print all figures."""
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks geocode")
    options.add_argument("--communities", type=int, default=160, help="of the demo city")
    options.add_argument("--households", type=int, default=460_000)
    options.add_argument("--rows", type=int, default=6000, help="for each kind of noise")
    options.add_argument("--seed", type=int, default=20261125, help="of the noise; never used while tuning")
    options.add_argument("--million", action="store_true", help="also with a million entries: minutes, 3 GB")
    args = options.parse_args(argv)
    demo = build_demo(args.communities, args.households, 7)
    start = time.process_time()
    gazetteer = build(demo)
    seconds = time.process_time() - start
    print(f"{len(gazetteer.entries):,} entries, built and calibrated in {seconds:.1f} s")
    places = mixed_places(demo, gazetteer, args.seed)
    show_accuracy(demo, gazetteer, places, args.rows, args.seed + 1)
    show_speed(gazetteer, places, args.seed + 20)
    show_peers(gazetteer, places, args.seed + 30)
    show_real(args.seed)
    if args.million:
        show_million(demo, places, args.seed + 40)


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
