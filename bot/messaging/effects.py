"""Writes what a turn asked for outside of itself, in the transaction that ends the turn."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import update
from sqlalchemy.engine import Connection

from bot.messaging.inbox import Claimed
from bot.messaging.modes import stop_waiting, wait_for_agent
from bot.messaging.satisfaction import keep_score, keep_spared
from bot.people.effects import CODE_MINUTES, Effect
from bot.people.store import Known, People
from bot.storage.database import Database
from bot.storage.tables import cases, consents, errands, link_codes

SECONDS_A_MINUTE = 60


class Effects:
    """Writes the effects of turns."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._people = People(database)

    def of_turn(
        self,
        claimed: Claimed,
        known: Known,
        record: dict[str, Any] | None,
        effects: Sequence[Effect],
    ) -> Callable[[Connection, float], None]:
        """What is to be done in the transaction. It raises StaleRecordError."""

        def write(connection: Connection, now: float) -> None:
            if record != known.record:
                self._people.write(connection, known, record)
            for effect in effects:
                self._write(connection, claimed, known.person_id, effect, now)

        return write

    def _write(
        self, connection: Connection, claimed: Claimed, person_id: int, effect: Effect, now: float
    ) -> None:
        kinds = {
            "errand": self._errand,
            "cancel": self._cancel,
            "case": self._case,
            "consent": self._consent,
            "link_code": self._link_code,
            "wait": self._wait,
            "stop_waiting": self._stop_waiting,
            "score": self._score,
            "spared": self._spared,
        }
        kinds[effect["do"]](connection, claimed, person_id, effect, now)

    def _errand(
        self, connection: Connection, claimed: Claimed, person_id: int, effect: Effect, now: float
    ) -> None:
        connection.execute(
            errands.insert().values(
                person_id=person_id,
                conversation_id=claimed.conversation_id,
                address_id=claimed.address_id,
                channel=claimed.channel,
                kind=effect["kind"],
                key=secrets.token_urlsafe(32),
                request_sealed=self._database.cipher.seal(effect["request"]),
                due_at=effect["at"] or now,
                created_at=now,
            )
        )

    def _cancel(
        self, connection: Connection, _claimed: Claimed, person_id: int, effect: Effect, now: float
    ) -> None:
        connection.execute(
            update(errands)
            .where(
                errands.c.person_id == person_id,
                errands.c.kind == effect["kind"],
                errands.c.state == "waiting",
            )
            .values(state="cancelled", done_at=now)
        )

    def _case(
        self, connection: Connection, claimed: Claimed, person_id: int, effect: Effect, now: float
    ) -> None:
        connection.execute(
            cases.insert().values(
                folio=effect["folio"],
                person_id=person_id,
                conversation_id=claimed.conversation_id,
                kind=effect["kind"],
                channel=claimed.channel,
                content_sealed=self._database.cipher.seal(effect["content"]),
                due_at=effect["due_at"],
                created_at=now,
            )
        )

    def _consent(
        self, connection: Connection, claimed: Claimed, person_id: int, effect: Effect, now: float
    ) -> None:
        connection.execute(
            consents.insert().values(
                person_id=person_id,
                channel=claimed.channel,
                notice_version=effect["version"],
                extent=effect["extent"],
                at=now,
            )
        )

    def _link_code(
        self, connection: Connection, _claimed: Claimed, person_id: int, effect: Effect, now: float
    ) -> None:
        # Only the newest code of a person is good.
        connection.execute(link_codes.delete().where(link_codes.c.person_id == person_id))
        connection.execute(
            link_codes.insert().values(
                code_index=self._database.cipher.index(effect["code"]),
                person_id=person_id,
                valid_until=now + CODE_MINUTES * SECONDS_A_MINUTE,
            )
        )

    def _wait(
        self, connection: Connection, claimed: Claimed, _person: int, effect: Effect, _now: float
    ) -> None:
        wait_for_agent(self._database, connection, claimed.conversation_id, effect["reason"])

    def _stop_waiting(
        self, connection: Connection, claimed: Claimed, _person: int, _effect: Effect, _now: float
    ) -> None:
        stop_waiting(self._database, connection, claimed.conversation_id)

    def _score(
        self, connection: Connection, claimed: Claimed, _person: int, effect: Effect, now: float
    ) -> None:
        keep_score(connection, claimed, effect, now)

    def _spared(
        self, connection: Connection, claimed: Claimed, _person: int, effect: Effect, _now: float
    ) -> None:
        keep_spared(connection, claimed, effect)
