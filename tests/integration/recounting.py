"""The facts of a site, read by plain SQL and counted in plain Python: nothing here calls what is tested."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

ADL = "http://adlnet.gov/expapi/verbs/"
FACTS = text("""
    select identity.learner_id, activity.item_id, verb.iri, fact.timestamp
    from fact
    join identity on identity.id = fact.identity_id
    join activity on activity.id = fact.activity_id
    join verb on verb.id = fact.verb_id
    order by fact.timestamp
""")
LATE = timedelta(days=30)
BEGINNINGS = ("initialized", "progressed", "failed")


@dataclass(frozen=True, slots=True)
class Recount:
    """Who completed what when first and when last, and who began what when last."""

    first: dict[tuple[int, int], datetime]
    last: dict[tuple[int, int], datetime]
    begun: dict[tuple[int, int], datetime]
    touched: dict[int, set[int]]

    def who_did(self, item):
        return {learner for learner, did in self.first if did == item}

    def did_later(self, anchor, item):
        both = self.who_did(anchor) & self.who_did(item)
        return {who for who in both if self.first[who, item] > self.first[who, anchor]}

    def learners(self):
        return {learner for learner, _ in self.first}

    def did_lately(self, item, until):
        return {who for who in self.who_did(item) if timedelta(0) <= until - self.first[who, item] < LATE}


def recount(session, typed):
    """Read everything; ``typed`` makes an aware moment of what the database gives."""
    first, last, begun, touched = {}, {}, {}, {}
    for learner, item, verb, at in session.execute(FACTS):
        when = typed(at)
        touched.setdefault(learner, set()).add(item)
        if verb.removeprefix(ADL) == "completed":
            first.setdefault((learner, item), when)
            last[learner, item] = when
        elif verb.removeprefix(ADL) in BEGINNINGS:
            begun[learner, item] = when
    return Recount(first, last, begun, touched)
