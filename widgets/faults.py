"""What is wrong with a translation: a message that is missing, unsure, or says other placeholders than the English."""

import re
from collections.abc import Iterator

from babel.messages import Catalog, Message

PLACEHOLDER = re.compile(r"%(?:\(\w+\)s|%)")
"""What stands for a value, ``%(title)s``, and the doubled per cent sign."""


def faults(template: Catalog, translated: Catalog) -> list[str]:
    """Return one sentence for each fault, none when ``translated`` says all that ``template`` has."""
    known = {_key(message): message for message in translated if message.id}
    wanted = {_key(message): message for message in template if message.id}
    found = [f"{key!r} is not in the template" for key in known if key not in wanted]
    for key, message in wanted.items():
        found += [f"{key!r} {fault}" for fault in _of_one(message, known.get(key), translated.num_plurals)]
    return found


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _of_one(message: Message, said: Message | None, forms: int) -> Iterator[str]:
    if said is None:
        yield "is missing"
        return
    if said.fuzzy:
        yield "is fuzzy: compare it with the English, then delete the mark"
    expected = forms if message.pluralizable else 1
    texts = _texts(said.string)
    if sum(map(bool, map(str.strip, texts))) < expected:
        yield "is not translated"
        return
    many = message.id if isinstance(message.id, str) else message.id[-1]
    for text in texts:
        yield from _of_text(many, text)


def _texts(string: object) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)  # type: ignore[arg-type] # Babel gives a tuple


def _of_text(english: str, text: str) -> Iterator[str]:
    if placeholders(english) != placeholders(text):
        yield f"has other placeholders than the English: {text!r}"
    if _has_lone_per_cent(text) and not _has_lone_per_cent(english):
        yield f"has a lone per cent sign, which is written %%: {text!r}"
    if english[:1].isspace() != text[:1].isspace() or english[-1:].isspace() != text[-1:].isspace():
        yield f"begins or ends with a space where the English does not: {text!r}"


def _has_lone_per_cent(text: str) -> bool:
    """Return whether a per cent sign is neither doubled nor of a placeholder, which would break the page."""
    return "%" in PLACEHOLDER.sub("", text)


def placeholders(text: str) -> frozenset[str]:
    """Return the placeholders of ``text``, ``%(title)s`` and ``%%``; how often each stands there does not matter."""
    return frozenset(match.group() for match in PLACEHOLDER.finditer(text))
