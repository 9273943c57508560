"""The tutorial, walked: after the start everything is done in a browser, and each sentence is one that it promises.

With ``ONWARD_SCREENSHOTS=FOLDER`` its pictures are taken on the way. How long each step took is printed (``-s``).
"""

import os
import re
from pathlib import Path
from time import monotonic

import pytest

from tests.e2e.registration.test_registration_in_a_frame import Lms, served
from tests.e2e.tutorial.running import ROOT, running_place

pytestmark = [
    pytest.mark.browser,
    pytest.mark.peers,
    pytest.mark.lrs,
    pytest.mark.slow,
    pytest.mark.xdist_group("tutorial"),
]

PICTURES = os.environ.get("ONWARD_SCREENSHOTS", "")
TUTORIAL = " ".join(re.sub(r"[*>`]", "", (ROOT / "docs/tutorial/moodle-and-an-lrs.md").read_text()).split())
PATIENCE = 60_000
PASSWORD = "four quiet words here"
TRIES = 30


class Walk:
    """The administrator's browser, and those of others; a step's time is told when it ends."""

    def __init__(self, browser, place) -> None:
        self.place, self._browser, self._began = place, browser, monotonic()
        self.page = self.somebody().new_page()

    def somebody(self, height: int = 760):
        """Another person's browser: a context of its own, which blocks third-party cookies."""
        context = self._browser.new_context(viewport={"width": 1080, "height": height})
        context.set_default_timeout(PATIENCE)
        return context

    def step(self, name: str) -> None:
        """Say how long the step that ends here took."""
        now = monotonic()
        print(f"{name}: {now - self._began:.1f} s")
        self._began = now

    def picture(self, page, name: str) -> None:
        if PICTURES:
            page.wait_for_timeout(700)
            page.screenshot(path=Path(PICTURES) / f"tutorial-{name}.png")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).click()

    def fill(self, **fields: str) -> None:
        """Fill fields by their ids."""
        for name, value in fields.items():
            self.page.locator(f"#{name}").fill(value)

    def signs(self) -> dict[str, str]:
        """What the list of steps says of each, in the words for who cannot see its signs."""
        return {line[1]: line[0] for line in map(str.splitlines, self.page.locator("nav.steps a").all_inner_texts())}

    def opened_as(self, name: str, height: int = 760):
        """Sign in to the LMS as one of its people, and open a course: its page, and ours in its frame."""
        page = self.somebody(height).new_page()
        page.goto(self.place.lms.issuer)
        page.locator("form", has_text=name).get_by_role("button").click()
        return page, carousel(page)


def carousel(page):
    frame = page.frame_locator("iframe")
    frame.locator("main").wait_for()
    return frame


def sees(where, *sentences: str) -> None:
    """Wait for each sentence on a page, and fail if the tutorial does not promise it in these words."""
    for sentence in sentences:
        assert sentence in TUTORIAL, f"the tutorial does not say: {sentence}"
        where.get_by_text(sentence).first.wait_for()


@pytest.mark.timeout(400)
def test_a_new_administrator_gets_from_the_setup_code_to_a_learners_row_in_the_browser_only(browser, tmp_path):
    with running_place(tmp_path) as place:
        walk = Walk(browser, place)
        makes_the_account(walk)
        looks_at_the_address(walk)
        registers_by_one_url(walk)
        registers_by_hand(walk)
        opens_it_as_a_teacher(walk)
        connects_the_lrs(walk)
        sees_who_matches(walk)
        sees_what_was_read(walk)
        sees_the_page(walk)
        sees_a_learners_row(walk)
        finds_everything_well(walk)


def makes_the_account(walk: Walk) -> None:
    walk.page.goto(walk.place.setup)
    sees(walk.page, "Set this site up", "Nobody administers this site yet.")
    walk.fill(code=walk.place.code, name="Ada", password=PASSWORD)
    walk.press("Make the account")
    sees(walk.page, "No LMS is registered yet.", "No LRS is connected yet.")
    walk.picture(walk.page, "setup")
    walk.step("account")


def looks_at_the_address(walk: Walk) -> None:
    walk.follow("Address")
    sees(walk.page, "What was looked at", "Server and database agree on the time.")
    walk.press("Compare with this browser's clock")
    sees(walk.page, "Your clock and the server's agree.")
    walk.follow("Next: LMS")
    walk.step("address")


def registers_by_one_url(walk: Walk) -> None:
    """Moodle's side is the exchange that was recorded with a Moodle 5.1."""
    moodle, page = Lms(), walk.page
    with served("localhost", moodle) as port:
        moodle.origin = f"http://localhost:{port}"
        sees(page, "Which LMS do you have?")
        walk.follow("Moodle")
        walk.press("Make the address")
        sees(page, "Paste this address into Moodle", "It asks for nothing about people but their id in the LMS.")
        moodle.invite = page.get_by_role("textbox", name="Registration URL").input_value()
        agrees_in_moodle(walk, moodle)
        walk.follow("I have pasted it: wait for the LMS")
        sees(page, "Registered: moodle. Waiting for the first launch…", "Nobody has launched yet.")
    walk.step("one URL")


def agrees_in_moodle(walk: Walk, moodle: Lms) -> None:
    window = walk.somebody().new_page()
    window.goto(moodle.origin)
    frame = window.frame_locator("iframe")
    sees(frame, "Register this tool?", "not asked for")
    frame.get_by_role("button", name="Register").click()
    sees(frame, "Your platform is known here as moodle.", "not shared: fine")
    frame.get_by_role("button", name="Done: close this page").click()
    window.context.close()


def registers_by_hand(walk: Walk) -> None:
    lms, tool = walk.place.lms, walk.place.tool
    walk.follow("Another LMS")
    ours = walk.page.get_by_role("textbox", name="OpenID Connect login initiation URL").input_value()
    assert ours == tool.login_url
    walk.fill(issuer=lms.issuer, client_id=tool.deployment_id, auth_url=lms.auth_url, jwks_url=f"{lms.issuer}/")
    walk.press("Look at it and register")
    sees(walk.page, "This was not kept:")
    assert "Public keyset URL" in walk.page.locator("#errors").inner_text()
    walk.fill(client_id=tool.client_id, deployment=tool.deployment_id, jwks_url=lms.jwks_url)
    walk.press("Look at it and register")
    sees(walk.page, "Registered as other.")
    walk.step("by hand, with a wrong field")


def opens_it_as_a_teacher(walk: Walk) -> None:
    course, frame = walk.opened_as("Nora Halloran")
    sees(frame, "There are no recommendations yet", "once the learning records of this site have been read.")
    sees(walk.page, "Launch seen as Instructor", "a launch of it was seen.")  # by itself: nobody loads the page again
    assert walk.signs()["LMS"] == "Done:"
    walk.picture(walk.page, "lms")
    course.context.close()
    walk.follow("Next: LRS")
    walk.step("a teacher opens it")


def connects_the_lrs(walk: Walk) -> None:
    lrs = walk.place.lrs
    sees(walk.page, "Where is your LRS?")
    walk.fill(url=lrs.url, key=lrs.key, secret="not its secret")
    walk.press("Connect and test")
    sees(walk.page, "This was not kept:")
    walk.fill(secret=lrs.secret)
    walk.press("Connect and test")
    sees(walk.page, "lrs answers; it is read as ralph.", "Connected: lrs.", "What was found")
    walk.follow("Next: Matching")
    walk.step("LRS, with a wrong secret")


def sees_who_matches(walk: Walk) -> None:
    sees(walk.page, "Learning records know people by an account or a mailbox, launches by an id.")
    walk.follow("Next: First sync")
    walk.step("matching")


def sees_what_was_read(walk: Walk) -> None:
    sees(walk.page, "Everything was read, and model", "read to its end", "What became of what was read")
    facts = walk.page.locator("dl.facts").first.inner_text().replace(",", "")
    numbers = [int(number) for number in re.findall(r"^(\d+) ", facts, flags=re.MULTILINE)]
    assert numbers[0] == walk.place.statements == sum(numbers[1:])
    walk.page.get_by_role("button", name="Read and train again").wait_for()
    assert walk.signs()["First sync"] == "Done:"
    walk.picture(walk.page, "first")
    walk.follow("Next: Your page")
    walk.step("first read and training")


def sees_the_page(walk: Walk) -> None:
    sees(walk.page, "No learner has seen the page in the last day.", "What everybody would see now")
    sees(walk.page, "Popular with people here", "What a teacher does next")
    walk.page.get_by_text("In other, open a course").wait_for()  # the LMS that has launched, not the one that waits
    walk.step("your page")


def sees_a_learners_row(walk: Walk) -> None:
    page, frame = walk.opened_as("Amina Sorel", height=1000)
    sees(frame, "Because you completed")
    course = page.locator("h1").first.inner_text()
    page.get_by_role("button", name="Complete this course").click()
    wanted = frame.locator("section.row h2", has_text=course)
    for _ in range(TRIES):
        frame = carousel(page)
        if wanted.count():
            break
        page.wait_for_timeout(1_000)
        page.goto(page.url.partition("&")[0])
    assert "Because you completed" in wanted.inner_text()
    assert course not in frame.locator(".card .title").all_inner_texts()
    walk.picture(page, "learner")
    page.context.close()
    walk.step("a learner's row, and a completion that reaches it")


def finds_everything_well(walk: Walk) -> None:
    walk.page.reload()
    sees(walk.page, "pages of the last day showed a row.")
    walk.follow("Matching")
    sees(walk.page, "who launched match learning records.")
    walk.follow("Home")
    sees(walk.page, "Is everything well?")
    assert walk.page.get_by_text("Setup:").count() == 0  # no step is left
    walk.step("home")
