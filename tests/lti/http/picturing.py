"""Courses with Pictures, as the worker leaves them."""

from io import BytesIO

from PIL import Image
from sqlalchemy import select, update

from connector.administer.images import Imaging, fetch_images
from connector.outside.images import picture_of
from connector.store import tables
from tests.lti.http.stage import course

NEAR = "https://moodle.example/pluginfile.php/1/course/overviewfiles/course"
WITH_PICTURE = (5, 6, 9, 13)


def image_file(number: int) -> bytes:
    target = BytesIO()
    Image.effect_noise((900, 700), 40 + number).convert("RGB").save(target, "JPEG")
    return target.getvalue()


def give_pictures(stage) -> None:
    """Let the catalogue name an image of some courses, on the platform's own host, and the worker take a turn."""
    item = tables.item
    with stage.site.sessions.begin() as session:
        for number in WITH_PICTURE:
            named = update(item).where(item.c.iri == course(number)).values(image_url=f"{NEAR}{number}.jpg")
            session.execute(named)
    site = stage.site
    drawn = lambda url: picture_of(image_file(int(url.removeprefix(NEAR).removesuffix(".jpg"))))  # noqa: E731 - one use
    imaging = Imaging(
        site.tenant, site.sessions, site.readers, stage.clock, drawn, frozenset(), site.keys.hashing, "me"
    )
    assert fetch_images(imaging).fetched == len(WITH_PICTURE)
    with site.readers.begin() as session:
        assert len(session.scalars(select(item.c.image).where(item.c.image != "")).all()) == len(WITH_PICTURE)
