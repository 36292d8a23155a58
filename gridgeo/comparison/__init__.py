"""What became of the grids? Lineage, changes and versions of two divisions of one place."""
