"""Which states of the page are looked at in every run: those that between them have every kind of part.

``ONWARD_SOAK=1`` looks at all of them; so does ``make gallery``, in more frames and languages.
"""

import os

from widgets.samples import MESSAGES, PAGES

EVERY_PART = (
    *("personal", "newcomer", "opted-out", "no-rows", "preview-of-a-link", "compact"),
    *("up-next", "topics", "refused", "new-tab"),
)
STATES = tuple(name for name in (*PAGES, *MESSAGES) if name in EVERY_PART or os.environ.get("ONWARD_SOAK") == "1")
