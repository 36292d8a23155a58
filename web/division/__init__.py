"""The served division as people ask for it: its features and tiles, the grid of a place, addresses, names."""
