"""``GET /gallery`` and ``/gallery/STATE``, in development only: each state from invented data, for eyes and for axe.

``?theme=dark`` and ``?language=de`` show it otherwise; ``?language=en-XA`` is the pseudo-locale, which no other
installation has. `make gallery` measures every state that is here (docs/reference/gallery.md).
"""

from collections.abc import Iterator
from dataclasses import replace

from flask import Blueprint, Response, abort, request
from markupsafe import Markup

from connector.web.look import STATIC_URL
from connector.web.security import policy
from widgets import asset_names, render, render_message
from widgets.pseudo import pseudo
from widgets.samples import MESSAGES, PAGES
from widgets.view import CardView, MessageView, PageView, RowView, Theme
from widgets.wording import offer

HUES = (8, 32, 158, 196, 214, 268, 322)


def states() -> dict[str, PageView | MessageView]:
    """Return every state by its name: those of ``widgets.samples``, and the page where Items have Pictures."""
    personal = PAGES["personal"]
    pictured = replace(personal, rows=tuple(_pictured(row) for row in personal.rows))
    return {**PAGES, "pictures": pictured, **MESSAGES}


def _pictured(row: RowView) -> RowView:
    """Give two of three Cards a Picture: the others show how posters stand beside them."""
    cards = enumerate(row.cards)
    return replace(row, cards=tuple(_with_picture(card, place) if place % 3 else card for place, card in cards))


def _with_picture(card: CardView, place: int) -> CardView:
    return replace(card, image=f"/gallery/picture/{place}", key=f"p{card.key}")


def blueprint() -> Blueprint:
    """Return the routes; nothing in them knows a learner."""
    routes = Blueprint("gallery", __name__, url_prefix="/gallery")
    offer(pseudo())

    @routes.get("")
    def names() -> Response:
        return _answer(_index(_theme()), frames="'self'")

    @routes.get("/<name>")
    def state(name: str) -> Response:
        known, language = states(), request.args.get("language", "en")
        if name not in known:
            abort(404, "There is no such state.")
        shown = replace(known[name], theme=_theme(), language=language, static_url=STATIC_URL)
        return _answer(render(shown) if isinstance(shown, PageView) else render_message(shown))

    @routes.get("/picture/<int:number>")
    @routes.get("/picture/<int:number>/2")
    def picture(number: int) -> Response:
        return Response(_drawing(HUES[number % len(HUES)], number), mimetype="image/svg+xml")

    return routes


def _theme() -> Theme:
    wanted = request.args.get("theme", "light")
    if wanted not in set(Theme):
        abort(404, "There is no such theme.")
    return Theme(wanted)


def _answer(html: str, frames: str = "") -> Response:
    answer = Response(str(html), mimetype="text/html")
    allowed = policy(("*",))
    answer.headers["Content-Security-Policy"] = f"{allowed}; frame-src {frames}" if frames else allowed
    return answer


# --- the index ---------------------------------------------------------------------------------------------------

_PAGE = Markup(
    '<!doctype html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>Gallery of states</title>'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    '<link rel="stylesheet" href="{page}"><link rel="stylesheet" href="{own}"></head>'
    "<body><main><h1>Gallery</h1><p>Every state of the page, from invented data. {other}</p>"
    "<ul>{states}</ul></main></body></html>"
)
_STATE = Markup(
    '<li><div class="state"><div inert><iframe src="/gallery/{name}?theme={theme}" title="{name}, small" tabindex="-1" '
    'loading="lazy" width="1280" height="800"></iframe></div><a href="/gallery/{name}?theme={theme}">{name}</a></div>'
    "<p>{others}</p></li>"
)
_LINK = Markup('<a href="{}">{}</a>')


def _index(theme: Theme) -> Markup:
    other = Theme.LIGHT if theme is Theme.DARK else Theme.DARK
    files = asset_names()
    shown = (_STATE.format(name=name, theme=theme.value, others=_others(name, theme)) for name in states())
    return _PAGE.format(
        theme=theme.value,
        page=STATIC_URL + files["onward.css"],
        own=STATIC_URL + files["gallery.css"],
        other=_LINK.format(f"/gallery?theme={other.value}", f"See them {other.value}"),
        states=Markup("").join(shown),
    )


def _others(name: str, theme: Theme) -> Markup:
    return Markup(" · ").join(_links(name, theme))


def _links(name: str, theme: Theme) -> Iterator[Markup]:
    other = Theme.LIGHT if theme is Theme.DARK else Theme.DARK
    words = {f"theme={other.value}": other.value, f"theme={theme.value}&language=de": "German"}
    words[f"theme={theme.value}&language=en-XA"] = "pseudo-locale"
    return (
        Markup('<a href="/gallery/{0}?{1}" aria-label="{0}, {2}">{2}</a>').format(name, query, word)
        for query, word in words.items()
    )


def _drawing(hue: int, number: int) -> str:
    """Return a landscape in the place of a photograph, 16 to 9."""
    sun, hill = 60 + 37 * number % 200, 90 + 11 * number % 40
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360"><defs><linearGradient id="s" x2="0" y2="1">'
        f'<stop stop-color="hsl({hue} 60% 38%)"/><stop offset="1" stop-color="hsl({(hue + 40) % 360} 70% 78%)"/>'
        f'</linearGradient></defs><path fill="url(#s)" d="M0 0h640v360H0z"/>'
        f'<circle cx="{2 * sun}" cy="120" r="44" fill="hsl({hue} 90% 92%)"/>'
        f'<path fill="hsl({hue} 34% 30%)" d="M0 {2 * hill}q160-90 320 0t320-20v220H0z"/>'
        f'<path fill="hsl({hue} 40% 18%)" d="M0 {2 * hill + 60}q200 60 360-10t280 30v180H0z"/></svg>'
    )
