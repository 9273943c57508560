"""Blueprints: HTTP in, HTTP out; no SQL, no decisions."""
