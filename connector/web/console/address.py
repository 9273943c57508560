"""The step "address": whether requests come by the site's address, over https, and whether the clocks agree."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from werkzeug.datastructures import MultiDict

from connector.clock import Clock
from connector.web.console.connection import is_at_home, opened_elsewhere
from connector.web.console.steps import Asked, Connection, Shown, Stage, Standing, Went, Wrong
from widgets.console.rooms import AddressView, LampView

GOOD_CLOCK = timedelta(seconds=5)
BAD_CLOCK = timedelta(seconds=60)
TEMPLATE = "console_address.html"


@dataclass(frozen=True, slots=True)
class AddressStep:
    """Looks at the very request that asks.

    Parameters
    ----------
    origin : str
        ONWARD_PUBLIC_URL.
    proxies : int
        ONWARD_TRUSTED_PROXIES.
    connection : callable
        Gives how the present request came.
    database_clock : callable
        Gives the time by the database's clock.
    """

    origin: str
    proxies: int
    connection: Callable[[], Connection]
    clock: Clock
    database_clock: Clock
    key: str = "address"
    title: str = "Address"

    def standing(self) -> Standing:
        """Return the worst of what is seen; what could be better but works is done all the same."""
        seen = self._lamps(self.connection())
        wrong = [lamp for lamp in seen if lamp.light == "error"]
        if wrong:
            return Standing(Stage.CURRENT, wrong[0].sentence, wrong[0].next_action)
        better = [lamp for lamp in seen if lamp.light == "warning"]
        if better:
            return Standing(Stage.DONE, better[0].sentence, better[0].next_action)
        return Standing(Stage.DONE, f"This site is reached at {self.origin}.")

    def view(self, asked: Asked, given: Mapping[str, str], errors: Mapping[str, str]) -> Shown:  # noqa: ARG002 - a step's signature
        """Show each thing that was looked at."""
        return self._shown(asked, None)

    def submit(self, asked: Asked, form: MultiDict[str, str]) -> Went | Shown | Wrong:
        """Compare the browser's clock with ours."""
        told = form.get("browser_now", "")
        if not (told.isascii() and told.isdigit() and len(told) < 15):  # noqa: PLR2004 - milliseconds until the year 5000
            return Wrong({"": "The browser did not tell its time: that needs JavaScript. Compare with your own eyes."})
        return self._shown(asked, browser_lamp(datetime.fromtimestamp(int(told) / 1000, UTC), self.clock()))

    def _shown(self, asked: Asked, browser: LampView | None) -> Shown:
        view = AddressView(self._lamps(asked.connection), f"{self.clock():%Y-%m-%d %H:%M:%S} UTC", browser)
        return Shown(TEMPLATE, view)

    def _lamps(self, connection: Connection) -> tuple[LampView, ...]:
        return (
            origin_lamp(self.origin, connection),
            https_lamp(self.origin),
            proxy_lamp(connection, self.proxies),
            clock_lamp(self.database_clock(), self.clock()),
        )


def origin_lamp(origin: str, connection: Connection) -> LampView:
    """Say whether the browser used the site's own address."""
    if is_at_home(connection, origin):
        return LampView("Public address", "ok", f"ONWARD_PUBLIC_URL is {origin}, and this page was opened there.")
    sentence, _, remedy = opened_elsewhere(connection, origin).partition(". ")
    return LampView("Public address", "error", f"{sentence}.", remedy)


def https_lamp(origin: str) -> LampView:
    """Say whether browsers will keep our cookies in a frame."""
    if origin.startswith("https://"):
        return LampView("https", "ok", "The address begins with https.")
    return LampView(
        "https",
        "warning",
        "The address begins with http: good for trying out on one machine. An LMS elsewhere cannot open it in a frame.",
        "Put a proxy with https in front and set ONWARD_PUBLIC_URL to its address.",
    )


def proxy_lamp(connection: Connection, proxies: int) -> LampView:
    """Say whether as many proxies spoke as are trusted."""
    hops = len([hop for hop in connection.forwarded_for.split(",") if hop.strip()])
    if not hops and not proxies:
        return _proxy("ok", "No proxy in front, and none is trusted.")
    if not proxies:
        seen = f"A proxy is in front (X-Forwarded-For has {_addresses(hops)}), and ONWARD_TRUSTED_PROXIES is 0."
        return _proxy("warning", seen, f"Set ONWARD_TRUSTED_PROXIES={hops}, or all visitors count as one for limits.")
    if hops < proxies:
        seen = f"ONWARD_TRUSTED_PROXIES is {proxies}, and X-Forwarded-For has {_addresses(hops)}."
        return _proxy("error", seen, f"Set ONWARD_TRUSTED_PROXIES={hops}, or let each proxy set X-Forwarded-For.")
    if not connection.forwarded_proto:
        return _proxy("warning", "The proxy sets no X-Forwarded-Proto.", "Let it send the scheme that browsers use.")
    seen = f"{_proxies(proxies)}; X-Forwarded-For has {_addresses(hops)}, X-Forwarded-Proto is there."
    return _proxy("ok", seen)


def _proxy(light: str, sentence: str, next_action: str = "") -> LampView:
    return LampView("Proxy", light, sentence, next_action)


def _addresses(number: int) -> str:
    return "no address" if not number else "1 address" if number == 1 else f"{number} addresses"


def _proxies(number: int) -> str:
    return "1 proxy is trusted" if number == 1 else f"{number} proxies are trusted"


def clock_lamp(database: datetime, ours: datetime) -> LampView:
    """Say whether the clocks of server and database agree."""
    apart = abs(database - ours)
    if apart <= GOOD_CLOCK:
        return LampView("Clock", "ok", "Server and database agree on the time.")
    return LampView(
        "Clock",
        "error" if apart > BAD_CLOCK else "warning",
        f"The clocks of server and database are {round(apart.total_seconds())} seconds apart.",
        "Let both machines follow a time server (chrony, systemd-timesyncd).",
    )


def browser_lamp(browser: datetime, ours: datetime) -> LampView:
    """Say whether a browser's clock and ours agree."""
    apart = abs(browser - ours)
    if apart <= GOOD_CLOCK:
        return LampView("This browser", "ok", "Your clock and the server's agree.")
    ahead = "behind" if browser > ours else "ahead of"
    return LampView(
        "This browser",
        "error" if apart > BAD_CLOCK else "warning",
        f"The server's clock is {round(apart.total_seconds())} seconds {ahead} yours.",
        "Find out which of them is wrong; the server has to follow a time server.",
    )
