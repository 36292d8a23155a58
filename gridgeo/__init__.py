"""gridgeo: divide administrative areas into grids, find the grid of every place, show it on a map."""
