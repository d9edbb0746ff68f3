"""Work that is handed to a thread."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from bot.logs import _trace, traced
from bot.storage.threads import THREADS, in_thread


def test_it_gives_what_the_work_gives_and_the_loop_goes_on() -> None:
    async def two() -> list[bool]:
        meet = threading.Barrier(2, timeout=10)

        def met(after: bool) -> bool:
            meet.wait()
            return after

        return list(await asyncio.gather(in_thread(met, True), in_thread(met, after=False)))

    assert asyncio.run(two()) == [True, False]


def test_an_error_is_its_callers_alone() -> None:
    def work(number: int) -> int:
        if number == 1:
            raise KeyError(number)
        return number

    async def three() -> list[int | BaseException]:
        jobs = (in_thread(work, number) for number in range(3))
        return await asyncio.gather(*jobs, return_exceptions=True)

    first, second, third = asyncio.run(three())
    assert (first, third) == (0, 2)
    assert isinstance(second, KeyError)


def test_the_work_belongs_to_the_message_of_its_caller() -> None:
    async def numbers() -> list[int | None]:
        found = [await in_thread(_trace.get)]
        with traced(7):
            found.append(await in_thread(_trace.get))
        return [*found, await in_thread(_trace.get)]

    assert asyncio.run(numbers()) == [None, 7, None]


def test_a_caller_that_is_gone_does_no_harm() -> None:
    """Also where its loop has ended: the thread does the next job."""
    go_on, ended = threading.Event(), threading.Event()

    def work() -> None:
        go_on.wait(10)
        ended.set()

    async def given_up() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(in_thread(work), 0.01)

    asyncio.run(given_up())
    go_on.set()
    assert ended.wait(10)

    async def many() -> int:
        return sum(await asyncio.gather(*(in_thread(int, 1) for _ in range(10 * THREADS))))

    assert asyncio.run(many()) == 10 * THREADS


def test_what_was_cancelled_before_it_began_is_not_done() -> None:
    done: list[str] = []
    held = threading.Event()

    async def cancelled() -> None:
        holders = [asyncio.create_task(in_thread(held.wait, 10)) for _ in range(THREADS)]
        await asyncio.sleep(0)
        late = asyncio.create_task(in_thread(done.append, "late"))
        await asyncio.sleep(0)
        late.cancel()
        await asyncio.wait([late])
        held.set()
        await asyncio.gather(*holders)
        await in_thread(time.sleep, 0)

    asyncio.run(cancelled())
    assert done == []
