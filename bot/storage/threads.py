"""Threads in which what waits for the database runs, so that the event loop does not wait.

Not anyio's and not asyncio's: some seven jobs are handed over for each message, and what they do
around a job took as long as a statement does.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from functools import cache
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from bot.storage.database import CONNECTIONS

# Whoever is held up by a lock holds up nobody else.
THREADS = CONNECTIONS

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What the work gives, or raises. It logs as its caller does. Where the caller is cancelled,
    work that has begun goes on."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()
    context = copy_context()

    def job() -> None:
        if not done.cancelled():
            _do(loop, done, context, lambda: work(*args, **kwargs))

    _jobs().put(job)
    return await done


async def in_thread_or_undone(
    work: Callable[P, T], undo: Callable[[T], object], *args: P.args, **kwargs: P.kwargs
) -> T:
    """The same; but where the caller is cancelled meanwhile, what the work gave is undone."""
    begun = asyncio.ensure_future(in_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(begun)
    except asyncio.CancelledError:
        with contextlib.suppress(Exception):  # the caller ends either way
            await in_thread(undo, await begun)
        raise


def _do(
    loop: asyncio.AbstractEventLoop,
    done: asyncio.Future[T],
    context: Context,
    work: Callable[[], T],
) -> None:
    settle: tuple[Any, ...]
    try:
        settle = (_give, done, context.run(work))
    except BaseException as error:
        settle = (_raise, done, error)
    # The loop may have ended meanwhile: then nobody waits.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(*settle)


def _give(done: asyncio.Future[T], result: T) -> None:
    if not done.done():
        done.set_result(result)


def _raise(done: asyncio.Future[Any], error: BaseException) -> None:
    if not done.done():
        done.set_exception(error)


@cache
def _jobs() -> SimpleQueue[Callable[[], None]]:
    """The jobs that wait. Its threads end with the process: what they have not committed then was
    not acknowledged either."""
    jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
    for number in range(THREADS):
        threading.Thread(target=_work, args=(jobs,), name=f"database-{number}", daemon=True).start()
    return jobs


def _work(jobs: SimpleQueue[Callable[[], None]]) -> None:
    while True:
        jobs.get()()
