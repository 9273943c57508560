"""What differs between learning platforms when a tool registers itself, as data.

Moodle's part is from exchanges recorded with a Moodle 5.1; the others' are from their documentation, not tried.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from connector.lti.codes import gettext_noop
from connector.lti.deep_linking import DEEP_LINKING_REQUEST

RESOURCE_LINK = "LtiResourceLinkRequest"
DEEP_LINKING = DEEP_LINKING_REQUEST


@dataclass(frozen=True, slots=True)
class Product:
    """One product and its quirks.

    Parameters
    ----------
    code : str
        What is kept of it; "" is any other product.
    name : str
        What people call it; "" where it is unknown.
    next_step : str
        What the administrator does next, in the product's own words; goes through gettext before it is shown.
    families : tuple of str
        The values of ``product_family_code`` that mean it, in lower case.
    placements : mapping of str to tuple of str
        By message type, the placements to ask for where the configuration offers them. Elsewhere they are ignored.
    anonymous, named : mapping of str to str
        More fields of the tool configuration, without and with the given name.
    """

    code: str
    name: str
    next_step: str
    families: tuple[str, ...] = ()
    placements: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    anonymous: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)


_CANVAS_PRIVACY = "https://canvas.instructure.com/lti/privacy_level"

OTHER = Product(
    "", "", gettext_noop("Activate the tool in your learning platform if it asks for it, then place it in a course.")
)
PRODUCTS = (
    Product(
        "moodle",
        "Moodle",
        gettext_noop(
            "In Moodle: activate the tool in the list that you came from (Manage tools). Then show it in the activity "
            "chooser of your course: Course → More → LTI External tools."
        ),
        families=("moodle",),
    ),
    Product(
        "canvas",
        "Canvas",
        gettext_noop(
            "In Canvas: go on, confirm the installation and turn the tool on. It then stands in the course navigation."
        ),
        families=("canvas",),
        placements=MappingProxyType(
            {RESOURCE_LINK: ("course_navigation",), DEEP_LINKING: ("link_selection", "editor_button")}
        ),
        anonymous=MappingProxyType({_CANVAS_PRIVACY: "anonymous"}),
        named=MappingProxyType({_CANVAS_PRIVACY: "name_only"}),
    ),
    Product(
        "brightspace",
        "Brightspace",
        gettext_noop(
            "In Brightspace: enable the tool under Admin Tools → Manage Extensibility → LTI Advantage, and make a "
            "deployment for it there (View Deployments → New Deployment)."
        ),
        families=("desire2learn", "brightspace", "d2l"),
    ),
    Product(
        "sakai",
        "Sakai",
        gettext_noop(
            "In Sakai: open the tool in the list of external tools of the Administration Workspace and say where it "
            "may be placed."
        ),
        families=("sakailms.org", "sakai"),
    ),
    Product(
        "blackboard",
        "Blackboard",
        gettext_noop(
            "In Blackboard Learn: Administrator Panel → LTI Tool Providers: set the tool to Approved, then Manage "
            "Placements → Create Placement."
        ),
        families=("blackboardlearn", "blackboard"),
    ),
    Product(
        "open-edx",
        "Open edX",
        gettext_noop("In Open edX Studio: publish the unit that the LTI Consumer block stands in."),
        families=("open-edx", "openedx"),
    ),
)

SHARED_ISSUERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "https://canvas.instructure.com": ("instructure.com", "canvaslms.com"),
        "https://canvas.beta.instructure.com": ("instructure.com", "canvaslms.com"),
        "https://canvas.test.instructure.com": ("instructure.com", "canvaslms.com"),
    }
)
"""Issuers of many schools, each with the domains on which its login and key addresses must lie: a school's own host
proves nothing about them, but keys and logins that are the vendor's do."""


def product_of(family: str) -> Product:
    """Return the product with that ``product_family_code``, in any case."""
    return next((product for product in PRODUCTS if family.casefold() in product.families), OTHER)


def product_called(code: str) -> Product:
    """Return the product with that code of ours."""
    return next((product for product in PRODUCTS if product.code == code), OTHER)
