"""One service for all tests of a module that only read: the town with its incidents and a gazetteer."""

import time
from functools import cache

import numpy as np
import pandas as pd
from service_town import ORIGIN, demo_town, start_service, write_users

from gridgeo import build_gazetteer
from gridgeo.locate.gazetteer.store import write_gazetteer

N_INCIDENTS = 300


@cache
def town_gazetteer():
    """Return the gazetteer of the town."""
    demo = demo_town()
    return build_gazetteer(addresses=demo.addresses, streets=demo.streets, communities=demo.communities)


def write_incidents(folder, demo, n=N_INCIDENTS):
    """Write incidents of the last sixty days, in the buildings of the town; the last one lies far outside."""
    rng = np.random.default_rng(4)
    places = demo.buildings.geometry.representative_point().to_crs(4326)
    chosen = places.iloc[rng.integers(len(places), size=n)]
    moments = pd.Timestamp(int(time.time()), unit="s", tz="Asia/Shanghai") - pd.to_timedelta(
        rng.integers(3600, 60 * 86_400, size=n), unit="s"
    )
    table = pd.DataFrame(
        {
            "incident_id": [f"I{i:04d}" for i in range(n)],
            "reported_at": [moment.isoformat() for moment in moments],
            "category": rng.choice(["01", "02", "06"], size=n),
            "description": [f"垃圾堆积 no {i}" for i in range(n)],
            "lon": chosen.x.to_numpy(),
            "lat": chosen.y.to_numpy(),
        }
    )
    table.loc[n - 1, ["lon", "lat"]] = [100.0, 20.0]
    file = folder / "recent.csv"
    table.to_csv(file, index=False)
    return file


def open_service(town_file, folder, **choices):
    """Return a service with incidents, users where asked for, and a gazetteer."""
    gazetteer = folder / "gazetteer.gpkg"
    write_gazetteer(town_gazetteer(), gazetteer)
    return start_service(
        town_file, folder, gazetteer=gazetteer, incidents=str(write_incidents(folder, demo_town())), **choices
    )


def open_guarded_service(town_file, folder):
    """Return a service with users."""
    return open_service(town_file, folder, users=write_users(folder))


def client_of(app):
    """Return a client whose writes say that they come from the service's own pages."""
    client = app.test_client()
    client.environ_base["HTTP_ORIGIN"] = ORIGIN
    return client
