"""A generated district."""
