"""The map service of gridgeo (import name ``gridgeo_web``): parse a request, call the library, answer.

``gridgeo_web.app.create_app`` builds it, ``gridgeo serve`` runs it. What knows geometry lives in ``gridgeo``.
"""
