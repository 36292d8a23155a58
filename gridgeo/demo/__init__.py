"""A generated district or city with Chinese names: communities, buildings, streets, addresses, incidents."""

from gridgeo.demo.city import build_demo
from gridgeo.demo.files import incident_table, write_demo
from gridgeo.demo.incidents import build_incidents
from gridgeo.demo.layers import CRS, Demo

__all__ = ["CRS", "Demo", "build_demo", "build_incidents", "incident_table", "write_demo"]
