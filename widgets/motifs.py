"""The eight motifs of the posters, three variants each: flat shapes on 320 x 180, at most six, one accent.

Colours are the palette's custom properties (--a, --b the two tones, --c the accent, --g the ground). Accents stay out
of the text's zone (x under 232, y over 88), so only text on ground and tones has to reach its contrast.
"""

A, B, C, G = (f'fill="var(--{name})"' for name in "abcg")
STROKES = 'fill="none" stroke="var(--{})" stroke-width="{}"'
CORNERS = (
    "M{0} {1}h60a60 60 0 0 1-60 60z",
    "M{2} {1}v60a60 60 0 0 1-60-60z",
    "M{2} {3}h-60a60 60 0 0 1 60-60z",
    "M{0} {3}v-60a60 60 0 0 1 60 60z",
)


def _rect(box: str, radius: int, fill: str, turn: str = "") -> str:
    x, y, width, height = box.split()
    rotate = f' transform="rotate({turn})"' if turn else ""
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}" {fill}{rotate}/>'


def _disc(x: int, y: int, radius: int, fill: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{radius}" {fill}/>'


def _path(d: str, paint: str) -> str:
    return f'<path d="{d}" {paint}/>'


def _line(d: str, tone: str, width: int) -> str:
    return _path(d, STROKES.format(tone, width))


def _ring(radius: int, tone: str, width: int) -> str:
    return _disc(242, 70, radius, STROKES.format(tone, width))


def _ellipse(turn: int, tone: str) -> str:
    paint = STROKES.format(tone, 14)
    return f'<ellipse cx="236" cy="72" rx="124" ry="46" {paint} transform="rotate({turn} 236 72)"/>'


def _arc(d: str, tone: str) -> str:
    return _path(d, STROKES.format(tone, 18) + ' stroke-linecap="round"')


def _quarter(cell: str, corner: int, fill: str) -> str:
    """Return a quarter disc in a cell "column row" of a 60-unit grid; ``corner`` 0..3 is where its centre lies."""
    column, row = map(int, cell.split())
    x, y = 140 + 60 * column, 60 * row
    return _path(CORNERS[corner].format(x, y, x + 60, y + 60), fill)


def _chevron(x: int, fill: str) -> str:
    return _path(f"M{x} 0h54l90 90-90 90h-54l90-90z", fill)


COLUMNS = (
    _rect("156 128 32 70", 8, A)
    + _rect("196 96 32 100", 8, A)
    + _rect("236 60 32 140", 8, B)
    + _rect("276 22 32 180", 8, C),
    _rect("110 18 230 26", 13, A)
    + _rect("168 54 172 26", 13, B)
    + _rect("240 90 100 26", 13, C)
    + _rect("272 126 68 26", 13, A),
    _line("M150 146 204 104 254 74 300 28", "a", 10)
    + _disc(150, 146, 15, A)
    + _disc(204, 104, 17, B)
    + _disc(256, 72, 19, B)
    + _disc(300, 28, 26, C),
)
RINGS = (
    _disc(320, 0, 216, A) + _disc(320, 0, 156, B) + _disc(320, 0, 98, C) + _disc(320, 0, 46, G),
    _disc(320, 180, 206, A) + _disc(320, 180, 144, B) + _disc(320, 180, 84, C) + _disc(320, 180, 36, G),
    _disc(244, 54, 112, A) + _disc(254, 48, 76, B) + _disc(264, 42, 40, C),
)
STEPS = (
    _path("M140 180v-36h45v-40h45V64h45V24h45v156z", A)
    + _path("M185 180v-28h45v-40h45V72h45v108z", B)
    + _disc(252, 34, 18, C),
    _chevron(104, A) + _chevron(176, B) + _chevron(248, C),
    _rect("176 104 170 100", 12, A) + _rect("220 66 130 140", 12, B) + _rect("264 28 90 170", 12, C),
)
ORBIT = (
    _ring(104, "a", 16) + _ring(64, "b", 12) + _disc(242, 70, 26, C) + _disc(158, 131, 13, B) + _disc(287, 24, 11, C),
    _line("M156 34 258 74 330 20M258 74l20 110", "a", 8)
    + _disc(156, 34, 22, A)
    + _disc(278, 172, 24, B)
    + _disc(258, 74, 30, C)
    + _disc(316, 24, 16, B),
    _ellipse(32, "a") + _ellipse(-32, "b") + _disc(236, 66, 24, C),
)
HILLS = (
    _disc(254, 56, 34, C)
    + _path("M0 126c60-40 120-40 180-8s100 26 140-12v74H0z", A)
    + _path("M0 158c70-30 120-20 180 0s100 10 140-16v38H0z", B),
    _disc(268, 66, 44, C)
    + _path("M0 150c80 0 150-70 226-70 40 0 70 16 94 30v70H0z", A)
    + _path("M110 180c60-50 120-66 210-44v44z", B),
    _disc(278, 180, 150, A) + _disc(278, 180, 98, B) + _disc(278, 180, 46, C),
)
TILES = (
    _quarter("0 0", 1, A)
    + _quarter("1 0", 0, B)
    + _quarter("2 0", 2, C)
    + _quarter("1 1", 1, A)
    + _quarter("2 1", 3, B)
    + _quarter("2 2", 0, A),
    _quarter("0 0", 2, A)
    + _quarter("1 0", 2, B)
    + _quarter("2 0", 0, C)
    + _quarter("1 1", 0, A)
    + _quarter("2 1", 2, A)
    + _quarter("2 2", 1, B),
    _disc(170, 30, 30, A)
    + _quarter("1 0", 3, B)
    + _quarter("2 0", 1, B)
    + _quarter("1 1", 2, A)
    + _disc(290, 90, 30, C)
    + _quarter("2 2", 3, A),
)
VOICES = (
    _path("M132 88V40a24 24 0 0 1 24-24h100a24 24 0 0 1 24 24v24a24 24 0 0 1-24 24z", A)
    + _path("M336 136V92a24 24 0 0 0-24-24h-50a24 24 0 0 0-24 24v20a24 24 0 0 0 24 24z", C),
    _disc(200, 40, 66, A) + _disc(278, 40, 66, B) + _path("M239-13A66 66 0 0 1 239 93A66 66 0 0 1 239-13z", C),
    _arc("M226 22a46 46 0 0 1 0 76", "b")
    + _arc("M254-4a88 88 0 0 1 0 128M282-30a128 128 0 0 1 0 180", "a")
    + _disc(190, 58, 26, C),
)
SHEETS = (
    _rect("216 22 104 138", 10, A, "-16 268 91")
    + _rect("228 26 104 138", 10, B, "-4 280 95")
    + _rect("250 34 104 138", 10, C, "8 302 103"),
    _rect("120 66 230 140", 12, A)
    + _rect("168 40 180 170", 12, B)
    + _rect("240 16 64 84", 6, C)
    + _rect("168 72 180 140", 12, B),
    _rect("172 58 30 140", 4, A)
    + _rect("206 30 38 160", 4, B)
    + _rect("248 66 24 130", 4, A)
    + _rect("284 40 30 160", 4, C, "9 299 180"),
)

SHAPES = {
    "columns": COLUMNS,
    "rings": RINGS,
    "steps": STEPS,
    "orbit": ORBIT,
    "hills": HILLS,
    "tiles": TILES,
    "voices": VOICES,
    "sheets": SHEETS,
}
"""Motif → its three variants as SVG, to be defined once a page and drawn by ``<use>``."""
