"""How often somebody may do something, by a clock that the test turns."""

from __future__ import annotations

import pytest

from bot.channels import rate_limit
from bot.channels.rate_limit import RateLimit


class Clock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock at a moment of no importance."""
    return Clock()


def allowed(limit: RateLimit, key: str, times: int) -> list[bool]:
    return [limit.wait_for(key) == 0 for _ in range(times)]


def test_a_burst_is_allowed_and_no_more(clock: Clock) -> None:
    limit = RateLimit(3, 1, clock)
    assert allowed(limit, "a", 5) == [True, True, True, False, False]


def test_the_wait_that_is_told_is_exactly_enough(clock: Clock) -> None:
    limit = RateLimit(2, 0.5, clock)
    allowed(limit, "a", 2)
    wait = limit.wait_for("a")
    assert wait == pytest.approx(2.0)
    clock.now += wait - 0.01
    assert limit.wait_for("a") == pytest.approx(0.01)
    clock.now += 0.01
    assert limit.wait_for("a") == 0


def test_being_refused_does_not_make_the_wait_longer(clock: Clock) -> None:
    limit = RateLimit(1, 1, clock)
    limit.wait_for("a")
    assert [limit.wait_for("a") for _ in range(50)] == [pytest.approx(1.0)] * 50
    clock.now += 1
    assert limit.wait_for("a") == 0


def test_it_fills_by_parts_of_a_second(clock: Clock) -> None:
    limit = RateLimit(1, 2, clock)
    limit.wait_for("a")
    for _ in range(4):
        clock.now += 0.125
        waits = limit.wait_for("a")
    assert waits == 0


def test_a_long_rest_saves_no_more_than_the_burst(clock: Clock) -> None:
    limit = RateLimit(3, 10, clock)
    allowed(limit, "a", 3)
    clock.now += 86_400
    assert allowed(limit, "a", 4) == [True, True, True, False]


def test_one_key_does_not_use_up_another(clock: Clock) -> None:
    limit = RateLimit(1, 1, clock)
    assert allowed(limit, "a", 2) == [True, False]
    assert allowed(limit, "b", 2) == [True, False]


def test_steady_use_is_held_to_the_rate(clock: Clock) -> None:
    limit = RateLimit(5, 2, clock)
    passed = 0
    for _ in range(1000):
        clock.now += 0.1
        passed += limit.wait_for("a") == 0
    assert 200 <= passed <= 206


def test_the_longest_unused_key_is_forgotten_first(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit, "REMEMBERED", 2)
    limit = RateLimit(1, 0.001, clock)
    limit.wait_for("a")
    limit.wait_for("b")
    assert limit.wait_for("a") > 0  # used just now: "b" is the longest unused
    limit.wait_for("c")
    assert limit.wait_for("a") > 0
    assert limit.wait_for("b") == 0
