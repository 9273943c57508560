"""Ralph (openfun/ralph 5.1): where it leaves xAPI's ways. It needs no code of its own.

``since`` is compared with Timestamp by all its backends, and must carry a zone (500 without); at most 100 Statements
come a page, and the file backend only reverses each page for ascending=true; there is no Consistent-Through header and
no About resource; a filter by verb answers nothing; voiding has no effect on what comes.
"""

from datetime import timedelta

from lrs_adapters.base import MoreShape
from lrs_adapters.profiles import ConsistentThrough, Evidence, Profile, SinceField

RALPH = Profile(
    kind="ralph",
    product="Ralph",
    evidence=Evidence.REAL,
    sources=("Ralph 5.1.0, file backend, run by tests/lrs",),
    base_path="/xAPI",
    since_field=SinceField.TIMESTAMP,
    page_size=100,
    delivers_order=False,
    consistent_through=ConsistentThrough.ABSENT,
    more_shape=MoreShape.PATH,
    more_mark="search_after=",
    # A Statement is found by its Timestamp, so the overlaps must cover the way from the learner to the LRS: a sender's
    # cron for the tail (minutes), a device without network for the sweep (days).
    overlap=timedelta(days=2),
    tail_overlap=timedelta(minutes=10),
)
"""Ralph 5.1 with any backend."""
