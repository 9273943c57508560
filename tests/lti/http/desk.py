"""A stage on which somebody registers: a fake platform of the port, invites, and what the pages say."""

import re
from dataclasses import replace

from connector.administer import invites
from connector.administer.invites import NewInvite
from connector.store import platforms, tables
from connector.wiring_web import WebParts
from tests.lti.http.stage import TOOL, hidden_fields
from tests.lti.registering import TOKEN, FakePlatforms

SCHOOL = "https://moodle.example"
CONFIGURATION = f"{SCHOOL}/mod/lti/openid-configuration.php"


class Desk:
    """A stage on which somebody registers: one fake platform, invites, and what the pages say."""

    def __init__(self, stage) -> None:
        self.stage = stage
        self.lms = FakePlatforms()
        self.parts: WebParts = replace(
            stage.parts, registrations=replace(stage.parts.registrations, platforms=self.lms)
        )
        self.app = stage.app_with(registrations=self.parts.registrations)
        self.before = self.state()

    def invite(self, **changes) -> str:
        """Make an invite and return its path."""
        tenant, sessions = self.stage.site.tenant, self.stage.site.sessions
        return invites.invite(NewInvite(**changes), "", tenant, sessions, self.stage.clock).url

    def open(self, path: str, method: str = "GET", url: str = CONFIGURATION, token: str = TOKEN, **given):
        query = {"openid_configuration": url, "registration_token": token}
        return self.app.test_client().open(path, method=method, base_url=TOOL, query_string=query, **given)

    def agree(self, path: str, url: str = CONFIGURATION, token: str = TOKEN):
        """Press the button of the page."""
        page = self.open(path, url=url, token=token)
        assert page.status_code == 200, page.text
        return self.app.test_client().post(path, base_url=TOOL, data=hidden_fields(page.text))

    def register(self, url: str = CONFIGURATION, **changes):
        answer = self.agree(self.invite(**changes), url)
        assert answer.status_code == 200, answer.text
        return answer

    def records(self):
        with self.stage.site.readers.begin() as session:
            return {one.name: one for one in platforms.all_of(session, self.stage.site.tenant)}

    def deployments(self, name: str) -> dict[str, str]:
        record = self.records()[name]
        with self.stage.site.readers.begin() as session:
            return platforms.deployments(session, record)

    def state(self):
        """What a registration changes: platforms, invites that were used, audit lines."""
        used = [row for row in self.stage.rows(tables.invite) if row.used_at or row.platform_id]
        return self.records(), used, self.registered()

    def is_untouched(self) -> bool:
        return self.state() == self.before

    def registered(self) -> list:
        return [row for row in self.stage.rows(tables.audit) if row.kind == "platform_registered"]


def code_of(answer) -> str:
    return re.search(r"<code>(\w+)</code>", answer.text)[1]
