"""From a served page to the view model that ``widgets`` draws: words and numbers only, no decisions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from connector.domain import Card, Deed, Item, ItemId, ItemText, NeighbourKind, Reason, Row, RowKind, Tile, TracePart
from connector.recipes.anchors import PLACE_KINDS
from connector.recipes.context import SOURCE as CONTEXT
from connector.serve import ServedPage
from connector.serve.placement import Arrangement, Note
from connector.web.look import STATIC_URL, Look
from widgets import view

NAMED_PARTS = 3
VIDEO = "video"
"""The last part of the activity types of videos: of the video profile, and of Activity Streams."""
TOPIC = f"{RowKind.TOPICS.value}:"
"""What the name of the list behind a tile begins with; the topic follows."""
OF_THE_PLACE = frozenset(
    {
        *(kind.value for kind in (*PLACE_KINDS, NeighbourKind.TREND, NeighbourKind.SUCCEEDED, NeighbourKind.BESIDE)),
        CONTEXT,
    }
)
"""Parts of a score that are of the site or a course, not of what the learner did by the Model's Deed."""
NAMES_ANCHOR = frozenset({RowKind.BECAUSE, RowKind.SUCCEEDED})
"""Rows whose heading names an Item."""
OF_A_PLACE = frozenset({RowKind.POPULAR, RowKind.TRENDING})
"""Rows that are of a course where they hang on one, else of the site."""


def page_view(page: ServedPage, look: Look, *, token: str, now: datetime, in_window: bool = False) -> view.PageView:
    """Return what ``widgets.render`` draws of a served page; ``in_window`` when it stands in no frame."""
    language = page.visit.locale or "en"
    drawn = _Drawn(page, language)
    rows = (drawn.row_alone(page.row),) if page.row else tuple(drawn.row(row) for row in page.slate.rows)
    return view.PageView(
        now=now,
        state=view.State(page.slate.state.value),
        visit_token=token,
        language=language,
        theme=look.theme,
        rows=rows,
        alone=page.row is not None,
        layout=view.Layout(page.arrangement.value),
        notes=tuple(_note(note) for note in page.notes),
        sample_of=drawn.title_of(page.sample_of),
        deed=view.Deed(page.deed.value),
        own_rows=_own_rows(page),
        in_window=in_window,
        late=page.slate.late,
        as_of=page.slate.as_of,
        personal_rows=_switch(page.personal_rows),
        about=replace(look.about, sources=page.sources),
        return_url=page.visit.return_url,
        demo=look.demo,
        slate=str(page.id),
        static_url=STATIC_URL,
        platform_origins=page.frame_origins,
    )


def _switch(on: bool | None) -> view.PersonalRows | None:  # noqa: FBT001 - the domain's three values
    if on is None:
        return None
    return view.PersonalRows.ON if on else view.PersonalRows.OFF


def _own_rows(page: ServedPage) -> view.OwnRows | None:
    if page.visit.own_rows:
        return view.OwnRows.SHOWN
    return view.OwnRows.OFFERED if page.has_own_rows else None


def _note(note: Note) -> view.NoteView:
    return view.NoteView(
        code=view.NoteCode(note.code.value), parameter=note.parameter, value=note.value, known=note.known
    )


class _Drawn:
    """One page in one language."""

    def __init__(self, page: ServedPage, language: str) -> None:
        self._items: Mapping[ItemId, Item] = page.items
        self._given_name = page.visit.given_name
        self._language = language
        self._platform = f"{page.platform_url.rstrip('/')}/"
        self._sample_of = page.sample_of
        self._named: dict[tuple[ItemId, view.Deed], view.ReasonView] = {}
        self._layout = view.Layout.GRID if page.arrangement is Arrangement.GRID else view.Layout.TRACK

    def row_alone(self, row: Row) -> view.RowView:
        """Return a Row in full length, with nothing more to see."""
        return replace(self.row(row), see_all="", layout=view.Layout.GRID)

    def row(self, row: Row) -> view.RowView:
        anchor = self._items.get(row.anchor) if row.anchor is not None else None
        return view.RowView(
            kind=view.RowKind(row.kind.value),
            cards=tuple(self.card(card) for card in row.cards),
            anchor=self.title(anchor) if row.kind in NAMES_ANCHOR and anchor else None,
            given_name=self._given_name if row.kind is RowKind.TOP_PICKS else "",
            scope=view.Scope.COURSE if row.kind in OF_A_PLACE and row.anchor else view.Scope.SITE,
            deed=_deed(row.deed, anchor),
            title=row.title,
            total=row.total,
            see_all="" if self._is_whole(row) else row_name(row.kind, row.anchor),
            layout=self._layout,
            tiles=tuple(map(tile_view, row.tiles)),
            topic=row.topic,
            minutes=row.minutes,
        )

    def _is_whole(self, row: Row) -> bool:
        """Tell whether there is no more of a Row to see; more than one next step is none."""
        return row.total <= len(row.cards) or row.kind is RowKind.UP_NEXT

    def card(self, card: Card) -> view.CardView:
        item = self._items[card.item]
        text = text_in(item.texts, self._language)
        return view.CardView(
            key=str(item.id),
            title=text.title,
            url=item.url,
            reason=self.reason(card.reason),
            title_language=text.language if text.language != "und" else "",
            target=view.Target.TOP if item.url.startswith(self._platform) else view.Target.BLANK,
            topic=item.topics[0] if item.topics else "",
            minutes=item.minutes,
            level=item.level,
            language=item.language,
            provider=item.provider,
            progress=card.progress,
            parts=self.parts(card),
            image=f"/image/{item.image}" if item.image else "",
        )

    def reason(self, reason: Reason) -> view.ReasonView:
        anchor = self._items.get(reason.anchor) if reason.anchor is not None else None
        popular = reason.code.startswith(("popular", "trending"))
        return view.ReasonView(
            code=view.ReasonCode(reason.code),
            number=reason.number,
            base=reason.base,
            anchor=self.title(anchor) if anchor and not popular else None,
            at=reason.at,
            scope=view.Scope.COURSE if popular and anchor else view.Scope.SITE,
            deed=view.Deed(reason.deed.value),
            label=reason.label,
        )

    def parts(self, card: Card) -> tuple[view.ReasonView, ...]:
        """Name what the score is made of: the reason, and the Anchors that gave most, in falling weight."""
        deed = view.Deed(card.reason.deed.value)
        done = [] if self._sample_of else [self._done(anchor, deed) for anchor in _heaviest(card.parts)]
        near = [view.ReasonView(code=view.ReasonCode.CONTEXT)] if _in_context(card.parts) else []
        return (self.reason(card.reason), *done, *near)

    def _done(self, anchor: ItemId, deed: view.Deed) -> view.ReasonView:
        """Name an Anchor; made once for a page, on which a dozen Cards may name it."""
        if (anchor, deed) not in self._named:
            title = self.title(self._items[anchor])
            self._named[anchor, deed] = view.ReasonView(code=view.ReasonCode.COMPLETED, anchor=title, deed=deed)
        return self._named[anchor, deed]

    def title_of(self, number: ItemId | None) -> view.TitleView | None:
        """Return the title of an Item of the page by its number."""
        return self.title(self._items[number]) if number is not None else None

    def title(self, item: Item) -> view.TitleView:
        text = text_in(item.texts, self._language)
        return view.TitleView(text.title, text.language if text.language != "und" else "")


def _deed(deed: Deed, anchor: Item | None) -> view.Deed:
    """Return what the learner did with an Anchor; what plays is watched once it was started."""
    plays = anchor is not None and anchor.type.rpartition("/")[2] == VIDEO
    return view.Deed.WATCHED if plays and deed is Deed.STARTED else view.Deed(deed.value)


def _in_context(parts: Iterable[TracePart]) -> bool:
    return any(part.source == CONTEXT and part.value > 0 for part in parts)


def _heaviest(parts: Iterable[TracePart]) -> list[ItemId]:
    """Return the Anchors of which the learner completed each that gave most, over all that they gave."""
    weights = defaultdict[ItemId, float](float)
    for part in parts:
        if part.anchor and part.source not in OF_THE_PLACE:
            weights[part.anchor] += part.value
    return sorted(weights, key=lambda anchor: (-weights[anchor], anchor))[:NAMED_PARTS]


@lru_cache(maxsize=20_000)
def text_in(texts: tuple[ItemText, ...], language: str) -> ItemText:
    """Return the text in the language that fits best (BCP 47 lookup, RFC 4647 3.4): exact, then shorter, then English.

    At each length a longer tag does where there is no equal one ("de" finds "de-AT"). Without English it is the first
    text by its tag, one in an undetermined language last. An Item without any text has the title "".
    """
    known = {_with_script(text.language): text for text in sorted(texts, key=_undetermined_last)}
    for wanted in (*_ranges(_with_script(language)), "en"):
        fitting = [text for tag, text in known.items() if tag == wanted or tag.startswith(f"{wanted}-")]
        if fitting:
            return known.get(wanted, fitting[0])
    return next(iter(known.values()), ItemText("und", ""))


def _undetermined_last(text: ItemText) -> tuple[bool, str]:
    return text.language == "und", text.language


_SCRIPT_READ_IN = {"zh-tw": "hant", "zh-hk": "hant", "zh-mo": "hant", "zh-cn": "hans", "zh-sg": "hans"}
"""Chinese is named by country or by script, and the countries of one script read each other's titles."""


def _with_script(tag: str) -> str:
    folded = tag.casefold()
    script = _SCRIPT_READ_IN.get(folded)
    return folded.replace("-", f"-{script}-") if script else folded


def _ranges(tag: str) -> Iterator[str]:
    """Yield ``tag`` and what is left of it as subtags go from its end; a single letter goes with what follows it."""
    subtags = tag.split("-")
    while subtags:
        yield "-".join(subtags)
        subtags.pop()
        if subtags and len(subtags[-1]) == 1:
            subtags.pop()


def row_name(kind: RowKind, anchor: ItemId | None) -> str:
    """Return the public name of a Row, as "See all" sends it back."""
    return f"{kind.value}:{anchor}" if anchor is not None else kind.value


def tile_view(tile: Tile) -> view.TileView:
    """Return a topic as the page draws it."""
    return view.TileView(topic=tile.topic, count=tile.count, see_all=f"{TOPIC}{tile.topic}")


def row_of_name(name: str) -> tuple[RowKind, ItemId | None] | None:
    """Return which Row a name means; None when it means none."""
    kind, _, anchor = name.partition(":")
    if kind not in set(RowKind) or (anchor and not (anchor.isascii() and anchor.isdigit() and len(anchor) < 19)):  # noqa: PLR2004 - digits of a 64-bit number
        return None
    return RowKind(kind), ItemId(int(anchor)) if anchor else None
