"""Real learning data for development: beside the project, or where ONWARD_DATA says; tests skip without it."""

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("ONWARD_DATA", str(Path(__file__).parents[2] / "shared" / "data")))


def folder(name: str) -> Path:
    """The folder ``name`` of the data; skips the test where there is none."""
    found = DATA / name
    if not found.exists():
        pytest.skip(f"needs the development data {name} (ONWARD_DATA)")
    return found
