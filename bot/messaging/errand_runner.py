"""Does the errands: calls the work for each, commits what came of it, tries again what failed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.imss.errors import BadAnswer, NotFound, Rejected, ServiceUnavailable, Unauthorised
from bot.logs import describe
from bot.messaging.errands import Errand, ErrandLostError, Errands
from bot.messaging.looking import Looking
from bot.people.store import StaleRecordError
from bot.settings import Settings
from bot.status import metrics
from bot.storage.database import Database
from bot.storage.encryption import UnreadableError

log = logging.getLogger(__name__)

AT_ONCE = 4
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 2.0, 300.0
# What an operator has to mend is asked for less often.
REFUSED_WAIT_SECONDS = 60.0


Inside = Callable[[Connection, float], dict[str, Any]]


@dataclass(frozen=True)
class Result:
    """What came of an errand: a word for the outcome and what a message needs of it.

    `inside` does the rest within the transaction that ends the errand and gives more of the
    answer. `silent`: the person is told nothing. `again_seconds`: it is not the time yet.
    """

    outcome: str
    answer: dict[str, Any] = field(default_factory=dict, repr=False)
    inside: Inside | None = field(default=None, repr=False)
    silent: bool = False
    again_seconds: float | None = None


Work = Callable[[Errand], Result]


class ErrandRunner:
    """Runs in each brain: whichever has a hand free takes the next errand."""

    def __init__(self, settings: Settings, database: Database, name: str, work: Work) -> None:
        self._name = name
        self._seconds = settings.claim_seconds
        self._errands = Errands(database)
        self._work = work
        self._looking = Looking()

    def wake(self) -> None:
        """There may be an errand."""
        self._looking.look()

    async def run(self) -> None:
        """Works until cancelled."""
        places = asyncio.Semaphore(AT_ONCE)  # all are free, however it ended last
        running: set[asyncio.Task[None]] = set()
        try:
            while True:
                await places.acquire()
                self._looking.begins()
                errand = self._claim()
                if errand is None:
                    places.release()
                    await self._looking.wait()
                    continue
                task = asyncio.create_task(self._do_and_release(errand, places))
                running.add(task)
                task.add_done_callback(running.discard)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def do_due(self) -> int:
        """Does all that is due now, one after the other; gives how many."""
        done = 0
        while errand := self._claim():
            await self._do(errand)
            done += 1
        return done

    def _claim(self) -> Errand | None:
        try:
            return self._errands.claim(self._name, self._seconds)
        except SQLAlchemyError as error:
            log.error("the database cannot be used: %s", describe(error))
            return None

    async def _do_and_release(self, errand: Errand, places: asyncio.Semaphore) -> None:
        try:
            await self._do(errand)
        finally:
            places.release()
            self._looking.look()

    async def _do(self, errand: Errand) -> None:
        renewal = asyncio.create_task(self._renew(errand))
        try:
            await asyncio.to_thread(self._try, errand)
        except (ErrandLostError, StaleRecordError):
            log.warning("errand %s passed to another runner", errand.id)
        except SQLAlchemyError as error:
            log.error("errand %s not committed: %s", errand.id, describe(error))
        finally:
            renewal.cancel()

    def _try(self, errand: Errand) -> None:
        try:
            if not errand.readable:
                raise UnreadableError("no configured key opens the errand")
            self._work_out(errand)
        except (ErrandLostError, StaleRecordError, SQLAlchemyError):
            raise
        except Exception as error:
            log.critical("errand %s (%s) failed: %s", errand.id, errand.kind, describe(error))
            self._later(errand, REFUSED_WAIT_SECONDS)

    def _work_out(self, errand: Errand) -> None:
        try:
            result = self._work(errand)
        except ServiceUnavailable as error:
            self._later(errand, error.retry_after)
        except (Unauthorised, BadAnswer) as error:
            log.critical("errand %s (%s): %s", errand.id, errand.kind, describe(error))
            self._later(errand, REFUSED_WAIT_SECONDS)
        except Rejected as error:
            log.info("errand %s: %s %s", errand.id, error.code, " ".join(error.fields))
            self._finish(errand, Result("rejected", {"code": error.code}))
        except NotFound as error:
            self._finish(errand, Result("not_found", {"code": error.code}))
        else:
            if result.again_seconds is not None:
                self._errands.postpone(errand, self._name, result.again_seconds)
            else:
                self._finish(errand, result)

    def _finish(self, errand: Errand, result: Result) -> None:
        def event(connection: Connection, now: float) -> dict[str, Any] | None:
            more = result.inside(connection, now) if result.inside else {}
            if result.silent:
                return None
            answer = {**result.answer, **more}
            # The language that a result asks for holds before it is told.
            spoken = {"language": answer.pop("language")} if "language" in answer else {}
            return {"outcome": result.outcome, "answer": answer, **spoken}

        self._errands.finish(errand, self._name, event)
        metrics.errands.labels(errand.kind, "done").inc()
        log.info("errand %s (%s): %s", errand.id, errand.kind, result.outcome)

    def _later(self, errand: Errand, seconds: float | None) -> None:
        doubled = FIRST_WAIT_SECONDS * 2 ** min(errand.attempts - 1, 10)
        metrics.errands.labels(errand.kind, "later").inc()
        wait = min(max(seconds or 0.0, doubled), LONGEST_WAIT_SECONDS)
        self._errands.postpone(errand, self._name, wait, {"outcome": "later", "answer": {}})

    async def _renew(self, errand: Errand) -> None:
        while True:
            await asyncio.sleep(self._seconds / 3)
            with contextlib.suppress(SQLAlchemyError):
                if not self._errands.renew(errand, self._name, self._seconds):
                    return
