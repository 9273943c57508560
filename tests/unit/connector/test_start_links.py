from dataclasses import replace

import pytest

from connector.domain import Iri, Item, ItemId, ItemStatus, ItemText
from connector.serve import course_iris, with_start_link

ITEM = Item(ItemId(1), Iri("https://lms.example/course/1"), 1, ItemStatus.SHOWN, "", (ItemText("en", "Excel basics"),))


def test_the_catalogues_url_comes_first():
    given = replace(ITEM, url="https://shop.example/excel")
    assert with_start_link(given, frozenset({"lms.example"})).url == "https://shop.example/excel"


def test_an_iri_on_a_platforms_host_is_a_start_link():
    assert with_start_link(ITEM, frozenset({"lms.example"})).url == "https://lms.example/course/1"


@pytest.mark.parametrize("iri", ["https://other.example/course/1", "urn:isbn:978", "http://[oops/c", "http://a℀b/c"])
def test_any_other_iri_is_none_however_odd(iri):
    assert with_start_link(replace(ITEM, iri=Iri(iri)), frozenset({"lms.example"})).url == ""


def test_an_item_without_a_title_has_no_start_link():
    assert with_start_link(replace(ITEM, url="https://shop.example/excel", texts=()), frozenset()).url == ""


def test_the_page_as_it_was_seen_comes_before_the_folded_iri():
    seen = replace(ITEM, page="http://lms.example:8080/course/1/")
    assert with_start_link(seen, frozenset({"lms.example"})).url == "http://lms.example:8080/course/1/"
    assert with_start_link(replace(ITEM, page="http://other.example/1"), frozenset({"lms.example"})).url == ""


def test_a_course_is_looked_for_under_folded_iris():
    moodle = "https://lms.example/course/view.php?id=4"
    assert course_iris("http://LMS.example:80/", "4") == (moodle,)
    assert course_iris("https://lms.example", "HTTP://x.example/c/?utm_source=a") == (
        "https://lms.example/course/view.php?id=HTTP://x.example/c/?utm_source=a",
        "https://x.example/c",
    )
