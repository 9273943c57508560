"""A stub of a platform on ``localhost`` that launches the tool on 127.0.0.1, with storage that behaves or does not."""

import json
from dataclasses import dataclass, field
from html import escape
from threading import Thread
from urllib.parse import urlencode

from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.lti.harness import CLAIM, Scene

CLIENT = "client-1"
ANSWERS = {
    "good": "reply({key: said.key, value: said.value})",
    "silent": "",
    "error": 'reply({error: {code: "storage_exhaustion", message: "full"}})',
    "forgets": "reply({key: said.key, value: said.subject === 'lti.put_data' ? said.value : null})",
}
"""What the storage does with a message, by its temper."""


class Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


def serve(host: str, app):
    """Start a server; return it with its thread."""
    server = make_server(host, 0, app, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    return server, thread


def stop(server, thread) -> None:
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Platform:
    """An LMS: ``/course`` has the tool in frames, ``/start`` begins a launch, ``/auth`` answers our request.

    ``frame`` is what the login names as ``lti_storage_target``, "" for nothing; ``temper`` how the storage behaves;
    ``storage_at`` the origin that the storage's frame comes from, "" for its own. ``holds`` lets ``/auth`` wait for a
    click. ``launched`` counts the tokens that were signed.
    """

    origin: str = ""
    tool: str = ""
    frame: str = ""
    temper: str = "good"
    storage_at: str = ""
    holds: bool = False
    frames: int = 1
    target: str = "iframe"
    launched: int = 0
    changes: dict = field(default_factory=dict)

    def __call__(self, environ, start_response):
        request = Request(environ)
        answer = {
            "/course": self._course,
            "/other": lambda _request: _page("<p>Another page</p><a href=/course id=on>On</a>"),
            "/start": self._start,
            "/auth": self._auth,
            "/storage": lambda _request: _page(f"<script>{_storage(self.temper)}</script>"),
            "/hostile": lambda _request: _page(f"<script>{HOSTILE}</script>"),
        }.get(request.path)
        return (answer(request) if answer else Response(status=204))(environ, start_response)

    def _course(self, _request: Request) -> Response:
        named = self.frame not in {"", "_parent"}
        place = "/hostile" if self.temper == "hostile" else "/storage"
        keeper = (
            f'<iframe name="{self.frame}" src="{self.storage_at or self.origin}{place}" hidden></iframe>'
            if named
            else ""
        )
        own = f"<script>{_storage(self.temper)}</script>" if self.frame == "_parent" else ""
        tools = "".join(
            f'<iframe class=tool name="tool{n}" title="For you" src="/start?cm={n}"></iframe>'
            for n in range(self.frames)
        )
        return _page(f"<main><h1>A course</h1>{own}{keeper}{tools}<a href=/other id=away>Away</a></main>")

    def _start(self, request: Request) -> Response:
        fields = {
            "iss": self.origin,
            "client_id": CLIENT,
            "login_hint": "4",
            "lti_message_hint": json.dumps({"cmid": request.args.get("cm", "0")}),
            "target_link_uri": f"{self.tool}/lti/launch",
            "lti_deployment_id": "dep-1",
        }
        return _sent(f"{self.tool}/lti/login", fields | ({"lti_storage_target": self.frame} if self.frame else {}))

    def _auth(self, request: Request) -> Response:
        sent = request.args
        assert sent["redirect_uri"] == f"{self.tool}/lti/launch"
        assert (sent["client_id"], sent["response_mode"], sent["prompt"]) == (CLIENT, "form_post", "none")
        if self.holds and "go" not in sent:
            return _page(f'<a id=go href="/auth?{escape(urlencode({**sent, "go": "1"}))}">Sign in</a>')
        self.launched += 1
        form = {"state": sent["state"], "id_token": self._token(sent["nonce"], sent["lti_message_hint"])}
        return _sent(sent["redirect_uri"], form)

    def _token(self, nonce: str, hint: str) -> str:
        scene = Scene(launch_url=f"{self.tool}/lti/launch")
        scene.now = self.clock()
        presentation = {"locale": "en", "document_target": self.target, "return_url": f"{self.origin}/course"}
        said = {
            "iss": self.origin,
            "aud": CLIENT,
            CLAIM + "launch_presentation": presentation,
            CLAIM + "resource_link": {"id": f"rl-{json.loads(hint)['cmid']}"},
        }
        return scene.token(scene.claims(nonce, **said | self.changes))

    clock = staticmethod(lambda: None)


HOSTILE = (
    "window.heard=[];addEventListener('message',e=>{if(/_data$/.test(e.data.subject))heard.push(e.data)});"
    "setInterval(()=>{for(const subject of ['lti.put_data.response','lti.get_data.response'])"
    "for(let n=0;n<parent.frames.length;n++)parent.frames[n].postMessage({subject,value:'x'.repeat(43)},'*')},50)"
)
"""A frame of another origin that answers everything, whether it was asked or not."""


def _storage(temper: str) -> str:
    """The script of a storage: values by the tool's origin and key, as the specification wants."""
    return (
        "window.kept={};window.heard=[];addEventListener('message',({origin,source,data:said})=>{"
        "if(!said||!/^lti\\.(put|get)_data$/.test(said.subject))return;heard.push([origin,said]);"
        "const place=origin+' '+said.key;"
        "if(said.subject==='lti.put_data'){if(said.value===null)delete kept[place];else kept[place]=said.value}"
        "else said.value=kept[place]??null;"
        "const answer={subject:said.subject+'.response',message_id:said.message_id};"
        "const reply=(more)=>source.postMessage({...answer,...more},origin);"
        f"{ANSWERS.get(temper, '')}" + "})"
    )


def _sent(action: str, fields: dict[str, str]) -> Response:
    """A form that sends itself, with a button for who has no script."""
    inputs = "".join(f'<input type=hidden name="{name}" value="{escape(value)}">' for name, value in fields.items())
    return _page(
        f'<form method=post action="{escape(action)}">{inputs}<button id=send>Continue to the tool</button></form>'
        "<script>document.forms[0].submit()</script>"
    )


def _page(body: str) -> Response:
    style = "<style>body{margin:0}iframe.tool{border:0;width:100%;height:652px}</style>"
    return Response(f"<!doctype html><html lang=en><title>LMS</title>{style}{body}", mimetype="text/html")
