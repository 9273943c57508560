"""Images of the catalogue on both databases: what is fetched, when it is tried again, and what of it pages see."""

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from connector.administer.doctor import doctor as examine
from connector.administer.images import Imaging, failing, fetch_images, key_of, pause_after
from connector.catalog import import_catalog
from connector.clock import fixed
from connector.domain import Picture
from connector.errors import Busy
from connector.outside.fetch import FetchFailed
from connector.outside.images import HttpImages
from connector.outside.urls import DEVELOPMENT
from connector.store import feeds, images, items, leases, platforms, tables, tenants
from connector.store.images import Pictures
from tests.integration.person_under_test import platform_values
from tests.integration.site_under_test import open_site, told
from tests.integration.stating import KEY, course_iri

HOUR = timedelta(hours=1)
MEDIA = "https://media.example/"
NO_PICTURE = "media.example: The answer was 404."


def picture(mark: str) -> Picture:
    return Picture(small=f"small {mark}".encode(), wide=f"wide {mark}".encode())


@dataclass
class Web:
    """What answers in the place of the web: a Picture by address, or the error."""

    pictures: dict[str, Picture | FetchFailed] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def draw(self, url: str) -> Picture:
        self.asked.append(url)
        found = self.pictures.get(url, FetchFailed("The answer was 404.", 404))
        if isinstance(found, FetchFailed):
            raise found
        return found


@pytest.fixture
def web():
    return Web()


@pytest.fixture
def turn(site, web, now):
    """Let the worker take a turn some time after noon; ``hosts`` are the operator's."""

    def take(after=timedelta(), *, hosts=frozenset({"media.example"}), of=site, **changes):
        imaging = Imaging(of.tenant, of.sessions, of.readers, fixed(now + after), web.draw, hosts, KEY, "elsewhere:1:1")
        return fetch_images(replace(imaging, **changes))

    return take


@pytest.fixture
def name(site, tmp_path, now):
    """Let the catalogue name images: course number to address."""

    def take(addresses, of=site):
        file = tmp_path / "catalogue.json"
        rows = [{"iri": course_iri(n), "title": f"Course {n}", "image_url": url} for n, url in addresses.items()]
        file.write_text(json.dumps(rows))
        report = import_catalog(file, of.tenant, of.sessions, fixed(now))
        assert not report.refused, report.refused

    return take


def keys(site):
    """Course IRI to the key that its Card has."""
    with site.readers.begin() as session:
        return {one.iri: one.image for one in items.all_of(session, site.tenant).values() if one.image}


def seen(site, number, width=320):
    return Pictures(site.readers).find(keys(site)[course_iri(number)], width)


def test_a_card_has_no_picture_until_the_worker_fetched_it_then_it_has(site, web, turn, name):
    web.pictures[f"{MEDIA}1.png"] = picture("one")
    name({1: f"{MEDIA}1.png"})
    assert keys(site) == {}
    assert turn().fetched == 1
    assert (seen(site, 1), seen(site, 1, 640)) == (b"small one", b"wide one")


def test_an_address_of_several_items_is_fetched_once_and_not_again_for_thirty_days(site, web, turn, name):
    web.pictures[f"{MEDIA}all.png"] = picture("all")
    name(dict.fromkeys((1, 2, 3), f"{MEDIA}all.png"))
    assert (turn().fetched, turn(timedelta(days=29)).fetched) == (1, 0)
    assert len(keys(site)) == 3
    assert turn(timedelta(days=30)).fetched == 1
    assert web.asked == [f"{MEDIA}all.png"] * 2


def test_an_item_that_names_a_known_address_later_has_its_picture_without_fetching(site, web, turn, name):
    web.pictures[f"{MEDIA}all.png"] = picture("all")
    name({1: f"{MEDIA}all.png"})
    turn()
    name({2: f"{MEDIA}all.png"})
    assert turn(HOUR).fetched == 0
    assert keys(site)[course_iri(2)] == keys(site)[course_iri(1)]


def test_only_allowed_hosts_are_asked_and_allowing_one_is_enough(site, web, turn, name, now):
    web.pictures["https://cdn.example/1.png"] = picture("one")
    name({1: "https://cdn.example/1.png"})
    assert (turn().failed, web.asked) == (1, [])
    assert told(site, now)["images"]["failed_because"] == {"cdn.example is not among the allowed hosts.": 1}
    assert turn(HOUR, hosts=frozenset({"cdn.example"})).fetched == 1
    assert told(site, now)["images"]["failed_because"] == {}


def test_hosts_of_platforms_and_feeds_need_no_word_of_the_operator(site, web, turn, name, now):
    with site.sessions.begin() as session:
        platforms.add(session, site.tenant, platform_values(), now)
        issuer = platforms.all_of(session, site.tenant)[0].issuer
        feeds.put(
            session,
            site.tenant,
            {
                "name": "m",
                "kind": "moodle",
                "url": "https://feed.example:8443/moodle",
                "sealed_token": None,
                "options": {},
            },
            now,
        )
    wanted = [f"{issuer}/1.png", "https://feed.example:8443/2.png"]
    web.pictures = {url: picture(url) for url in wanted}
    name(
        {
            1: wanted[0],
            2: wanted[1],
            3: "https://feed.example.evil.example/3.png",
            4: "https://evil.example/feed.example",
        }
    )
    assert turn(hosts=frozenset()).fetched == 2
    assert sorted(web.asked) == sorted(wanted)


def test_what_fails_is_counted_with_its_reason_and_tried_again_later_and_later(site, web, turn, name, now):
    name({1: f"{MEDIA}1.png"})
    assert turn().failed == 1
    assert told(site, now)["images"] == {
        "named": 1,
        "ready": 0,
        "waiting": 0,
        "bytes": 0,
        "failed": 1,
        "failed_because": {NO_PICTURE: 1},
    }
    tries = [turn(HOUR * hours).failed for hours in (0.9, 1, 2.9, 3, 6.9, 7)]
    assert tries == [0, 1, 0, 1, 0, 1]  # an hour after the first, two after the second, four after the third
    with site.readers.begin() as session:
        assert [(row["item"], row["tries"]) for row in failing(session, site.tenant, now)] == [(course_iri(1), 4)]


def test_the_pause_is_never_over_a_week():
    assert [pause_after(tries) for tries in (1, 2, 8, 9, 500)] == [HOUR, 2 * HOUR, 128 * HOUR, 168 * HOUR, 168 * HOUR]


def test_a_picture_stays_while_its_address_fails(site, web, turn, name):
    web.pictures[f"{MEDIA}1.png"] = picture("one")
    name({1: f"{MEDIA}1.png"})
    turn()
    web.pictures.clear()
    assert turn(timedelta(days=31)).failed == 1
    assert seen(site, 1) == b"small one"


def test_a_changed_image_has_another_key_and_the_old_one_opens_nothing(site, web, turn, name):
    web.pictures[f"{MEDIA}1.png"] = picture("old")
    name({1: f"{MEDIA}1.png"})
    turn()
    before = keys(site)[course_iri(1)]
    web.pictures[f"{MEDIA}1.png"] = picture("new")
    turn(timedelta(days=31))
    assert (seen(site, 1), Pictures(site.readers).find(before, 320)) == (b"small new", None)


def test_another_address_in_the_catalogue_takes_the_picture_off_at_once_and_the_worker_forgets_it(
    site, web, turn, name
):
    web.pictures |= {f"{MEDIA}{n}.png": picture(str(n)) for n in (1, 2)}
    name({1: f"{MEDIA}1.png"})
    turn()
    name({1: f"{MEDIA}2.png"})
    assert keys(site) == {}
    assert turn(HOUR).forgotten == 1
    assert seen(site, 1) == b"small 2"
    name({1: "-"})
    assert turn(2 * HOUR).forgotten == 1
    with site.readers.begin() as session:
        assert images.records(session, site.tenant) == {}


def test_a_host_that_does_not_answer_is_left_alone_after_three_times(site, web, turn, name):
    web.pictures = {f"{MEDIA}{n}.png": FetchFailed("It could not be reached: ConnectTimeout.") for n in range(1, 6)}
    name({n: f"{MEDIA}{n}.png" for n in range(1, 6)})
    report = turn()
    assert (report.failed, report.left, len(web.asked)) == (3, 2, 3)


def test_missing_images_of_a_host_that_answers_hold_up_none_of_its_others(site, web, turn, name):
    web.pictures[f"{MEDIA}9.png"] = picture("nine")
    name({n: f"{MEDIA}{n}.png" for n in range(1, 10)})
    report = turn()
    assert (report.fetched, report.failed, report.left) == (1, 8, 0)


def test_there_is_an_end_to_the_room_and_it_is_told(site, web, turn, name, now):
    web.pictures = {f"{MEDIA}{n}.png": picture(str(n)) for n in (1, 2, 3)}
    name({n: f"{MEDIA}{n}.png" for n in (1, 2, 3)})
    assert turn(room=20).fetched == 2  # each has 13 bytes: the second is begun at 13, the third would be at 26
    assert list(told(site, now)["images"]["failed_because"]) == ["The room for pictures, 0 MiB, is full."]


def test_two_workers_do_not_fetch_at_once_and_a_stop_ends_a_turn(site, web, turn, name, now):
    web.pictures[f"{MEDIA}1.png"] = picture("one")
    name({1: f"{MEDIA}1.png"})
    with site.sessions.begin() as session:
        leases.take(session, site.tenant, "images", "", leases.me(), now)
    with pytest.raises(Busy):
        turn()
    with site.sessions.begin() as session:
        leases.give_back(session, site.tenant, "images", "", leases.me(), now)
    imaging = Imaging(
        site.tenant, site.sessions, site.readers, fixed(now), web.draw, frozenset({"media.example"}), KEY, leases.me()
    )
    assert fetch_images(imaging, lambda: True).left == 1
    assert web.asked == []


def test_the_same_image_of_two_tenants_has_two_keys_and_goes_with_its_own(engine, site, web, turn, name, now):
    other = open_site(engine, now, "other")
    web.pictures[f"{MEDIA}1.png"] = picture("one")
    for one, key in ((site, b"a" * 32), (other, b"b" * 32)):
        name({1: f"{MEDIA}1.png"}, of=one)
        turn(of=one, key=key)
    mine, theirs = keys(site)[course_iri(1)], keys(other)[course_iri(1)]
    assert mine != theirs
    with other.sessions.begin() as session:
        tenants.remove(session, other.tenant)
    found = Pictures(site.readers)
    assert (found.find(mine, 320), found.find(theirs, 320)) == (b"small one", None)
    with site.readers.begin() as session:
        assert session.scalars(select(tables.image.c.tenant_id)).all() == [site.tenant]


def test_a_key_cannot_be_worked_out_from_the_image():
    assert key_of(picture("one"), b"a" * 32) != key_of(picture("one"), b"b" * 32)
    assert len(key_of(picture("one"), KEY)) == 22


def test_no_address_and_no_name_is_kept_beside_a_picture(site, web, turn, name):
    secret = f"{MEDIA}1.png?token=of-ann"
    web.pictures[secret] = picture("one")
    name({1: secret, 2: f"{MEDIA}2.png?token=of-ben"})
    turn()
    with site.readers.begin() as session:
        kept = repr([tuple(row) for row in session.execute(select(tables.image))])
    assert "of-ann" not in kept
    assert "of-ben" not in kept


def test_doctor_says_why_images_are_missing_and_nothing_where_none_is(site, web, turn, name, now):
    assert "images_failed" not in findings(site, now)
    name({1: f"{MEDIA}1.png", 2: f"{MEDIA}2.png"})
    turn()
    seen, remedy = findings(site, now)["images_failed"]
    assert seen == f"2 of 2 images could not be had: {NO_PICTURE} (2)"
    assert "ONWARD_IMAGE_HOSTS" in remedy


def findings(site, now):
    found = examine(site.tenant, site.readers, fixed(now), frozenset(), HOUR)
    return {one.code: (one.seen, one.remedy) for one in found}


# --- by the command line and over HTTP -------------------------------------------------------------------------------


def png() -> bytes:
    target = BytesIO()
    Image.new("RGB", (640, 360), (10, 90, 120)).save(target, "PNG")
    return target.getvalue()


def test_the_commands_fetch_and_tell(onward, httpserver, tmp_path, monkeypatch):
    httpserver.expect_request("/1.png").respond_with_data(png())
    host = httpserver.url_for("").removeprefix("http://").rstrip("/")
    file = tmp_path / "catalogue.csv"
    rows = [f"https://lms.example/course/{n},Course {n},http://{host}/{n}.png" for n in (1, 2)]
    file.write_text("\n".join(["iri,title,image_url", *rows]))
    assert onward("catalog", "import", file).code == 0
    refused = onward("images", "fetch")
    assert refused.out == "0 fetched, 2 failed, 0 left for the next turn, 0 forgotten.\n"
    monkeypatch.setenv("ONWARD_IMAGE_HOSTS", host)
    assert onward("images", "fetch").out == "1 fetched, 1 failed, 0 left for the next turn, 0 forgotten.\n"
    assert onward("images", "fetch").out == "0 fetched, 0 failed, 0 left for the next turn, 0 forgotten.\n"
    assert onward("images", "fetch", "--again").out.startswith("0 fetched, 1 failed")
    listed = json.loads(onward("images", "list", "--json").out)
    assert (listed["named"], listed["ready"], listed["failed"]) == (2, 1, 1)
    assert [(one["item"], one["tries"]) for one in listed["items"]] == [("https://lms.example/course/2", 2)]
    assert "1 of 2 ready" in onward("status").out
    assert "The answer was 5" in onward("images", "list").out


def test_a_real_image_over_http_becomes_a_picture(site, turn, name, httpserver):
    httpserver.expect_request("/1.png").respond_with_data(png())
    name({1: httpserver.url_for("/1.png")})
    host = httpserver.url_for("").removeprefix("http://").rstrip("/")
    assert turn(hosts=frozenset({host}), draw=HttpImages(DEVELOPMENT).picture).fetched == 1
    assert seen(site, 1)[8:12] == b"WEBP"
