"""The names that a rule may use, what kind of value each has, and how it is found.

Every getter is total: it gives an empty tuple or None where an Item, a viewer or a Row does not say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from connector.domain import Item
from connector.recipes.rules.facts import Around


class Kind(StrEnum):
    """What kind of value a name has, and so which tests it takes."""

    TEXT = "text"
    LIST = "list"
    TAG = "language"
    NUMBER = "number"
    FLAG = "yes or no"


class About(StrEnum):
    """What a name is about, and so where it may be used."""

    ITEM = "the item"
    VIEWER = "who looks"
    ROW = "the row"


Values = tuple[str, ...]
Getter = Callable[[Item, Around], "Values | float | bool | None"]


@dataclass(frozen=True, slots=True)
class Name:
    """One name: what kind of value it has, what it is about, and how to find it; texts are given folded."""

    kind: Kind
    about: About
    get: Getter


def _of_item(item: Item, _: Around) -> Values:
    return tuple(text.title.casefold() for text in item.texts if text.title)


def _page_and_iri(item: Item, _: Around) -> Values:
    return (item.iri.casefold(), item.page.casefold()) if item.page else (item.iri.casefold(),)


ITEM: Mapping[str, tuple[Kind, Getter]] = {
    "title": (Kind.TEXT, _of_item),
    "provider": (Kind.TEXT, lambda item, _: (item.provider.casefold(),) if item.provider else ()),
    "topics": (Kind.LIST, lambda item, _: tuple(topic.casefold() for topic in item.topics)),
    "level": (Kind.TEXT, lambda item, _: (item.level.casefold(),) if item.level else ()),
    "language": (Kind.TAG, lambda item, _: (item.language.casefold(),) if item.language else ()),
    "minutes": (Kind.NUMBER, lambda item, _: item.minutes),
    "type": (Kind.TEXT, lambda item, _: (item.type.casefold(),) if item.type else ()),
    "iri": (Kind.TEXT, _page_and_iri),
    "audience": (Kind.LIST, lambda item, _: tuple(word.casefold() for word in item.audience)),
    "sensitive": (Kind.FLAG, lambda item, _: item.sensitive),
}
"""What an Item says of itself; the same of a Row's Anchor, after ``anchor.``"""


def _of_viewer(name: str) -> Getter:
    return lambda _, around: around.viewer.get(name, ())


def _of_anchor(get: Getter, nothing: Values | None) -> Getter:
    return lambda _, around: nothing if around.anchor is None else get(around.anchor, around)


def _every_name() -> dict[str, Name]:
    own = {name: Name(kind, About.ITEM, get) for name, (kind, get) in ITEM.items()}
    roles = {
        f"viewer.{name}": Name(Kind.TEXT, About.VIEWER, _of_viewer(name)) for name in ("role", "course", "platform")
    }
    language = {"viewer.language": Name(Kind.TAG, About.VIEWER, _of_viewer("language"))}
    anchors = {
        f"anchor.{name}": Name(kind, About.ROW, _of_anchor(get, None if kind in {Kind.NUMBER, Kind.FLAG} else ()))
        for name, (kind, get) in ITEM.items()
        if name not in {"audience", "sensitive"}  # an Anchor is never sensitive
    }
    signals = {
        "begun": Name(Kind.FLAG, About.ROW, lambda item, around: item.id in around.progress),
        "progress": Name(Kind.NUMBER, About.ROW, lambda item, around: around.progress.get(item.id)),
        "lifted_by": Name(Kind.LIST, About.ROW, lambda item, around: around.lifted_by(item.id)),
    }
    return dict(chain(own.items(), roles.items(), language.items(), anchors.items(), signals.items()))


NAMES: Mapping[str, Name] = _every_name()
"""Every name, in the order of the reference."""
