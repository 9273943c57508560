"""The words of Blackboard and Brightspace; as ``by_hand_words``."""

from connector.lti.by_hand import FRAME, READ, SITE, UUID_SHAPE, Lms, Ours, Theirs
from connector.lti.codes import gettext_noop

BLACKBOARD = Lms(
    code="blackboard",
    name="Blackboard",
    one_url="",
    menu=gettext_noop(
        "developer.anthology.com (before: developer.blackboard.com) → Register a REST or LTI application → My "
        "integration supports LTI 1.3."
    ),
    ours=(
        Ours("Application Name", "{name}"),
        Ours("Description", "{description}"),
        Ours("Domain(s)", "{domain}"),
        Ours("My integration supports LTI 1.3", "on"),
        Ours("Login Initiation URL", "{login_url}"),
        Ours("Tool Redirect URL(s)", "{launch_url}"),
        Ours("Tool JWKS URL", "{jwks_url}"),
        Ours("Signing Algorithm", "RS256"),
        Ours("Custom Parameters", "leave it empty"),
    ),
    theirs=(
        Theirs(
            "site",
            "Address of your Blackboard Learn",
            gettext_noop("What you see in the browser when you are in Learn."),
            example="https://learn.example.edu",
        ),
        Theirs(
            "client_id",
            "Application ID",
            gettext_noop("The developer portal shows it once you have registered; Learn calls it Client ID."),
            marks=UUID_SHAPE,
            example="fe3ebd13-39a4-42c4-8b83-194f08e77f8a",
        ),
        Theirs(
            "deployment",
            "Deployment ID",
            gettext_noop("Learn: Administrator Panel → LTI Tool Providers → Edit. One for each institution."),
            optional=True,
            marks=UUID_SHAPE,
            example="ea4e4459-2363-348e-bd38-048993689aa0",
        ),
        Theirs("issuer", "Issuer", derived="https://blackboard.com", hosts=("blackboard.com",)),
        Theirs(
            "auth_url",
            "OIDC auth request endpoint",
            derived="https://developer.blackboard.com/api/v1/gateway/oidcauth",
            hosts=("blackboard.com", "anthology.com"),
            marks=r".*/gateway/oidcauth",
        ),
        Theirs(
            "token_url",
            "Auth token endpoint",
            derived="https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken",
            hosts=("blackboard.com", "anthology.com"),
            marks=r".*/oauth2/jwttoken",
        ),
        Theirs(
            "jwks_url",
            "Public keyset URL",
            derived="https://developer.blackboard.com/api/v1/management/applications/{client_id}/jwks.json",
            hosts=("blackboard.com", "anthology.com"),
            marks=r".*/jwks\.json",
        ),
        FRAME,
    ),
    after=gettext_noop(
        "In Learn: Administrator Panel → LTI Tool Providers → Register LTI 1.3/Advantage Tool, paste the Application "
        "ID, set the status to Approved, send no user fields but the role, then Manage Placements → Create Placement."
    ),
    sources=(
        "https://docs.anthology.com/docs/blackboard/lti/1.3/register-an-application",
        "https://docs.anthology.com/docs/developer-portal/creating-new-rest-or-lti-application",
    ),
    tried=READ,
)

BRIGHTSPACE = Lms(
    code="brightspace",
    name="Brightspace",
    one_url=gettext_noop(
        "Admin Tools → Manage Extensibility → LTI Advantage → Register Tool → Dynamic → Tool initiation registration "
        "endpoint."
    ),
    menu=gettext_noop("Admin Tools → Manage Extensibility → LTI Advantage → Register Tool → Standard."),
    ours=(
        Ours("Name", "{name}"),
        Ours("Description", "{description}"),
        Ours("Domain", "{origin}"),
        Ours("Redirect URLs", "{launch_url}"),
        Ours("OpenID Connect Login URL", "{login_url}"),
        Ours("Target Link URI", "{launch_url}"),
        Ours("Keyset URL", "{jwks_url}"),
        Ours("Extensions", "Deep Linking; no others"),
        Ours("Roles: Send Institution Role", "off (on only if administrators may enter the console by a launch)"),
    ),
    theirs=(
        Theirs(
            "site",
            "Issuer",
            gettext_noop("The address of your Brightspace; the page of the registration shows it at its end."),
            example="https://school.brightspace.com",
        ),
        Theirs(
            "client_id",
            "Client Id",
            gettext_noop("The page of the registration shows it at its end."),
            marks=UUID_SHAPE,
            example="7a1d2f7e-6f2b-4d7f-9a55-0b2c6d1f4a10",
        ),
        Theirs(
            "deployment",
            "Deployment Id",
            gettext_noop("View Deployments → New Deployment, after saving."),
            optional=True,
            marks=UUID_SHAPE,
        ),
        Theirs("issuer", "Issuer", derived="{site}", hosts=(SITE,)),
        Theirs(
            "auth_url",
            "OpenID Connect Authentication Endpoint",
            derived="{site}/d2l/lti/authenticate",
            hosts=(SITE,),
            marks=r".*/d2l/lti/authenticate",
        ),
        Theirs(
            "token_url",
            "Brightspace OAuth2 Access Token URL",
            derived="https://auth.brightspace.com/core/connect/token",
            hosts=("brightspace.com", SITE),
            marks=r".*/core/connect/token",
        ),
        Theirs(
            "jwks_url",
            "Brightspace Keyset URL",
            derived="{site}/d2l/.well-known/jwks",
            hosts=(SITE,),
            marks=r".*/d2l/\.well-known/jwks",
        ),
        FRAME,
    ),
    after=gettext_noop(
        "Register, then View Deployments → New Deployment: choose the tool, leave all Security Settings off "
        "(Anonymous), add the org units."
    ),
    pages=r"/d2l(/|$)",
    sources=(
        "https://documentation.brightspace.com: Register an external learning tool for LTI Advantage",
        "https://ltiaas.com/docs/lms_setup/brightspace_setup/",
    ),
    tried=READ,
)
