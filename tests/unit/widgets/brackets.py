"""What a page shows that is no message: on a page in the pseudo-locale each message stands in brackets."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from html.parser import HTMLParser

from widgets.poster_words import words_of
from widgets.pseudo import CLOSING, OPENING
from widgets.view import CardView
from widgets.wording import Wording, language_name

READ_OUT = frozenset(
    {"aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "alt", "title", "placeholder", "label"}
    | {"data-earlier", "data-more", "data-done", "data-lost"}
)
"""Attributes that people read or hear, at once or when script shows them."""
LABELLED = {("type", kind) for kind in ("submit", "button", "reset")}
"""Fields whose value is what they are called."""
UNSEEN = frozenset({"script", "style"})
VOID = frozenset({"meta", "link", "input", "br", "img", "use", "path", "circle"})


class _Reader(HTMLParser):
    """Walks a document and keeps the runs of text outside brackets."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.outside: list[str] = []
        self.depth = 0
        self.open: list[tuple[str, int]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append((tag, self.depth))
        for name, value in attrs:
            if name in READ_OUT or (name == "value" and tag == "input" and LABELLED & set(attrs)):
                self.read(value or "", 0)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        opened, depth = self.open.pop()
        assert opened == tag
        if depth != self.depth:
            self.outside.append(f"</{tag}>: a bracket is not closed where it was opened")
            self.depth = depth

    def handle_data(self, data):
        if not (self.open and self.open[-1][0] in UNSEEN):
            self.depth = self.read(data, self.depth)

    def read(self, text: str, depth: int) -> int:
        run = ""
        for letter in text:
            depth += (letter == OPENING) - (letter == CLOSING)
            if depth == 0 and letter != CLOSING:
                run += letter
            elif letter == OPENING:
                self.keep(run)
                run = ""
        self.keep(run)
        return depth

    def keep(self, run: str) -> None:
        if run.strip():
            self.outside.append(" ".join(run.split()))


def hard_coded(html: str, data: set[str] = frozenset()) -> list[str]:
    """Everything that is shown or read out, is in no bracket, and is not among the site's own texts."""
    return [run for run in _Reader(str(html)).outside if run not in data]


def texts_of(view: object, wording: Wording) -> set[str]:
    """The site's own texts in a view: titles, names, codes; what posters take from titles, and names of languages."""
    return {" ".join(text.split()) for text in _texts(view, wording)}


def _texts(view: object, wording: Wording) -> Iterator[str]:
    if isinstance(view, str):
        yield view
    elif isinstance(view, tuple | list):
        for each in view:
            yield from _texts(each, wording)
    elif is_dataclass(view):
        if isinstance(view, CardView):
            yield from words_of(view.title)
            yield language_name(view.language, wording.locale)
        for field in fields(view):
            yield from _texts(getattr(view, field.name), wording)
