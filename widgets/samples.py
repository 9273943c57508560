"""Invented pages: one of each state, with titles, counts and people that do not exist.

For the gallery of a development server and for tests; nothing here is ever shown to a learner.
"""

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from widgets.sample_courses import FOLLOWING, LATER, LIKED, PICKS, STARTED, TOPICS, Facts
from widgets.view import (
    AboutView,
    CardView,
    Deed,
    FormView,
    Layout,
    MessageKind,
    MessageView,
    NoteCode,
    NoteView,
    OwnRows,
    PageView,
    PersonalRows,
    ReasonCode,
    ReasonView,
    RowKind,
    RowView,
    Scope,
    State,
    Target,
    TileView,
    TitleView,
)

ZONE = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 11, 22, 9, 15, tzinfo=ZONE)
VISIT = "eyJhbGciOiJIUzI1NiJ9.sample-visit.0123456789abcdef0123456789abcdef"
EXCEL = TitleView("Excel basics", "en")
DATA_FR = TitleView("Comprendre les données", "fr")
DONE = ReasonView(code=ReasonCode.COMPLETED, anchor=EXCEL, at=datetime(2026, 11, 20, 16, 0, tzinfo=ZONE))
_keys = count(101)


def card(facts: Facts, reason: ReasonView, **more: Any) -> CardView:
    """Return a Card of an invented course."""
    title, language, topic, minutes, level, provider = facts
    key = str(next(_keys))
    return CardView(
        key=key,
        title=title,
        title_language=language,
        url=f"https://learn.example/course/{key}",
        topic=topic,
        minutes=minutes,
        level=level,
        language=language,
        provider=provider,
        reason=reason,
        **more,
    )


def _following(facts: Facts, number: int) -> CardView:
    reason = ReasonView(code=ReasonCode.FOLLOWED, number=number, base=312, anchor=EXCEL)
    return card(facts, reason, parts=(DONE, reason))


def because() -> RowView:
    """Return a Row of what others completed after Excel basics."""
    cards = [_following(facts, number) for facts, number in zip(FOLLOWING, LATER, strict=True)]
    quiet = ReasonView(code=ReasonCode.TOGETHER, anchor=EXCEL)
    cards[2] = replace(cards[2], reason=quiet, parts=(DONE, quiet))
    return RowView(kind=RowKind.BECAUSE, anchor=EXCEL, cards=tuple(cards), total=23, see_all="because:7")


def continued() -> RowView:
    """Return a Row of three courses that were begun."""
    return RowView(kind=RowKind.CONTINUE, cards=tuple(_begun(*facts) for facts in STARTED), total=3)


def _begun(facts: Facts, progress: int, day: tuple[int, int, int]) -> CardView:
    reason = ReasonView(code=ReasonCode.STARTED, at=datetime(*day, 10, 0, tzinfo=ZONE))
    return card(facts, reason, progress=progress, parts=(reason,))


def picks() -> RowView:
    """Return a Row of top picks for Amina."""
    return RowView(
        kind=RowKind.TOP_PICKS,
        given_name="Amina",
        cards=tuple(_pick(facts, n) for n, facts in enumerate(PICKS)),
        total=40,
        see_all="top_picks",
    )


def _pick(facts: Facts, place: int) -> CardView:
    anchor = (EXCEL, DATA_FR)[place % 2]
    numbers: dict[str, Any] = {"number": 31 + place, "base": 44 + place} if place % 3 else {}
    reason = ReasonView(code=ReasonCode.ALSO_COMPLETED, anchor=anchor, **numbers)
    return card(facts, reason, parts=(reason,))


def popular(scope: Scope = Scope.SITE) -> RowView:
    """Return a Row of what many people completed."""
    titles = LIKED if scope is Scope.SITE else PICKS
    cards = tuple(_liked(facts, 412 - 37 * n, scope) for n, facts in enumerate(titles))
    return RowView(kind=RowKind.POPULAR, scope=scope, cards=cards, total=60, see_all="popular")


def _liked(facts: Facts, number: int, scope: Scope) -> CardView:
    return card(facts, ReasonView(code=ReasonCode.POPULAR, number=number, scope=scope))


def opened() -> RowView:
    """Return a Row of a site where hardly anybody completes anything, with one that is only described alike."""
    cards = [replace(each, key=f"o{each.key}", reason=_by_views(each.reason), parts=()) for each in because().cards]
    alike = ReasonView(code=ReasonCode.DESCRIBED, anchor=EXCEL, deed=Deed.OPENED)
    cards[3] = replace(cards[3], reason=alike, parts=(replace(DONE, at=None, deed=Deed.OPENED), alike))
    return RowView(kind=RowKind.BECAUSE, anchor=EXCEL, deed=Deed.OPENED, cards=tuple(cards), total=12)


def _by_views(reason: ReasonView) -> ReasonView:
    return replace(reason, deed=Deed.OPENED)


def selected() -> RowView:
    """Return a Row that people put there by hand, one Card with words of their own."""
    chosen = [card(facts, ReasonView(code=ReasonCode.SELECTED)) for facts in PICKS[:4]]
    chosen[1] = replace(chosen[1], reason=ReasonView(code=ReasonCode.SELECTED, label="For the audit in March"))
    return RowView(kind=RowKind.CURATED, cards=tuple(chosen), total=4)


def up_next() -> RowView:
    """Return the one step to take after Excel basics."""
    facts = ("From table to answer: data analysis with Excel", "en", "data", 70, "intermediate", "Moodle")
    reason = ReasonView(code=ReasonCode.FOLLOWED, number=112, base=312, anchor=EXCEL)
    return RowView(kind=RowKind.UP_NEXT, cards=(card(facts, reason, parts=(reason, DONE)),), total=1)


def nearly_done() -> RowView:
    """Return what is nearly finished, under a long title in another language."""
    facts = (
        "Les marchés publics pour débutants: seuils, procédures et délais expliqués à l'aide de douze cas réels",
        *("fr", "law", 120, "beginner", "Université de Lyon"),
    )
    reason = ReasonView(code=ReasonCode.STARTED, at=datetime(2026, 11, 21, 10, 0, tzinfo=ZONE))
    return RowView(kind=RowKind.UP_NEXT, cards=(card(facts, reason, progress=85, parts=(reason,)),), total=1)


def dated(kind: RowKind, code: ReasonCode, titles: tuple[Facts, ...], days: tuple[int, ...]) -> RowView:
    """Return a Row whose Cards say a day of November."""
    moments = (datetime(2026, 11, day, 10, 0, tzinfo=ZONE) for day in days)
    reasons = [ReasonView(code=code, at=at) for at in moments]
    cards = (card(facts, reason, parts=(reason,)) for facts, reason in zip(titles, reasons, strict=False))
    return RowView(kind=kind, cards=tuple(cards), total=len(days))


def short() -> RowView:
    """Return a Row of short courses."""
    cards = tuple(_liked(facts, 212 - 17 * n, Scope.SITE) for n, facts in enumerate(LIKED[:5]))
    return RowView(kind=RowKind.SHORT, cards=cards, total=31, minutes=15, see_all="short")


def topics() -> RowView:
    """Return the tiles of eight topics."""
    tiles = tuple(TileView(topic=name, count=number, see_all=f"topics:{name}") for name, number in TOPICS)
    return RowView(kind=RowKind.TOPICS, cards=(), tiles=tiles)


def one_topic() -> RowView:
    """Return the list behind a tile."""
    about = ReasonView(code=ReasonCode.ON_TOPIC, label="Leading people")
    cards = (*picks().cards[:3], *(card(facts, about, parts=(about,)) for facts in PICKS[3:7]))
    return RowView(kind=RowKind.TOPICS, topic="Leading people", layout=Layout.GRID, cards=cards, total=7)


def different() -> RowView:
    """Return a Row of what is unlike all that was taken."""
    chosen = (*LIKED[5:], *PICKS[6:])
    codes = (ReasonCode.OTHER_TOPIC, ReasonCode.OTHER_PROVIDER)
    reasons = [ReasonView(code=codes[n % 2]) for n in range(len(chosen))]
    cards = tuple(
        card(facts, reason, parts=(reason,)) for facts, reason in zip((*LIKED[5:], *PICKS[6:]), reasons, strict=True)
    )
    return RowView(kind=RowKind.DIFFERENT, cards=cards, total=len(cards))


def page(state: State, rows: tuple[RowView, ...], **more: Any) -> PageView:
    """Return a page in ``state``."""
    usual: dict[str, Any] = {
        "as_of": datetime(2026, 11, 22, 6, 0, tzinfo=ZONE),
        "about": AboutView(sources=("Moodle records",)),
        "return_url": "https://learn.example/course/view.php?id=2",
        "slate": "s-7f3a",
        "platform_origins": ("https://learn.example",),
        "visit_token": VISIT,
        "now": NOW,
    }
    return PageView(**(usual | {"state": state, "rows": rows} | more))


ON, OFF = PersonalRows.ON, PersonalRows.OFF
BECAUSE, CONTINUED, TOP_PICKS, POPULAR = because(), continued(), picks(), popular()
PERSONAL = page(State.PERSONAL, (BECAUSE, CONTINUED, TOP_PICKS, POPULAR), personal_rows=ON)
NEW = dated(RowKind.NEW, ReasonCode.ADDED, PICKS[:3], (22, 21, 9))
RENEW = dated(RowKind.RENEW, ReasonCode.EXPIRED, PICKS[3:6], (1, 18, 21))
ALL_KINDS = (up_next(), RENEW, NEW, BECAUSE, short(), topics(), different())
SEE_ALL = replace(PERSONAL, alone=True, rows=(replace(BECAUSE, layout=Layout.GRID, see_all="", total=12),))
SAMPLED = replace(BECAUSE, cards=tuple(replace(each, parts=(each.reason,)) for each in BECAUSE.cards))
WRONG_LAYOUT = NoteView(
    code=NoteCode.UNKNOWN_VALUE, parameter="layout", value="tiles", known=("track", "grid", "compact")
)
NEW_TABS = replace(
    POPULAR, cards=tuple(replace(each, target=Target.BLANK, key=f"n{each.key}") for each in POPULAR.cards)
)

PAGES = {
    "personal": PERSONAL,
    "demo": replace(PERSONAL, demo=True),
    "late": replace(PERSONAL, late=True, as_of=datetime(2026, 11, 21, 18, 40, tzinfo=ZONE)),
    "newcomer": page(State.NEWCOMER, (POPULAR, popular(Scope.COURSE)), personal_rows=ON, demo=True),
    "anonymous": page(State.ANONYMOUS, (NEW_TABS,)),
    "opted-out": page(State.OPTED_OUT, (POPULAR, popular(Scope.COURSE)), personal_rows=OFF),
    "all-done": page(State.ALL_DONE, (), personal_rows=ON),
    "nothing-relevant": page(State.NOTHING_RELEVANT, (POPULAR,), personal_rows=ON),
    "no-model": page(State.NO_MODEL, (), personal_rows=ON, as_of=None),
    "newcomer-empty": page(State.NEWCOMER, (), personal_rows=ON),
    "anonymous-empty": page(State.ANONYMOUS, ()),
    "opted-out-empty": page(State.OPTED_OUT, (), personal_rows=OFF),
    "curated": page(State.CURATED, (selected(),), personal_rows=ON),
    "curated-empty": page(State.CURATED, (), personal_rows=ON),
    "no-rows": page(State.NO_ROWS, (), personal_rows=ON),
    "preview-empty": page(State.PREVIEW, ()),
    "preview": page(State.PREVIEW, (TOP_PICKS, POPULAR), demo=True),
    "preview-of-a-link": page(
        State.PREVIEW, (SAMPLED,), sample_of=EXCEL, notes=(WRONG_LAYOUT,), own_rows=OwnRows.OFFERED
    ),
    "grid": replace(PERSONAL, layout=Layout.GRID, rows=(replace(BECAUSE, layout=Layout.GRID),)),
    "compact": replace(PERSONAL, layout=Layout.COMPACT, rows=(BECAUSE,)),
    "window": replace(PERSONAL, in_window=True),
    "see-all": SEE_ALL,
    "up-next": replace(PERSONAL, rows=ALL_KINDS),
    "up-next-begun": replace(PERSONAL, rows=(nearly_done(), BECAUSE)),
    "up-next-alone": replace(PERSONAL, rows=(up_next(),)),
    "topics": replace(PERSONAL, rows=(topics(),)),
    "topic": replace(SEE_ALL, rows=(one_topic(),)),
    "opened": page(State.PERSONAL, (opened(), selected(), POPULAR), personal_rows=ON, deed=Deed.OPENED),
}

MESSAGES = {
    "refused": MessageView(
        kind=MessageKind.REFUSED, code="nonce_used", return_url="https://learn.example/course/view.php?id=2"
    ),
    "new-tab": MessageView(
        kind=MessageKind.NEW_TAB,
        form=FormView(action="/lti/login", fields=(("iss", "https://learn.example"),), target="_blank"),
    ),
    "expired": MessageView(kind=MessageKind.EXPIRED, return_url="https://learn.example/course/view.php?id=2"),
    "unavailable": MessageView(kind=MessageKind.UNAVAILABLE, code="R-503", demo=True),
    "plain": MessageView(
        kind=MessageKind.PLAIN,
        title="Onward",
        sentence="This is a tool for learning platforms: it shows which course fits next, and why.",
    ),
}
