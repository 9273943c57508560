"""Sensitive Items are named nowhere as something that somebody did: no heading, no reason, no part, no answer."""

from dataclasses import replace
from random import Random

from connector.administer.why import Look, all_explained, explained
from connector.domain import ItemText, RowKind
from connector.recipes.compose import compose, compose_row
from connector.recipes.why import inquire
from tests.unit.recipes.test_renders import book, histories, shelves


class Served:
    """What `Look` needs of a page."""

    def __init__(self, slate):
        self.slate = slate


def pages(seed, number):
    """Random pages on which every sensitive Item has a title of its own."""
    random = Random(seed)
    for _ in range(number):
        page = replace(shelves(random), history=histories(random), book=book(random))
        items = {one.id: titled(one) for one in page.shelf.items.values()}
        yield replace(page, shelf=replace(page.shelf, items=items))


def titled(one):
    return replace(one, texts=(ItemText("en", f"{'Secret' if one.sensitive else 'Plain'} {one.id}."),))


def did(page):
    return {word.item for word in page.history}


def secrets(page):
    """The sensitive Items that the learner did anything with."""
    return {number for number in did(page) if number in page.shelf.items and page.shelf.items[number].sensitive}


def test_no_heading_reason_or_part_hangs_on_what_is_sensitive():
    told = 0
    for page in pages(seed=3, number=120):
        slate, hidden = compose(page), secrets(page)
        rows = [*slate.rows, *filter(None, (compose_row(page, row.kind, row.anchor) for row in slate.rows))]
        anchors = {row.anchor for row in rows if row.kind in {RowKind.BECAUSE, RowKind.SUCCEEDED}}
        anchors |= {card.reason.anchor for row in rows for card in row.cards if not card.reason.code.startswith("pop")}
        anchors |= {
            part.anchor for row in rows for card in row.cards for part in card.parts if part.source != "popular"
        }
        assert not anchors & hidden
        told += len(hidden)
    assert told > 50


def test_no_tile_counts_or_names_what_is_sensitive():
    for page in pages(seed=4, number=60):
        for row in compose(page).rows:
            topics = {tile.topic.casefold() for tile in row.tiles}
            plain = {name.casefold() for one in page.shelf.items.values() if not one.sensitive for name in one.topics}
            assert topics <= plain


def test_no_answer_names_a_sensitive_item_but_the_one_that_was_asked_for():
    asked = 0
    for page in pages(seed=5, number=40):
        slate = compose(page)
        look = Look(Served(slate), inquire(page, slate))
        for number in page.shelf.items:
            told = explained(look, number)
            words = str({name: value for name, value in told.items() if name not in {"title", "iri"}})
            others = (other for other in secrets(page) if other != number)
            assert not any(f"Secret {other}." in words for other in others), told
            asked += 1
    assert asked > 900


def test_the_list_of_all_answers_names_each_item_on_its_own_line_only():
    for page in pages(seed=6, number=10):
        slate = compose(page)
        look = Look(Served(slate), inquire(page, slate))
        for line in all_explained(look)["items"]:
            assert "Secret" not in line["sentence"].replace(line["title"], "")
