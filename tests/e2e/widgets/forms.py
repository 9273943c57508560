"""The pages around the page of rows, from invented data: the choice, a registration, a platform's storage."""

from collections.abc import Callable, Mapping

from connector.lti.products import PRODUCTS
from connector.lti.switches import MEANINGS
from widgets.choosing import ChoosingView, OptionView, render_choosing
from widgets.registration import FactView, RegistrationView, render_registration
from widgets.samples import FOLLOWING
from widgets.storage import StorageView, render_get
from widgets.view import FormView, Theme
from widgets.wording import wording_for

COURSES = tuple(OptionView(str(number), facts[0]) for number, facts in enumerate(FOLLOWING))


def choosing(language: str, theme: Theme) -> str:
    say = wording_for(language).gettext
    return render_choosing(
        ChoosingView(
            action="/act",
            selection="s",
            courses=COURSES,
            fitting=1200,
            words="data",
            error=say("Choose a course from the list, or another row."),
            language=language,
            theme=theme,
            demo=True,
        )
    )


def registration(language: str, theme: Theme) -> str:
    say = wording_for(language).gettext
    facts = (FactView(say(each.name), say("asked for"), say(each.sentence)) for each in MEANINGS.values())
    return render_registration(
        RegistrationView(
            title=say("Register this tool?"),
            lead=say("Your platform is known here as %(name)s.") % {"name": "School"},
            facts=(FactView(say("Issuer"), "https://moodle.a-rather-long-name-of-a-school.example"), *facts),
            language=language,
            theme=theme,
            form=FormView(action="/act", label=say("Register")),
            next_step=say(PRODUCTS[0].next_step),
            demo=True,
        )
    )


def storage(language: str, theme: Theme) -> str:
    view = StorageView(frame="_parent", origin="https://lms.example", key="k", language=language, theme=theme)
    return render_get(view, form=FormView(action="/act"), new_tab=FormView(action="/act", target="_blank"), again="")


FORMS: Mapping[str, Callable[[str, Theme], str]] = {
    "choosing": choosing,
    "registration": registration,
    "storage": storage,
}
"""By name: the page in a language and a theme."""
