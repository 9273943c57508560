"""What a page says of itself, in the word of the Deed that its site goes by: completed, started, enrolled, opened."""

from collections.abc import Mapping
from dataclasses import dataclass

from widgets.deeds import gettext_noop
from widgets.view import Deed


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one Deed; each is a message.

    ``today``, ``yesterday`` and ``on_date`` say up to when records were read, ``since`` what is not counted yet,
    ``hello`` what a newcomer can do, ``own`` and ``sample`` whose Rows who teaches sees. ``because``, ``last``,
    ``all_of_it``, ``most``, ``one`` and ``who`` are choices of what a link shows, and what they mean.
    """

    today: str
    yesterday: str
    on_date: str
    since: str
    hello: str
    own: str
    sample: str
    because: str
    last: str
    all_of_it: str
    most: str
    one: str
    who: str


COMPLETED = Lines(
    today=gettext_noop("From what was completed up to today, %(time)s."),
    yesterday=gettext_noop("From what was completed up to yesterday, %(time)s."),
    on_date=gettext_noop("From what was completed up to %(date)s, %(time)s."),
    since=gettext_noop("What you completed since then is not counted yet; nothing is lost."),
    hello=gettext_noop(
        "Nothing is known about your learning yet, so these rows are the same for everyone here. "
        "They become yours when you complete something."
    ),
    own=gettext_noop("These rows come from what you completed yourself. Your visit is not counted."),
    sample=gettext_noop("A learner who completed %(title)s sees this. Your visit is not counted."),
    because=gettext_noop("Because you completed …"),
    last=gettext_noop("One row, after what each learner completed last."),
    all_of_it=gettext_noop("One row from all that each learner completed."),
    most=gettext_noop("One row of what most people complete; the same for everyone."),
    one=gettext_noop("Because you completed one course"),
    who=gettext_noop("One row, for who completed that course; others see the whole page."),
)
STARTED = Lines(
    today=gettext_noop("From what was started up to today, %(time)s."),
    yesterday=gettext_noop("From what was started up to yesterday, %(time)s."),
    on_date=gettext_noop("From what was started up to %(date)s, %(time)s."),
    since=gettext_noop("What you started since then is not counted yet; nothing is lost."),
    hello=gettext_noop(
        "Nothing is known about your learning yet, so these rows are the same for everyone here. "
        "They become yours when you start something."
    ),
    own=gettext_noop("These rows come from what you started yourself. Your visit is not counted."),
    sample=gettext_noop("A learner who started %(title)s sees this. Your visit is not counted."),
    because=gettext_noop("Because you started …"),
    last=gettext_noop("One row, after what each learner started last."),
    all_of_it=gettext_noop("One row from all that each learner started."),
    most=gettext_noop("One row of what most people start; the same for everyone."),
    one=gettext_noop("Because you started one course"),
    who=gettext_noop("One row, for who started that course; others see the whole page."),
)
ENROLLED = Lines(
    today=gettext_noop("From the enrolments up to today, %(time)s."),
    yesterday=gettext_noop("From the enrolments up to yesterday, %(time)s."),
    on_date=gettext_noop("From the enrolments up to %(date)s, %(time)s."),
    since=gettext_noop("What you enrolled in since then is not counted yet; nothing is lost."),
    hello=gettext_noop(
        "Nothing is known about your learning yet, so these rows are the same for everyone here. "
        "They become yours when you enrol in something."
    ),
    own=gettext_noop("These rows come from what you enrolled in yourself. Your visit is not counted."),
    sample=gettext_noop("A learner who enrolled in %(title)s sees this. Your visit is not counted."),
    because=gettext_noop("Because you enrolled in …"),
    last=gettext_noop("One row, after what each learner enrolled in last."),
    all_of_it=gettext_noop("One row from all that each learner enrolled in."),
    most=gettext_noop("One row of what most people enrol in; the same for everyone."),
    one=gettext_noop("Because you enrolled in one course"),
    who=gettext_noop("One row, for who enrolled in that course; others see the whole page."),
)
OPENED = Lines(
    today=gettext_noop("From what was opened up to today, %(time)s."),
    yesterday=gettext_noop("From what was opened up to yesterday, %(time)s."),
    on_date=gettext_noop("From what was opened up to %(date)s, %(time)s."),
    since=gettext_noop("What you opened since then is not counted yet; nothing is lost."),
    hello=gettext_noop(
        "Nothing is known about your learning yet, so these rows are the same for everyone here. "
        "They become yours when you open something."
    ),
    own=gettext_noop("These rows come from what you opened yourself. Your visit is not counted."),
    sample=gettext_noop("A learner who opened %(title)s sees this. Your visit is not counted."),
    because=gettext_noop("Because you opened …"),
    last=gettext_noop("One row, after what each learner opened last."),
    all_of_it=gettext_noop("One row from all that each learner opened."),
    most=gettext_noop("One row of what most people open; the same for everyone."),
    one=gettext_noop("Because you opened one course"),
    who=gettext_noop("One row, for who opened that course; others see the whole page."),
)
LINES: Mapping[Deed, Lines] = {
    Deed.COMPLETED: COMPLETED,
    Deed.STARTED: STARTED,
    Deed.WATCHED: STARTED,
    Deed.ENROLLED: ENROLLED,
    Deed.OPENED: OPENED,
}
