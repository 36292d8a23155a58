"""Where do the lines go? From boundary, streets and buildings to a plan of grids."""
