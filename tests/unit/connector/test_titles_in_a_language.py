"""Which title a launch's language picks: BCP 47 lookup (RFC 4647, 3.4)."""

import pytest

from connector.domain import ItemText
from connector.web.views import text_in


def picked(language, *tags):
    """The tag of the title that is shown to somebody who reads ``language``."""
    return text_in(tuple(ItemText(tag, f"Title {tag}") for tag in tags), language).language


@pytest.mark.parametrize(
    ("language", "tags", "tag"),
    [
        ("de", ("en", "de", "fr"), "de"),
        ("DE-ch", ("en", "de-CH", "de"), "de-CH"),
        ("de-CH", ("de", "en"), "de"),
        ("de-CH-1901", ("de-CH", "de"), "de-CH"),
        ("zh-Hant-TW", ("en", "zh", "zh-Hant"), "zh-Hant"),
        ("zh-Hant-TW", ("en", "zh"), "zh"),
        ("zh-TW", ("zh-Hans", "zh-Hant"), "zh-Hant"),
        ("zh-Hant", ("zh-CN", "zh-TW"), "zh-TW"),
        ("zh-CN", ("zh-Hant", "zh-Hans"), "zh-Hans"),
        ("en-x-pirate-deck", ("en", "en-x-pirate"), "en-x-pirate"),
        ("en-x-pirate", ("en-x", "en"), "en"),  # RFC 4647: "x" goes with what follows it
    ],
)
def test_the_longest_tag_that_the_readers_language_begins_with_is_picked(language, tags, tag):
    assert picked(language, *tags) == picked(language, *reversed(tags)) == tag


@pytest.mark.parametrize(
    ("language", "tags", "tag"),
    [
        ("de", ("de-AT", "en"), "de-AT"),
        ("de", ("de-AT", "de"), "de"),
        ("de-CH", ("de-AT", "en"), "de-AT"),
        ("de", ("deu", "en"), "en"),
    ],
)
def test_a_longer_tag_of_the_language_does_where_there_is_no_equal_one(language, tags, tag):
    assert picked(language, *tags) == picked(language, *reversed(tags)) == tag


@pytest.mark.parametrize(
    ("language", "tags", "tag"),
    [
        ("fr", ("de", "en-GB", "und"), "en-GB"),
        ("fr", ("en-GB", "en", "de"), "en"),
        ("fr", ("und", "zu", "de"), "de"),
        ("fr", ("und",), "und"),
        ("", ("de", "en"), "en"),
        ("", ("de",), "de"),
        ("fr", (), "und"),
    ],
)
def test_without_the_language_it_is_english_then_the_first_and_an_undetermined_one_last(language, tags, tag):
    assert picked(language, *tags) == picked(language, *reversed(tags)) == tag


def test_an_item_without_texts_has_an_empty_title():
    assert text_in((), "de").title == ""
