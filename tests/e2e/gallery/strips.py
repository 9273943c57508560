"""One small picture of each state: light and dark at 1280, the phone, and the row of 240 pixels in both themes."""

from pathlib import Path

from PIL import Image

from tests.e2e.gallery.walk import DARK, DESKTOP, LIGHT, PHONE, ROW

HEIGHT, GAP = 450, 12
GROUND = (125, 136, 148)
PLACES = (  # theme, frame, scaled to, left and top
    (LIGHT, DESKTOP, (640, 450), (0, 0)),
    (DARK, DESKTOP, (640, 450), (640 + GAP, 0)),
    (LIGHT, PHONE, (304, 665), (1280 + 2 * GAP, 0)),
    (LIGHT, ROW, (640, 205), (0, HEIGHT + GAP)),
    (DARK, ROW, (640, 205), (640 + GAP, HEIGHT + GAP)),
)
SIZE = (1280 + 2 * GAP + 304, HEIGHT + GAP + 205)


def strip(shots: dict) -> Image.Image:
    """Return the views of a state side by side."""
    whole = Image.new("RGB", SIZE, GROUND)
    for view, frame, size, place in PLACES:
        whole.paste(shots[view.query, frame].resize(size, Image.Resampling.LANCZOS), place)
    return whole


def save(shots: dict, file: Path) -> None:
    """Write the strip as WebP, about 50 kB."""
    file.parent.mkdir(parents=True, exist_ok=True)
    strip(shots).save(file, "WEBP", quality=52, method=6)
