"""A rehearsal: the invented city on the map service, with incidents that move while one looks."""
