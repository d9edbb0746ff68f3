"""Work that goes on for as long as its process does, and no longer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bot.messaging import for_ever
from tests.messaging.stand_in import process_logging

PRIVATE = "GOMC960312HDFRRL04"
SECONDS = 10


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(for_ever, "AGAIN_SECONDS", 0.0)


@asynccontextmanager
async def _going(work: Callable[[asyncio.Event], Awaitable[None]]) -> AsyncIterator[asyncio.Task]:
    """Until the work says that it got where the test wants it."""
    there = asyncio.Event()
    task = asyncio.create_task(for_ever.for_ever(work, there))
    await asyncio.wait_for(there.wait(), SECONDS)
    yield task
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=SECONDS)
    assert done, "it did not end"
    assert task.cancelled()


async def test_what_fails_and_what_ends_is_started_again() -> None:
    begun = 0

    async def work(there: asyncio.Event) -> None:
        nonlocal begun
        begun += 1
        if begun == 1:
            raise ValueError(PRIVATE)
        if begun == 2:
            return
        there.set()
        await asyncio.sleep(SECONDS)

    with process_logging() as printed:
        async with _going(work):
            pass
    assert begun == 3
    assert printed.getvalue().count("work failed: ValueError") == 1
    assert PRIVATE not in printed.getvalue()


async def test_what_fails_as_it_is_ended_has_ended() -> None:
    """A connection that cannot be closed does not keep a process from ending."""
    begun = 0

    async def work(there: asyncio.Event) -> None:
        nonlocal begun
        begun += 1
        there.set()
        try:
            await asyncio.sleep(SECONDS)
        except asyncio.CancelledError:
            if begun == 1:
                raise OSError(PRIVATE) from None
            raise

    with process_logging() as printed:
        async with _going(work):
            pass
    assert begun == 1
    assert "work failed: OSError" in printed.getvalue()
    assert PRIVATE not in printed.getvalue()


async def test_it_has_ended_when_its_work_has() -> None:
    ended = False

    async def work(there: asyncio.Event) -> None:
        nonlocal ended
        there.set()
        try:
            await asyncio.sleep(SECONDS)
        finally:
            await asyncio.sleep(0.05)
            ended = True

    async with _going(work):
        assert not ended
    assert ended


async def test_work_that_somebody_else_ended_is_started_again() -> None:
    begun = 0

    async def work(there: asyncio.Event) -> None:
        nonlocal begun
        begun += 1
        if begun == 1:
            raise asyncio.CancelledError
        there.set()
        await asyncio.sleep(SECONDS)

    async with _going(work):
        assert begun == 2
