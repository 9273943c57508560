"""How a Model is blended is read back as it was written."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connector.domain import Blending, NeighbourKind, Share
from connector.store import models

SHARES = Blending(
    {NeighbourKind.NEXT: Share(0.7, timedelta(minutes=1)), NeighbourKind.LATENT: Share(0.3, timedelta(1))}
)


@pytest.mark.parametrize("blending", [SHARES, replace(SHARES, anchors=100), None])
def test_shares_and_how_many_anchors_score_are_kept(site, now, blending):
    with site.sessions.begin() as session:
        model = models.start(
            session,
            site.tenant,
            parameters={},
            scale={},
            blending=blending,
            learners=1,
            items=1,
            interactions=1,
            data_as_of=now,
            now=now,
        )
        models.publish(session, site.tenant, model, neighbours=0, fingerprint="", now=now)
    with site.readers.begin() as session:
        kept = models.current(session, site.tenant)
    assert kept is not None
    assert kept.blending == blending
