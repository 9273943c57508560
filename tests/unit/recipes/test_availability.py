"""Who may be shown what, when: the doors that the LMS shuts, and what has to be done first."""

from datetime import timedelta

import pytest

from connector.domain import Audience, ItemStatus, RowKind, Signal
from connector.recipes.base import WhyNot
from connector.recipes.compose import compose
from connector.recipes.filters import read_past, showable
from connector.recipes.trace import why_not
from tests.unit.recipes.shelves import NOW, act, catalog, completed, item, neighbours, page, popular, shelf

SOON, LONG_AGO, NO_TIME = NOW + timedelta(seconds=1), NOW - timedelta(days=400), timedelta(0)


def refusal(asked_for, *history, items=(), **changes):
    """Why an Item may not be shown, in a catalogue of it and ``items``."""
    known = catalog(**{str(one.id): one for one in (asked_for, *items)})
    asked = page(*history, shelf=shelf(items=known), **changes)
    return showable(asked, read_past(asked)).refusal(asked_for.id)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"visible": False}, WhyNot.NOT_VISIBLE),
        ({"starts_at": SOON}, WhyNot.NOT_STARTED),
        ({"starts_at": NOW}, None),
        ({"ends_at": NOW}, WhyNot.ENDED),
        ({"ends_at": SOON}, None),
        ({"enrolable": False}, WhyNot.NOT_ENROLABLE),
        ({"audience": ("role:instructor",)}, WhyNot.NOT_FOR_THEM),
        ({"prerequisites": ("https://lms.example/first",)}, WhyNot.PREREQUISITES),
        ({"visible": False, "status": ItemStatus.BLOCKED}, WhyNot.BLOCKED),
        ({"visible": False, "url": ""}, WhyNot.NO_URL),
    ],
)
def test_each_shut_door_has_its_name(changes, expected):
    assert refusal(item(1, **changes)) is expected


@pytest.mark.parametrize("entry", ["role:learner", "course:12", "platform:campus", "language:de"])
def test_any_entry_of_the_audience_admits(entry):
    viewer = frozenset({"role:learner", "course:12", "platform:campus", "language:de", "language:de-at"})
    assert refusal(item(1, audience=("role:nobody", entry)), viewer=viewer) is None
    assert refusal(item(1, audience=(entry,)), viewer=viewer - {entry}) is WhyNot.NOT_FOR_THEM


@pytest.mark.parametrize("signal", [Signal.ENROLLED, Signal.STARTED, Signal.PROGRESSED])
def test_nobody_is_kept_out_of_a_course_that_they_are_in(signal):
    shut = item(1, enrolable=False)
    assert refusal(shut, act(signal, 1)) is None
    assert refusal(shut, act(signal, 1, days=2), act(Signal.UNENROLLED, 1)) is WhyNot.NOT_ENROLABLE
    assert refusal(shut, act(signal, 1), personal_rows=False) is WhyNot.NOT_ENROLABLE


def test_a_shut_course_that_was_begun_stands_in_continue():
    asked = page(act(Signal.STARTED, 1), shelf=shelf(items=catalog(shut=item(1, enrolable=False))))
    (row,) = compose(asked).rows
    assert (row.kind, [card.item for card in row.cards]) == (RowKind.CONTINUE, [1])


def test_a_course_that_ended_is_not_continued():
    asked = page(act(Signal.STARTED, 1), shelf=shelf(items=catalog(over=item(1, ends_at=LONG_AGO))))
    assert compose(asked).rows == ()


# --- prerequisites ---------------------------------------------------------------------------------------------------

FIRST = item(2)
AFTER = item(1, prerequisites=(FIRST.iri,))


def test_a_prerequisite_that_is_done_opens_the_item():
    assert refusal(AFTER, completed(2), items=[FIRST]) is None
    assert refusal(AFTER, act(Signal.STARTED, 2), items=[FIRST]) is WhyNot.PREREQUISITES


def test_another_run_of_the_prerequisite_counts_as_much():
    assert refusal(AFTER, completed(3), items=[FIRST, item(3, family=FIRST.family)]) is None


def test_a_prerequisite_that_has_to_be_renewed_shuts_the_item_again():
    aid = item(2, renewal_days=365)
    assert refusal(AFTER, completed(2, days=364), items=[aid]) is None
    assert refusal(AFTER, completed(2, days=365), items=[aid]) is WhyNot.PREREQUISITES


def test_all_prerequisites_are_wanted():
    both = item(1, prerequisites=(FIRST.iri, item(3).iri))
    assert refusal(both, completed(2), items=[FIRST, item(3)]) is WhyNot.PREREQUISITES
    assert refusal(both, completed(2), completed(3), items=[FIRST, item(3)]) is None


# --- renewal ---------------------------------------------------------------------------------------------------------


def test_a_completion_holds_for_its_days_and_not_a_moment_longer():
    aid = item(1, renewal_days=30)
    assert refusal(aid, completed(1, days=30 - 1e-6)) is WhyNot.DONE
    assert refusal(aid, completed(1, days=30)) is None


def test_an_expired_item_brings_its_family_back_unless_another_run_still_holds():
    old, new = item(1, renewal_days=30), item(2, family=1)
    assert refusal(new, completed(1, days=40), items=[old]) is None
    assert refusal(new, completed(1, days=29), items=[old]) is WhyNot.DONE
    assert refusal(old, completed(1, days=40), completed(2, days=400), items=[new]) is WhyNot.DONE


def test_the_newest_completion_decides():
    assert refusal(item(1, renewal_days=30), completed(1, days=400), completed(1, days=3)) is WhyNot.DONE


def test_an_expired_item_is_still_for_those_alone_who_can_enter():
    assert refusal(item(1, renewal_days=30, enrolable=False), completed(1, days=40)) is WhyNot.NOT_ENROLABLE
    assert refusal(item(1, renewal_days=30, visible=False), completed(1, days=40)) is WhyNot.NOT_VISIBLE


def test_an_expired_completion_is_true_so_it_may_be_a_reason_and_the_item_a_card():
    items = catalog(*range(2, 9), aid=item(1, renewal_days=30))
    near = [neighbours(1, (2, 0.9), (3, 0.8), (4, 0.7)), neighbours(5, (1, 0.9), (6, 0.8), (7, 0.7))]
    slate = compose(page(completed(1, days=40), completed(5, days=2), shelf=shelf(*near, items=items)))
    because = {row.anchor: [card.item for card in row.cards] for row in slate.rows if row.kind is RowKind.BECAUSE}
    assert because == {5: [1, 6, 7], 1: [2, 3, 4]}


def test_what_was_begun_before_the_completion_is_not_to_be_continued_after_it_expired():
    aid = shelf(items=catalog(aid=item(1, renewal_days=30)))
    before = (act(Signal.STARTED, 1, days=50), act(Signal.PROGRESSED, 1, days=45, progress=80), completed(1, days=40))
    assert compose(page(*before, shelf=aid)).rows == ()
    (row,) = compose(page(*before, act(Signal.STARTED, 1, days=1), shelf=aid)).rows
    assert (row.kind, row.cards[0].progress) == (RowKind.CONTINUE, None)
    (row,) = compose(page(*before, act(Signal.PROGRESSED, 1, days=1, progress=20), shelf=aid)).rows
    assert (row.cards[0].progress, row.cards[0].reason.at) == (20, act(Signal.STARTED, 1, days=1).at)
    left = act(Signal.UNENROLLED, 1, days=0.5)
    assert compose(page(*before, act(Signal.STARTED, 1, days=1), left, shelf=aid)).rows == ()


def test_somebody_whose_every_completion_expired_is_no_newcomer():
    aid = shelf(popular((1, 50)), items=catalog(aid=item(1, renewal_days=30, visible=False)))
    assert compose(page(completed(1, days=40), shelf=aid)).state.value == "nothing_relevant"


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_trace_names_what_is_shut_and_a_page_that_is_empty_by_it_is_all_done():
    items = catalog(done=item(1), shut=item(2, ends_at=LONG_AGO))
    asked = page(completed(1), shelf=shelf(neighbours(1, (2, 0.9)), items=items))
    slate = compose(asked)
    assert why_not(2, asked, slate) is WhyNot.ENDED
    assert slate.state.value == "all_done"


def test_an_item_for_instructors_alone_is_shown_to_them():
    items = catalog(1, 2, staff=item(3, audience=("role:instructor",)))
    rows = [popular((1, 9), (2, 8), (3, 7))]
    seen = {}
    for audience in (Audience.LEARNER, Audience.INSTRUCTOR):
        viewer = frozenset({f"role:{audience.value}"})
        slate = compose(page(shelf=shelf(*rows, items=items), audience=audience, viewer=viewer))
        seen[audience] = [card.item for row in slate.rows for card in row.cards]
    assert seen == {Audience.LEARNER: [], Audience.INSTRUCTOR: [1, 2, 3]}
