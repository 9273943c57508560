"""The five invented people whom a visitor of the demo can be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One person whom the demo LMS offers.

    ``user_id`` is the LMS's stable number and the LTI ``sub``; ``locale`` goes into the launch; ``role`` is learner or
    instructor; ``shares_name`` says whether the LMS sends the given name; ``start_course`` is the course page that
    opens first; ``history`` holds the numbers of the courses completed, oldest first.
    """

    user_id: str
    given_name: str
    family_name: str
    locale: str
    role: str
    summary: str
    shares_name: bool
    start_course: int
    history: tuple[int, ...]


_PEOPLE = (
    DemoPerson("101", "Robin", "Vale", "en", "learner", "New here: has completed nothing yet.", False, 11, ()),
    DemoPerson(
        "102",
        "Amina",
        "Sorel",
        "en",
        "learner",
        "Has completed one course: Cost centres and how money moves.",
        True,
        121,
        (122,),
    ),
    DemoPerson(
        "103",
        "Jonas",
        "Berg",
        "en",
        "learner",
        "Has completed thirteen courses on projects, people, rules and data.",
        True,
        20,
        (58, 11, 104, 27, 73, 28, 74, 29, 26, 76, 96, 46, 17),
    ),
    DemoPerson(
        "104",
        "Camille",
        "Ferrand",
        "fr",
        "learner",
        "Uses the LMS in French and has completed five French courses.",
        True,
        84,
        (69, 22, 114, 53, 38),
    ),
    DemoPerson("105", "Nora", "Halloran", "en", "instructor", "Teaches, and looks after courses.", False, 11, ()),
)


def demo_people() -> tuple[DemoPerson, ...]:
    """Return the five people: newcomer, one completion, many, another language, instructor."""
    return _PEOPLE
