"""``/lti/register/<secret>``: an LMS opens it in a frame; a person agrees by one click, and only that registers."""

from dataclasses import asdict

from flask import Blueprint, Response, request

from connector.lti.codes import gettext_noop
from connector.lti.products import product_called
from connector.lti.registration_codes import REGISTRATION_REFUSALS, RegistrationRefused
from connector.lti.switches import MEANINGS, Switches
from connector.register import FIELDS, Asked, Offer, Registered, Registrations
from connector.web.launch import LOOKS_AHEAD, anywhere
from connector.web.look import STATIC_URL, Look, browser_language
from connector.web.security import framed_by
from widgets import render_message
from widgets.registration import FactView, RegistrationView, render_registration
from widgets.view import FormView, MessageKind, MessageView
from widgets.wording import Wording, wording_for

NOT_ASKED = gettext_noop("not asked for")
ASKED = gettext_noop("asked for")


def blueprint(registrations: Registrations, look: Look) -> Blueprint:
    """Return the routes of a registration."""
    routes = Blueprint("registration", __name__)

    @routes.get("/lti/register/<secret>")
    def offer(secret: str) -> Response:
        if request.method == "HEAD" or _is_prefetch():
            return Response(status=204)
        return anywhere(_page(_offered(registrations.offer(secret, request.args.items(multi=True)), look)))

    @routes.post("/lti/register/<secret>")
    def register(secret: str) -> Response:
        registered = registrations.register(secret, request.form.items(multi=True))
        return framed_by(_page(_registered(registered, look)), registered.frame_origins)

    @routes.errorhandler(RegistrationRefused)
    def refused(error: RegistrationRefused) -> Response:
        return _refusal(error, look)

    return routes


def _is_prefetch() -> bool:
    return any("prefetch" in request.headers.get(name, "").casefold() for name in LOOKS_AHEAD)


def _page(view: RegistrationView) -> Response:
    return Response(str(render_registration(view)), mimetype="text/html")


def _refusal(error: RegistrationRefused, look: Look) -> Response:
    refusal = REGISTRATION_REFUSALS[error.code]
    words = wording_for(browser_language())
    remedy = words.gettext(refusal.admin).replace("`", "")
    view = MessageView(
        kind=MessageKind.PLAIN,
        language=browser_language(),
        theme=look.theme,
        title=_refusal_title(error.code, words),
        sentence=words.gettext(refusal.person),
        remedy=f"{remedy} ({error.detail})" if error.detail else remedy,
        code=error.code,
        demo=look.demo,
        static_url=STATIC_URL,
    )
    return anywhere(Response(str(render_message(view)), status=refusal.status, mimetype="text/html"))


def _refusal_title(code: str, words: Wording) -> str:
    if code in {"invite_unknown", "invite_used", "invite_expired"}:
        return words.gettext("This registration link cannot be used")
    return words.gettext("The tool was not registered")


def _offered(offer: Offer, look: Look) -> RegistrationView:
    words = wording_for(browser_language())
    lead = words.gettext("%(host)s will be told about this tool, and this tool about it. This is what is asked for:")
    return RegistrationView(
        title=words.gettext("Register this tool?"),
        lead=lead % {"host": offer.asked.host},
        facts=(*_always(words), *_about_people(offer.switches, words)),
        language=browser_language(),
        theme=look.theme,
        form=FormView(action=request.path, fields=_fields(offer.asked), label=words.gettext("Register")),
        demo=look.demo,
        static_url=STATIC_URL,
    )


def _fields(asked: Asked) -> tuple[tuple[str, str], ...]:
    return tuple(zip(FIELDS, (asked.configuration_url, asked.token), strict=True))


def _always(words: Wording) -> tuple[FactView, ...]:
    return (
        FactView(
            words.gettext("Who is learning"),
            words.gettext("an id"),
            words.gettext("The person's id in your platform, without a name; kept as a keyed hash."),
        ),
        FactView(
            words.gettext("Services"),
            words.gettext("none"),
            words.gettext("No grades, no files: nothing is asked of your platform later."),
        ),
    )


def _about_people(switches: Switches, words: Wording) -> tuple[FactView, ...]:
    return tuple(
        FactView(
            words.gettext(MEANINGS[switch].name),
            words.gettext(ASKED if on else NOT_ASKED),
            words.gettext(MEANINGS[switch].sentence) if on else "",
        )
        for switch, on in asdict(switches).items()
    )


def _registered(registered: Registered, look: Look) -> RegistrationView:
    words = wording_for(browser_language())
    return RegistrationView(
        title=words.gettext("Registered"),
        lead=_lead(registered, words),
        facts=(*_identity(registered, words), *_agreed(registered, words)),
        language=browser_language(),
        theme=look.theme,
        next_step=words.gettext(product_called(registered.product).next_step),
        close_origins=registered.frame_origins,
        demo=look.demo,
        static_url=STATIC_URL,
    )


def _lead(registered: Registered, words: Wording) -> str:
    if not registered.active:
        lead = words.gettext(
            "Your platform is up to date here as %(name)s, but it is switched off: onward platform enable admits it."
        )
    elif registered.known_before:
        lead = words.gettext("Your platform was known here as %(name)s and is up to date now; nothing was lost.")
    else:
        lead = words.gettext("Your platform is known here as %(name)s.")
    return lead % {"name": registered.name}


def _identity(registered: Registered, words: Wording) -> tuple[FactView, ...]:
    return (
        FactView(words.gettext("Issuer"), registered.issuer),
        FactView(words.gettext("Client ID"), registered.agreed.client_id),
        FactView(words.gettext("Deployment"), *_deployment(registered, words)),
    )


def _deployment(registered: Registered, words: Wording) -> tuple[str, str]:
    if registered.agreed.deployment:
        return registered.agreed.deployment, ""
    if registered.deployment_policy == "known":
        return words.gettext("not known yet"), words.gettext(
            "Its first launch is refused and noted; then onward platform change admits it."
        )
    return words.gettext("comes with the first launch"), ""


def _agreed(registered: Registered, words: Wording) -> tuple[FactView, ...]:
    scopes = [scope for scope in registered.agreed.scopes if scope != "openid"]
    names = words.gettext("shared") if registered.agreed.shares_names else words.gettext("not shared: fine")
    return (
        FactView(words.gettext("Services"), ", ".join(scopes) or words.gettext("none")),
        FactView(words.gettext("Names"), names),
        *(fact for fact in _about_people(registered.switches, words) if fact.meaning),
    )
