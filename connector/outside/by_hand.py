"""The addresses that somebody typed of an LMS, over HTTP: whether they may be asked, and what stands behind them."""

from dataclasses import dataclass

from connector.outside.fetch import FetchLimits, fetch
from connector.outside.urls import UrlRules, check_url, guarded_session

LIMITS = FetchLimits()


@dataclass(frozen=True, slots=True)
class HttpAddresses:
    """Addresses of an LMS that is about to be registered by hand.

    Parameters
    ----------
    rules : UrlRules
        Which URLs may be asked.
    """

    rules: UrlRules
    limits: FetchLimits = LIMITS

    @property
    def schemes(self) -> frozenset[str]:
        """What addresses may begin with."""
        return self.rules.schemes

    def check(self, url: str) -> None:
        """Refuse an address that may not be asked; costs one name resolution. Raises UrlRefused, a BadInput."""
        check_url(url, self.rules)

    def read(self, url: str) -> bytes:
        """Return what stands behind ``url``; raises FetchFailed."""
        with guarded_session(self.rules) as session:
            return fetch(session, url, self.rules, self.limits)
