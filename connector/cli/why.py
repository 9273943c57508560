"""``onward why``: why an item is on a learner's page, or what keeps it away."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import click

from connector.administer import why as use
from connector.administer.why import Look
from connector.cli.base import as_json, say, the_site
from connector.cli.learner import identifier_of
from connector.clock import now
from connector.domain import ItemId
from connector.recipes.why import Shown
from connector.web.look import Look as Theme
from connector.web.views import page_view
from widgets.reasons import full_reason
from widgets.sentences import heading
from widgets.view import AboutView
from widgets.view import Theme as Colours
from widgets.wording import wording_for


@click.command()
@click.argument("learner")
@click.argument("item", required=False)
@click.option("--all", "everything", is_flag=True, help="Say it of every item of the catalogue, and count the reasons.")
@click.option("--course", default="", metavar="ID", help="As if opened from this course: its id in the LMS.")
@click.option("--language", default="", metavar="TAG", help="As if opened in this language, such as de.")
@as_json
def why(learner: str, item: str | None, course: str, language: str, *, everything: bool, as_json: bool) -> None:
    """Say why ITEM is on the page of LEARNER now, with every part of its score, or the one thing that keeps it away.

    LEARNER is what `onward learner show` takes; ITEM is an IRI, a link, a title, or words of one title.
    """
    if (item is None) is not everything:
        raise click.UsageError("Name an ITEM, or say --all.")
    settings, site = the_site()
    setting = use.Setting(course, language)
    late = timedelta(minutes=settings.late_minutes)
    look = use.look_at(site, identifier_of(learner), now, settings.hosts(), late, setting)
    if item is None:
        told = use.all_explained(look)
        say(told, as_json=as_json, lines=_all_lines(told))
        return
    number = use.find_item(look, item)
    told = use.explained(look, number) | _as_shown(look, number)
    say(told, as_json=as_json, lines=_lines(told))


def _as_shown(look: Look, item: ItemId) -> dict[str, str]:
    """Return the heading and the sentence as the learner reads them; nothing of an Item that is not on the page."""
    answer = look.inquiry.answer(item)
    if not isinstance(answer, Shown):
        return {}
    moment = now()
    page = page_view(look.page, Theme(Colours.LIGHT, demo=False, about=AboutView()), token="", now=moment)
    row, wording = page.rows[answer.row_place - 1], wording_for(page.language)
    reason = row.cards[answer.place - 1].reason
    sentence = full_reason(reason, moment.date(), wording)
    return {"heading": heading(row, wording).striptags(), "sentence": sentence.striptags()}


def _lines(told: dict[str, Any]) -> Iterator[str]:
    if not told["on_page"]:
        yield f"{told['title']} is not on the page. {told['sentence']}"
        if told["remedy"]:
            yield f"  → {told['remedy']}"
        return
    yield f"{told['title']} is on the page: row {told['row']} ({told['heading']}), card {told['place']}."
    yield f"  {told['sentence']}"
    yield from _row_moved(told)
    yield f"  {_numbers(told)}"
    yield f"  Score {told['score']:.6g}, the sum of"
    for part in told["parts"]:
        yield f"    {part['value']:>12.6g}  {part['name']}" + (f": {part['anchor']}" if part["anchor"] else "")


def _row_moved(told: dict[str, Any]) -> Iterator[str]:
    """Say where the row would stand in the order of the book, where its strength has moved it."""
    strength, by_book = told["row_strength"], told["row_in_the_book"]
    if strength is not None and by_book != told["row"]:
        there = "would not be on the page" if by_book is None else f"would be row {by_book}"
        yield f"  Its row stands by its strength, {strength:.4g}; in the order of the recipes it {there}."


def _numbers(told: dict[str, Any]) -> str:
    model = f"Model {told['model']}, records as of {told['as_of'] or 'no time'}." if told["model"] else "No model."
    if told["number"] is None:
        return f"No number of people is said (k is {told['k']}). {model}"
    of = f" of {told['base']}" if told["base"] is not None else ""
    return f"{told['number']}{of} people (k is {told['k']}). {model}"


def _all_lines(told: dict[str, Any]) -> Iterator[str]:
    for line in told["items"]:
        yield f"{line['iri']}  {line['title']}: {line['sentence']}"
    yield ""
    for ground, number in told["counts"].items():
        yield f"{number:>7}  {ground}"
    yield f"{len(told['items']):>7}  in all"
