"""Who sent a login or a launch, as far as the network and the browser say."""

from dataclasses import dataclass

from connector.lti.origin import is_on_origin_of


@dataclass(frozen=True, slots=True)
class Sender:
    """Where a request came from; each is "" when it is not known.

    ``source`` names the network address, for limits only, in memory only. ``origin`` and ``fetch_site`` are the headers
    ``Origin`` and ``Sec-Fetch-Site``, which a page of another site cannot set (Fetch 3.2; Fetch Metadata 2.3).
    """

    source: str = ""
    origin: str = ""
    fetch_site: str = ""

    def is_page_of(self, ours: str) -> bool:
        """Return whether a page on the origin of ``ours`` sent this; older browsers have no ``Sec-Fetch-Site``."""
        return is_on_origin_of(self.origin, ours) and self.fetch_site in {"", "same-origin"}


UNKNOWN_SENDER = Sender()
"""Nothing is known: nothing that needs a page of ours is believed."""
