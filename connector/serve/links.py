"""Start links: which address opens an Item, and under which IRIs a Course may be known."""

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache
from urllib.parse import urlsplit

from connector.domain import Item
from connector.statements.iris import fold_item
from connector.store.platforms import PlatformRecord


def course_iris(issuer: str, course_id: str) -> tuple[str, ...]:
    """Return the folded IRIs under which Statements may know an LTI context: Moodle's course page, or the id itself."""
    moodle = fold_item(f"{issuer.rstrip('/')}/course/view.php?id={course_id}")
    return (moodle, fold_item(course_id)) if ":" in course_id else (moodle,)


def platform_hosts(known: Collection[PlatformRecord]) -> frozenset[str]:
    """Return the hosts (with ports) of registered Platforms: their Activity IRIs are pages that people can open."""
    urls = [url for platform in known for url in (platform.issuer, *platform.frame_origins)]
    return frozenset(urlsplit(url).netloc.casefold() for url in urls if urlsplit(url).netloc)


def with_start_link(item: Item, hosts: frozenset[str]) -> Item:
    """Return ``item`` with its start link: the catalogue's URL, else its page if that is on one of ``hosts``.

    The page is the IRI as it was seen: the folded one may not be what the host answers to.

    An Item with neither, or without any title, has ``url`` "" and is never recommended.
    """
    if not any(text.title for text in item.texts):
        return replace(item, url="")
    if item.url:
        return item
    page = item.page or item.iri
    return replace(item, url=page) if not hosts.isdisjoint(_hosts_of(page)) else item


@lru_cache(maxsize=50_000)
def _hosts_of(iri: str) -> tuple[str, ...]:
    """Return the host of an http(s) page, with its port and without; nothing for other IRIs."""
    try:
        parts = urlsplit(iri)
    except ValueError:  # an odd IRI, such as http://[oops/c: no page that anybody can open
        return ()
    return (parts.netloc.casefold(), parts.hostname or "") if parts.scheme in {"http", "https"} else ()
