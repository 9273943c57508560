"""How a Model ranks: lists of several kinds are published with their blend, and pages are made from them."""

from datetime import timedelta

from connector.administer.doctor import doctor
from connector.clock import fixed
from connector.domain import NeighbourKind
from connector.recommend.together import CosineNeighbours
from connector.store import models
from connector.train import Workshop, train
from tests.integration.site_under_test import page_of, shown_in, synced
from tests.integration.stating import course_iri, said
from tests.integration.test_catalog import taken
from tests.integration.test_invariants import tastes


def learned(site, now):
    synced(site, [*tastes(), said(1000, "ann", about=0), said(1001, "ann", about=1)], now, page_size=500)
    shop = Workshop(site.tenant, site.sessions, site.readers, fixed(now), "here:1:1")
    return train(shop, CosineNeighbours())


def current(site):
    with site.readers.begin() as session:
        model = models.current(session, site.tenant)
    assert model is not None
    return model


def test_the_blend_and_its_reason_are_kept_with_the_model_and_told(site, now):
    report = learned(site, now)
    model = current(site)
    assert model.blending is not None
    assert NeighbourKind.NEXT in model.blending.shares
    assert set(model.scale) >= {kind.value for kind in model.blending.shares if kind is not NeighbourKind.LATENT}
    assert report.ranking == model.ranking
    told = doctor(site.tenant, site.readers, fixed(now), frozenset(), timedelta(hours=1))
    assert model.ranking in next(one.seen for one in told if one.code == "model")


def test_what_ranks_has_a_list_for_each_anchor_and_only_what_is_proven_is_a_reason(site, now):
    learned(site, now)
    with site.readers.begin() as session:
        number = current(site).id
        anchors = {kind: set(models.anchors(session, site.tenant, number, kind)) for kind in NeighbourKind}
    assert anchors[NeighbourKind.TOGETHER] <= anchors[NeighbourKind.NEXT]
    assert anchors[NeighbourKind.NEAR] == anchors[NeighbourKind.NEXT]


def test_a_card_says_of_which_lists_its_score_is_made_and_names_a_proven_anchor(site, now):
    learned(site, now)
    rows = page_of(site, "ann", now)["rows"]
    cards = [card for row in rows if row["kind"] in {"because", "top_picks"} for card in row["cards"]]
    sources = {part["source"] for card in cards for part in card["parts"]}
    assert sources >= {"next", "near"}
    assert "together" not in sources
    assert {card["reason"] for card in cards} <= {"together", "followed", "also_completed"}


def test_a_new_item_that_nobody_did_joins_a_fitting_row_the_same_day(site, now, tmp_path):
    learned(site, now)
    new = {"iri": course_iri(77), "title": "Budgets in spreadsheets, second part", "url": course_iri(77)}
    old = {"iri": course_iri(1), "title": "Budgets in spreadsheets, first part", "url": course_iri(1)}
    far = {"iri": course_iri(78), "title": "Fire drill", "url": course_iri(78)}
    taken(site, tmp_path, now, new, old, far)
    before = page_of(site, "ann", now)
    learned(site, now)
    page = page_of(site, "ann", now)
    joined = [(row["anchor"], card) for row in page["rows"] for card in row["cards"] if card["iri"] == course_iri(77)]
    ((anchor, card),) = joined
    assert (anchor, card["reason"], card["number"]) == ("Course 1", "described", None)
    assert "untried" in {part["source"] for part in card["parts"]}
    assert course_iri(77) not in shown_in(before)
    assert course_iri(78) not in shown_in(page)
