"""Sync from an LRS that is in trouble, over HTTP: what passes is waited for, what does not is told at once."""

import time
from datetime import timedelta

import pytest

from connector.clock import fixed
from connector.sync import sync
from lrs_adapters.auth import Basic
from lrs_adapters.base import LRSRefused, LRSUnavailable
from lrs_adapters.registry import open_source
from lrs_adapters.transport import Patience
from tests.contract.faulty import BASE, Fault, FaultyLrs, Held, Wire, served
from tests.integration.site_under_test import reading, told

QUICK = Patience(read=timedelta(seconds=5), retries=4, backoff=timedelta())


@pytest.fixture
def faulty():
    with served() as server:
        server.lrs = FaultyLrs(held=[Held(number, float(number), 0.0) for number in range(60)], now=100.0)
        yield server


def over_http(site, now, server, secret="a secret"):
    one = reading(site, [], fixed(now))
    source = open_source("xapi", server.origin + BASE, auth=Basic("reader", secret), patience=QUICK, page_size=10)
    object.__setattr__(one, "source", source)
    return one


@pytest.mark.parametrize("fault", [Fault.FLAKY, Fault.RESET, Fault.RATE_LIMITED, Fault.TRUNCATED], ids=str)
def test_trouble_that_passes_is_waited_for_and_nothing_is_lost(site, now, faulty, fault):
    faulty.lrs = FaultyLrs(frozenset({fault}), faulty.lrs.held, now=100.0, seed=3)
    one = over_http(site, now, faulty)
    assert sync(one).added == 60
    assert len(faulty.lrs.requests) > 7  # six pages and the last moment once more, and what was asked again
    one.source.close()


class Reluctant(FaultyLrs):
    """Answers ``first`` to the first request."""

    first = Wire(429, {"Retry-After": "1"})

    def answer(self, target, headers):
        known = super().answer(target, headers)
        return self.first if len(self.requests) == 1 else known


def test_an_lrs_that_asks_for_a_second_gets_it(site, now, faulty):
    faulty.lrs = Reluctant(held=faulty.lrs.held, now=100.0)
    one = over_http(site, now, faulty)
    began = time.monotonic()
    assert sync(one).added == 60
    assert time.monotonic() - began >= 1
    one.source.close()


def test_an_lrs_that_asks_for_an_hour_ends_the_run_at_once_and_says_when_to_return(site, now, faulty):
    faulty.lrs = Reluctant(held=faulty.lrs.held, now=100.0)
    faulty.lrs.first = Wire(429, {"Retry-After": "3600"})
    one = over_http(site, now, faulty)
    with pytest.raises(LRSUnavailable, match=r"429: .* Try again in 3600 seconds") as unavailable:
        sync(one)
    assert unavailable.value.wait == timedelta(hours=1)
    assert len(faulty.lrs.requests) == 1
    one.source.close()


def test_a_wrong_secret_is_tried_once_and_names_the_key_but_never_the_secret(site, now, faulty):
    one = over_http(site, now, faulty, secret="not the secret")
    with pytest.raises(LRSRefused):
        sync(one)
    said_of_it = told(site, now)["sources"][0]["last_error"]
    assert "401: key or secret wrong" in said_of_it
    assert "key 'reader'" in said_of_it
    assert "not the secret" not in said_of_it
    assert len(faulty.lrs.requests) == 1
    one.source.close()
