"""The words of each LMS for a registration by hand, as data, with where they were read.

They are what the vendors' documentation or source said on the day of ``read_on``; menus move, fields keep their names.
"""

from connector.errors import BadInput
from connector.lti.by_hand import FRAME, READ, SITE, Lms, Ours, Theirs
from connector.lti.by_hand_words_hosted import BLACKBOARD, BRIGHTSPACE
from connector.lti.by_hand_words_open import OPEN_EDX, OTHER, SAKAI
from connector.lti.codes import gettext_noop

MOODLE = Lms(
    code="moodle",
    name="Moodle",
    one_url=gettext_noop(
        "Site administration → Plugins → Activity modules → External tool → Manage tools → Tool URL, then Add LTI "
        "Advantage."
    ),
    menu=gettext_noop(
        "Site administration → Plugins → Activity modules → External tool → Manage tools → configure a tool manually."
    ),
    ours=(
        Ours("Tool name", "{name}"),
        Ours("Tool URL", "{launch_url}"),
        Ours("Tool description", "{description}"),
        Ours("LTI version", "LTI 1.3"),
        Ours("Public key type", "Keyset URL"),
        Ours("Public keyset", "{jwks_url}"),
        Ours("Initiate login URL", "{login_url}"),
        Ours("Redirection URI(s)", "{launch_url}"),
        Ours("Tool configuration usage", "Show in activity chooser and as a preconfigured tool"),
        Ours("Default launch container", "Embed, without blocks"),
        Ours("Supports Deep Linking (Content-Item Message)", "on"),
        Ours("Share launcher's name with tool", "Never (the tool works without)"),
        Ours("Share launcher's email with tool", "Never"),
        Ours("Accept grades from the tool", "Never"),
    ),
    theirs=(
        Theirs(
            "site",
            "Platform ID",
            gettext_noop("The address of your Moodle, as in the list of tools: View configuration details."),
            example="https://moodle.example.edu",
        ),
        Theirs(
            "client_id",
            "Client ID",
            gettext_noop("View configuration details: 15 letters and digits."),
            marks=r"[A-Za-z0-9]{15}",
            example="2c2Mj0x5sHdexS4",
        ),
        Theirs(
            "deployment",
            "Deployment ID",
            gettext_noop("View configuration details: a small number. Left out, each deployment is admitted."),
            optional=True,
            marks=r"\d{1,9}",
            example="1",
        ),
        Theirs("issuer", "Platform ID", derived="{site}", hosts=(SITE,)),
        Theirs(
            "auth_url",
            "Authentication request URL",
            derived="{site}/mod/lti/auth.php",
            hosts=(SITE,),
            marks=r".*/mod/lti/auth\.php",
        ),
        Theirs(
            "token_url",
            "Access token URL",
            derived="{site}/mod/lti/token.php",
            hosts=(SITE,),
            marks=r".*/mod/lti/token\.php",
        ),
        Theirs(
            "jwks_url",
            "Public keyset URL",
            derived="{site}/mod/lti/certs.php",
            hosts=(SITE,),
            marks=r".*/mod/lti/certs\.php",
        ),
        FRAME,
    ),
    after=gettext_noop("Save, then open View configuration details (the icon with the list) of the new tool."),
    pages=r".*\.php$|/(my|course|login|admin|user|mod|local|grade)(/|$)",
    rooted=False,
    sources=(
        "https://docs.moodle.org/en/LTI_External_tools",
        "https://github.com/moodle/moodle: public/mod/lti/lang/en/lti.php",
    ),
    tried=gettext_noop(
        "The addresses are those that a real Moodle 5.1 gave and was launched from; the form's words are read in "
        "Moodle's own language file. This page on a live Moodle: not yet tried."
    ),
)

CANVAS = Lms(
    code="canvas",
    name="Canvas",
    one_url=gettext_noop(
        "Admin → your account → Developer Keys → + Developer Key → + LTI Registration; newer: Apps → Manage → Install "
        "a new app → Dynamic Registration."
    ),
    menu=gettext_noop("Admin → your account → Developer Keys → + Developer Key → + LTI Key."),
    ours=(
        Ours("Key Name", "{name}"),
        Ours("Redirect URIs", "{launch_url}"),
        Ours("Method", "Enter URL"),
        Ours("JSON URL", "{canvas_json}"),
        Ours("or: Method", "Manual Entry"),
        Ours("Title", "{name}"),
        Ours("Description", "{description}"),
        Ours("Target Link URI", "{launch_url}"),
        Ours("OpenID Connect Initiation Url", "{login_url}"),
        Ours("JWK Method", "Public JWK URL"),
        Ours("Public JWK URL", "{jwks_url}"),
        Ours("LTI Advantage Services", "all off"),
        Ours("Privacy Level", "Private"),
        Ours("Placements", "Course Navigation; Link Selection and Editor Button with LtiDeepLinkingRequest"),
    ),
    theirs=(
        Theirs(
            "site",
            "Address of your Canvas",
            gettext_noop("What you see in the browser when you are in Canvas."),
            example="https://school.instructure.com",
        ),
        Theirs(
            "client_id",
            "Client ID",
            gettext_noop("Developer Keys: the number in the column Details."),
            marks=r"\d+",
            example="10000000000001",
        ),
        Theirs(
            "deployment",
            "Deployment ID",
            gettext_noop("Settings → Apps → View App Configurations → the app's gear → Deployment ID."),
            optional=True,
            marks=r"\d+:[0-9a-f]{40}",
            example="42:6fcd9fd5b1f0a2b1b3c4d5e6f708192a3b4c5d6e",
        ),
        Theirs(
            "issuer",
            "Issuer",
            derived="https://canvas.{stage}instructure.com",
            hosts=("instructure.com", SITE),
        ),
        Theirs(
            "auth_url",
            "OIDC authorization end-point",
            derived="https://sso.{stage}canvaslms.com/api/lti/authorize_redirect",
            hosts=("instructure.com", "canvaslms.com", SITE),
            marks=r".*/api/lti/authorize(_redirect)?",
        ),
        Theirs(
            "token_url",
            "Token endpoint",
            derived="https://sso.{stage}canvaslms.com/login/oauth2/token",
            hosts=("instructure.com", "canvaslms.com", SITE),
            marks=r".*/login/oauth2/token",
        ),
        Theirs(
            "jwks_url",
            "Canvas Public JWKs",
            derived="https://sso.{stage}canvaslms.com/api/lti/security/jwks",
            hosts=("instructure.com", "canvaslms.com", SITE),
            marks=r".*/api/lti/security/jwks",
        ),
        FRAME,
    ),
    after=gettext_noop(
        "Save, turn the key's State to ON, then install it: Settings → Apps → + App → Configuration Type: By Client ID."
    ),
    sources=(
        "https://developerdocs.instructure.com/services/canvas/external-tools/lti/file.lti_dev_key_config",
        "https://community.canvaslms.com: How do I configure an LTI key for an account?",
    ),
    tried=READ,
)

LMSS = (MOODLE, CANVAS, BLACKBOARD, BRIGHTSPACE, OPEN_EDX, SAKAI, OTHER)
"""Every LMS whose words are known, the last one for all others."""


def lms_called(code: str) -> Lms:
    """Return the LMS of that code.

    Raises
    ------
    BadInput
        With the codes there are.
    """
    found = next((one for one in LMSS if one.code == code), None)
    if found is None:
        raise BadInput(f"There is no LMS {code!r} here: choose one of {', '.join(one.code for one in LMSS)}.")
    return found
