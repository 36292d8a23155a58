"""Make grids that somebody drew by hand a valid division, and say all that had to change."""
