"""The static files and the names under which they may be cached for ever: ``onward.<hash>.css``."""

from functools import cache
from hashlib import sha256
from pathlib import Path

STATIC = Path(__file__).parent / "static"
"""The folder of the static files."""

HASH_DIGITS = 12


@cache
def asset_names() -> dict[str, str]:
    """Return file name → name with the first twelve hex digits of the content's SHA-256, for immutable URLs."""
    return {file.name: _hashed(file) for file in sorted(STATIC.iterdir()) if file.is_file()}


def _hashed(file: Path) -> str:
    return f"{file.stem}.{sha256(file.read_bytes()).hexdigest()[:HASH_DIGITS]}{file.suffix}"
