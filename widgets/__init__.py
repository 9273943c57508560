"""Onward's visual face: a view model in, whole HTML documents out; no framework, no request, no decision.

The documents work without script, hold no inline style or script, and run under ``default-src 'none'`` with
``script-src``, ``style-src`` and ``connect-src`` of ``'self'`` and ``require-trusted-types-for 'script'``.

The element in ``onward.js`` POSTs JSON to the act URL, ``Authorization: Bearer <visit>``::

    {"slate": "<PageView.slate>",
     "impressions": [{"item": "<CardView.key>", "position": 0}],
     "clicks": [{"item": "<CardView.key>", "position": 4}]}

``position`` counts the page's Cards from 0, in the order of their Rows. Without script, forms POST the fields
``visit`` and ``row`` ("See all"; absent for "Back") to the page URL, and ``visit`` and ``personal_rows`` (on, off) to
the act URL.
"""

from markupsafe import Markup

from widgets.assets import STATIC, asset_names
from widgets.pages import message_html, page_html
from widgets.view import MessageView, PageView
from widgets.wording import Wording, wording_for

__all__ = ["STATIC", "asset_names", "render", "render_message"]


def render(page: PageView, words: Wording | None = None) -> Markup:
    """Return ``page`` as an HTML document.

    Parameters
    ----------
    page : PageView
    words : Wording, optional
        How to speak; the translation of ``page.language``, or English, if not given.
    """
    return page_html(page, words or wording_for(page.language))


def render_message(message: MessageView, words: Wording | None = None) -> Markup:
    """Return ``message`` as an HTML document.

    Parameters
    ----------
    message : MessageView
    words : Wording, optional
        How to speak; the translation of ``message.language``, or English, if not given.
    """
    return message_html(message, words or wording_for(message.language))
