"""Links lead somewhere, and every page can be found from the index."""

import re

import pytest

from tests.docs.pages import ROOT, anchors, every_page, links

PAGES = every_page()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file_and_a_heading(page):
    for target in links(page):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.is_file(), f"{target} leads nowhere"
        assert not anchor or anchor in anchors(file), f"{target} names no heading of {file.name}"


def test_every_page_is_in_the_index():
    index = ROOT / "docs" / "README.md"
    listed = {(index.parent / target.partition("#")[0]).resolve() for target in links(index)}
    below = {page for page in PAGES if page.is_relative_to(ROOT / "docs")} - {index}
    assert below <= listed


def test_every_image_is_used_by_a_page():
    used = {(page.parent / target).resolve() for page in PAGES for target in links(page)}
    assert {file for file in (ROOT / "docs" / "images").rglob("*") if file.is_file()} <= used


def test_every_page_has_one_title():
    for page in PAGES:
        text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        assert len(re.findall(r"^# ", text, flags=re.MULTILINE)) == 1, page


def test_files_of_deploy_that_pages_name_are_there():
    named = {name for page in PAGES for name in re.findall(r"/opt/onward/(deploy/[\w.\-]+)", page.read_text())}
    assert named
    assert all((ROOT / name).is_file() for name in named)
