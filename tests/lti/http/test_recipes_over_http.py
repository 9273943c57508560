"""What people decide about rows, as a learner sees it in the page."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from connector.administer.recipes import set_book
from connector.recipes.default_book import DEFAULT_TEXT
from tests.lti.http.stage import Stage, course, items_of

PINS = f"""
[[pins]]
item = "{course(15)}"

[[pins]]
item = "{course(16)}"
label = "For the audit in March"

[[pins]]
item = "{course(1)}"
"""


@dataclass
class Recipes:
    """The tool, and a way to give it a book."""

    stage: Stage
    folder: Path

    def say(self, text: str) -> None:
        file = self.folder / "recipes.toml"
        file.write_text(text)
        site = self.stage.site
        set_book(file, site.tenant, site.sessions, self.stage.clock)

    def page(self) -> str:
        answer = self.stage.launch(sub="4")
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
def recipes(stocked, tmp_path):
    return Recipes(stocked, tmp_path)


def headings(page):
    return [re.sub("<[^>]+>", "", one) for one in re.findall(r"<h2[^>]*>(.*?)</h2>", page, re.DOTALL)]


def test_what_was_selected_stands_in_a_row_of_its_own_with_its_label_and_nothing_that_is_done(recipes):
    assert "Selected by L&amp;D" not in recipes.page()
    recipes.say(DEFAULT_TEXT + PINS)
    page = recipes.page()
    assert "Selected by L&amp;D" in headings(page)
    assert "For the audit in March" in page
    hrefs = set(re.findall(r'href="([^"]+view\.php\?id=\d+)"', page))
    assert {course(15), course(16)} <= hrefs
    assert course(1) not in hrefs


def test_the_switch_leaves_nothing_but_what_was_selected_at_the_next_page(recipes):
    assert len(headings(recipes.page())) > 1
    recipes.say(DEFAULT_TEXT.replace("curated_only = false", "curated_only = true") + PINS)
    page = recipes.page()
    assert headings(page) == ["Selected by L&amp;D"]
    assert len(set(items_of(page))) == 2


def test_a_row_may_have_a_title_of_its_own_and_what_is_excluded_is_gone(recipes):
    recipes.say(
        '[[exclude]]\nname = "Not now"\nwhen = \'iri == "'
        + course(5)
        + '"\'\n\n[[rows]]\nkind = "popular"\ntitle = "Well <liked>"\n'
    )
    page = recipes.page()
    assert headings(page)[-1] == "Well &lt;liked&gt;"
    assert "Course 5<" not in page
