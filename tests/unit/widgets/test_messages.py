"""Translations: the catalogue is whole, and another language is there when its file is."""

from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from widgets.messages import PACKAGE, TEMPLATE, extracted
from widgets.wording import wording_for

OTHERS = tuple(PACKAGE.parent / "connector" / name for name in ("lti", "web"))


def test_the_committed_catalogue_holds_every_message():
    assert TEMPLATE.read_bytes() == extracted(*OTHERS), "run: make messages"


def test_modules_and_templates_both_reach_the_catalogue():
    catalog = read_po(BytesIO(extracted(*OTHERS)))
    assert catalog.get("Because you completed %(title)s")
    assert catalog.get("What is this?")
    plural = catalog.get("%(number)s people completed this") or catalog.get("%(number)s person completed this")
    assert plural.id == ("%(number)s person completed this", "%(number)s people completed this")


def test_a_compiled_translation_is_found_and_used(tmp_path):
    catalog = read_po(BytesIO(extracted(*OTHERS)), locale="de")
    catalog["See all"].string = "Mehr zeigen"
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "widgets.mo").open("wb") as file:
        write_mo(file, catalog)
    german = wording_for("de-AT", tmp_path)
    assert german.gettext("See all") == "Mehr zeigen"
    assert german.gettext("Continue") == "Continue"
    assert (german.tag, german.direction) == ("de-AT", "ltr")


def test_a_language_without_translation_is_english():
    assert wording_for("sw").tag == "en"
    assert wording_for("en_US").tag == "en-US"
    assert wording_for("").tag == "en"
