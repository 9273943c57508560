import pytest

from connector.statements.titles import clean, titles


def test_titles_keep_their_language_tags_as_given():
    assert titles({"en": "Data", "en-US": "Data US", "de-CH-1901": "Daten"}) == {
        "en": "Data",
        "en-US": "Data US",
        "de-CH-1901": "Daten",
    }


@pytest.mark.parametrize("tag", ["", "e", "en_US", "en US", "<en>", "toolongtag", "en-" + "-".join(["abcdefgh"] * 4)])
def test_a_tag_that_is_no_language_becomes_und(tag):
    assert titles({tag: "Data"}) == {"und": "Data"}


def test_the_first_of_two_undetermined_titles_stays():
    assert titles({"?": "One", "!": "Two"}) == {"und": "One"}


def test_empty_and_absent_titles_are_left_out():
    assert titles({"en": "  ", "de": None, "fr": "\u0000"}) == {}
    assert titles(None) == {}


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("  Excel\n\tbasics ", "Excel basics"),
        ("Excel\u0000 basics\u0007", "Excel basics"),
        ("evil\u202etxt.exe\u2066", "eviltxt.exe"),
        ("a\u00a0b\u2028c", "a b c"),
        ("نص \u200fعربي", "نص \u200fعربي"),
        ("x" * 301, "x" * 300),
        ("x" * 299 + " y", "x" * 299),
        ("Family \U0001f469\u200d\U0001f467", "Family \U0001f469\u200d\U0001f467"),
    ],
)
def test_a_title_becomes_one_clean_line_of_at_most_300_characters(given_text, cleaned):
    assert clean(given_text) == cleaned


def test_no_more_than_50_languages_are_kept():
    letters = "abcdefghijklmnopqrstuvwxyz"
    assert len(titles({one + two: "Title" for one in letters for two in letters})) == 50
