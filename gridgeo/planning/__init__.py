"""Change a division by hand: which atom belongs to which grid, never a vertex."""
