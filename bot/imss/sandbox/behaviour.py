"""What the sandbox was told to do wrong, and to which of the next calls."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["slow", "status", "close", "lose_answer", "curp_unknown"]
KINDS: tuple[Kind, ...] = ("slow", "status", "close", "lose_answer", "curp_unknown")
MOMENTS = ("before", "inside", "after")
STATUSES = (429, 500, 502, 503, 504)
LONGEST_SECONDS = 120.0


class BehaviourError(ValueError):
    """What was asked for is not a behaviour."""


@dataclass(frozen=True)
class Behaviour:
    """One misbehaviour for the next `times` calls of `operation` (of any, where None).

    slow: waits `seconds` at a `moment`: before the work, inside it (done but not committed), or
    after it (committed, not answered). status: answers `status` and does nothing. close: closes the
    connection and does nothing. lose_answer: does the work, then closes the connection.
    curp_unknown: the register does not know the CURP of the call.
    """

    kind: Kind
    times: int = 1
    operation: str | None = None
    seconds: float = 0.0
    moment: str = "before"
    status: int = 503

    def __post_init__(self) -> None:
        fits = (
            self.kind in KINDS
            and type(self.times) is int
            and 1 <= self.times <= 10_000
            and (self.operation is None or isinstance(self.operation, str))
            and type(self.seconds) in (int, float)
            and 0 <= self.seconds <= LONGEST_SECONDS
            and self.moment in MOMENTS
            and self.status in STATUSES
        )
        if not fits:
            raise BehaviourError("not a behaviour")

    @classmethod
    def from_json(cls, value: Any) -> Behaviour:
        """Raises BehaviourError."""
        try:
            return cls(**value)
        except TypeError as error:
            raise BehaviourError("not a behaviour") from error


class Behaviours:
    """The behaviours that are waiting, oldest first, and what the sandbox has been called for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[Behaviour, int]] = []
        self._calls: Counter[str] = Counter()
        self._pausing: Counter[str] = Counter()

    def add(self, behaviour: Behaviour) -> None:
        """From the next call on."""
        with self._lock:
            self._waiting.append((behaviour, behaviour.times))

    def clear(self) -> None:
        """Forgets all that is waiting, and the counts."""
        with self._lock:
            self._waiting.clear()
            self._calls.clear()

    def take(self, operation: str) -> Behaviour | None:
        """Counts a call and gives the behaviour for it, if any."""
        with self._lock:
            self._calls[operation] += 1
            for place, (behaviour, left) in enumerate(self._waiting):
                if behaviour.operation in (None, operation):
                    self._waiting[place : place + 1] = [(behaviour, left - 1)] * (left > 1)
                    return behaviour
            return None

    def pausing(self, place: str, change: int) -> None:
        """Counts the calls that are waiting at a place now."""
        with self._lock:
            self._pausing[place] += change

    def as_json(self) -> dict[str, Any]:
        """What is waiting, how many calls each operation had, and where calls are paused."""
        with self._lock:
            return {
                "waiting": [
                    {**asdict(behaviour), "times": left} for behaviour, left in self._waiting
                ],
                "calls": dict(self._calls),
                "pausing": dict(+self._pausing),
            }
