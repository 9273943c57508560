"""The two requests of a dynamic registration: guarded, bounded, each with the registration token as bearer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests

from connector.lti.registration_codes import RegistrationRefused
from connector.outside.fetch import Answered, FetchFailed, FetchLimits, fetch, post_json
from connector.outside.urls import UrlRefused, UrlRules, check_url, guarded_session

LIMITS = FetchLimits(timeout=timedelta(seconds=10))
"""A Moodle asks our key set while it registers us, so its answer may take some seconds."""


@dataclass(frozen=True, slots=True)
class HttpPlatforms:
    """Platforms that are not registered yet; no token ever follows a redirect to another host.

    Parameters
    ----------
    rules : UrlRules
        Which URLs may be asked.
    """

    rules: UrlRules
    limits: FetchLimits = LIMITS

    @property
    def schemes(self) -> frozenset[str]:
        """What an issuer may begin with."""
        return self.rules.schemes

    def check(self, url: str, name: str) -> None:
        """Refuse an address that may not be asked: ``endpoint_refused`` with ``name``; costs one name resolution."""
        try:
            check_url(url, self.rules)
        except UrlRefused as error:
            raise RegistrationRefused("endpoint_refused", f"{name}: {error}") from error

    def configuration(self, url: str, token: str) -> bytes:
        """Return a Platform's configuration (LTI Dynamic Registration 1.0, 3.4).

        Raises
        ------
        RegistrationRefused
            ``configuration_refused``, ``configuration_unreachable``.
        """
        try:
            check_url(url, self.rules)
        except UrlRefused as error:
            raise RegistrationRefused("configuration_refused", str(error)) from error
        try:
            with self._session(token) as session:
                return fetch(session, url, self.rules, self.limits)
        except FetchFailed as error:
            raise RegistrationRefused("configuration_unreachable", str(error)) from error

    def register(self, url: str, token: str, request: Mapping[str, Any]) -> Answered:
        """Send our request; return the answer whatever its status.

        Raises
        ------
        RegistrationRefused
            ``platform_unreachable``.
        """
        try:
            with self._session(token) as session:
                return post_json(session, url, request, self.rules, self.limits)
        except FetchFailed as error:
            raise RegistrationRefused("platform_unreachable", str(error)) from error

    def _session(self, token: str) -> requests.Session:
        session = guarded_session(self.rules)
        if token:
            session.headers["Authorization"] = f"Bearer {token}"
        return session
