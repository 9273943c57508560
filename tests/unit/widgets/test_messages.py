"""Translations: the catalogues are whole, and another language is there when its file is."""

import tomllib
from io import BytesIO

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

from widgets.catalogue import TEMPLATE, TRANSLATIONS, catalogue, po_file
from widgets.faults import faults
from widgets.messages import PACKAGE, brought_up, extracted, languages
from widgets.wording import spoken, wording_for

OTHERS = tuple(PACKAGE.parent / "connector" / name for name in ("lti", "web"))
BOOKS = ("%(number)s book", "%(number)s books")


@pytest.fixture(scope="module")
def templates() -> dict:
    return extracted(*OTHERS)


def test_the_committed_templates_hold_every_message(templates):
    for path, content in templates.items():
        assert path.read_bytes() == content, f"{path.name} is old, run: make messages"


def test_modules_and_templates_both_reach_the_catalogue(templates):
    catalog = read_po(BytesIO(templates[TEMPLATE]))
    assert catalog.get("Because you completed %(title)s")
    assert catalog.get("What is this?")
    plural = catalog.get("%(number)s person completed this")
    assert plural.id == ("%(number)s person completed this", "%(number)s people completed this")


def test_what_only_the_console_says_is_not_asked_of_translators(templates):
    catalog = read_po(BytesIO(templates[TEMPLATE]))
    assert catalog.get("Where is your LRS?") is None
    assert catalog.get("Registered")  # the page of a registration says it too


def test_a_new_language_begins_with_the_plural_forms_that_it_has():
    assert [catalogue(TEMPLATE, language).num_plurals for language in ("de", "pl", "ar")] == [2, 3, 6]


def test_german_is_there():
    assert "de" in languages()


@pytest.mark.parametrize("language", languages())
def test_every_translation_is_complete_with_nothing_fuzzy_and_the_same_placeholders(language):
    assert faults(catalogue(TEMPLATE), catalogue(po_file(language, TRANSLATIONS), language)) == []


@pytest.mark.parametrize("language", languages())
def test_every_translation_is_in_the_form_that_make_messages_writes(language):
    assert po_file(language, TRANSLATIONS).read_bytes() == brought_up(language), "run: make messages"


@pytest.mark.parametrize("language", languages())
def test_every_translation_goes_into_the_package(language):
    globs = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    packaged = {file for glob in globs["widgets"] for file in PACKAGE.glob(glob)}
    assert {TEMPLATE, po_file(language, TRANSLATIONS)} <= packaged


def german(**messages) -> Catalog:
    """A translation with what is given: text, or (text, flags)."""
    made = Catalog(locale="de", charset="utf-8", fuzzy=False)
    for text, flags in messages.values():
        made.add("Hello %(name)s, 5 %%", text, flags=flags)
    return made


@pytest.mark.parametrize(
    ("text", "flags", "said"),
    [
        ("Hallo %(name)s, 5 %%", [], None),
        ("%(name)s! Hallo %(name)s, 5 %%", [], None),
        ("", [], "is not translated"),
        ("Hallo %(name)s, 5 %%", ["fuzzy"], "is fuzzy"),
        ("Hallo %(Name)s, 5 %%", [], "other placeholders"),
        ("Hallo, 5 %%", [], "other placeholders"),
        ("Hallo %(name)s, 5 % %%", [], "lone per cent sign"),
        ("Hallo %(name), 5 %%", [], "other placeholders"),
        ("Hallo %(name)s, 5 %% ", [], "begins or ends with a space"),
    ],
)
def test_each_fault_of_a_message_is_named(text, flags, said):
    template = Catalog()
    template.add("Hello %(name)s, 5 %%")
    found = faults(template, german(hello=(text, flags)))
    assert (found == []) if said is None else said in found[0]


@pytest.mark.parametrize(
    ("forms", "said"),
    [
        (("%(number)s Buch", "%(number)s Bücher"), None),
        (("%(number)s Buch", ""), "is not translated"),
        (("ein Buch", "%(number)s Bücher"), "other placeholders"),
    ],
)
def test_every_form_of_a_plural_is_looked_at(forms, said):
    template, translated = Catalog(), Catalog(locale="de")
    template.add(BOOKS)
    translated.add(BOOKS, forms)
    found = faults(template, translated)
    assert (found == []) if said is None else said in found[0]


def test_a_message_that_is_missing_or_that_no_page_has_is_named():
    template, translated = Catalog(), Catalog(locale="de")
    template.add("Back")
    translated.add("Front", "Vorne")
    assert faults(template, translated) == ["'Front' is not in the template", "'Back' is missing"]


@pytest.fixture
def folder(tmp_path):
    """Translations with a German of three messages: one good, one fuzzy, one empty."""
    file = po_file("de", tmp_path)
    file.parent.mkdir(parents=True)
    file.write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "See all"\nmsgstr "Mehr zeigen"\n\n'
        '#, fuzzy\nmsgid "Close"\nmsgstr "Nah"\n\n'
        'msgid "Continue"\nmsgstr ""\n'
    )
    return tmp_path


def test_a_translation_is_found_and_used_as_it_stands_in_its_file(folder):
    found = wording_for("de-AT", folder)
    assert (found.gettext("See all"), found.tag, found.direction) == ("Mehr zeigen", "de-AT", "ltr")


def test_a_message_that_is_fuzzy_or_empty_is_shown_in_english(folder):
    found = wording_for("de", folder)
    assert (found.gettext("Close"), found.gettext("Continue")) == ("Close", "Continue")


def test_bringing_a_translation_up_keeps_what_stands_and_adds_what_is_new(folder):
    made = read_po(BytesIO(brought_up("de", folder)), locale="de")
    assert made["See all"].string == "Mehr zeigen"
    assert made["What is this?"].string == ""
    assert made["Close"].fuzzy
    assert len(made) == len(catalogue(TEMPLATE))


@pytest.mark.parametrize(
    ("asked", "tag", "locale"),
    [
        ("de", "de", "de"),
        ("de-AT", "de-AT", "de_AT"),
        ("de_at", "de-AT", "de_AT"),
        ("DE-ch", "de-CH", "de_CH"),
        ("de_du", "de", "de"),
        ("de-1996", "de", "de"),
        ("de-CH-x-uni", "de-CH", "de_CH"),
        ("de-AT-u-co-phonebk", "de-AT", "de_AT"),
        ("en_US", "en-US", "en_US"),
        ("en", "en", "en_GB"),
        ("en-XB", "en", "en_GB"),
        ("sw", "en", "en_GB"),
        ("x-klingon", "en", "en_GB"),
        ("", "en", "en_GB"),
        ("../../etc/passwd", "en", "en_GB"),
        ("a" * 10_000, "en", "en_GB"),
    ],
)
def test_a_tag_is_shortened_until_it_is_known_else_the_page_is_english(asked, tag, locale):
    found = wording_for(asked)
    assert (found.tag, str(found.locale)) == (tag, locale)


def test_however_a_tag_is_written_it_is_one_wording_so_that_templates_are_compiled_once():
    assert wording_for("de_at") is wording_for("de-AT") is wording_for("de-AT-x-uni")


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        (["sw", "de-AT", "en"], "de-AT"),
        (["sw", "en-GB", "de"], "en-GB"),
        (["sw", "fr"], "sw"),
        ([], "en"),
    ],
)
def test_of_a_browsers_languages_the_first_that_is_written_counts(wanted, first):
    assert spoken(wanted) == first
