"""Posters: the same topic and title always give the same picture.

A poster is a motif (eight, three variants each), a palette (by topic, three treatments) and one or two words of the
title. Nothing is drawn twice: a page defines the motifs it uses once (``symbols``) and draws them by ``<use>``.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from markupsafe import Markup, escape

from widgets.motifs import SHAPES
from widgets.palettes import TREATMENTS
from widgets.poster_words import breadth

SALT = "onward-7"
SUITS = {
    "data": ("columns", "tiles", "orbit", "steps", "rings"),
    "people": ("voices", "rings", "steps", "orbit", "hills"),
    "language": ("voices", "tiles", "sheets", "hills", "rings"),
    "tech": ("orbit", "tiles", "rings", "columns", "sheets"),
    "project": ("steps", "sheets", "columns", "tiles", "orbit"),
    "law": ("sheets", "rings", "tiles", "columns", "voices"),
    "health": ("hills", "rings", "voices", "orbit", "tiles"),
    "money": ("columns", "steps", "sheets", "rings", "tiles"),
}
"""Palette → the motifs that suit it."""

SHARES = (0, 0, 0, 1, 1, 2, 2)
"""Of seven posters three are ink, two paper, two bold."""

ONE_LINE_SIZES = ((4, 66), (6, 50), (8, 41), (10, 35), (12, 30), (16, 25))
TWO_LINE_SIZES = ((6, 40), (8, 35), (10, 31), (12, 27), (16, 24))
SMALLEST = 21
FOOT_LINE = 158
LAZY = Markup(' loading="lazy"')
"""What lets a browser fetch a picture only when it comes near."""
EDGES = {"ltr": 20, "rtl": 300}
MIRRORS = {"ltr": Markup(""), "rtl": Markup(' transform="matrix(-1 0 0 1 320 0)"')}


class Look(NamedTuple):
    """How a poster looks: motif, variant 0..2, palette and treatment."""

    motif: str
    variant: int
    palette: str
    treatment: str

    @property
    def symbol(self) -> str:
        """The id under which the page defines the motif."""
        return f"{self.motif}{self.variant}"


@lru_cache(maxsize=8192)
def look(palette: str, title: str) -> Look:
    """Return the look that this title has wherever it stands."""
    digest = sha256(f"{SALT}/{palette}/{title}".encode()).digest()
    motifs = SUITS[palette]
    return Look(motifs[digest[0] % len(motifs)], digest[1] % 3, palette, TREATMENTS[SHARES[digest[2] % 7]])


def distinct(found: Look, seen: Sequence[Look]) -> Look:
    """Return ``found``, or the next look that no card before it in the row has and its neighbour does not resemble."""
    apart = (option for option in _options(found) if _stands_apart(option, seen))
    unseen = (option for option in _options(found) if option not in seen)
    return next(apart, None) or next(unseen, found)


def _options(found: Look) -> Iterator[Look]:
    return (_stepped(found, step) for step in range(9))


def _stepped(found: Look, step: int) -> Look:
    treatment = TREATMENTS[(TREATMENTS.index(found.treatment) + step // 3) % 3]
    return found._replace(variant=(found.variant + step) % 3, treatment=treatment)


def _stands_apart(option: Look, seen: Sequence[Look]) -> bool:
    if option in seen:
        return False
    return not seen or (option.motif, option.treatment) != (seen[-1].motif, seen[-1].treatment)


def poster(how: Look, words: Sequence[str], *, direction: str = "ltr", language: str = "") -> Markup:
    """Return the SVG of a poster, decoration only; the page must define ``how.symbol``.

    ``direction`` is the page's: it mirrors the motif and sets the words at the other edge.
    """
    lang = Markup(' lang="{}"').format(language) if language else ""
    return Markup(
        '<svg class="poster {} {}"{} viewBox="0 0 320 180" preserveAspectRatio="xMidYMid slice" aria-hidden="true">'
        '<use href="#{}"{}/>{}</svg>'
    ).format(how.palette, how.treatment, lang, how.symbol, MIRRORS[direction], _text(words, EDGES[direction]))


def picture(how: Look, path: str) -> Markup:
    """Return an Item's own picture in the frame of its poster, decoration too; its ground is seen until it is there.

    ``path`` gives 320 by 180 pixels, with ``/2`` after it 640 by 360.
    """
    return Markup('<img class="poster {} {}" src="{}" srcset="{}/2 2x" width="320" height="180" alt=""{}>').format(
        how.palette, how.treatment, path, path, LAZY
    )


def _text(words: Sequence[str], edge: int) -> Markup:
    if not words:
        return Markup("")
    size = _size(words)
    rises = [round((len(words) - 1 - n) * size * 1.04) for n in range(len(words))]
    lines = (
        Markup('<text x="{}" y="{}" font-size="{}">{}</text>').format(edge, FOOT_LINE - rise, size, escape(word))
        for word, rise in zip(words, rises, strict=True)
    )
    return Markup("").join(lines)


def _size(words: Sequence[str]) -> int:
    longest = max(map(breadth, words))
    sizes = ONE_LINE_SIZES if len(words) == 1 else TWO_LINE_SIZES
    return next((size for letters, size in sizes if longest <= letters), SMALLEST)


def symbols(names: Iterable[str]) -> Markup:
    """Return the definitions of motifs by their symbol names, each once, in a fixed order."""
    groups = (f'<g id="{name}">{SHAPES[name[:-1]][int(name[-1])]}</g>' for name in sorted(set(names)))
    return Markup("").join(Markup(group) for group in groups)  # noqa: S704 (our own shapes, nothing from outside)
