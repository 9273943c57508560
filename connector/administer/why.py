"""Why an Item is on a Learner's page, or not: the answer with its numbers, for operators."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from difflib import get_close_matches
from functools import partial
from typing import Any

from connector.administer.recommend import serve_of, visit_by
from connector.administer.site import OpenSite
from connector.administer.why_words import PARTS, Told, remedy, sentence
from connector.clock import Clock
from connector.domain import Course, Identifier, Item, ItemId, Model
from connector.errors import BadInput, UnknownName
from connector.recipes.why import Answer, Inquiry, Missing, Shown
from connector.serve import ServedPage
from connector.statements.iris import fold_item
from connector.store.texts import best_title

NEAREST = 3
LIKE_ENOUGH = 0.4
UNNAMED = "another item, which is sensitive"


@dataclass(frozen=True, slots=True)
class Setting:
    """How the page is asked for: the id of a course in the Platform, and a language (BCP 47); "" for neither."""

    course: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """A Learner's page, and what can be asked about it."""

    page: ServedPage
    inquiry: Inquiry

    @property
    def model(self) -> Model | None:
        """The Model that the page was made with."""
        return self.inquiry.desk.page.shelf.model

    def title(self, item: ItemId) -> str:
        """Return what an Item is called; its IRI where it has no title."""
        found = self.inquiry.items[item]
        return best_title(found.texts) or found.iri


def look_at(
    site: OpenSite,
    identifier: Identifier,
    clock: Clock,
    hosts: frozenset[str],
    late_after: timedelta,
    setting: Setting = Setting(),
) -> Look:
    """Make the page of a Learner as a launch would.

    Raises
    ------
    UnknownName
        If no Statement and no Launch brought that identifier.
    """
    visit = visit_by(site, identifier, clock())
    course = Course(setting.course) if setting.course else None
    visit = replace(visit, course=course, locale=setting.language or visit.locale)
    return Look(*serve_of(site, clock, hosts, late_after).looked_into(visit))


def find_item(look: Look, asked: str) -> ItemId:
    """Return the Item that somebody means: by IRI, by link, by title, or by words that are in one title only.

    Raises
    ------
    UnknownName
        If there is none; the nearest titles are named.
    BadInput
        If it could be several; their IRIs are named.
    """
    items = look.inquiry.items.values()
    for meant in (_by_address(items, asked), _by_title(items, asked), _by_words(items, asked)):
        if len(meant) == 1:
            return meant[0].id
        if meant:
            raise BadInput(f"{asked!r} could be {_listed(meant)}: say which by its IRI.")
    raise UnknownName(f"No item is {asked!r}.{_nearest(items, asked)} `onward item list` shows them all.")


def _by_address(items: Iterable[Item], asked: str) -> list[Item]:
    key = fold_item(asked)
    found = [item for item in items if item.iri == key]
    return found or [item for item in items if asked in {item.url, item.page}]


def _by_title(items: Iterable[Item], asked: str) -> list[Item]:
    wanted = asked.strip().casefold()
    return [item for item in items if wanted in {text.title.casefold() for text in item.texts}]


def _by_words(items: Iterable[Item], asked: str) -> list[Item]:
    words = asked.casefold().split()
    titles = ((item, " ".join(text.title for text in item.texts).casefold()) for item in items)
    return [item for item, title in titles if words and all(word in title for word in words)]


def _listed(meant: list[Item]) -> str:
    more = f" and {len(meant) - NEAREST} more" if len(meant) > NEAREST else ""
    return ", ".join(f"{best_title(item.texts)!r} ({item.iri})" for item in meant[:NEAREST]) + more


def _nearest(items: Iterable[Item], asked: str) -> str:
    titles = {text.title.casefold(): text.title for item in items for text in item.texts if text.title}
    near = get_close_matches(asked.casefold(), titles, NEAREST, LIKE_ENOUGH)
    return f" Near: {', '.join(repr(titles[one]) for one in near)}." if near else ""


# --- as JSON values -----------------------------------------------------------------------------------------------


def explained(look: Look, item: ItemId) -> dict[str, Any]:
    """Return the answer about one Item as JSON values, with its sentence where it is not on the page."""
    answer = look.inquiry.answer(item)
    head = {"iri": look.inquiry.items[item].iri, "title": look.title(item)}
    return head | (_shown(look, answer) if isinstance(answer, Shown) else _missing(look, item, answer))


def all_explained(look: Look) -> dict[str, Any]:
    """Return the answer about every Item of the catalogue, by title, and how often each was given."""
    found = [(item, look.inquiry.answer(item)) for item in look.inquiry.items]
    lines = [_line(look, item, answer) for item, answer in found]
    lines.sort(key=lambda line: (line["title"].casefold(), line["iri"]))
    return {"items": lines, "counts": _counts(line["ground"] for line in lines)}


def _line(look: Look, item: ItemId, answer: Answer) -> dict[str, Any]:
    said = {"iri": look.inquiry.items[item].iri, "title": look.title(item)}
    if isinstance(answer, Shown):
        place = f"It is on the page: row {answer.row_place}, card {answer.place}."
        return said | {"ground": "on_the_page", "sentence": place}
    return said | {"ground": answer.ground.value, "sentence": sentence(_told(look, item, answer))}


def _counts(grounds: Iterable[str]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for ground in grounds:
        counted[ground] = counted.get(ground, 0) + 1
    return dict(sorted(counted.items(), key=lambda entry: (-entry[1], entry[0])))


def _shown(look: Look, answer: Shown) -> dict[str, Any]:
    card, model = answer.card, look.model
    return {
        "on_page": True,
        "kind": answer.row.kind.value,
        "row": answer.row_place,
        "place": answer.place,
        "row_strength": None if answer.strength is None else _nine(answer.strength),
        "row_in_the_book": answer.book_place,
        "order": look.inquiry.desk.page.book.order.value,
        "reason": card.reason.code,
        "number": card.reason.number,
        "base": card.reason.base,
        "k": look.inquiry.desk.page.limits.k,
        "model": model.version if model else None,
        "as_of": model.data_as_of.isoformat() if model and model.data_as_of else None,
        "score": _nine(card.score),
        "parts": [_part(look, part.source, part.anchor, part.value) for part in card.parts],
    }


def _part(look: Look, source: str, anchor: ItemId | None, value: float) -> dict[str, Any]:
    found = look.inquiry.items.get(anchor) if anchor else None
    named = look.title(found.id) if found and not found.sensitive else None
    return {"source": source, "name": PARTS.get(source, source), "anchor": named, "value": _nine(value)}


def _missing(look: Look, item: ItemId, answer: Missing) -> dict[str, Any]:
    told = _told(look, item, answer)
    return {
        "on_page": False,
        "ground": answer.ground.value,
        "rule": answer.rule,
        "row": answer.row.kind.value if answer.row else None,
        "value": _nine(answer.value) if answer.value is not None else None,
        "limit": _nine(answer.limit) if answer.limit is not None else None,
        "sentence": sentence(told),
        "remedy": remedy(told),
    }


def _told(look: Look, item: ItemId, answer: Missing) -> Told:
    """Return what a sentence may name: the Item that was asked for, and others that are not sensitive."""
    return Told(look.inquiry.items[item], answer, look.inquiry, partial(_name, look, item))


def _name(look: Look, asked: ItemId, item: ItemId) -> str:
    """Name an Item, but for a sensitive one that was not asked for."""
    secret = look.inquiry.items[item].sensitive and item != asked
    return UNNAMED if secret else repr(look.title(item))


def _nine(number: float) -> float:
    """Return a number with nine digits that say something."""
    return float(f"{number:.9g}")
