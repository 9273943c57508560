"""In which language a page is written: a locale for dates and numbers, and translations of the sentences.

English is the language of the message ids and is always complete. Another language is there when
``translations/<language>/LC_MESSAGES/widgets.po`` is; the file itself is read, there is nothing to compile.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path

from babel import Locale, UnknownLocaleError

from widgets.catalogue import TRANSLATIONS, translations_of

LONGEST_TAG = 100
ENGLISH = "en"


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
    """Return how to speak ``language`` (BCP 47), or English where ``folder`` has no translation.

    A tag is shortened from its end until it is known (RFC 4647, lookup): de-AT-x-uni is written as de-AT is, de_du as
    de is. Dates and numbers follow the whole tag, sentences its language.
    """
    offered = _offered.get(language)
    if offered is not None:
        return offered
    locale = _locale(language)
    return _wording(str(locale) if locale else ENGLISH, folder)


def spoken(languages: Iterable[str]) -> str:
    """Return the first of ``languages`` (BCP 47) that pages can be written in; the first of all if there is none."""
    wanted = list(languages)
    return next((language for language in wanted if _is_spoken(language)), wanted[0] if wanted else ENGLISH)


_offered: dict[str, Wording] = {}


def offer(wording: Wording) -> None:
    """Let ``wording`` be found by its tag from now on in this process: for a language that no release has."""
    _offered[wording.tag] = wording
    wording_for.cache_clear()


def _is_spoken(language: str) -> bool:
    locale = _locale(language)
    return locale is not None and wording_for(language).locale.language == locale.language


@lru_cache(maxsize=256)
def _wording(name: str, folder: Path) -> Wording:
    """Return the one Wording of a locale, however its tag was written."""
    locale = Locale.parse(name)
    messages = None if locale.language == ENGLISH else _messages(locale, folder)
    if messages is not None:
        return Wording(name.replace("_", "-"), locale, messages)
    if locale.language == ENGLISH and locale.territory:
        return Wording(name.replace("_", "-"), locale, NullTranslations())
    return _english()


def _messages(locale: Locale, folder: Path) -> NullTranslations | None:
    """Return the translation for the whole locale or, usual, for its language; None if there is neither."""
    found = (translations_of(name, folder) for name in (str(locale), locale.language))
    return next((messages for messages in found if messages is not None), None)


@lru_cache(maxsize=1)
def _english() -> Wording:
    """Return world English, which writes 9 November and 18:40."""
    return Wording(ENGLISH, Locale("en", "GB"), NullTranslations())


@lru_cache(maxsize=512)
def _locale(language: str) -> Locale | None:
    """Return the locale of the longest beginning of ``language`` that is one, None if there is none."""
    return next((locale for tag in _ranges(language) if (locale := _parsed(tag)) is not None), None)


def _ranges(language: str) -> Iterator[str]:
    """Yield ``language`` and what is left of it as subtags go from its end."""
    subtags = language[:LONGEST_TAG].replace("_", "-").split("-")
    for length in range(len(subtags), 0, -1):
        yield "-".join(subtags[:length])


def _parsed(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag, sep="-")
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
