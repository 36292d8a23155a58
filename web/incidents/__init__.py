"""Incidents as requests mean them: which ones, as rows, figures and tables, and how reports come in."""
