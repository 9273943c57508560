"""A pseudo-locale: each message of the catalogue with accents, a third longer, in brackets.

A sentence without brackets on such a page is none of the catalogue's; a word that does not fit shows what a longer
language would do. For development and tests; no release offers it to people.
"""

from babel import Locale
from babel.messages import Catalog

from widgets.catalogue import TEMPLATE, as_translations, catalogue
from widgets.faults import PLACEHOLDER
from widgets.wording import Wording

TAG = "en-XA"
OPENING, CLOSING = "⟦", "⟧"
ACCENTED = str.maketrans(
    "AaBbCcDdEeFfGgHhIiJjKkLlMmNnOoPpQqRrSsTtUuVvWwXxYyZz", "ÅåƁƀÇçÐðÉéƑƒĜĝĤĥÎîĴĵĶķĻļṀɱÑñÖöÞþǪǫŔŕŠšŢţÛûṼṽŴŵẊẋÝýŽž"
)
PADDING = "öñé ţŵö ţĥŕéé ƒöûŕ ƒîṽé šîẋ šéṽéñ éîĝĥţ ñîñé ţéñ"
SHARE = 0.35
"""By how much a message grows: about what German and Finnish need over English."""


def pseudo() -> Wording:
    """Return the pseudo-locale of the messages that the committed template has."""
    messages = Catalog(locale="en", charset="utf-8", fuzzy=False)
    for message in catalogue(TEMPLATE):
        if message.id:
            said = message.id if isinstance(message.id, str) else tuple(message.id)
            messages.add(said, pseudo_text(said) if isinstance(said, str) else tuple(map(pseudo_text, said)))
    return Wording(TAG, Locale("en", "GB"), as_translations(messages))


def pseudo_text(message: str) -> str:
    """Return ``message`` with accents, padding and brackets; its placeholders stay as they are."""
    accented, at = [], 0
    for placeholder in PLACEHOLDER.finditer(message):
        accented += [message[at : placeholder.start()].translate(ACCENTED), placeholder.group()]
        at = placeholder.end()
    return f"{OPENING}{''.join(accented)}{message[at:].translate(ACCENTED)} {_padding(message)}{CLOSING}"


def _padding(message: str) -> str:
    """Return words that are a share of the message's length, one letter at the least."""
    wanted = max(1, round(len(PLACEHOLDER.sub("", message)) * SHARE))
    rounds = wanted // len(PADDING) + 1
    return " ".join([PADDING] * rounds)[:wanted].strip()
