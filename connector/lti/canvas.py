"""The JSON configuration of Canvas' developer keys ("Enter URL"), by which nobody has to type our addresses.

Its fields are those of Instructure's "Manually Configuring LTI Advantage Tools" (read on 2026-11-22, not tried).
"""

from typing import Any

from connector.lti.by_hand import our_values
from connector.lti.dynamic import Tool
from connector.lti.products import DEEP_LINKING, RESOURCE_LINK

PLATFORM = "canvas.instructure.com"
SELECTION_WIDTH, SELECTION_HEIGHT = 800, 640
PLACEMENTS = (
    ("course_navigation", RESOURCE_LINK, True),
    ("link_selection", DEEP_LINKING, True),
    ("editor_button", DEEP_LINKING, True),
    ("global_navigation", RESOURCE_LINK, False),
)
"""Where the tool can stand, by which message, and whether it does unless the administrator says otherwise."""


def canvas_configuration(tool: Tool) -> dict[str, Any]:
    """Return the configuration: no service, no name, no custom field; it holds no secret."""
    ours = our_values(tool)
    return {
        "title": tool.name,
        "description": tool.description,
        "oidc_initiation_url": tool.login_url,
        "target_link_uri": tool.launch_url,
        "public_jwk_url": tool.jwks_url,
        "scopes": [],
        "extensions": [
            {
                "domain": ours["domain"],
                "tool_id": "onward",
                "platform": PLATFORM,
                "privacy_level": "anonymous",
                "settings": {
                    "text": tool.name,
                    "placements": [_placement(tool, *placement) for placement in PLACEMENTS],
                },
            }
        ],
        "custom_fields": {},
    }


def _placement(tool: Tool, name: str, message: str, enabled: bool) -> dict[str, Any]:  # noqa: FBT001 - Canvas' field
    placement = {
        "placement": name,
        "message_type": message,
        "target_link_uri": tool.launch_url,
        "text": tool.name,
        "enabled": enabled,
    }
    size = {"selection_width": SELECTION_WIDTH, "selection_height": SELECTION_HEIGHT}
    return placement | size if message == DEEP_LINKING else placement
