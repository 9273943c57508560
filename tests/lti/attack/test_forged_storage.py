"""A secret in the form: it counts from our own page alone, once, and never for another login."""

import pytest

from connector.errors import LaunchRefused
from connector.lti.sender import Sender
from connector.lti.storage import storage_key
from connector.lti.verify import LaunchMessage, LaunchUsed, NewTabNeeded, StorageNeeded
from tests.lti.harness import Login, Scene

OURS = Sender(origin="https://tool.example", fetch_site="same-origin")


class Storing:
    """A scene whose platform offers its storage, and a login in it."""

    def __init__(self, frame: str = "_parent") -> None:
        self.scene = Scene()
        redirect = self.scene.begin(self.scene.login_fields(lti_storage_target=frame).items())
        self.login = Login(redirect, redirect.url.split("nonce=")[1].split("&")[0])
        self.secret = redirect.browser_secret

    def form(self, **more: str) -> dict[str, str]:
        token = self.scene.token(self.scene.claims(self.login.nonce))
        return {"state": self.login.state, "id_token": token, **more}


@pytest.fixture
def storing():
    return Storing()


def test_a_login_says_which_frame_at_which_origin_keeps_the_secret_under_a_key_of_its_own(storing):
    storage = storing.login.redirect.storage
    assert (storage.frame, storage.origin) == ("_parent", "https://moodle.example")
    assert storage.key == storage_key(storing.login.state)
    assert storing.login.state not in storage.key
    assert storage.key != Storing().login.redirect.storage.key


@pytest.mark.parametrize("frame", ["", "x" * 256, "a\nb", "a\x7f"])
def test_a_frame_without_a_name_that_a_frame_can_have_is_no_offer(frame):
    assert Storing(frame).login.redirect.storage is None


def test_a_launch_without_its_cookie_asks_the_storage_and_uses_nothing_up(storing):
    asked = storing.scene.post(storing.form(), {})
    assert isinstance(asked, StorageNeeded)
    assert (asked.state, asked.storage) == (storing.login.state, storing.login.redirect.storage)
    assert len(storing.scene.states.waiting) == 1


def test_the_secret_of_the_storage_opens_the_launch_once(storing):
    message = storing.scene.post(storing.form(browser=storing.secret), {}, OURS)
    assert isinstance(message, LaunchMessage)
    with pytest.raises(LaunchUsed, match="state_used"):
        storing.scene.post(storing.form(browser=storing.secret), {}, OURS)


@pytest.mark.parametrize(
    "sender",
    [
        Sender(),
        Sender(origin="https://moodle.example", fetch_site="cross-site"),
        Sender(origin="null", fetch_site="cross-site"),
        Sender(origin="https://tool.example", fetch_site="cross-site"),
        Sender(origin="https://evil.example", fetch_site="same-origin"),
    ],
    ids=["nothing said", "the platform", "a sandbox", "a lie", "another tool"],
)
def test_the_right_secret_from_another_page_is_not_believed_and_uses_nothing_up(storing, sender):
    with pytest.raises(LaunchRefused, match="state_other_browser"):
        storing.scene.post(storing.form(browser=storing.secret), {}, sender)
    assert len(storing.scene.states.waiting) == 1


@pytest.mark.parametrize("secret", ["x", "s" * 43, " ", "null", "é"])
def test_a_wrong_secret_is_refused_and_uses_nothing_up(storing, secret):
    with pytest.raises(LaunchRefused, match="state_other_browser"):
        storing.scene.post(storing.form(browser=secret), {}, OURS)
    assert len(storing.scene.states.waiting) == 1


def test_the_secret_of_another_login_is_refused(storing):
    other = storing.scene.begin(storing.scene.login_fields(lti_storage_target="_parent").items())
    with pytest.raises(LaunchRefused, match="state_other_browser"):
        storing.scene.post(storing.form(browser=other.browser_secret), {}, OURS)


def test_the_secret_twice_is_refused(storing):
    pairs = [*storing.form(browser=storing.secret).items(), ("browser", storing.secret)]
    with pytest.raises(LaunchRefused, match="parameter_repeated"):
        storing.scene.post(pairs, {}, OURS)


def test_an_empty_secret_is_no_secret_and_is_asked_for(storing):
    assert isinstance(storing.scene.post(storing.form(browser=""), {}, OURS), StorageNeeded)


def test_the_cookie_comes_first_and_a_wrong_field_beside_it_does_no_harm(storing):
    assert isinstance(storing.scene.post(storing.form(browser="x"), storing.login.cookies, OURS), LaunchMessage)


def test_no_storage_is_asked_for_a_login_that_offered_none():
    scene = Scene()
    login = scene.login()
    form = {"state": login.state, "id_token": scene.token(scene.claims(login.nonce))}
    assert isinstance(scene.post(form, {}), NewTabNeeded)


@pytest.mark.parametrize(("id_token", "code"), [("", "token_missing"), ("x", "token_malformed")])
def test_what_is_no_token_is_not_carried_through_a_page(storing, id_token, code):
    with pytest.raises(LaunchRefused, match=code):
        storing.scene.post(storing.form(id_token=id_token), {})


def test_a_platform_that_was_switched_off_meanwhile_is_not_asked(storing):
    storing.scene.switch(active=False)
    with pytest.raises(LaunchRefused, match="registration_disabled"):
        storing.scene.post(storing.form(), {})


def test_a_launch_that_was_used_up_restarts_whoever_posts_its_secret_again(storing):
    """A reload does not say which page sent the form; starting a login is open to everybody."""
    storing.scene.post(storing.form(), storing.login.cookies)
    with pytest.raises(LaunchUsed):
        storing.scene.post(storing.form(browser=storing.secret), {})
