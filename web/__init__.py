"""The map service of gridgeo (import name ``gridgeo_web``); it grows with the service's issue."""
