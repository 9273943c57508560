"""Invariant 10 at length: hundreds of orders and pagings of the same Statements end in the same state."""

import random

import pytest

from tests.integration.test_order import TOLD, taken_in

pytestmark = [pytest.mark.soak, pytest.mark.slow]


def test_three_hundred_orders_pagings_and_restarts_end_in_one_state(engine, now):
    undisturbed = taken_in(engine, now, [TOLD], restarts=False)
    for seed in range(300):
        rng = random.Random(seed)
        told = [*TOLD, *rng.sample(TOLD, 10)]
        rng.shuffle(told)
        size = rng.randint(1, 20)
        pages = [told[begin : begin + size] for begin in range(0, len(told), size)]
        assert taken_in(engine, now, pages, restarts=bool(seed % 2)) == undisturbed, f"seed {seed}"
