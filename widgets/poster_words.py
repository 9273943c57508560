"""Which one or two words of a title stand large on its poster: what the Item is about, not how it begins.

From the title alone: the part before the first colon, without leading numbers, small words ("a", "für", "les") and
words that half of all course titles share ("introduction", "Grundlagen"); then the first run of what is left.
"""

import re
import unicodedata

SMALL_WORDS = (
    "a an the how to your you my our and or in of for with without that who when from what why is are be it we on",
    "at as by into onto over under about instead than not no do does if this these those their its will can every",
    "each all der die das den dem des ein eine einen einem einer und oder mit für ohne im in von vom zu zum zur",
    "wie was sind auf an bei nicht man ihr ihre wir über nach dein le la les l un une de du et ou pour sans en",
    "avec dans sur par au aux ce ces que qui son sa ses vos votre est d el los las una y con para sin por del al",
    "su como في من على إلى و عن مع بلا لا لمن أمام بعد قبل كيف ما هذا",
    "ist als sie unter vor deine",  # codespell:ignore ist,als,sie,unter,vor,deine
)
SHARED_WORDS = (
    "introduction intro basics basic beginner beginners advanced course guide guides understanding using use",
    "learn learning working work write writing run running read reading pick choose spot plan make making get",
    "getting start started build building first next better best good right new quick short simple practical",
    "everyday effective essentials essential fundamentals foundations overview part module level unit workshop",
    "training refresher tips ways steps things keys one two three four five six seven eight nine ten hundred",
    "ninety minutes minute hour hours day days week weeks seconds deal dealing handle handling give giving take",
    "taking keep know show speak talk have help improve manage designing look asking ask find einführung",
    "grundlagen grundkurs kurs einstieg teil richtig gute guter gutes besser erste ersten schritte fünf zwei drei",
    "vier sechs zehn minuten umgang arbeiten schreiben lesen verstehen lernen mehr initiation bases cours rédiger",
    "écrire lire comprendre apprendre utiliser bien mieux premier premiers pas deux trois quatre cinq partie",
    "introducción curso básico fundamentos مقدمة أساسيات مهارات",
    "modul",  # codespell:ignore modul
)
SMALL = frozenset(" ".join(SMALL_WORDS).split())
SHARED = frozenset(" ".join(SHARED_WORDS).split())
LONGEST = 20
ONE_LINE = 8
WIDE = 6
WORD = re.compile(r"[^\W_]+(?:[-.'+#/&][^\W_]+)*[+#]*")
BREAK = re.compile(r"[:,;\u2013\u2014(?!،؟|\uff1a]| - ")


def words_of(title: str) -> tuple[str, ...]:
    """Return one or two short lines for the poster, () when the title has no word that fits."""
    head = BREAK.split(title.strip())[0] or title
    run = _first_run(head, SMALL | SHARED) or _first_run(title, SMALL | SHARED) or _first_run(title, SMALL)
    return _lines(run)


def _first_run(text: str, left_out: frozenset[str]) -> list[str]:
    """Return the first words that stand side by side and are neither left out nor too long nor numbers."""
    run: list[str] = []
    for word in WORD.findall(text):
        if _is_wide(word) or (word.casefold() not in left_out and not word.isdecimal() and breadth(word) <= LONGEST):
            run.append(word)
        elif run:
            break
    return run


def _lines(run: list[str]) -> tuple[str, ...]:
    if not run:
        return ()
    first = run[0][:WIDE] if _is_wide(run[0]) else run[0][:1].upper() + run[0][1:]
    if len(run) == 1 or breadth(first) + breadth(run[1]) > 2 * LONGEST - WIDE:
        return (first,)
    if breadth(first) + breadth(run[1]) < ONE_LINE:
        return (f"{first} {run[1]}",)
    return first, run[1]


def breadth(text: str) -> int:
    """Return how many letters wide ``text`` is; an ideograph counts as two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _is_wide(word: str) -> bool:
    return breadth(word) > len(word)
