"""Grids over the years: counts, buildings, streets and communities change; grids as little as they can."""
