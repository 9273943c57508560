"""The words of Open edX, of Sakai, and of the specification for any other LMS; as ``by_hand_words``."""

from connector.lti.by_hand import FRAME, READ, SITE, UUID_SHAPE, Lms, Ours, Theirs
from connector.lti.codes import gettext_noop

OPEN_EDX = Lms(
    code="open-edx",
    name="Open edX",
    one_url="",
    menu=gettext_noop(
        'Studio → your course → Settings → Advanced Settings → Advanced Module List: add "lti_consumer"; then in a '
        "unit: Advanced → LTI Consumer → Edit."
    ),
    ours=(
        Ours("Display Name", "{name}"),
        Ours("Configuration Type", "Configuration on block"),
        Ours("LTI Version", "LTI 1.3"),
        Ours("Tool Launch URL", "{launch_url}"),
        Ours("Tool Initiate Login URL", "{login_url}"),
        Ours("Registered Redirect URIs", '["{launch_url}"]'),
        Ours("Tool Public Key Mode", "Keyset URL"),
        Ours("Tool Keyset URL", "{jwks_url}"),
        Ours("Enable LTI NRPS", "False"),
        Ours("Deep linking", "False"),
        Ours("LTI Assignment and Grades Service", "Disabled"),
        Ours("LTI Launch Target", "Inline"),
        Ours("Inline Height", "800"),
        Ours("Request user's username", "False"),
        Ours("Request user's full name", "False"),
        Ours("Request user's email", "False"),
    ),
    theirs=(
        Theirs(
            "client_id",
            "Client ID",
            gettext_noop("Studio shows it in the unit, in the place of the block, once the block is saved."),
            marks=UUID_SHAPE,
            example="f2b1c1f0-5d3e-4d53-9d0a-0d6f0a2c7f11",
        ),
        Theirs(
            "jwks_url",
            "Keyset URL",
            gettext_noop("Below the Client ID. All other addresses follow from it."),
            hosts=(SITE,),
            marks=r".*/public_keysets/[^/]+",
            example="https://lms.example.edu/api/lti_consumer/v1/public_keysets/31ca7b1e-8f0c-4c58-9c39-2f6f0a7d1b55",
        ),
        Theirs(
            "deployment",
            "Deployment ID",
            gettext_noop("Below the Client ID, a small number. Left out, each deployment is admitted."),
            optional=True,
            marks=r"\d{1,9}",
            example="1",
        ),
        Theirs(
            "frame_origin",
            "Address of the learning app (MFE)",
            gettext_noop("Where learners see their courses, if that is not the address of the Keyset URL."),
            optional=True,
            example="https://apps.lms.example.edu",
        ),
        Theirs("site", "Address of the LMS", derived="{keys_origin}"),
        Theirs("issuer", "Issuer (LTI_API_BASE or LMS_ROOT_URL)", derived="{site}", hosts=(SITE,)),
        Theirs(
            "auth_url",
            "Login URL",
            derived="{site}/api/lti_consumer/v1/launch/",
            hosts=(SITE,),
            marks=r".*/api/lti_consumer/v1/launch/?",
        ),
        Theirs(
            "token_url",
            "Access Token URL",
            derived="{site}/api/lti_consumer/v1/token/{keys_number}",
            hosts=(SITE,),
            marks=r".*/api/lti_consumer/v1/token/[^/]+",
        ),
    ),
    after=gettext_noop(
        "Save. Each block has a Client ID of its own: register each, or let your operators make a reusable "
        "configuration."
    ),
    pages=r"/(course|courses|learning|dashboard|login|api)(/|$)",
    sources=(
        "https://github.com/openedx/xblock-lti-consumer: lti_consumer/lti_xblock.py and lti_1p3_studio.html, 9.16.1",
    ),
    tried=gettext_noop(
        "Launches of Open edX's own consumer (lti-consumer-xblock 9.16.1) are tried in our tests; the words of its "
        "form are read in its source. This page with a whole Open edX: not yet tried."
    ),
)

SAKAI = Lms(
    code="sakai",
    name="Sakai",
    one_url=gettext_noop("Administration Workspace → External Tools → Auto-Provision."),
    menu=gettext_noop("Administration Workspace → External Tools → Install LTI 1.x Tool."),
    ours=(
        Ours("Tool Title", "{name}"),
        Ours("Button Text (Text in tool menu)", "{name}"),
        Ours("Description", "{description}"),
        Ours("Launch URL (1.1) / Target Link URI (1.3)", "{launch_url}"),
        Ours("Send User Names to External Tool", "off"),
        Ours("Send Email Addresses to External Tool", "off"),
        Ours("Allow External Tool to return grades", "off"),
        Ours("Provide Roster to External Tool", "off"),
        Ours("The tool URL supports a single LTI tool (Resource Link launch)", "on"),
        Ours('The tool URL supports a "resource picker" experience (Deep Link launch)', "on"),
        Ours("Allow the tool to be selected from Lessons", "on"),
        Ours("Allow the tool to be placed in site-level navigation", "on"),
        Ours("LTI 1.1 or 1.3", "Tool supports LTI 1.3"),
        Ours("LTI 1.3 Tool Keyset / JWK URL", "{jwks_url}"),
        Ours("LTI 1.3 Tool OpenID Connect/Initialization Endpoint", "{login_url}"),
        Ours("LTI 1.3 Tool Redirect Endpoint(s)", "{launch_url}"),
    ),
    theirs=(
        Theirs(
            "site",
            "LTI 1.3 Platform Issuer",
            gettext_noop("View the tool after saving it: Sakai shows these values there."),
            example="https://sakai.example.edu",
        ),
        Theirs("client_id", "LTI 1.3 Client ID", marks=UUID_SHAPE, example="ebf1be93-7d8d-4a1f-a7de-f2c8f5407300"),
        Theirs("deployment", "LTI 1.3 Deployment Id", optional=True, marks=r"\d{1,9}", example="1"),
        Theirs("issuer", "LTI 1.3 Platform Issuer", derived="{site}", hosts=(SITE,)),
        Theirs(
            "jwks_url",
            "LTI 1.3 LMS Keyset URL",
            gettext_noop("Older Sakais have a number behind it: then paste it as it is shown."),
            derived="{site}/imsblis/lti13/keyset",
            hosts=(SITE,),
            marks=r".*/imsblis/lti13/keyset(/\d+)?",
        ),
        Theirs(
            "auth_url",
            "LTI 1.3 LMS OIDC Endpoint URL",
            derived="{site}/imsoidc/lti13/oidc_auth",
            hosts=(SITE,),
            marks=r".*/imsoidc/lti13/oidc_auth",
        ),
        Theirs(
            "token_url",
            "LTI 1.3 LMS OAuth Token URL",
            gettext_noop("Not needed: no service is used."),
            optional=True,
            hosts=(SITE,),
            marks=r".*/imsblis/lti13/token(/\d+)?",
        ),
        FRAME,
    ),
    after=gettext_noop("Save, then View the tool: Sakai shows its own values there."),
    pages=r"/(portal|access|direct)(/|$)",
    sources=(
        "https://github.com/sakaiproject/sakai: lti/lti-impl/src/bundle/ltiservice.properties",
        "https://github.com/sakaiproject/sakai: basiclti/README_13.md",
    ),
    tried=READ,
)

OTHER = Lms(
    code="other",
    name="another LMS",
    one_url=gettext_noop("Where your LMS asks for a tool's (dynamic) registration URL."),
    menu=gettext_noop("Where your LMS registers LTI 1.3 tools."),
    ours=(
        Ours("Tool name", "{name}"),
        Ours("Target link URI, launch URL", "{launch_url}"),
        Ours("OpenID Connect login initiation URL", "{login_url}"),
        Ours("Redirect URI", "{launch_url}"),
        Ours("Public keyset URL (JWKS)", "{jwks_url}"),
        Ours("Names, e-mail, grades, roster", "off"),
    ),
    theirs=(
        Theirs(
            "issuer",
            "Issuer",
            gettext_noop("Also called platform ID; letter by letter, a last slash counts."),
            example="https://lms.example.edu",
        ),
        Theirs("client_id", "Client ID", gettext_noop("What your LMS calls this tool.")),
        Theirs("deployment", "Deployment ID", gettext_noop("Left out, each deployment is admitted."), optional=True),
        Theirs("auth_url", "Authentication request URL", gettext_noop("Also called OIDC authorization endpoint.")),
        Theirs("jwks_url", "Public keyset URL", gettext_noop("Also called JWKS URL.")),
        Theirs("token_url", "Access token URL", gettext_noop("Not needed: no service is used."), optional=True),
        FRAME,
    ),
    after=gettext_noop("Save; your LMS then shows its own values."),
    rooted=False,
    sources=("https://www.imsglobal.org/spec/lti/v1p3",),
    tried=gettext_noop("The words are those of LTI 1.3; launches of lti1p3platform and lti-provider-mock are tried."),
)
