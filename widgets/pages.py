"""Whole pages: what the templates are given, and nothing that decides what is recommended."""

from dataclasses import dataclass
from itertools import chain

from markupsafe import Markup

from widgets import moments, panels, sentences
from widgets.cards import Setting, cards_html
from widgets.deed_lines import LINES
from widgets.large import large_card, tiles
from widgets.link_notes import link_note
from widgets.links import web_link
from widgets.poster import Look, symbols
from widgets.templating import template
from widgets.view import Layout, MessageView, PageView, RowKind, RowView, State
from widgets.wording import Wording

WITHOUT_HISTORY = frozenset({State.NEWCOMER, State.ANONYMOUS, State.OPTED_OUT, State.PREVIEW})
"""States in which nothing about the reader was used."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A Row as the template draws it."""

    view: RowView
    heading: Markup
    count: str
    cards: Markup
    looks: tuple[Look, ...]


def page_html(page: PageView, wording: Wording) -> Markup:
    """Return the whole document of ``page``."""
    setting = Setting(page.now.date(), page.now.tzinfo, _closing(page.state, wording), wording)
    shown = [view for view in page.rows if view.cards or view.tiles]
    rows = [_row(view, place, setting, whole=page.alone) for place, view in enumerate(shown, 1)]
    quiet, hello = panels.quiet(page, wording), panels.hello(page, wording)
    html = template("page.html", wording).render(
        page=page,
        rows=rows,
        whole_row=page.alone and len(rows) == 1,
        heads=next((place for place, row in enumerate(rows, 1) if row.view.kind is not RowKind.UP_NEXT), 0),
        main=_main(page),
        hello=hello,
        quiet=quiet,
        line=panels.line(page, wording),
        notes=[link_note(note, wording) for note in page.notes],
        late=moments.as_of(page.as_of, page.now, wording) if page.late and page.as_of else "",
        since=wording.gettext(LINES[page.deed].since),
        read_up_to=moments.read_up_to(page.as_of, page.now, page.deed, wording) if page.as_of and not page.late else "",
        symbols=symbols(chain((how.symbol for row in rows for how in row.looks), _motifs(quiet, hello))),
        return_url=web_link(page.return_url),
        origins=" ".join(page.platform_origins),
    )
    return Markup(html)  # noqa: S704 (the output of an autoescaping template)


def _main(page: PageView) -> str:
    """Return the classes of the page's main part: ``rows`` shows less in a low frame, ``whole`` never does."""
    if page.layout is Layout.COMPACT and not page.alone:
        return "rows compact"
    return "whole" if page.alone or page.in_window else "rows"


def message_html(view: MessageView, wording: Wording) -> Markup:
    """Return the whole document of a message."""
    panel = panels.message(view, wording)
    html = template("message.html", wording).render(
        page=view,
        panel=panel,
        remedy=panels.remedy(view, wording),
        symbols=symbols([panel.motif]),
        return_url=web_link(view.return_url),
        origins=" ".join(view.platform_origins),
    )
    return Markup(html)  # noqa: S704 (the output of an autoescaping template)


def _row(view: RowView, place: int, setting: Setting, *, whole: bool) -> _Row:
    cards, looks = _drawn(view, place, setting, whole=whole)
    return _Row(view, sentences.heading(view, setting.wording), sentences.count(view, setting.wording), cards, looks)


def _drawn(view: RowView, place: int, setting: Setting, *, whole: bool) -> tuple[Markup, tuple[Look, ...]]:
    if view.tiles:
        return tiles(view, setting)
    large = view.kind is RowKind.UP_NEXT and not whole
    return large_card(view, place, setting) if large else cards_html(view, place, setting)


def _closing(state: State, wording: Wording) -> str:
    """Return the last line of "Why this?": what else was used of the reader."""
    if state in {State.OPTED_OUT, State.CURATED}:
        return wording.gettext("What you completed is left out; nothing else about you was used.")
    if state in WITHOUT_HISTORY:
        return wording.gettext("Nothing about you was used.")
    return wording.gettext("Nothing else about you was used.")


def _motifs(*shown: panels.Panel | None) -> list[str]:
    return [panel.motif for panel in shown if panel and panel.motif]
