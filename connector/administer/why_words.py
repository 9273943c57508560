"""What keeps an Item off a page, in one plain English sentence, and what a person could do about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from connector.domain import Item, ItemId, RowKind, SlateState
from connector.recipes.base import WhyNot
from connector.recipes.why import Inquiry, Missing

PARTS: Mapping[str, str] = {
    "together": "completed by the same people, more often than by chance",
    "near": "done by the same people",
    "next": "done soon after it",
    "like": "alike in title, summary and topics",
    "latent": "patterns over all learners",
    "trend": "done by many of late",
    "popular": "done by many",
    "untried": "described alike",
    "recency": "how lately it was begun",
    "selected": "put there by hand",
}
"""What the parts of a score are, by their source; a source that is not here is its own name."""

ROWS: Mapping[RowKind, str] = {
    RowKind.BECAUSE: "Because you completed …",
    RowKind.CONTINUE: "Continue",
    RowKind.TOP_PICKS: "Top picks",
    RowKind.POPULAR: "Popular with people here",
    RowKind.CURATED: "Selected by L&D",
    RowKind.UP_NEXT: "Up next",
    RowKind.NEW: "New since your last visit",
    RowKind.SHORT: "Short",
    RowKind.TOPICS: "Explore topics",
    RowKind.RENEW: "Time to renew",
    RowKind.DIFFERENT: "Try something different",
    RowKind.TRENDING: "Trending",
    RowKind.SUCCEEDED: "What people who succeeded took",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a sentence is made of; ``name`` names an Item, if it may be named."""

    item: Item
    answer: Missing
    inquiry: Inquiry
    name: Callable[[ItemId], str]

    @property
    def other(self) -> str:
        """The other Item that decides."""
        return self.name(self.answer.other) if self.answer.other is not None else "nothing"

    @property
    def row(self) -> str:
        """Which Row it was decided in."""
        row = self.answer.row
        if row is None:
            return "every row"
        called = ROWS[row.kind]
        named = row.kind is RowKind.BECAUSE and row.anchor is not None
        return f"the row {called!r}" + (f" of {self.name(row.anchor)}" if named and row.anchor is not None else "")

    @property
    def state(self) -> SlateState:
        """What kind of page it is."""
        return self.inquiry.slate.state

    def number(self, value: float | None) -> str:
        """Return a number as people write it."""
        return f"{value or 0:.4g}"


def sentence(told: Told) -> str:
    """Say in one sentence what keeps the Item away."""
    return _SENTENCES[told.answer.ground](told)


def remedy(told: Told) -> str:
    """Say what a person could do about it; "" where nothing is to be done."""
    if told.answer.row and told.answer.row.kind is RowKind.UP_NEXT:
        return PIN
    said = _REMEDIES.get(told.answer.ground, "")
    if told.answer.pinned and told.answer.ground in PINNABLE:
        return (
            "It is pinned, but into a row that is not on this page or has as many pins as the recipes allow (pins_max)."
        )
    return said.format(iri=told.item.iri, rule=told.answer.rule) if isinstance(said, str) else said(told)


PINNABLE = frozenset(
    {
        WhyNot.RANKED_BELOW,
        WhyNot.ROW_TOO_SHORT,
        WhyNot.NO_ROOM,
        WhyNot.WEAKER,
        WhyNot.NOT_A_NEIGHBOUR,
        WhyNot.BELOW_FLOOR,
        WhyNot.NO_TRUE_REASON,
        WhyNot.NO_SCORE,
        WhyNot.UNTRIED,
        WhyNot.ANCHOR_REPEATED,
        WhyNot.TOO_ALIKE,
        WhyNot.WEIGHED_OUT,
        WhyNot.BELOW_LEVEL,
        WhyNot.ALREADY_BEGUN,
    }
)
"""What a pin helps against."""
PIN = "Pin it in the recipes ([[pins]]) if it has to be shown."


# --- what keeps it away -------------------------------------------------------------------------------------------


def _done(told: Told) -> str:
    if told.answer.other == told.item.id:
        return "The learner has completed it, and the completion still holds."
    return f"The learner has completed another one of its family: {told.other}."


def _prerequisites(told: Told) -> str:
    missing = sorted(set(told.item.prerequisites) - told.inquiry.showable.fulfilled)
    return f"What has to be done first is not done: {', '.join(missing)}."


def _rule(told: Told, verb: str) -> str:
    return f"A rule of the recipes {verb} {told.row}: {told.answer.rule}."


def _not_included(told: Told) -> str:
    return f"The recipes let into {told.row} only what a rule names, and none names it: {told.answer.rule}."


def _row_off(told: Told) -> str:
    if told.answer.rule:
        return f"The recipes show only what was selected by hand ({told.answer.rule}); else it might be in {told.row}."
    return f"It belongs into {told.row}, which the recipes do not make for this page now."


def _below_floor(told: Told) -> str:
    where = f" of {told.row}" if told.answer.row else ""
    near, floor = told.number(told.answer.value), told.number(told.answer.limit)
    return f"It is too far from what the learner did: {near}, and the floor{where} is {floor}."


def _ranked_below(told: Told) -> str:
    rank, shown = told.number(told.answer.value), told.number(told.answer.limit)
    return f"It is number {rank} of {told.row}, and that row shows {shown} by their rank."


def _too_short(told: Told) -> str:
    left, least = told.number(told.answer.value), told.number(told.answer.limit)
    return f"It qualifies for {told.row}, but that row had only {left} of the {least} cards that it needs."


def _no_room(told: Told) -> str:
    rows, most = told.number(told.answer.value), told.number(told.answer.limit)
    return (
        f"It qualifies for {told.row}, but the page has {rows} rows already (at most {most}, of all or of this kind)."
    )


def _weaker(told: Told) -> str:
    mine, least = told.number(told.answer.value), told.number(told.answer.limit)
    return f"It qualifies for {told.row}, but that row is too weak for this page: {mine}; the weakest kept has {least}."


def _no_true_reason(told: Told) -> str:
    gives = told.number(told.answer.value)
    if told.answer.other is None:
        return f"What the learner did gives it {gives}: no reason could truly be named."
    instead = told.number(told.answer.limit)
    return (
        f"No reason could truly be named: without the one that gives it {gives}, {told.other} would give it {instead}."
    )


def _untried(told: Told) -> str:
    rank, most = told.number(told.answer.value), told.number(told.answer.limit)
    return (
        f"Too few people did it yet; it is number {rank} of what is described alike in {told.row}, which takes {most}."
    )


def _not_a_neighbour(told: Told) -> str:
    return _UNNAMED_ON.get(
        told.state, "Nothing that the learner did is near it, and it is not among what is popular here."
    )


_UNNAMED_ON: Mapping[SlateState, str] = {
    SlateState.NO_MODEL: "There is no model yet, so nothing but what was begun can be shown.",
    SlateState.OPTED_OUT: "The learner switched personal rows off, and it is not among what is the same for everyone.",
    SlateState.NEWCOMER: "Nothing is known of what the learner did, and it is not among what is the same for everyone.",
    SlateState.ANONYMOUS: "Nobody is known on this page, and it is not among what is the same for everyone.",
    SlateState.CURATED: "The recipes show nothing but what was selected by hand, and it was not.",
    SlateState.NO_ROWS: "The recipes make no row for this page now.",
}


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "no time"


_SENTENCES: Mapping[WhyNot, Callable[[Told], str]] = {
    WhyNot.DONE: _done,
    WhyNot.UNKNOWN: lambda _: "It is not in the catalogue.",
    WhyNot.BLOCKED: lambda _: "It is blocked by hand.",
    WhyNot.HIDDEN: lambda _: "It is hidden: it is only a part of another item, or people hid it.",
    WhyNot.NOT_VISIBLE: lambda _: "The catalogue says that it is not visible.",
    WhyNot.NO_URL: lambda _: "It has no title, or no link by which people could open it.",
    WhyNot.NOT_STARTED: lambda told: f"It has not begun: it starts at {_day(told.item.starts_at)}.",
    WhyNot.ENDED: lambda told: f"It ended at {_day(told.item.ends_at)}.",
    WhyNot.NOT_FOR_THEM: lambda told: f"It is for others only: {', '.join(told.item.audience)}.",
    WhyNot.NOT_ENROLABLE: lambda _: "Nobody can enrol, and the learner is not in it.",
    WhyNot.PREREQUISITES: _prerequisites,
    WhyNot.CURRENT_COURSE: lambda _: "It is the course from which the page was opened.",
    WhyNot.EXCLUDED: lambda told: _rule(told, "excludes it from"),
    WhyNot.NOT_INCLUDED: _not_included,
    WhyNot.ROW_OFF: _row_off,
    WhyNot.ALREADY_BEGUN: lambda _: (
        "The learner has taken it up already, so it is no news; it is not open in Continue."
    ),
    WhyNot.DUPLICATE: lambda told: f"Another one of its family is on the page: {told.other}.",
    WhyNot.NOT_A_NEIGHBOUR: _not_a_neighbour,
    WhyNot.BELOW_FLOOR: _below_floor,
    WhyNot.NO_TRUE_REASON: _no_true_reason,
    WhyNot.RANKED_BELOW: _ranked_below,
    WhyNot.ROW_TOO_SHORT: _too_short,
    WhyNot.NO_ROOM: _no_room,
    WhyNot.WEAKER: _weaker,
    WhyNot.UNTRIED: _untried,
    WhyNot.TOO_ALIKE: lambda told: f"It would make {told.row} less varied than the recipes want it (variety).",
    WhyNot.WEIGHED_OUT: lambda _: "The weights of its rows in the recipes leave it without a reason.",
    WhyNot.BELOW_LEVEL: lambda told: f"A higher level of its topic is done, so {told.row} leaves it out.",
    WhyNot.NO_SCORE: lambda _: "It is near what the learner did, but no list that ranks in this model names it.",
    WhyNot.ANCHOR_REPEATED: lambda told: f"Only {told.other} lifts it, and another run of that has the row already.",
}


# --- what a person could do ---------------------------------------------------------------------------------------

_REMEDIES: Mapping[WhyNot, str | Callable[[Told], str]] = {
    WhyNot.BLOCKED: "`onward item unblock {iri}` shows it again.",
    WhyNot.HIDDEN: "`onward items whole {iri}` makes it an item by itself; `onward item unblock {iri}` shows it.",
    WhyNot.NOT_VISIBLE: "Make it visible in the LMS or in the catalogue's file.",
    WhyNot.NO_URL: "Give it a title and a url in the catalogue (`onward catalog import`).",
    WhyNot.NOT_STARTED: "Change starts_at in the catalogue if that is wrong.",
    WhyNot.ENDED: "Change ends_at in the catalogue if that is wrong.",
    WhyNot.NOT_FOR_THEM: "Change its audience in the catalogue if that is wrong.",
    WhyNot.NOT_ENROLABLE: "Open the enrolment in the LMS, or say so in the catalogue.",
    WhyNot.PREREQUISITES: "Change its prerequisites in the catalogue if that is wrong.",
    WhyNot.EXCLUDED: "Change that rule in the recipes (`onward recipes show`).",
    WhyNot.NOT_INCLUDED: "Change those rules in the recipes (`onward recipes show`).",
    WhyNot.ROW_OFF: "Switch the row on in the recipes (on, from, until, audience, curated_only).",
    WhyNot.DUPLICATE: "`onward items families split {iri}` if the two are not one thing.",
    WhyNot.ALREADY_BEGUN: PIN,
    WhyNot.NOT_A_NEIGHBOUR: PIN + " With more records it may come by itself.",
    WhyNot.BELOW_FLOOR: lambda told: (
        "Lower the floor of that row in the recipes."
        if told.answer.row
        else PIN + " With more records it may come nearer."
    ),
    WhyNot.NO_TRUE_REASON: PIN,
    WhyNot.RANKED_BELOW: "Make the row longer (cards_max), boost it by a rule, or pin it, in the recipes.",
    WhyNot.ROW_TOO_SHORT: "Let the row be shorter (cards_min or row_min), or pin it, in the recipes.",
    WhyNot.NO_ROOM: "Let the page have more rows (rows_max, because_rows_max), or pin it, in the recipes.",
    WhyNot.WEAKER: 'Let the page have more rows (rows_max), keep the book\'s own order (order = "fixed"), or pin it.',
    WhyNot.UNTRIED: PIN + " Once people have done it, it stands by itself.",
    WhyNot.TOO_ALIKE: "Let the row be less varied (variety), or pin it, in the recipes.",
    WhyNot.WEIGHED_OUT: "Change the weights of those rows in the recipes.",
    WhyNot.BELOW_LEVEL: 'Say `levels = "any"` for that row in the recipes, or correct the level in the catalogue.',
    WhyNot.NO_SCORE: PIN + " The next training may weigh otherwise.",
    WhyNot.ANCHOR_REPEATED: PIN,
}
