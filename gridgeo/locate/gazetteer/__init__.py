"""A gazetteer: the user's own places under one schema."""
