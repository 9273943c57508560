"""The language of rules: what holds, what is not known, what is refused with its place, and what it says in English."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain import ItemId, ItemText
from connector.recipes.rules import (
    DEEPEST,
    LONGEST,
    NOWHERE,
    Around,
    Rule,
    RuleError,
    in_words,
    read_rule,
    viewer_facts,
)
from connector.recipes.rules.names import NAMES, Kind
from connector.recipes.rules.parse import TAKES
from connector.recipes.rules.syntax import All, Among, Comparison, Either, Flagged, Known, Not, Operator, Reference
from tests.unit.recipes.shelves import item


def called(one, *titles):
    return replace(one, texts=tuple(ItemText(language, title) for language, title in titles))


TALK = called(
    item(
        7,
        provider="Vendor Y",
        topics=("Leadership", "Sales"),
        level="basic",
        language="de-AT",
        minutes=25,
        type="http://adlnet.gov/expapi/activities/course",
        audience=("role:learner",),
    ),
    ("en", "Leading People"),
    ("de", "Menschen führen"),
)
BARE = item(8)
VIEWER = Around(viewer_facts({"role:learner", "course:4", "platform:Campus", "language:de", "language:de-at"}))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("minutes <= 30", True),
        ("minutes > 25", False),
        ("minutes >= 25 and minutes < 26", True),
        ("minutes == 25", True),
        ("minutes != 25", False),
        ("minutes < 1 hour", True),
        ("minutes < 0.4 h", False),
        ('provider == "vendor y"', True),
        ('provider = "VENDOR Y"', True),
        ('provider != "Vendor Y"', False),
        ('provider in ["Vendor X", "Vendor Y"]', True),
        ('provider not in ["Vendor X"]', True),
        ('provider starts with "Vendor"', True),
        ('title contains "führen"', True),
        ('title == "Leading People"', True),
        ('title starts with "People"', False),
        ('topics contains "leadership"', True),
        ('topics contains "leader"', False),
        ('topics in ["it", "sales"]', True),
        ('language == "de"', True),
        ('language == "de-AT"', True),
        ('language == "de-CH"', False),
        ('language in ["fr", "de"]', True),
        ("language == viewer.language", True),
        ('viewer.role == "learner"', True),
        ('viewer.platform == "campus" and viewer.course in ["4", "5"]', True),
        ('audience contains "role:learner"', True),
        ("sensitive", False),
        ("not sensitive", True),
        ('iri contains "id=7"', True),
        ("minutes is known and topics is known", True),
        ("level is unknown", False),
        ('(level == "basic" or level == "expert") and not minutes > 30', True),
    ],
)
def test_a_rule_says_of_an_item_what_it_says(text, answer):
    assert read_rule(text).answer(TALK, VIEWER) is answer
    assert read_rule(text).holds(TALK, VIEWER) is answer


@pytest.mark.parametrize(
    "text",
    [
        "minutes <= 30",
        "not minutes <= 30",
        'provider != "Vendor Y"',
        'not topics contains "sales"',
        'provider not in ["Vendor Y"]',
        "language == viewer.language",
        "minutes <= anchor.minutes",
        'minutes <= 30 and iri contains "id=8"',
        'minutes <= 30 or provider == "x"',
        "progress > 50",
    ],
)
def test_what_is_not_known_is_not_judged_and_neither_is_its_contrary(text):
    assert read_rule(text).answer(BARE, VIEWER) is None
    assert not read_rule(text).holds(BARE, VIEWER)


def test_what_is_not_known_decides_nothing_that_is_decided_without_it():
    assert read_rule('minutes <= 30 or iri contains "id=8"').answer(BARE, NOWHERE) is True
    assert read_rule('minutes <= 30 and iri contains "id=9"').answer(BARE, NOWHERE) is False
    assert read_rule("minutes is unknown").answer(BARE, NOWHERE) is True


def test_a_rule_may_look_at_the_anchor_and_at_what_the_learner_did():
    around = Around({}, item(1, topics=("sales",), minutes=30), {ItemId(7): 40}, lambda number: ("trend", "near"))
    holding = ("topics contains anchor.topics", "minutes <= anchor.minutes", "begun", "progress < 50")
    for text in (*holding, 'lifted_by contains "trend"', "anchor.title is known"):
        assert read_rule(text).holds(TALK, around), text
    assert not read_rule("begun").holds(BARE, around)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", (1, 1), "empty"),
        ("minuts <= 30", (1, 1), "Did you mean `minutes`?"),
        ("minutes <= 30\n  and povider == 'x'", (2, 7), "Did you mean `provider`?"),
        ("xyzzy", (1, 1), "There are: title, provider"),
        ('minutes <= "30"', (1, 12), "a number is wanted"),
        ("minutes", (1, 1), "`minutes <= 30`"),
        ('topics == "sales"', (1, 1), '`topics contains "…"`'),
        ("sensitive == 1", (1, 1), "`not sensitive`"),
        ("provider == acme", (1, 13), 'put quotes around a text: "acme"'),
        ('provider == ""', (1, 13), "it is not empty"),
        ('title contains "x', (1, 16), "ends on its line"),
        ("title contains “x”", (1, 16), "straight quotes"),
        ("sensitive && begun", (1, 11), "write `and`"),
        ("(minutes < 3", (1, 13), "for the `(` at column 1"),
        ("minutes < 3 begun", (1, 13), "join tests with `and` or `or`"),
        ("minutes < 3 and", (1, 16), "not the end"),
        ('provider in "x"', (1, 13), "stands a list"),
        ('provider in ["x" "y"]', (1, 18), "does not end"),
        ("minutes in [1]", (1, 1), "is a number"),
        ("minutes is 3", (1, 12), "to compare, write `==`"),
        ("title starts provider", (1, 14), "stands `with`"),
        ("minutes < provider", (1, 11), "cannot be compared so"),
        ("title starts with provider", (1, 19), "cannot be compared so"),
        ("minutes < 12345678901", (1, 11), "at most nine digits"),
        ("__import__('os')", (1, 1), "there is no `__import__`"),
        ("minutes.real == 1", (1, 1), "there is no `minutes.real`"),
        ("not " * (DEEPEST + 1) + "begun", (1, 4 * DEEPEST + 1), "within each other"),
        (" " * (LONGEST + 1), (1, LONGEST + 1), f"at most {LONGEST}"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_place_and_what_to_do(text, place, words):
    with pytest.raises(RuleError) as refused:
        read_rule(text)
    assert (refused.value.line, refused.value.column) == place
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("minutes <= 30", "of 30 minutes or less"),
        ("minutes < 1", "of less than 1 minute"),
        ('provider != "Vendor Y"', "not from Vendor Y"),
        ('topics contains "leadership" and level == "basic"', "about leadership and of level basic"),
        ('topics in ["a", "b", "c"]', "about a, b or c"),
        ("language == viewer.language", "in the viewer's language"),
        ("minutes is unknown", "whose length is not known"),
        ('title starts with "A"', "whose title starts with A"),
        ("not (sensitive or begun)", "not (that are sensitive or that they began)"),
    ],
)
def test_a_rule_is_said_in_english(text, words):
    assert in_words(read_rule(text).node) == words


# --- over all rules that there are -------------------------------------------------------------------------------

texts = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\n\r"), min_size=1, max_size=8
).filter(str.strip)
numbers = st.integers(-(10**9) + 1, 10**9 - 1).map(float) | st.integers(-9_999, 9_999).map(lambda one: one / 8)


def of_kind(*kinds):
    return st.sampled_from([name for name, one in NAMES.items() if one.kind in kinds])


@st.composite
def comparisons(draw):
    name = draw(of_kind(Kind.TEXT, Kind.LIST, Kind.TAG, Kind.NUMBER))
    kind = NAMES[name].kind
    operator = draw(st.sampled_from(TAKES[kind]))
    others = [other for other, one in NAMES.items() if one.kind is kind]
    references = st.sampled_from(others).map(Reference) if operator is not Operator.STARTS else st.nothing()
    return Comparison(name, operator, draw((numbers if kind is Kind.NUMBER else texts) | references))


leaves = st.one_of(
    comparisons(),
    st.builds(Among, of_kind(Kind.TEXT, Kind.LIST, Kind.TAG), st.lists(texts, min_size=1, max_size=3).map(tuple)),
    st.builds(Known, st.sampled_from(list(NAMES))),
    st.builds(Flagged, of_kind(Kind.FLAG)),
)
several = {"min_size": 2, "max_size": 3}
nodes = st.recursive(
    leaves,
    lambda below: st.one_of(
        st.builds(Not, below),
        st.lists(below, **several).map(lambda made: All(tuple(made))),
        st.lists(below, **several).map(lambda made: Either(tuple(made))),
    ),
    max_leaves=6,
)
some_items = st.builds(
    lambda titles, **said: called(item(3, **said), *titles),
    st.lists(st.tuples(st.just("en"), texts), max_size=2),
    provider=st.just("") | texts,
    topics=st.lists(texts, max_size=2).map(tuple),
    minutes=st.none() | st.integers(0, 90),
    language=st.sampled_from(["", "de", "de-AT"]),
)
places = st.builds(
    Around,
    st.sampled_from([{}, VIEWER.viewer]),
    st.none() | some_items,
    st.sampled_from([{}, {ItemId(3): None, ItemId(4): 40}]),
)
quick = settings(max_examples=50, deadline=None)


@quick
@given(nodes)
def test_what_is_printed_reads_as_the_same_rule_and_prints_the_same(node):
    read = read_rule(str(Rule(node)))
    assert read_rule(str(read)) == read
    assert str(read) == str(Rule(node))


@quick
@given(nodes, some_items, places)
def test_every_rule_answers_of_every_item_and_its_contrary_is_the_contrary(node, one, around):
    answer = Rule(node).answer(one, around)
    assert answer in {True, False, None}
    assert Rule(Not(node)).answer(one, around) is (None if answer is None else not answer)
    assert read_rule(str(Rule(node))).answer(one, around) is answer
    assert in_words(node)


@quick
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from([*NAMES, *"()[],<=", "not", "and", "or", "in", "is", '"x"', "9"])).map(" ".join)
)
def test_any_text_is_a_rule_or_is_refused_at_a_place_in_it(text):
    line, column = refusal_of(text)
    assert 0 <= line <= text.count("\n") + 1
    assert 0 <= column <= len(text) + 1


def refusal_of(text):
    """Line and column of what is wrong, 0 and 0 where nothing is."""
    try:
        read_rule(text)
    except RuleError as refused:
        return refused.line, refused.column
    return 0, 0


def test_the_longest_rule_is_read_and_asked_of_an_item_in_a_blink():
    tests = (LONGEST + 4) // len('title contains "x" or ')
    rule = read_rule(" or ".join(['title contains "x"'] * tests))
    begun = time.process_time()
    for _ in range(100):
        rule.holds(TALK, VIEWER)
    assert (time.process_time() - begun) / 100 < 0.005
