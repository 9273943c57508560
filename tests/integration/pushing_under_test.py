"""A tool with one Source that takes pushes, and the LRS that has its key and secret."""

from connector.administer import push, sources
from connector.administer.sources import NewSource
from connector.store import tables
from connector.store.sources import by_name
from tests.integration.stating import said
from tests.lti.http.stage import COURSE_TYPE, MOODLE, TOOL, course

NAME = "campus"
VERSION = {"X-Experience-API-Version": "1.0.3"}


class Pushed:
    """A tool with one Source that takes pushes, and the LRS that has its key and secret."""

    def __init__(self, stage) -> None:
        self.stage, self.site = stage, stage.site
        new = NewSource(NAME, "xapi", "https://lrs.example/xapi", "k", "s")
        self.source = sources.add(new, self.site.tenant, self.site.sessions, self.site.seal, stage.clock)
        self.made = push.switch_on(NAME, self.site.tenant, self.site.sessions, self.site.keys.hashing)
        self.client = stage.app.test_client()

    def send(self, body, *, method="POST", headers=VERSION, auth=None, path="/xapi/statements", **given):
        content = {"data": body} if isinstance(body, bytes) else {"json": body}
        credentials = auth or (self.made.key, self.made.secret)
        return self.client.open(
            path, method=method, base_url=TOOL, headers=headers, auth=credentials, **content, **given
        )

    def put(self, body, **given):
        return self.send(body, method="PUT", **given)

    def facts(self):
        return self.stage.rows(tables.fact)

    def reasons(self):
        return sorted(row.reason for row in self.stage.rows(tables.quarantine))

    def last_push(self):
        with self.site.readers.begin() as session:
            return by_name(session, self.site.tenant, NAME).last_push_at


def done(number, who, about, **fields):
    """Statement ``number``: ``who`` completed a course of the platform."""
    definition = {"type": COURSE_TYPE, "name": {"en": f"Course {about}"}}
    actor = {"account": {"homePage": MOODLE, "name": who}}
    return said(number, actor=actor, object={"id": course(about), "definition": definition}, **fields)
