"""The demo LMS with two people more and dynamic registration: ``lms_of_everyone.py CONFIG.json``.

Run by the Python of the demo LMS's environment. Person 106 administers the LMS; of person 107 it sends no ``sub`` (LTI
Core 5.3.6: anonymous). ``lti1p3platform`` cannot register a tool, so the three addresses for that are a stub of ours:
``/tools?invite=URL`` (the administrator's page), ``/configuration`` and ``/register``. What is registered is from then
on what the library launches.
"""

import json
import sys
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[3] / "connector" / "demo" / "peers"))

import lms
import lms_platform
from lms_config import Config, Person, Tool, read_config
from werkzeug import Request, Response
from werkzeug.serving import make_server

VOCABULARY = "http://purl.imsglobal.org/vocab/lis/v2"
ADMINISTERS = [
    f"{VOCABULARY}/membership#Instructor",
    f"{VOCABULARY}/institution/person#Administrator",
    f"{VOCABULARY}/system/person#Administrator",
]
MORE = (
    Person("106", "Ada", "Ministra", "en", "administrator", "Administers the LMS.", False, 11, ()),
    Person("107", "Ano", "Nymous", "en", "nobody", "The LMS does not say who this is.", False, 11, ()),
)
TOOL_FIELD = "https://purl.imsglobal.org/spec/lti-tool-configuration"
lms_platform.ROLES |= {"administrator": ADMINISTERS, "nobody": lms_platform.ROLES["learner"]}


class Launch(lms_platform.Launch):
    """The demo LMS's launch; of a nobody it says no subject."""

    def _set_person(self, person: Person) -> None:
        super()._set_person(person)
        if person.role == "nobody":
            del self.lti_claim_user_data["sub"]


lms.Launch = Launch


class Campus:
    """The demo LMS, made anew when a tool registers itself."""

    def __init__(self, config: Config) -> None:
        people = config.people | {person.user_id: person for person in MORE}
        self._config = replace(config, people=people)
        self._app, self._registered = lms.make_app(self._config), 0

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Answer by path; all that is not about registration is the demo LMS's."""
        request = Request(environ)
        own = {"/tools": self._tools, "/configuration": self._configuration, "/register": self._register}
        answer = own.get(request.path)
        return (answer(request) if answer else self._app)(environ, start_response)

    def _tools(self, request: Request) -> Response:
        where = quote(f"{self._config.issuer}/configuration", safe="")
        frame = f'<iframe title="Tool" src="{escape(request.args["invite"])}?openid_configuration={where}"></iframe>'
        style = "<style>body{margin:0}iframe{border:0;width:100%;height:640px}</style>"
        heard = "<script>window.heard=[];addEventListener('message',(e)=>heard.push([e.origin,e.data]))</script>"
        page = f"<!doctype html><html lang=en><title>Tools</title>{style}{heard}<main><h1>Tools</h1>{frame}</main>"
        return Response(page, mimetype="text/html")

    def _configuration(self, _request: Request) -> Response:
        origin = self._config.issuer
        messages = [{"type": "LtiResourceLinkRequest"}]
        return _json(
            {
                "issuer": origin,
                "authorization_endpoint": f"{origin}/auth",
                "registration_endpoint": f"{origin}/register",
                "jwks_uri": f"{origin}/jwks",
                "token_endpoint": f"{origin}/token",
                "response_types_supported": ["id_token"],
                "scopes_supported": ["openid"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "claims_supported": ["sub", "iss", "locale"],
                "https://purl.imsglobal.org/spec/lti-platform-configuration": {
                    "product_family_code": "onward-demo-lms",
                    "version": "1",
                    "messages_supported": messages,
                },
            }
        )

    def _register(self, request: Request) -> Response:
        asked = request.get_json()
        self._registered += 1
        client, deployment = f"registered-{self._registered}", f"deployment-{self._registered}"
        tool = Tool(asked["initiate_login_uri"], asked["redirect_uris"][0], client, deployment)
        self._config = replace(self._config, tool=tool)
        self._app = lms.make_app(self._config)
        of_tool = {**asked[TOOL_FIELD], "deployment_id": deployment}
        return _json({**asked, "client_id": client, TOOL_FIELD: of_tool})


def _json(document: Any) -> Response:
    return Response(json.dumps(document), mimetype="application/json")


if __name__ == "__main__":
    read = read_config(Path(sys.argv[1]))
    make_server("127.0.0.1", read.port, Campus(read), threaded=True).serve_forever()
