"""Several drawn networks over the same atoms, so that their borders can be compared piece by piece."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgeo.adoption.claims import claim_atoms
from gridgeo.adoption.drawn import Drawn
from gridgeo.adoption.settling import settle_claims
from gridgeo.adoption.sites import home_of_grids
from gridgeo.partition.atoms import Atoms, build_atoms
from gridgeo.partition.coverage import Ints
from gridgeo.partition.graph import AtomGraph, build_graph
from gridgeo.partition.links import link_remnants
from gridgeo.preparation import Prepared
from gridgeo.spec import GridSpec

__all__ = ["Overlay", "overlay_networks"]

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Overlay:
    """The atoms and graph of each community, and of each network the grid of each atom.

    ``labels[name][i]`` are numbers of community i, ``codes[name][i]`` what the network calls them; land that
    no grid of a network was near has a number of its own, called ``<NA>``.
    """

    atoms: list[Atoms]
    graphs: list[AtomGraph]
    labels: dict[str, list[Ints]]
    codes: dict[str, list[pd.Series]]

    def is_border(self, name: str, site: int) -> Mask:
        """Return which edges of a community are borders in a network."""
        graph, label = self.graphs[site], self.labels[name][site]
        border: Mask = label[graph.a] != label[graph.b]
        return border

    def n_agreeing(self, site: int) -> Ints:
        """Return of each edge of a community in how many networks it is a border."""
        count: Ints = np.zeros(len(self.graphs[site].a), dtype=np.int64)
        for name in self.labels:
            count += self.is_border(name, site)
        return count


def overlay_networks(prepared: Prepared, networks: Mapping[str, Drawn], spec: GridSpec) -> Overlay:
    """Return all networks settled on the same atoms, each a valid partition by the rules of adoption."""
    atoms = [build_atoms(site) for site in prepared.sites]
    graphs = [
        link_remnants(build_graph(held, site, cross_barriers=spec.cross_barriers), spec)
        for held, site in zip(atoms, prepared.sites, strict=True)
    ]
    labels: dict[str, list[Ints]] = {}
    codes: dict[str, list[pd.Series]] = {}
    for name, drawn in networks.items():
        parts = [
            (held, graph, claim_atoms(site, held, drawn.shapes))
            for site, held, graph in zip(prepared.sites, atoms, graphs, strict=True)
        ]
        home = home_of_grids(parts, len(drawn))
        settled = [
            settle_claims(graph, claims, home, own, spec.households[0])
            for own, (_, graph, claims) in enumerate(parts)
        ]
        labels[name] = [one.label for one in settled]
        named = pd.Series([drawn.label(g) for g in range(len(drawn))], dtype="string")
        codes[name] = [pd.Series(named.array.take(one.origin, allow_fill=True)) for one in settled]
    return Overlay(atoms, graphs, labels, codes)
