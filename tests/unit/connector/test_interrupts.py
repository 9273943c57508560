"""Ctrl-C inside a transaction waits for its end; what somebody else does with it stays."""

import signal

import pytest

from connector.sync.interrupts import undisturbed


@pytest.fixture
def handled_by():
    """Let a handler take SIGINT while the test runs."""
    before = signal.getsignal(signal.SIGINT)
    yield lambda handler: signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_comes_after_the_block_which_is_done_whole(handled_by):
    handled_by(signal.default_int_handler)
    done = []

    def work():
        with undisturbed():
            signal.raise_signal(signal.SIGINT)
            done.append("whole")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["whole"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_error_of_the_block_is_what_is_raised_and_ctrl_c_works_again_after_it(handled_by):
    handled_by(signal.default_int_handler)
    with pytest.raises(ValueError, match="torn"), undisturbed():
        raise ValueError("torn")
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_a_handler_of_somebody_else_is_called_at_once(handled_by):
    called = []
    handled_by(lambda number, _frame: called.append(number))
    with undisturbed():
        signal.raise_signal(signal.SIGINT)
        assert called == [signal.SIGINT]
