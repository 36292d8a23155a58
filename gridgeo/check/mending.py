"""The state of a layer while it is mended: what is good so far, what was set aside, what was found."""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from gridgeo.schema import Action, Contract, Fault

__all__ = ["Mending", "start_mending"]

Mask: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class Mending:
    """A layer between two steps of mending; each step returns a new one."""

    contract: Contract
    good: GeoDataFrame
    rejected: GeoDataFrame
    places: NDArray[np.intp]  # of the good rows in the layer as it was given
    faults: tuple[Fault, ...] = ()

    def note(self, bad: Mask, fault: str, meaning: str, action: Action) -> "Mending":
        """Return the state with a fault of the good rows added, if any row has it."""
        if not bad.any():
            return self
        entry = Fault(layer=self.contract.name, fault=fault, meaning=meaning, action=action)
        return replace(self, faults=(*self.faults, entry.at(self.good, bad, self.contract.key, self.places)))

    def note_layer(self, fault: str, meaning: str, action: Action) -> "Mending":
        """Return the state with a fault of the layer as a whole added."""
        entry = Fault(
            layer=self.contract.name, fault=fault, meaning=meaning, action=action, rows=("the layer",)
        )
        return replace(self, faults=(*self.faults, entry))

    def set_aside(self, bad: Mask, fault: str, meaning: str) -> "Mending":
        """Return the state with the bad rows moved from good to rejected, and why."""
        if not bad.any():
            return self
        moved = self.good[bad].assign(layer=self.contract.name, fault=fault)
        rejected = moved if self.rejected.empty else pd.concat([self.rejected, moved])
        return replace(
            self.note(bad, fault, meaning, "set aside"),
            good=self.good[~bad],
            rejected=rejected,
            places=self.places[~bad],
        )

    def with_column(self, name: str, values: pd.Series) -> "Mending":
        """Return the state with one column of the good rows replaced."""
        return replace(self, good=self.good.assign(**{name: values}))

    def with_shapes(self, shapes: NDArray[np.object_]) -> "Mending":
        """Return the state with the geometry of the good rows replaced."""
        return replace(
            self,
            good=self.good.set_geometry(
                GeoDataFrame(geometry=shapes, index=self.good.index, crs=self.good.crs).geometry
            ),
        )


def start_mending(frame: GeoDataFrame, contract: Contract) -> Mending:
    """Return the state of a layer with nothing done yet."""
    good = frame if frame.active_geometry_name == "geometry" else frame.rename_geometry("geometry")
    return Mending(contract, good, good.iloc[:0].assign(layer="", fault=""), np.arange(len(good)))
