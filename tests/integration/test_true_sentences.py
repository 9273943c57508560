"""A thousand random cards: every fact of each sentence is in the data, and without its anchor the card scores lower."""

import math
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from connector.administer.recommend import serve_of, visit_of
from connector.catalog import import_catalog
from connector.catalog.files import as_json
from connector.clock import fixed
from connector.domain import PlatformId
from connector.recipes.desk import open_desk
from connector.store.types import moment_of
from tests.integration.recounting import recount
from tests.integration.site_under_test import HOST, open_site, synced, trained
from tests.integration.stating import course_iri, said

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
COURSES, LEARNERS, BLOCKS = 24, 60, 3
K = 5
TOPICS = (("data", "statistics"), ("law",), ("people", "writing"))


def statements(rng, now):
    """Blocks of tastes, done in an order that is the same for most; things begun, and a course that many do of late."""
    told = []
    for person in range(LEARNERS):
        block = person % BLOCKS
        own = [course for course in range(COURSES) if course % BLOCKS == block and course != block + 21]
        others = rng.sample(range(COURSES), 2)
        for place, course in enumerate([*sorted(rng.sample(own, 5), key=lambda one: one + rng.random() * 9), *others]):
            at = now - timedelta(days=110 - 12 * place, hours=rng.randrange(200))
            told.append(did(len(told), person, course, at, "completed"))
        begun = rng.choice(own)
        told.append(did(len(told), person, begun, now - timedelta(hours=rng.randrange(1, 900)), "initialized"))
        if block == 1 and rng.random() < 2 / 3:
            told.append(did(len(told), person, 22, now - timedelta(days=rng.randrange(1, 20)), "completed"))
    return told


def did(number, person, course, at, verb):
    return said(number + 1, f"p{person}", verb, about=course, timestamp=at.isoformat(), stored=at.isoformat())


def described(rng, course):
    """What the catalogue says: its block's topics, a length, a provider, and for some that they have to be renewed."""
    return {
        "iri": course_iri(course),
        "title": f"Course {course}",
        "topics": list(TOPICS[course % BLOCKS]),
        "minutes": rng.choice([10, 15, 40]),
        "provider": f"Vendor {course % BLOCKS}",
        "sensitive": course == 5,
        **({"renewal_days": 30} if course in {2, 7} else {}),
    }


def new_course(number):
    """One that nobody has done, described as those of the first block."""
    return {"iri": course_iri(number), "title": f"Course {number}", "url": course_iri(number), "topics": ["data"]}


def world(engine, now, seed, tmp_path):
    rng = random.Random(seed)
    site = open_site(engine, now)
    synced(site, statements(rng, now), now, page_size=500)
    file = tmp_path / f"{seed}.json"
    file.write_text(as_json([*(described(rng, course) for course in range(COURSES)), new_course(40), new_course(41)]))
    assert not import_catalog(file, site.tenant, site.sessions, fixed(now)).refused
    trained(site, now)
    return site


def pages_of(site, counted, now):
    serve = serve_of(site, fixed(now), HOST, timedelta(hours=1))
    for learner in sorted(counted.touched):
        yield learner, serve.looked_into(visit_of(site, learner, PlatformId(0), now))[1]


# --- what each sentence says ----------------------------------------------------------------------------------------


def says_later(card, asked):
    hold_numbers(card, asked.counted.did_later(card.reason.anchor, card.item), anchor_people(card, asked))


def says_both(card, asked):
    both = asked.counted.who_did(card.reason.anchor) & asked.counted.who_did(card.item)
    hold_numbers(card, both, anchor_people(card, asked))


def says_described(card, asked):
    mine, its = (set(asked.items[number].topics) for number in (card.reason.anchor, card.item))
    assert mine & its
    assert card.reason.number is None


def says_begun(card, asked):
    assert card.reason.at == asked.counted.begun[asked.learner, card.item]
    done = asked.counted.last.get((asked.learner, card.item))
    assert done is None or done < card.reason.at


def says_popular(card, asked):
    assert card.reason.anchor is None
    hold_numbers(card, asked.counted.who_did(card.item), asked.counted.learners())


def says_trending(card, asked):
    until = asked.model.data_as_of
    hold_numbers(card, asked.counted.did_lately(card.item, until), asked.counted.learners())


def says_succeeded(card, asked):
    won = asked.counted.who_did(card.reason.anchor)
    hold_numbers(card, won & asked.counted.who_did(card.item), won)
    assert card.reason.number is not None


def says_expired(card, asked):
    last = asked.counted.last[asked.learner, card.item]
    assert card.reason.at == last + timedelta(days=asked.items[card.item].renewal_days) <= asked.now


def says_other_topic(card, asked):
    taken = {topic for number in asked.counted.touched[asked.learner] for topic in asked.items[number].topics}
    assert not taken & set(asked.items[card.item].topics)


def says_other_provider(card, asked):
    taken = {asked.items[number].provider for number in asked.counted.touched[asked.learner]}
    assert asked.items[card.item].provider not in taken


def says_on_topic(card, asked):
    assert card.reason.label in asked.items[card.item].topics


def says_added(card, asked):
    assert card.reason.at == asked.page.arrivals[card.item] <= asked.now
    assert card.item not in asked.counted.touched[asked.learner]


SAYS = {
    "followed": says_later,
    "together": says_both,
    "also_completed": says_both,
    "described": says_described,
    "started": says_begun,
    "popular": says_popular,
    "popular_quiet": says_popular,
    "trending": says_trending,
    "trending_quiet": says_trending,
    "succeeded": says_succeeded,
    "expired": says_expired,
    "other_topic": says_other_topic,
    "other_provider": says_other_provider,
    "on_topic": says_on_topic,
    "added": says_added,
}
"""A code that is not here fails the test: a sentence that nobody counts after may not be shown."""
NAMES_AN_ANCHOR = {"followed", "together", "also_completed", "described", "succeeded"}
BY_SCORE = NAMES_AN_ANCHOR - {"succeeded"}


def hold_numbers(card, people, base):
    """Hold the numbers of a sentence; without numbers it may say nothing else."""
    reason = card.reason
    if reason.number is None:
        assert reason.base is None
        return
    assert (reason.number, reason.base) == (len(people), len(base))
    assert reason.number >= K
    assert reason.base - reason.number >= K


def anchor_people(card, asked):
    return asked.counted.who_did(card.reason.anchor)


class Asked:
    """One page, and the data behind it."""

    def __init__(self, learner, inquiry, counted, now):
        self.learner, self.counted, self.now = learner, counted, now
        self.page = inquiry.desk.page
        self.items, self.model, self.scores = inquiry.items, inquiry.desk.page.shelf.model, inquiry.desk.scores

    def hold(self, card):
        SAYS[card.reason.code](card, self)
        assert math.fsum(part.value for part in card.parts) == pytest.approx(card.score, abs=1e-9)
        assert (
            (self.learner, card.item) not in self.counted.last or card.reason.code == "expired" or self._expired(card)
        )
        if card.reason.code in NAMES_AN_ANCHOR:
            self._named(card)

    def _expired(self, card):
        days = self.items[card.item].renewal_days
        return days and self.counted.last[self.learner, card.item] + timedelta(days=days) <= self.now

    def _named(self, card):
        anchor = card.reason.anchor
        assert (self.learner, anchor) in self.counted.first
        assert not self.items[anchor].sensitive
        if card.reason.code in BY_SCORE:
            kept = tuple(word for word in self.page.history if word.item != anchor)
            assert open_desk(replace(self.page, history=kept)).scores.get(card.item, 0.0) < self.scores[card.item]


def cards_held(engine, now, seed, tmp_path):
    """Hold every Card of every Learner's page of one site; return the codes of their Reasons."""
    site = world(engine, now, seed, tmp_path)
    with site.readers.begin() as session:
        counted = recount(session, moment_of)
    codes = []
    for learner, inquiry in pages_of(site, counted, now):
        asked = Asked(learner, inquiry, counted, now)
        for row in inquiry.slate.rows:
            for card in row.cards:
                asked.hold(card)
                codes.append(card.reason.code)
    return codes


def test_every_fact_of_a_thousand_sentences_is_in_the_data_and_no_anchor_is_idle(engine, now, tmp_path):
    codes = cards_held(engine, now, 1, tmp_path)
    assert len(codes) >= 1_000
    assert {"also_completed", "started", "popular", "expired"} <= set(codes), set(codes)
