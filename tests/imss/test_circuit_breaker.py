"""The breaker opens after failures in a row, lets one call probe, and closes when that succeeds."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.imss.circuit_breaker import CircuitBreaker, CircuitOpenError


class FailedError(Exception):
    """The service fails."""


class AnsweredError(Exception):
    """The service says no."""


class Time:
    """A clock that stands still unless it is moved."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def breaker(failures: int = 2) -> tuple[CircuitBreaker, Time]:
    clock = Time()
    return CircuitBreaker(failures, 30, clock), clock


def call(guard: CircuitBreaker, error: BaseException | None = None) -> None:
    with guard.call(FailedError, AnsweredError):
        if error is not None:
            raise error


def fail(guard: CircuitBreaker, times: int) -> None:
    for _ in range(times):
        with pytest.raises(FailedError):
            call(guard, FailedError())


def test_it_opens_after_failures_in_a_row() -> None:
    guard, clock = breaker()
    fail(guard, 2)
    clock.now += 10
    with pytest.raises(CircuitOpenError) as caught:
        call(guard)
    assert caught.value.seconds == 20


def test_success_and_refusal_begin_the_count_anew() -> None:
    guard, _ = breaker()
    fail(guard, 1)
    call(guard)
    fail(guard, 1)
    with pytest.raises(AnsweredError):
        call(guard, AnsweredError())
    fail(guard, 1)
    assert not guard.is_open


def test_other_errors_say_nothing() -> None:
    guard, clock = breaker()
    fail(guard, 1)
    with pytest.raises(KeyboardInterrupt):
        call(guard, KeyboardInterrupt())
    fail(guard, 1)
    assert guard.is_open
    clock.now += 30
    with pytest.raises(KeyboardInterrupt):
        call(guard, KeyboardInterrupt())
    assert guard.is_open
    call(guard)  # the probe that was broken off does not keep the next from probing
    assert not guard.is_open


def test_the_probe_decides() -> None:
    guard, clock = breaker()
    fail(guard, 2)
    clock.now += 30
    fail(guard, 1)
    with pytest.raises(CircuitOpenError):
        call(guard)
    clock.now += 30
    call(guard)
    assert not guard.is_open
    fail(guard, 1)
    assert not guard.is_open, "the count began anew"


def test_one_call_probes_at_a_time() -> None:
    guard, clock = breaker()
    fail(guard, 2)
    clock.now += 30
    made: list[int] = []
    refused = threading.Semaphore(0)

    def probe(number: int) -> None:
        try:
            with guard.call(FailedError, AnsweredError):
                made.append(number)
                for _ in range(19):
                    assert refused.acquire(timeout=10)
        except CircuitOpenError:
            refused.release()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(probe, range(20)))
    assert len(made) == 1
    assert not guard.is_open


def test_a_call_from_before_does_not_close_it_or_make_it_longer() -> None:
    guard, clock = breaker()
    early, late = (guard.call(FailedError, AnsweredError) for _ in range(2))
    early.__enter__()
    late.__enter__()
    fail(guard, 2)
    clock.now += 20
    early.__exit__(None, None, None)
    assert guard.is_open
    error = FailedError()
    with pytest.raises(FailedError):
        late.__exit__(FailedError, error, None) or (_ for _ in ()).throw(error)
    clock.now += 10
    call(guard)
    assert not guard.is_open
