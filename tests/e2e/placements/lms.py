"""An LMS on ``localhost`` with placements of our tool on ``127.0.0.1``: another site, third-party cookies blocked."""

import json
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from threading import Thread
from urllib.parse import urlencode

from werkzeug import Request, Response
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server

from connector.lti.deep_linking import SETTINGS
from connector.store import tables
from tests.lti.harness import ABSENT, CLAIM
from tests.lti.http.stage import COURSES, Stage, course
from widgets.samples import FOLLOWING, LIKED

ROLES = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
HEARS = """<script>
window.heard = [];
addEventListener("message", ({ data, source }) => {
  heard.push(data);
  const said = READS;
  if (said?.subject !== "lti.frameResize") return;
  for (const frame of document.querySelectorAll("iframe"))
    if (frame.contentWindow === source) frame.style.height = Math.max(LEAST, said.height) + "px";
});
</script>"""
CANVAS = HEARS.replace("READS", "typeof data === 'object' ? data : null").replace("LEAST", "450")
SAKAI = HEARS.replace("READS", "typeof data === 'string' ? JSON.parse(data) : null").replace("LEAST", "0")
MOODLE = "<script>window.heard = []; addEventListener('message', ({ data }) => heard.push(data))</script>"
LISTENERS = {"canvas": CANVAS, "sakai": SAKAI, "moodle": MOODLE}


class Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


@contextmanager
def served(host: str, app):
    server = make_server(host, 0, app, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Lms:
    """Course pages that hold a frame, the platform's side of a launch, and where a deep link comes back to."""

    def __init__(self) -> None:
        self.origin, self.stage, self.returned = "", None, []

    def __call__(self, environ, start_response):
        return self.answer(Request(environ))(environ, start_response)

    def answer(self, request: Request) -> Response:
        answers = {"/course": self.course, "/start": self.start, "/auth": self.auth, "/return": self.kept}
        found = answers.get(request.path, lambda _request: Response("", status=204))
        return found(request)

    def page_url(self, kind: str = "moodle", height: str = "652", width: str = "100%", **launch) -> str:
        """Return the address of a course page with one frame; ``launch`` goes into the message."""
        return f"{self.origin}/course?" + urlencode(
            {"kind": kind, "height": height, "width": width, "launch": json.dumps(launch)}
        )

    def start_url(self, **launch) -> str:
        return f"{self.origin}/start?" + urlencode({"launch": json.dumps(launch)})

    def course(self, request: Request) -> Response:
        frame = f"/start?{urlencode({'launch': request.args['launch']})}"
        style = f"border:0;display:block;width:{request.args['width']};height:{request.args['height']}px"
        return html(
            f"<title>Course</title>{LISTENERS[request.args['kind']]}<style>body{{margin:0}}</style>"
            f'<main><iframe title="Learn next" src="{escape(frame)}" style="{style}"></iframe></main>'
        )

    def start(self, request: Request) -> Response:
        registration = self.stage.scene.registration
        fields = {
            "iss": registration.issuer,
            "client_id": registration.client_id,
            "login_hint": "4",
            "lti_message_hint": request.args["launch"],
            "target_link_uri": self.stage.scene.launch_url,
        }
        return Response(
            status=302, headers={"Location": f"{self.stage.settings.public_url}/lti/login?{urlencode(fields)}"}
        )

    def auth(self, request: Request) -> Response:
        sent = request.values
        launch = json.loads(sent["lti_message_hint"])
        scene = self.stage.scene
        claims = scene.claims(sent["nonce"], **self.changes(launch))
        form = {"state": sent["state"], "id_token": scene.token(claims)}
        hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(text)}">' for name, text in form.items())
        return html(
            f'<title>To the tool</title><form method="post" action="{escape(sent["redirect_uri"])}">{hidden}'
            "<button>Go on</button></form><script>document.forms[0].submit()</script>"
        )

    def changes(self, launch: dict[str, object]) -> dict[str, object]:
        role = ROLES + str(launch.get("role", "Learner"))
        presentation = {"locale": launch.get("locale", "en"), "return_url": f"{self.origin}/course/back"}
        given = {
            "sub": launch.get("sub", "4"),
            CLAIM + "roles": [role],
            CLAIM + "custom": launch.get("custom", {}),
            CLAIM + "launch_presentation": presentation,
            CLAIM + "context": {"id": "900", "title": "Statistics"},
        }
        if launch.get("deep_linking"):
            given |= {
                CLAIM + "message_type": "LtiDeepLinkingRequest",
                CLAIM + "resource_link": ABSENT,
                SETTINGS: {
                    "deep_link_return_url": f"{self.origin}/return",
                    "accept_types": ["ltiResourceLink"],
                    "accept_presentation_document_targets": ["iframe"],
                    "data": "opaque",
                },
            }
        return given

    def kept(self, request: Request) -> Response:
        self.returned.append(request.form["JWT"])
        return html("<title>Kept</title><h1>Content was added</h1>")


def html(body: str) -> Response:
    return Response(f"<!doctype html><html lang=en>{body}", mimetype="text/html")


@contextmanager
def campus(database_url: str, **settings):
    """Yield an LMS whose person "4" completed four courses of a catalogue with titles as people write them."""
    lms = Lms()
    late = DispatcherMiddleware(None)  # its address has to be known before the application is made
    with served("localhost", lms) as lms.origin, served("127.0.0.1", late) as tool:
        stage = lms.stage = Stage(database_url, public_url=tool, env="development", **settings)
        try:
            stage.add_platform(
                "campus", issuer=lms.origin, auth_url=f"{lms.origin}/auth", jwks_url=f"{lms.origin}/jwks"
            )
            stage.scene.launch_url = f"{tool}/lti/launch"
            stage.scene.registration = replace(stage.scene.registration, issuer=lms.origin)
            stage.stock(history_of="4", home_page=lms.origin)
            worded(stage)
            late.app = stage.app
            yield lms
        finally:
            stage.close()


def worded(stage: Stage) -> None:
    """Give the courses titles, lengths and topics, as a catalogue does."""
    facts = dict(zip(COURSES, [FOLLOWING[0], *FOLLOWING[1:], *LIKED], strict=False))
    with stage.site.sessions.begin() as session:
        for number, (title, language, topic, minutes, level, provider) in facts.items():
            mine = tables.item.c.iri == course(number)
            values = {"minutes": minutes, "level": level, "language": language, "provider": provider, "topics": [topic]}
            session.execute(tables.item.update().where(mine).values(**values))
            item = session.scalar(tables.item.select().with_only_columns(tables.item.c.id).where(mine))
            session.execute(
                tables.item_text.update()
                .where(tables.item_text.c.item_id == item)
                .values(title=title, language=language)
            )
