"""The reference of recipes: its names, keys and kinds are those of the code, and its examples can be used."""

import re

import pytest

from connector.domain import RowKind
from connector.recipes.book_file import BookRefused, read_book
from connector.recipes.rules.names import NAMES
from tests.docs.pages import REFERENCE, ROOT

TEXT = (REFERENCE / "recipes.md").read_text(encoding="utf-8")
ROW = '[[rows]]\nkind = "because"\n[[rows]]\nkind = "curated"\n'


def section(title):
    return re.split(r"^## ", TEXT.split(f"## {title}\n")[1], flags=re.MULTILINE)[0]


def first_cells(title):
    lines = re.findall(r"^\| (`[^|]+`) \|", section(title), flags=re.MULTILINE)
    return [name for line in lines for name in re.findall(r"`([^`]+)`", line)]


PLACES = {
    "rows": '[[rows]]\nkind = "because"\n',
    "limits": f"{ROW}[limits]\n",
    "pins": f"{ROW}[[pins]]\nitem = 'x:y'\n",
}


def keys_of(place):
    """The keys of a place, as they are told to who wrote one that there is not."""
    text = f"{PLACES[place]}zzzzzz = 1" if place else f"zzzzzz = 1\n{ROW}"
    with pytest.raises(BookRefused) as refused:
        read_book(text)
    return set(re.search(r"Known here: ([^.]+)\.", str(refused.value))[1].split(", "))


def test_every_name_of_a_rule_is_in_the_reference_with_its_kind():
    documented = dict(re.findall(r"^\| `([a-z_.]+)` \| ([a-z ]+) \|.*\|.*\|$", section("Rules"), flags=re.MULTILINE))
    assert documented == {name: one.kind.value for name, one in NAMES.items()}


def test_every_key_of_the_file_is_in_the_reference():
    assert set(first_cells("The file")) == keys_of("")
    assert set(first_cells("Rows")) == keys_of("rows") | {kind.value for kind in RowKind}
    assert set(first_cells("Sizes")) == keys_of("limits")
    assert set(first_cells("Pins")) == keys_of("pins")


def test_every_example_of_the_how_to_page_can_be_used():
    page = (ROOT / "docs/how-to/recipes.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```toml\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    assert len(examples) == 5
    for example in examples:
        assert read_book(f"{example}\n{ROW}").rows
