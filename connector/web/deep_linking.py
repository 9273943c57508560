"""``POST /lti/deep-linking``: a teacher chooses what a new link shows, and the signed answer goes back.

The page works without script, and carries what the Platform asked for in its form; nothing is kept here.
"""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from connector.domain import Item, ItemId, LinkChoice
from connector.lti.deep_linking import Link, Selection
from connector.serve.choosing import Answer, Choosing, Offer
from connector.serve.placement import ROW_NAMES, Arrangement
from connector.web.look import STATIC_URL, Look, browser_language
from connector.web.security import CSP, framed_by
from connector.web.views import text_in
from widgets.choosing import (
    COURSE,
    PAGE,
    AnswerView,
    ChoosingView,
    OptionView,
    link_text,
    render_answer,
    render_choosing,
    row_options,
    row_title,
)
from widgets.view import Deed
from widgets.wording import wording_for

ACTION = "/lti/deep-linking"
LONGEST_TITLE = 200
LONGEST_WORDS = 100
WRONG = 422


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the form says; nothing of it is believed."""

    row: str = PAGE
    layout: str = Arrangement.TRACK.value
    course: str = ""
    title: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Chooser:
    """Draws the page of a Selection, and answers it."""

    choosing: Choosing
    look: Look

    def page(self, selection: Selection, chosen: Chosen = Chosen(), error: str = "") -> Response:
        """Return the page on which a teacher chooses; ``error`` is a message id of ``widgets``."""
        language = selection.locale or browser_language()
        offer = self.choosing.offer(selection, chosen.words, lambda item: title_in(item, language))
        view = ChoosingView(
            action=ACTION,
            selection=self.choosing.write(selection),
            courses=tuple(OptionView(str(item.id), title_in(item, language)) for item in offer.items),
            fitting=offer.fitting,
            words=chosen.words,
            chosen=chosen.row,
            layout=chosen.layout,
            course=chosen.course,
            title=chosen.title,
            error=wording_for(language).gettext(error) if error else "",
            deed=Deed(offer.deed.value),
            language=language,
            theme=self.look.theme,
            demo=self.look.demo,
            static_url=STATIC_URL,
        )
        return _framed(str(render_choosing(view)), offer, WRONG if error else 200)

    def add(self, selection: Selection, chosen: Chosen) -> Response:
        """Answer with the link that was chosen; the page again, with a sentence, where the choice cannot be made."""
        item = self._course(selection, chosen) if chosen.row == COURSE else None
        if chosen.row == COURSE and item is None:
            return self.page(selection, chosen, CHOOSE_A_COURSE)
        if chosen.layout not in set(Arrangement) or chosen.row not in {COURSE, *_rows()}:
            return self.page(selection, Chosen(), CHOOSE_AGAIN)
        deed = Deed(self.choosing.deed(selection).value)
        link = link_of(chosen, item, selection.locale or browser_language(), deed)
        return self._back(selection, self.choosing.answer(selection, link), link.title)

    def cancel(self, selection: Selection) -> Response:
        """Answer that nothing was chosen."""
        return self._back(selection, self.choosing.answer(selection, None), "")

    def _course(self, selection: Selection, chosen: Chosen) -> Item | None:
        number = chosen.course
        if not (number.isascii() and number.isdigit() and len(number) < 19):  # noqa: PLR2004 - digits of a 64-bit number
            return None
        return self.choosing.item(selection, ItemId(int(number)))

    def _back(self, selection: Selection, answer: Answer, title: str) -> Response:
        view = AnswerView(
            return_url=answer.return_url,
            token=answer.token,
            chosen=title,
            language=selection.locale or browser_language(),
            theme=self.look.theme,
            demo=self.look.demo,
            static_url=STATIC_URL,
        )
        page = Response(str(render_answer(view)), mimetype="text/html")
        frames = " ".join(sorted(answer.frame_origins)) or "'none'"
        page.headers["Content-Security-Policy"] = CSP.format(frames=frames, forms=web_origin(answer.return_url))
        return page


def gettext_noop(message: str) -> str:
    """Mark a sentence for extraction by Babel; it is translated where it is shown."""
    return message


CHOOSE_A_COURSE = gettext_noop("Choose a course from the list, or another row.")
CHOOSE_AGAIN = gettext_noop("That is not one of the choices. Please choose again.")


def blueprint(chooser: Chooser) -> Blueprint:
    """Return the route of the form."""
    routes = Blueprint("deep_linking", __name__)

    @routes.post(ACTION)
    def choose() -> Response:
        selection = chooser.choosing.read(request.form.get("selection", ""))
        match request.form.get("do", ""):
            case "add":
                return chooser.add(selection, _chosen())
            case "cancel":
                return chooser.cancel(selection)
            case _:
                return chooser.page(selection, replace(_chosen(), row=COURSE))

    return routes


def link_of(chosen: Chosen, item: Item | None, language: str, deed: Deed = Deed.COMPLETED) -> Link:
    """Return the link of a choice that can be made; the anchor is an IRI, which other sites know too."""
    wording = wording_for(language)
    title = chosen.title or row_title(chosen.row, title_in(item, language) if item else "", wording, deed)
    layout = "" if chosen.layout == Arrangement.TRACK else chosen.layout
    if item is not None:
        choice = LinkChoice("because", layout, item.page or item.iri)
    else:
        choice = LinkChoice(_rows()[chosen.row], layout)
    return Link(title[:LONGEST_TITLE], link_text(wording), choice)


def title_in(item: Item, language: str) -> str:
    """Return what an Item is called in a language."""
    return text_in(item.texts, language).title


def web_origin(url: str) -> str:
    """Return the origin of an http(s) address as a content security policy writes it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _rows() -> dict[str, str]:
    """Return the values of the form's rows with those of the custom parameter."""
    stable = {kind.value if kind else PAGE: name for name, kind in ROW_NAMES.items()}
    return {option.value: stable[option.value] for option in row_options(wording_for("en"))}


def _chosen() -> Chosen:
    form = request.form
    title = "".join(letter for letter in form.get("title", "") if letter.isprintable())
    return Chosen(
        row=form.get("row", PAGE),
        layout=form.get("layout", Arrangement.TRACK.value),
        course=form.get("anchor", ""),
        title=title.strip()[:LONGEST_TITLE],
        words=form.get("words", "")[:LONGEST_WORDS],
    )


def _framed(html: str, offer: Offer, status: int) -> Response:
    return framed_by(Response(html, status=status, mimetype="text/html"), offer.frame_origins)
