"""What looks like a fault in the data: thresholds on counts, each with the known bug that it resembles.

A Suspicion is a hint, not a verdict: ``onward quality settle`` acts on it, and that can be taken back. The thresholds
are those of docs/reference/quality.md. A person is never named: only number, kind, home page and shape are told.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from connector.administer.suspicions.actors import wrong_actors
from connector.administer.suspicions.base import Desk, Suspicion
from connector.administer.suspicions.claims import courses, unfinished
from connector.administer.suspicions.clocks import clocks
from connector.administer.suspicions.floods import bursts, repeats, spans
from connector.store.quality import Look


def suspicions(session: Session, look: Look, sources: Mapping[int, str], verbs: Mapping[int, str]) -> list[Suspicion]:
    """Look at everything once, a set at a time: about ten grouped queries over the Facts.

    Parameters
    ----------
    sources, verbs : mapping
        Names of Sources and IRIs of Verbs by number.
    """
    desk = Desk(session, look, sources, verbs, spans(session, look))
    actors = list(wrong_actors(desk))
    named = {_who(one) for one in actors}
    others = [one for one in bursts(desk) if _who(one) not in named]  # a wrong actor's bursts are the same fault
    return [*actors, *unfinished(desk), *courses(desk), *clocks(desk), *others, *repeats(desk)]


def _who(one: Suspicion) -> tuple[int, int]:
    return one.source, one.rules[0]["identity_id"]
