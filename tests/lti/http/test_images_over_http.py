"""``GET /image/KEY``: Pictures that the worker made, and nothing else, for ever and for our own pages only."""

import re

import pytest

from tests.lti.http.picturing import NEAR, give_pictures
from tests.lti.http.stage import TOOL

SOURCE = re.compile(r'<img class="poster [^"]*" src="([^"]+)" srcset="([^"]+) 2x"')
ODD = (
    "",
    "x",
    "A" * 21,
    "A" * 23,
    "A" * 22,
    "https:",
    "..%2f..%2fetc",
    "A" * 21 + "%0a",
    "\uff21" * 22,
    "A" * 21 + "'",
)


@pytest.fixture
def pictured(stocked):
    give_pictures(stocked)
    return stocked


def got(stage, path, **given):
    return stage.browser().get(path, base_url=TOOL, **given)


def test_a_page_draws_pictures_from_our_own_address_and_they_are_there(pictured):
    page = pictured.launch().text
    small, wide = SOURCE.findall(page)[0]
    assert wide == f"{small}/2"
    assert [got(pictured, one).data[8:12] for one in (small, wide)] == [b"WEBP", b"WEBP"]
    assert len(got(pictured, wide).data) > len(got(pictured, small).data)
    assert NEAR not in page


def test_cards_without_a_picture_have_their_poster(pictured):
    page = pictured.launch().text
    pictures, posters = len(SOURCE.findall(page)), page.count('<svg class="poster')
    assert pictures > 0
    assert posters > 0
    assert pictures + posters == page.count('<li class="card"')


def test_a_picture_is_kept_for_ever_for_our_own_pages_and_brings_no_cookie(pictured):
    answer = got(pictured, SOURCE.findall(pictured.launch().text)[0][0])
    assert answer.mimetype == "image/webp"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", ["/image/{}", "/image/{}/2"])
def test_any_other_key_is_not_found_and_never_kept(pictured, path):
    for odd in ODD:
        answer = got(pictured, path.format(odd))
        assert answer.status_code == 404, odd
        assert answer.headers["Cache-Control"] == "no-store"


def test_an_address_cannot_be_asked_for(pictured):
    for query in ({"url": NEAR}, {"src": NEAR}):
        assert got(pictured, "/image/", query_string=query).status_code == 404
        assert got(pictured, f"/image/{NEAR}", query_string=query).status_code == 404


def test_the_policy_of_pages_lets_no_other_image_in(pictured):
    policy = pictured.launch().headers["Content-Security-Policy"]
    assert "img-src 'self' data:;" in policy
