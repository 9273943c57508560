"""How a person comes to our page on each platform: what they click, and the frame that they see it in."""

from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from werkzeug import Request, Response

DEMO_LMS = Path(__file__).with_name("lms_of_everyone.py")
OPEN_EDX = Path(__file__).parents[2] / "lti" / "peers" / "openedx_peer.py"
MILA = {"id": "u-1", "given_name": "Mila", "family_name": "Mock", "email": "mila@example.test"}
PEOPLE = {"learner": "102", "teacher": "105", "admin": "106", "anonymous": "107"}
OPEN_EDX_ROLES = {"learner": "student", "teacher": "staff", "admin": "global_staff"}


@dataclass(frozen=True)
class DemoLms:
    """``lti1p3platform``: its course page has the frame. It launches everybody, also who has no ``sub``."""

    issuer: str

    def open(self, page, role: str) -> None:
        page.goto(f"{self.issuer}/")
        page.locator(f'button[value="{PEOPLE[role]}"]').click()


@dataclass(frozen=True)
class Mock:
    """``lti-provider-mock``: it sends no roles and always a ``sub``, so it knows neither teacher, admin nor nobody.

    It opens a tool in the window; the frame around it is that of ``course_page``.
    """

    issuer: str
    course: str

    def open(self, page, role: str) -> None:
        assert role == "learner"
        page.goto(f"{self.issuer}/login")
        page.get_by_role("button", name="Sign in").click()
        page.goto(f"{self.course}/?frame={quote(self.issuer + '/courses/c-9', safe='')}")


@dataclass(frozen=True)
class OpenEdx:
    """Open edX's consumer: its launch always has a ``sub``, so it knows no anonymous launch.

    The frame around it is that of ``course_page``. The XBlock's template posts its form by a script, which
    ``openedx_peer.py`` leaves out and this browser does.
    """

    issuer: str
    course: str

    def open(self, page, role: str) -> None:
        start = f"{self.issuer}/start?role={OPEN_EDX_ROLES[role]}"
        page.goto(f"{self.course}/?frame={quote(start, safe='')}")
        page.frame_locator("iframe").locator("form[action*='/lti/launch']").evaluate("(form) => form.submit()")


def addresses(issuer: str, client_id: str) -> tuple[str, ...]:
    """Return what a registration begins with: issuer, client, and where the platform answers."""
    return issuer, client_id, f"{issuer}/authorize", "", f"{issuer}/jwks"


def course_page(environ, start_response):
    """Answer with a course's page around a frame, on the platform's site.

    A page that the test driver makes up would not do: Chromium takes it for one of the public network, whose frames may
    not go to this machine (Local Network Access).
    """
    request = Request(environ)
    style = "<style>body{margin:0}iframe{border:0;width:100%;height:652px}</style>"
    frame = f'<iframe title="Tool" src="{escape(request.args.get("frame", ""))}"></iframe>'
    page = f"<!doctype html><html lang=en><title>Course</title>{style}{frame}"
    return Response(page, mimetype="text/html")(environ, start_response)
