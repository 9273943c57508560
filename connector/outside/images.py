"""Images of the catalogue: fetched under the guard of ``fetch``, and made anew, so that pages show pixels only.

What comes from outside is never passed on: it is decoded, cut, and encoded again, so whatever else was in the file
(EXIF with a place, a profile, a second file behind the first) stays here. What it is, its content says; its name and
its Content-Type say nothing. SVG is refused: it is a program that draws, and would need one to run it.

Only the worker imports this module: it loads Pillow.
"""

from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from connector.domain import Picture
from connector.outside.fetch import FetchFailed, FetchLimits, fetch
from connector.outside.urls import UrlRules, guarded_session

LIMITS: Final = FetchLimits(timeout=timedelta(seconds=10), size=5 * 1024 * 1024)
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
SMALL: Final = (320, 180)
WIDE: Final = (640, 360)
SMALLEST: Final = (160, 90)
"""Below this an image is an icon or a tracking pixel, and a poster looks better."""
MOST_PIXELS: Final = 25_000_000
"""What an image may have once decoded: 100 MB of memory with an alpha channel."""
MOST_BYTES: Final = 96 * 1024
QUALITIES: Final = (75, 50, 25, 5)
_GROUND: Final = (255, 255, 255)


class ImageRefused(FetchFailed):
    """What was fetched is no image that pages show; the sentence says why. The host did answer: with 200."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, 200)


@dataclass(frozen=True, slots=True)
class HttpImages:
    """Images behind addresses of the catalogue, over HTTP.

    Parameters
    ----------
    rules : UrlRules
        Which URLs may be asked; each hop of a redirect is asked only on the same host.
    """

    rules: UrlRules
    limits: FetchLimits = LIMITS

    def picture(self, url: str) -> Picture:
        """Return the Picture of the image behind ``url``; raises FetchFailed."""
        with closing(guarded_session(self.rules)) as session:
            return picture_of(fetch(session, url, self.rules, self.limits))


def picture_of(content: bytes) -> Picture:
    """Return the Picture of an image file: its middle, 16 to 9, upright, without what is not pixels.

    Transparent parts become white; of an animation it is the first frame. The same bytes give the same Picture.

    Raises
    ------
    ImageRefused
        If it is no JPEG, PNG, WebP or GIF, is broken, under 160 by 90 or over 25 million pixels.
    """
    if _is_svg(content):
        raise ImageRefused("It is an SVG: give a JPEG, PNG, WebP or GIF instead.")
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as opened:
            _size_is_fit(opened)
            upright = _upright(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageRefused(_TOO_LARGE) from error
    except UnidentifiedImageError as error:
        raise ImageRefused("It is no JPEG, PNG, WebP or GIF.") from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, KeyError) as error:
        raise ImageRefused("The image is broken.") from error
    return Picture(small=_cut(upright, SMALL), wide=_cut(upright, WIDE))


_TOO_LARGE = f"The image has over {MOST_PIXELS // 1_000_000} million pixels."


def _is_svg(content: bytes) -> bool:
    beginning = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return beginning.startswith((b"<svg", b"<?xml", b"<!--", b"<!doctype svg"))


def _size_is_fit(opened: Image.Image) -> None:
    """Look at the size in the header, before a pixel is decoded."""
    width, height = opened.size
    if width * height > MOST_PIXELS:
        raise ImageRefused(_TOO_LARGE)
    if max(width, height) < SMALLEST[0] or min(width, height) < SMALLEST[1]:
        raise ImageRefused(f"The image is smaller than {SMALLEST[0]} by {SMALLEST[1]} pixels.")


def _upright(opened: Image.Image) -> Image.Image:
    """Return the pixels alone, turned as a camera meant them, on white."""
    opened.draft("RGB", (2 * WIDE[0], 2 * WIDE[1]))  # of a JPEG only as many as are needed
    opened.seek(0)
    turned = ImageOps.exif_transpose(opened)
    if turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info:
        layer = turned.convert("RGBA")
        ground = Image.new("RGB", layer.size, _GROUND)
        ground.paste(layer, mask=layer)
        return ground
    return turned.convert("RGB")


def _cut(upright: Image.Image, size: tuple[int, int]) -> bytes:
    """Return the middle in this size as WebP, coarser where it would be large."""
    clean = Image.new("RGB", size)  # nothing but pixels goes along
    clean.paste(ImageOps.fit(upright, size, Image.Resampling.LANCZOS))
    found = b""
    for quality in QUALITIES:
        target = BytesIO()
        clean.save(target, "WEBP", quality=quality, method=4)
        found = target.getvalue()
        if len(found) <= MOST_BYTES:
            break
    return found
