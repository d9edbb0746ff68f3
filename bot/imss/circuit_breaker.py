"""Stops calling a service that keeps failing, and finds out with one call whether it is back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class CircuitOpenError(Exception):
    """The call was not made; `seconds` until one may be."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"open for {seconds:.1f} s")


class CircuitBreaker:
    """Opens after `failures` in a row, for `seconds`; then one call probes. Any thread may use it.

    While open no call is made. When the time is over a single call goes through: if it succeeds all
    may call again, if it fails the time starts anew.
    """

    def __init__(
        self, failures: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._failures_to_open = failures
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until: float | None = None
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether calls are held back, the probe aside."""
        with self._lock:
            return self._open_until is not None

    @contextmanager
    def call(self, failure: type[Exception], answered: type[Exception]) -> Iterator[None]:
        """Around one call: an exception of kind `failure` counts against the service.

        An exception of kind `answered` (checked second) shows that it is there, like success; any
        other says nothing. Raises CircuitOpenError before the call where it may not be made.
        """
        probing = self._enter()
        try:
            yield
        except failure:
            self._failed(probing)
            raise
        except answered:
            self._succeeded(probing)
            raise
        except BaseException:
            self._left(probing)
            raise
        self._succeeded(probing)

    def _enter(self) -> bool:
        """Whether this call is the probe."""
        with self._lock:
            if self._open_until is None:
                return False
            left = self._open_until - self._clock()
            if left > 0 or self._probing:
                # Who waits for a probe's outcome may ask again soon.
                raise CircuitOpenError(max(left, 1.0))
            self._probing = True
            return True

    def _failed(self, probing: bool) -> None:
        with self._lock:
            self._failures += 1
            # Calls that were under way when it opened do not make the wait longer.
            opens = self._open_until is None and self._failures >= self._failures_to_open
            if probing or opens:
                self._open_until = self._clock() + self._seconds
            self._probing = self._probing and not probing

    def _succeeded(self, probing: bool) -> None:
        with self._lock:
            self._failures = 0
            # A call that began before it opened and ends well now does not close it.
            if probing:
                self._open_until = None
                self._probing = False

    def _left(self, probing: bool) -> None:
        with self._lock:
            self._probing = self._probing and not probing
