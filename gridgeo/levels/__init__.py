"""Levels above the grids and who serves them: service grids, pairs that stand in for one another, workers."""
