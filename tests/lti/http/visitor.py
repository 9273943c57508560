"""A browser before the console: it sends the token of the last page that it saw, as browsers do."""

import re

from sqlalchemy import delete, update

from connector.app import create_app
from connector.store import tables
from tests.lti.harness import NOON

PASSWORD = "four quiet words here"
TOOL = "https://tool.example"
FROM_US = {"Origin": TOOL, "Sec-Fetch-Site": "same-origin"}
COOKIE = "__Secure-onward-console"
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
TICKET = re.compile(r'name="ticket" value="([^"]+)"')


def cleared(house):
    """Give back the site as nobody has claimed it, with limits of its own: making one anew takes long."""
    with house.site.sessions.begin() as session:
        for table in (tables.console_session, tables.account, tables.choice, tables.audit):
            session.execute(delete(table))
        session.execute(update(tables.platform).values(admins_enter=False))
    house.scene.now = NOON
    house.app = create_app(house.settings, house.parts)
    return house


class Visitor:
    def __init__(self, stage) -> None:
        self.browser, self.page = stage.browser(), ""

    def get(self, path: str, **given):
        answer = self.browser.get(path, base_url=TOOL, **given)
        self.page = answer.text or self.page
        return answer

    def post(self, path: str, headers=None, **fields):
        token = TOKEN.search(self.page)
        data = {"csrf": token[1] if token else "", **fields}
        answer = self.browser.post(path, base_url=TOOL, headers=FROM_US if headers is None else headers, data=data)
        self.page = answer.text or self.page
        return answer

    def sign_in(self, name: str = "Ada", password: str = PASSWORD, to: str = ""):
        self.get("/admin/sign-in")
        return self.post("/admin/sign-in", name=name, password=password, to=to)

    def is_in(self) -> bool:
        return self.get("/admin").status_code == 200

    def cookie(self):
        return self.browser.get_cookie(COOKIE, domain="tool.example", path="/admin")

    def hold(self, secret: str) -> None:
        self.browser.set_cookie(COOKIE, secret, domain="tool.example", path="/admin", secure=True)
