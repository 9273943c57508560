"""The pages about registering each LMS say what the tool says: its fields, its menus, its sources, what was tried."""

from pathlib import Path

import pytest

from connector.lti.by_hand import pasted
from connector.lti.by_hand_words import LMSS
from connector.lti.dynamic import tool_at

FOLDER = Path(__file__).parents[2] / "docs/how-to/register"
NAMED = [one for one in LMSS if one.code != "other"]


def test_there_is_a_page_for_each_lms_and_the_overview_leads_to_it():
    overview = (FOLDER.parent / "register-a-platform.md").read_text()
    assert {file.stem for file in FOLDER.glob("*.md")} == {one.code for one in NAMED}
    assert all(f"(register/{one.code}.md)" in overview for one in NAMED)


@pytest.mark.parametrize("lms", NAMED, ids=lambda lms: lms.code)
def test_a_page_has_every_field_in_the_order_of_the_form(lms):
    page = (FOLDER / f"{lms.code}.md").read_text()
    tool = tool_at("https://onward.example.edu")
    rows = [
        f"| {one.name} | `{value}` |" if one.copied else f"| {one.name} | {value} |" for one, value in pasted(lms, tool)
    ]
    assert "\n".join(rows) in page
    for one in lms.theirs:
        assert f"| {one.name} | `--{one.key.replace('_', '-')}` |" in page


@pytest.mark.parametrize("lms", NAMED, ids=lambda lms: lms.code)
def test_a_page_says_what_was_tried_and_where_the_words_are_from(lms):
    page = " ".join((FOLDER / f"{lms.code}.md").read_text().split())
    assert lms.tried in page
    assert lms.menu in page
    assert lms.after in page
    assert all(source in page for source in lms.sources)
