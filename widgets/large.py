"""What is no Row of Cards: the one large Card of *Up next*, and the tiles of *Explore topics*."""

from markupsafe import Markup

from widgets import sentences
from widgets.cards import Setting, meta_of, parts_of, safe_key, whole_reason_of
from widgets.links import web_link
from widgets.palettes import palette_of
from widgets.poster import Look, look
from widgets.templating import template
from widgets.view import RowView, TitleView


def large_card(row: RowView, place: int, setting: Setting) -> tuple[Markup, tuple[Look, ...]]:
    """Return the first Card of a Row in its topic's ink, and its look; ``place`` counts the page's Rows."""
    card, wording = row.cards[0], setting.wording
    how = look(palette_of(card.topic, card.title), card.title)._replace(treatment="ink")
    html = template("up_next.html", wording).render(
        card=card,
        how=how,
        id=f"{place}-{safe_key(card.key)}",
        url=web_link(card.url),
        eyebrow=sentences.heading(row, wording),
        title=sentences.title(TitleView(card.title, card.title_language), wording),
        progress=card.progress,
        meta=meta_of(card, wording),
        reason=whole_reason_of(card, setting),
        parts=parts_of(card, setting),
        closing=setting.closing,
    )
    return Markup(html), (how,)  # noqa: S704 (the output of an autoescaping template)


def tiles(row: RowView, setting: Setting) -> tuple[Markup, tuple[Look, ...]]:
    """Return the tiles of a Row of topics as list items, and the looks of their art."""
    looks = tuple(look(palette_of(tile.topic), tile.topic) for tile in row.tiles)
    counts = [sentences.courses(tile.count, setting.wording) for tile in row.tiles]
    html = template("tiles.html", setting.wording).render(tiles=list(zip(row.tiles, looks, counts, strict=True)))
    return Markup(html), looks  # noqa: S704 (the output of an autoescaping template)
