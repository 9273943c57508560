"""In which language a page is written: a locale for dates and numbers, and translations of the sentences.

English is the language of the message ids and is always complete. Another language is there when
``translations/<language>/LC_MESSAGES/widgets.mo`` is.
"""

from dataclasses import dataclass
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.support import Translations

DOMAIN = "widgets"
TRANSLATIONS = Path(__file__).parent / "translations"


@dataclass(frozen=True, eq=False)
class Wording:
    """One language of the page; compared by identity, so that it can be part of a cache's key."""

    tag: str
    locale: Locale
    messages: NullTranslations

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return self.locale.text_direction

    def gettext(self, message: str) -> str:
        """Return ``message`` in this language."""
        return self.messages.gettext(message)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Return the form of the message that goes with ``number``."""
        return self.messages.ngettext(one, many, number)


@lru_cache(maxsize=256)
def wording_for(language: str, folder: Path = TRANSLATIONS) -> Wording:
    """Return how to speak ``language`` (BCP 47), or English where ``folder`` has no translation."""
    locale = _locale(language)
    if locale is None or locale.language == "en":
        return _english(language, locale)
    messages = Translations.load(folder, [str(locale), locale.language], DOMAIN)
    if not isinstance(messages, Translations):
        return wording_for("en")
    return Wording(language.replace("_", "-"), locale, messages)


def _english(language: str, locale: Locale | None) -> Wording:
    """Return English; "en" alone is world English, which writes 9 November and 18:40."""
    if locale is None or locale.territory is None:
        return Wording("en", Locale("en", "GB"), NullTranslations())
    return Wording(language.replace("_", "-"), locale, NullTranslations())


def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        return None


@lru_cache(maxsize=512)
def direction_of(language: str) -> str:
    """Return ``ltr`` or ``rtl`` for a title's language, "" when unknown."""
    locale = _locale(language)
    return locale.text_direction if locale else ""


@lru_cache(maxsize=2048)
def language_name(language: str, locale: Locale) -> str:
    """Return what ``language`` is called in ``locale``, with a capital where the script has them ("Allemand")."""
    found = _locale(language)
    name = found.get_language_name(locale) if found else None
    return name[:1].upper() + name[1:] if name else ""
