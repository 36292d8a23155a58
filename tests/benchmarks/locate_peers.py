"""What others do: the pairs of point and grid by geopandas, shapely, DuckDB and SedonaDB."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from tests.benchmarks.locate_cases import Case

Join = Callable[[], object]


def build_peers(case: Case) -> tuple[dict[str, Join], list[str]]:
    """Return each peer, its data ready in its own form, and a line on each that cannot be had here."""
    points = gpd.GeoDataFrame(geometry=case.points())
    shapes, places = case.grids.geometry.to_numpy(), points.geometry.to_numpy()
    peers: dict[str, Join] = {
        "geopandas.sjoin intersects": lambda: gpd.sjoin(points, case.grids, predicate="intersects"),
        "geopandas.sjoin within": lambda: gpd.sjoin(points, case.grids, predicate="within"),
        "STRtree of grids": lambda: shapely.STRtree(shapes).query(places, predicate="intersects"),
        "STRtree of points": lambda: shapely.STRtree(places).query(shapes, predicate="intersects"),
    }
    absent = []
    for name, build in (
        ("DuckDB ST_DWithin(p, g, 0)", _build_duckdb),
        ("SedonaDB ST_Intersects", _build_sedona),
    ):
        try:
            peers[name] = build(case, points)
        except Exception as error:  # whatever a peer's loading can fail with, the run goes on without it
            absent.append(f"{name} is left out: {str(error).splitlines()[0]}")
    return peers, absent


def _build_duckdb(case: Case, _: gpd.GeoDataFrame) -> Join:
    """Return the join of DuckDB; its spatial extension comes from a package, as there may be no internet."""
    import duckdb

    database = duckdb.connect()
    with contextlib.suppress(ImportError):
        import duckdb_extension_spatial

        found = sorted(Path(duckdb_extension_spatial.__file__).parent.rglob("spatial.duckdb_extension"))
        database.execute(f"LOAD '{found[0]}'")
    database.execute("LOAD spatial" if not _has_spatial(database) else "SELECT 1")
    grids = pd.DataFrame({"code": case.grids["grid_code"], "wkb": case.grids.to_wkb()["geometry"]})
    places = pd.DataFrame({"id": np.arange(len(case.x)), "x": case.x, "y": case.y})
    database.register("raw_grids", grids)
    database.register("raw_places", places)
    database.execute("CREATE TABLE grids AS SELECT code, ST_GeomFromWKB(wkb) g FROM raw_grids")
    database.execute("CREATE TABLE places AS SELECT id, ST_Point(x, y) p FROM raw_places")
    query = "SELECT id, code FROM places JOIN grids ON ST_DWithin(p, g, 0)"
    return lambda: database.execute(query).fetchnumpy()


def _has_spatial(database: object) -> bool:
    """Return whether the spatial functions are there."""
    query = "SELECT loaded FROM duckdb_extensions() WHERE extension_name = 'spatial'"
    row = database.execute(query).fetchone()  # type: ignore[attr-defined]
    return bool(row and row[0])


def _build_sedona(case: Case, points: gpd.GeoDataFrame) -> Join:
    """Return the join of SedonaDB."""
    import sedonadb

    database = sedonadb.connect()
    grids = case.grids[["grid_code", "geometry"]].set_crs(None, allow_override=True)
    places = points.assign(id=np.arange(len(points))).set_crs(None, allow_override=True)
    database.create_data_frame(grids).to_view("grids", overwrite=True)
    database.create_data_frame(places).to_view("places", overwrite=True)
    query = (
        "SELECT places.id, grids.grid_code FROM places JOIN grids "
        "ON ST_Intersects(places.geometry, grids.geometry)"
    )
    return lambda: database.sql(query).to_pandas()
