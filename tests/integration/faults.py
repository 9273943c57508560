"""Faults planted in Statements, and Statements as they ordinarily are."""

from datetime import timedelta
from random import Random
from uuid import UUID

from connector.store import interactions
from tests.integration.stating import START, VIEWED, page_in, said

PEOPLE = ("ann", "bob", "cleo", "dan", "eva", "fay")
SAMPLE = str(UUID(int=1000))
UNFINISHED = {"result": {"completion": False}}


def ordinary(first: int = 1) -> list[dict]:
    """Six people, each with three of nine courses viewed and completed, minutes apart."""
    pairs = [(who, (place + step * 2) % 9) for place, who in enumerate(PEOPLE) for step in range(3)]
    numbered = enumerate(pairs)
    return [
        one
        for number, (who, item) in numbered
        for one in (
            said(first + number * 2, who, VIEWED, item),
            said(first + number * 2 + 1, who, "completed", item),
        )
    ]


def by_everybody_but_completed_by_the_admin() -> list[dict]:
    """Twelve courses, all viewed by six people, each completed by the admin once."""
    viewed = [said(100 + 6 * item + place, who, VIEWED, item) for item in range(12) for place, who in enumerate(PEOPLE)]
    return [*viewed, *(said(1000 + item, "admin", "completed", item) for item in range(12))]


def of_two_courses_again_and_again() -> list[dict]:
    """Two courses, completed by the admin whenever one of many people did."""
    viewed = [said(100 + number, f"p{number % 12}", VIEWED, number % 2) for number in range(40)]
    return [*viewed, *(said(1000 + number, "admin", "completed", number % 2) for number in range(24))]


def in_the_same_second_as_somebody_else() -> list[dict]:
    """Twelve people complete a course each, and the admin with each of them; and each has done two by themselves."""
    told = []
    for number in range(12):
        own = said(100 + number, f"p{number}", "completed", number % 3)
        told += [own, own | {"id": str(UUID(int=1000 + number)), "actor": said(0, "admin")["actor"]}]
        told += [said(300 + 2 * number + more, f"p{number}", "completed", 3 + number % 4 + 4 * more) for more in (0, 1)]
    return told


def at_once(verb: str = "completed") -> list[dict]:
    """Ann completes eleven courses within five seconds."""
    moment = START + timedelta(days=3)
    at = [(moment + timedelta(seconds=0.4 * number)).isoformat() for number in range(11)]
    return [said(1000 + number, "ann", verb, 20 + number, timestamp=one, stored=one) for number, one in enumerate(at)]


def the_same_again() -> list[dict]:
    """Ann starts one course thirty times in a minute."""
    at = [(START + timedelta(days=3, seconds=2 * number)).isoformat() for number in range(30)]
    return [said(1000 + number, "ann", "launched", 5, timestamp=one, stored=one) for number, one in enumerate(at)]


def stored_after(number: int, seconds: float, who: str = "ann") -> dict:
    one = said(number, who, VIEWED, number % 7)
    return one | {"stored": (START + timedelta(minutes=number, seconds=seconds)).isoformat()}


def drawn(rng: Random) -> list[dict]:
    """A site as it is: some people do much and some little, some courses are popular, modules are viewed and completed,
    a class is marked as done in one second, phones send hours later, and what was done is sometimes done again."""
    told, number = [], 0

    def tell(who: str, verb: str, item: int, at: float, **fields) -> None:
        nonlocal number
        number += 1
        moment, late = START + timedelta(hours=at), rng.choice([1, 2, 3, 7, 40, 3000, 40_000])
        times = {"timestamp": moment.isoformat(), "stored": (moment + timedelta(seconds=late)).isoformat()}
        told.append(said(number, who, verb, item) | times | fields)

    for person in range(60):
        often, at = min(int(rng.paretovariate(1.1)), 12), rng.uniform(0, 300)
        for item in rng.sample(range(25), often):
            at += rng.uniform(0.2, 30)
            tell(f"p{person}", VIEWED, item, at)
            for module in range(rng.randrange(4)):
                tell(f"p{person}", "completed", item, at + 0.05 * module, **page_in(100 * item + module, item))
            if rng.random() < 0.6:
                tell(f"p{person}", "completed", item, at + 0.2)
                tell(f"p{person}", "completed", item, at + rng.uniform(1, 90))
    for person in range(25):
        tell(f"p{person}", "completed", 24, 310)
    return told


def newest(site):
    with site.readers.begin() as session:
        return interactions.for_training(session, site.tenant).newest
