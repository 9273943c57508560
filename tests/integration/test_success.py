"""What success is stands in the recipes; the next training learns from it what those took who succeeded."""

from connector.administer.recipes import Change, set_book
from connector.clock import fixed
from connector.domain import ItemId, NeighbourKind
from connector.recommend.together import CosineNeighbours
from connector.store import items, models
from connector.train import Workshop, train
from tests.integration.site_under_test import synced
from tests.integration.stating import course_iri, said

EXAM, PRACTICE = 1, 2
ROWS = '[[rows]]\nkind = "succeeded"\n'


def exam_of_hundred():
    """All complete the exam; half score 90 %, and most of these practised; the others score 30 %, and few did."""
    told = []
    for person in range(100):
        good, number = person < 50, 1_000 + 20 * person
        result = {"score": {"scaled": 0.9 if good else 0.3}}
        told.append(said(number, f"p{person}", "completed", EXAM, result=result))
        if person % 50 < (40 if good else 10):
            told.append(said(number + 1, f"p{person}", about=PRACTICE))
        told += [said(number + 2 + n, f"p{person}", about=10 + (7 * person + n) % 20) for n in range(4 + person % 9)]
    return told


def lists_by(site, now, tmp_path, success):
    """Train under a book and return what is learned of the exam, as (item's IRI, people, base)."""
    book = tmp_path / "recipes.toml"
    book.write_text(success + ROWS, encoding="utf-8")
    set_book(book, site.tenant, site.sessions, fixed(now), Change("test", ""))
    train(Workshop(site.tenant, site.sessions, site.readers, fixed(now), "here:1:1"), CosineNeighbours())
    with site.readers.begin() as session:
        model = models.current(session, site.tenant)
        exam = items.numbers(session, site.tenant, [course_iri(EXAM)])[course_iri(EXAM)]
        key = NeighbourKind.SUCCEEDED, exam
        found = models.lists(session, site.tenant, model.id, [key]).get(key)
        known = items.of_numbers(session, site.tenant, [one.item for one in found.neighbours] if found else [])
    return [(known[ItemId(one.item)].iri, one.support, found.base) for one in found.neighbours] if found else []


def test_what_success_is_decides_what_is_learned(site, now, tmp_path):
    synced(site, exam_of_hundred(), now, page_size=500)
    assert lists_by(site, now, tmp_path, "") == []  # all completed it: there is nobody to tell them from
    assert lists_by(site, now, tmp_path, "success = 0.8\n") == [(course_iri(PRACTICE), 40, 50)]
