"""Each try gets what is left of a call's time, and none begins when it is over."""

from __future__ import annotations

import threading
import time

import pytest

from bot.imss.deadline import DeadlinePassedError, RemainingTime, finish_within


def test_a_try_gets_what_is_left() -> None:
    whole = RemainingTime(3, 8, time.monotonic() + 100).clone()
    assert (whole.connect_timeout, whole.total) == (3, pytest.approx(100, abs=5))
    cut = RemainingTime(3, 8, time.monotonic() + 2).clone()
    assert cut.connect_timeout <= 2
    cut.start_connect()
    assert cut.read_timeout is not None
    assert cut.read_timeout <= 2


def test_no_try_begins_when_the_time_is_over() -> None:
    with pytest.raises(DeadlinePassedError):
        RemainingTime(3, 8, time.monotonic() - 1).clone()


def test_work_that_takes_too_long_is_left_behind() -> None:
    over = threading.Event()
    with pytest.raises(DeadlinePassedError):
        finish_within(0.05, lambda: over.wait(30))
    over.set()


def test_what_the_work_gives_or_raises() -> None:
    assert finish_within(5, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        finish_within(5, lambda: 1 // 0)
