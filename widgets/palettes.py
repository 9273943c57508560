"""The colours of the posters: eight palettes, each in three treatments, and which of them a topic takes.

A palette is (ground, tone a, tone b, accent, text) as six hex digits. The style sheet holds the same values as classes;
a test compares the two and checks that text reaches 4.5:1 on the ground and both tones.
"""

from functools import lru_cache
from hashlib import sha256

TREATMENTS = ("ink", "paper", "bold")
PALETTES = {
    "data": (
        "0d3b45 125060 1a6b7c ffc75f f3fbfc",
        "dceff1 bfe1e6 8cc7d0 d9761a 0b3640",
        "ffc75f ffb63b f5a027 0d3b45 0b3640",
    ),
    "people": (
        "3a1f3d 522a52 7a3b6b ff9b85 fff5f2",
        "f6e6ef ebcfe0 d9a9c6 cf4a35 3a1f3d",
        "ffa793 fb917c f27d69 3a1f3d 33163a",
    ),
    "language": (
        "5a2318 7a3020 9c422b ffd9a0 fff7ee",
        "fbe9dc f6d3bb ebb08c b23a1e 54200f",
        "ffd9a0 ffc67a f5ac57 8c2f16 54200f",
    ),
    "tech": (
        "131c48 1f2c6b 34479b 6fe7c8 f2f5ff",
        "e4e8fb cbd3f6 a3b1ec 0b8a6b 151e50",
        "7fe3cb 5dd4b8 3ebfa2 1f2c6b 0f1840",
    ),
    "project": (
        "4a3208 61440f 7d5a1a 9ee0d0 fff9ea",
        "f8edcf f0dda5 e2c26c 1b7f73 432d06",
        "a6ddd0 86ccbc 63b5a3 4a3208 33230a",
    ),
    "law": (
        "2a3340 3a4656 526173 e8c9a0 f7f8fa",
        "e9ecef d6dce2 b4bec9 b5651f 222b37",
        "e8c9a0 ddb583 cc9d66 2a3340 222b37",
    ),
    "health": (
        "163a2b 1f503b 2f6f52 ffb7a1 f2fbf4",
        "e0f1e6 c5e4d0 98ccac dd5a3a 12352a",
        "ffbfab fba892 ef8e76 163a2b 12352a",
    ),
    "money": (
        "2e1a5e 432a80 6344a8 ffb3d1 f8f4ff",
        "ece5fa dacdf5 bda6ea c92f63 2b1858",
        "f9b4d0 f39ac0 e67dac 2e1a5e 2b1858",
    ),
}
"""Palette → its treatments ink (dark), paper (pale), bold (bright)."""

STEMS = {
    "data": "data daten donné statist analy excel spreadsheet tabell math chart number zahl research forsch",
    "law": "law legal recht droit complian right privacy datenschutz protect ethic audit regulat policy governance",
    "money": "money finan budget econom wirtschaft account buchhalt compta cost kosten procure sales verkauf market",
    "health": "health gesund santé salud safety arbeitsschutz wellbeing medic mediz nurs pflege care stress biolog",
    "tech": "tech digital software program cyber secur it- informati comput cloud web",  # codespell:ignore secur
    "project": "project projekt projet agil plan process prozess quality",  # codespell:ignore projet,prozess
    "language": "langu sprach writ schreib écri english french german deutsch français communic kommunik culture",
    "people": "people lead führ team manage person coach mentor hr- human diversity feedback onboard career social",
}
"""Palette → beginnings of words that name its subject, the particular before the general."""


@lru_cache(maxsize=4096)
def palette_of(topic: str, title: str = "") -> str:
    """Return the palette of a free topic: by its words, else by a hash of it; without a topic the title decides.

    The same words always give the same palette.
    """
    if topic in PALETTES:
        return topic
    named = _by_words(topic) or ("" if topic else _by_words(title))
    return named or list(PALETTES)[sha256((topic or title).encode()).digest()[0] % len(PALETTES)]


def _by_words(text: str) -> str:
    words = [f"{word}-" for word in text.casefold().replace("/", " ").replace("-", " ").split()]
    for palette, stems in STEMS.items():
        if any(word.startswith(stem) for word in words for stem in stems.split()):
            return palette
    return ""
