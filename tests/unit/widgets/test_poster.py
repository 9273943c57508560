"""Posters: the same for ever, apart in a row, and legible."""

from itertools import pairwise

import pytest

from widgets.assets import STATIC
from widgets.motifs import SHAPES
from widgets.palettes import PALETTES, TREATMENTS, palette_of
from widgets.poster import SUITS, Look, distinct, look, poster, symbols
from widgets.poster_words import words_of

LEAST = 4.5


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("treatment", range(3))
def test_text_reaches_its_contrast_on_ground_and_tones(palette, treatment):
    ground, a, b, _accent, text = PALETTES[palette][treatment].split()
    assert min(contrast(text, tone) for tone in (ground, a, b)) >= LEAST


def test_the_style_sheet_has_the_same_palettes():
    css = (STATIC / "onward.css").read_text()
    for palette, treatments in PALETTES.items():
        for treatment, colours in zip(TREATMENTS, treatments, strict=True):
            ground, a, b, accent, text = colours.split()
            rule = f".{palette}.{treatment}{{--g:#{ground};--a:#{a};--b:#{b};--c:#{accent};--t:#{text}}}"
            assert rule in css


def test_a_title_looks_the_same_today_and_in_a_year():
    assert look("data", "Pivot tables in 30 minutes") == Look("orbit", 2, "data", "bold")
    assert look("data", "Power Query: clean messy data") == Look("steps", 1, "data", "ink")
    assert look("language", "Rédiger des courriels clairs et courtois") == Look("voices", 1, "language", "paper")


def test_every_palette_has_five_motifs_that_exist():
    assert set(SUITS) == set(PALETTES)
    assert all(len(motifs) == 5 and set(motifs) <= set(SHAPES) for motifs in SUITS.values())
    assert all(len(variants) == 3 for variants in SHAPES.values())


def test_in_a_row_no_two_posters_are_the_same_and_neighbours_differ():
    seen: list[Look] = []
    for _ in range(9):
        seen.append(distinct(look("data", "Excel basics"), seen))
    assert len(set(seen)) == 9
    assert all((one.motif, one.treatment) != (two.motif, two.treatment) for one, two in pairwise(seen[:3]))


def test_a_look_that_stands_apart_is_left_as_it_is():
    found = look("tech", "Passkeys")
    assert distinct(found, [look("money", "Budgets")]) == found


def test_a_motif_is_defined_once_however_often_it_is_used():
    assert symbols(["rings0", "rings0", "columns1"]).count("<g id=") == 2


def test_words_are_escaped_and_set_at_the_start_edge():
    how = Look("rings", 0, "law", "ink")
    assert '<text x="20" y="158" font-size="66">&lt;b&gt;</text>' in poster(how, ["<b>"])
    assert '<text x="300" y="158"' in poster(how, ["SQL"], direction="rtl")
    assert "<text" not in poster(how, [])


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Spot a phishing mail in ten seconds", ("Phishing", "mail")),
        ("Introduction to project management", ("Project", "management")),
        ("10 ways to say no", ("Say",)),
        ("Rédiger des courriels clairs et courtois", ("Courriels", "clairs")),
        ("Grundlagen der Buchhaltung", ("Buchhaltung",)),
        ("Fünf Minuten Pause, richtig gemacht", ("Pause",)),
        ("SQL for spreadsheet people", ("SQL",)),
        ("Git log", ("Git log",)),
        ("Excel basics", ("Excel",)),
        ("C++ for engineers", ("C++",)),
        ("Introduction to the course", ("Introduction",)),
        ("Introduction: negotiation", ("Negotiation",)),
        ("الإحصاء بلا خوف", ("الإحصاء",)),
        ("数据分析入门基础课程", ("数据分析入门",)),
        ("Donaudampfschifffahrtsgesellschaft", ()),
        ("2024", ()),
        ("", ()),
    ],
)
def test_the_poster_says_what_the_item_is_about(title, words):
    assert words_of(title) == words


@pytest.mark.parametrize(
    ("topic", "palette"),
    [
        ("data", "data"),
        ("Data protection law", "data"),
        ("Compliance", "law"),
        ("Führungskräfte", "people"),
        ("IT security", "tech"),
        ("Gesundheit", "health"),
        ("Gestion de projet", "project"),  # codespell:ignore projet
        ("Finance", "money"),
        ("Languages & writing", "language"),
    ],
)
def test_a_free_topic_takes_the_palette_that_its_words_name(topic, palette):
    assert palette_of(topic) == palette


def test_an_unknown_topic_takes_one_palette_and_keeps_it():
    assert palette_of("Ornithology", "Birds") == palette_of("Ornithology", "Owls")
    assert palette_of("", "Budgets for people") == "money"
    assert palette_of("", "Birds") in PALETTES
