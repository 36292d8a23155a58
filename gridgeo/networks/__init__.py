"""Several networks of grids over one place (三网合一): where they agree, where not, and one made of them."""
