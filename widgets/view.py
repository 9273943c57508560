"""The view model: all that a page shows, as frozen values; whoever renders knows nothing else.

Texts here are data of the site (titles, names, providers). The sentences around them are ours, and live in
``widgets.sentences`` and the templates, where they can be translated. All views are hashable.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Theme(StrEnum):
    """Whose light and dark the page follows; ``light`` unless the tenant chose otherwise."""

    LIGHT = "light"
    AUTO = "auto"
    DARK = "dark"


class State(StrEnum):
    """What kind of page it is."""

    PERSONAL = "personal"
    NEWCOMER = "newcomer"
    ANONYMOUS = "anonymous"
    OPTED_OUT = "opted_out"
    ALL_DONE = "all_done"
    NOTHING_RELEVANT = "nothing_relevant"
    CURATED = "curated"
    NO_MODEL = "no_model"
    NO_ROWS = "no_rows"
    PREVIEW = "preview"


class RowKind(StrEnum):
    """Which reason a Row gives as its heading."""

    BECAUSE = "because"
    CONTINUE = "continue"
    TOP_PICKS = "top_picks"
    POPULAR = "popular"
    CURATED = "curated"
    TRENDING = "trending"
    SUCCEEDED = "succeeded"
    UP_NEXT = "up_next"
    NEW = "new"
    SHORT = "short"
    TOPICS = "topics"
    RENEW = "renew"
    DIFFERENT = "different"


class Deed(StrEnum):
    """What people did with an Item, as a sentence says it; only a heading says that somebody watched."""

    COMPLETED = "completed"
    STARTED = "started"
    WATCHED = "watched"
    ENROLLED = "enrolled"
    OPENED = "opened"


class Scope(StrEnum):
    """Among whom a popularity was counted."""

    SITE = "site"
    COURSE = "course"


class Layout(StrEnum):
    """How Cards are laid out.

    A track pages sideways; a grid shows all Cards below one another. A page of compact layout is its first Row alone,
    made of lying Cards, however high the frame is.
    """

    TRACK = "track"
    GRID = "grid"
    COMPACT = "compact"


class Target(StrEnum):
    """Where a Card opens: never inside the frame."""

    TOP = "_top"
    BLANK = "_blank"


class PersonalRows(StrEnum):
    """How the learner's switch stands."""

    ON = "on"
    OFF = "off"


class OwnRows(StrEnum):
    """Whether who teaches may see the Rows of their own learning, or sees them."""

    OFFERED = "offered"
    SHOWN = "shown"


class NoteCode(StrEnum):
    """What who teaches is told about their link."""

    UNKNOWN_VALUE = "unknown_value"
    UNKNOWN_ANCHOR = "unknown_anchor"
    NO_ROW_YET = "no_row_yet"
    SHOWS_ROW = "shows_row"


class ReasonCode(StrEnum):
    """Which sentence a reason is; ``completed`` and ``context`` stand in "Why this?" only."""

    FOLLOWED = "followed"
    TOGETHER = "together"
    ALSO_COMPLETED = "also_completed"
    DESCRIBED = "described"
    SELECTED = "selected"
    STARTED = "started"
    POPULAR = "popular"
    POPULAR_QUIET = "popular_quiet"
    COMPLETED = "completed"
    ADDED = "added"
    EXPIRED = "expired"
    ON_TOPIC = "on_topic"
    OTHER_TOPIC = "other_topic"
    OTHER_PROVIDER = "other_provider"
    TRENDING = "trending"
    TRENDING_QUIET = "trending_quiet"
    SUCCEEDED = "succeeded"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class TitleView:
    """The title of an Anchor; ``language`` is BCP 47, or "" when unknown or the page's own."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonView:
    """Why a Card is there.

    ``number`` of ``base`` people, both None where they may not be said; ``at`` is aware. ``label`` is what people wrote
    on what they selected, "" where they wrote nothing; of ``on_topic`` it is the topic.
    """

    code: ReasonCode
    number: int | None = None
    base: int | None = None
    anchor: TitleView | None = None
    at: datetime | None = None
    scope: Scope = Scope.SITE
    deed: Deed = Deed.COMPLETED
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """One Item as a Card.

    ``key`` is the Item's number as text. ``url`` becomes a link only if it is http or https. ``topic`` is free text, or
    one of the eight palettes of ``widgets.poster``. ``progress`` is per cent, 0..100, None if nothing was started.
    ``parts`` are the true parts of "Why this?", in falling weight; without parts it is not drawn. ``words`` are the one
    or two lines set on the poster; empty means that they are taken from the title. ``image`` is the path of the Item's
    own picture, 320 by 180 pixels, with ``/2`` after it one of twice the size; "" draws the poster.
    """

    key: str
    title: str
    url: str
    reason: ReasonView
    title_language: str = ""
    target: Target = Target.TOP
    topic: str = ""
    minutes: int | None = None
    level: str = ""
    language: str = ""
    provider: str = ""
    progress: int | None = None
    parts: tuple[ReasonView, ...] = ()
    words: tuple[str, ...] = ()
    image: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TileView:
    """A topic, how many courses of it are left to do, and the value that asks the page action for their list."""

    topic: str
    count: int
    see_all: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A reason and its Cards.

    ``total`` counts what qualified; the heading says "8 of 23" when it is more than is shown. ``see_all`` is the value
    that asks the page action for the whole Row, "" when there is no more. ``given_name`` is for top picks only.
    ``title`` is what people wrote in the place of the heading. A Row of topics has ``tiles`` and no Cards, the list
    behind a tile names its ``topic``. ``minutes`` is the longest that a Row of short courses lets in. *Up next* shows
    its first Card, large.
    """

    kind: RowKind
    cards: tuple[CardView, ...]
    anchor: TitleView | None = None
    given_name: str = ""
    scope: Scope = Scope.SITE
    deed: Deed = Deed.COMPLETED
    title: str = ""
    total: int = 0
    see_all: str = ""
    layout: Layout = Layout.TRACK
    tiles: tuple[TileView, ...] = ()
    topic: str = ""
    minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """One thing to say of a link: which parameter, its value as it was written, the values that there are."""

    code: NoteCode
    parameter: str
    value: str
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutView:
    """What "What is this?" has to say of this site: the names of its Sources and how long a shown page is kept."""

    sources: tuple[str, ...] = ()
    slate_days: int = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """One whole page.

    Parameters
    ----------
    language : str
        BCP 47, as the Launch asked for; the page is written in it if there is a translation, else in English.
    now : datetime
        Aware; its zone is the one in which times are shown.
    rows : tuple of RowView
        Strongest first; frames of at most 520 pixels of height show the first one only.
    alone : bool
        This is the "See all" page of the one Row: its reason is the title, and there is a way back.
    layout : Layout
        How the Cards of all Rows are laid out.
    notes : tuple of NoteView
        What who teaches is told about their link.
    sample_of : TitleView, optional
        The Anchor of the learners whose Rows a preview shows; None where it shows what everybody sees.
    own_rows : OwnRows, optional
        For who teaches and has learned something too.
    in_window : bool
        The page fills a window and stands in no frame: it has a way back to the course at its top, and never shows
        less because the window is low.
    as_of : datetime, optional
        Aware; up to when the records were read. With ``late`` it becomes a notice above the rows.
    personal_rows : PersonalRows, optional
        None where there is nothing to switch (anonymous, instructor).
    return_url : str
        Where the Platform wants people back, or ""; becomes a link only if it is http or https.
    visit_token : str
        Goes into one hidden field and is read from there, by forms and by script.
    slate : str
        The public name of this page's Slate record, sent back with impressions and clicks; "" counts nothing.
    page_url, act_url : str
        The two POST actions.
    static_url : str
        What the hashed asset names are appended to.
    platform_origins : tuple of str
        The origins that may hear the frame's height.
    again : str
        The link under which the page stays in the browser's history, so that Back and reload open it anew; "" for none.
    console_ticket : str
        Opens the console once, in a window of its own, for who administers the LMS; "" for everybody else.
    console_url : str
        Where the ticket is sent.
    """

    now: datetime
    state: State
    visit_token: str
    language: str = "en"
    theme: Theme = Theme.LIGHT
    title: str = ""
    rows: tuple[RowView, ...] = ()
    alone: bool = False
    layout: Layout = Layout.TRACK
    notes: tuple[NoteView, ...] = ()
    sample_of: TitleView | None = None
    deed: Deed = Deed.COMPLETED
    own_rows: OwnRows | None = None
    in_window: bool = False
    late: bool = False
    as_of: datetime | None = None
    personal_rows: PersonalRows | None = None
    about: AboutView = AboutView()
    return_url: str = ""
    demo: bool = False
    slate: str = ""
    page_url: str = "/page"
    act_url: str = "/act"
    static_url: str = "/static/"
    platform_origins: tuple[str, ...] = ()
    again: str = ""
    console_ticket: str = ""
    console_url: str = "/admin/enter"


class MessageKind(StrEnum):
    """What a message page is about; each has a title and a sentence of its own."""

    REFUSED = "refused"
    NEW_TAB = "new_tab"
    EXPIRED = "expired"
    UNAVAILABLE = "unavailable"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """A form of one button; ``fields`` are hidden names and values, ``label`` "" takes the message's own."""

    action: str
    fields: tuple[tuple[str, str], ...] = ()
    target: str = "_self"
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A page that is one message.

    Empty ``title``, ``sentence`` and ``remedy`` take the words of the kind. ``code`` is what a person quotes to the
    help desk. ``again`` is as in ``PageView``.
    """

    kind: MessageKind
    language: str = "en"
    theme: Theme = Theme.LIGHT
    title: str = ""
    sentence: str = ""
    remedy: str = ""
    code: str = ""
    again: str = ""
    form: FormView | None = None
    return_url: str = ""
    demo: bool = False
    static_url: str = "/static/"
    platform_origins: tuple[str, ...] = ()
