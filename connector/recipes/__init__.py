"""Recipes: plain values in, the Slate of one page out; no framework, no database, no numbers library."""
