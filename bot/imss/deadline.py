"""The whole of a call, with its tries and whatever else takes time, ends by a moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TypeVar

from urllib3.util import Timeout

T = TypeVar("T")


class DeadlinePassedError(TimeoutError):
    """The time for the whole call is over."""


class RemainingTime(Timeout):
    """Timeouts of each try, in seconds, cut to what is left until the deadline.

    urllib3 clones the timeout before every try, so a retry gets less than the try before it, and
    none is begun after the deadline: DeadlinePassedError, which it does not retry.
    """

    def __init__(self, connect: float, read: float, deadline: float) -> None:
        super().__init__(connect=connect, read=read)
        self._seconds = (connect, read)
        self._deadline = deadline

    def clone(self) -> Timeout:
        """The timeouts of the next try."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise DeadlinePassedError
        connect, read = self._seconds
        return Timeout(connect=min(connect, left), read=min(read, left), total=left)


def finish_within(seconds: float, work: Callable[[], T]) -> T:
    """What the work gives or raises; DeadlinePassedError when it takes longer than that.

    Looking up a name knows no timeout, and a server may send one byte now and then for ever: so the
    work runs in a thread of its own, which is left behind to end by its own timeouts.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True, name="imss-call").start()
    try:
        return outcome.result(timeout=seconds)
    except FutureTimeoutError as error:
        if outcome.done():
            raise
        raise DeadlinePassedError from error
