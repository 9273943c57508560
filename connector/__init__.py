"""Onward's use cases, from a Statement in a Learning Record Store to a Slate in an LTI Launch."""
