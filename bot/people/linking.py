"""Going on in another channel: whoever writes there a code that was given here is the same person;
whoever writes the code of a call goes on with what it was about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Table, select, update
from sqlalchemy.engine import Connection

from bot.people.effects import CODE_MINUTES, CODE_TRIES
from bot.people.handoff_codes import HandoffCodes
from bot.people.record import PersonRecord, goes_further
from bot.people.store import Known, People
from bot.storage.call_tables import handoffs
from bot.storage.database import Database
from bot.storage.tables import cases, consents, conversations, errands, files, link_codes, people

_THEIRS: tuple[Table, ...] = (
    *(conversations, errands, cases, consents, files, link_codes, handoffs),
)
_WINDOW_SECONDS = CODE_MINUTES * 60


class Linking:
    """Takes codes: each works once, for 15 minutes; after five wrong ones a person waits."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._people = People(database)
        self._calls = HandoffCodes(database)

    def of(self, person_id: int, code: str) -> Callable[[Connection, float], dict[str, Any]]:
        """What is done in the transaction in which a person gives a code. Its answer: `link` is
        linked, handoff (with `topic` and `language`), wrong or spent (with `tries_left`), locked,
        own, or other_way."""

        def link(connection: Connection, now: float) -> dict[str, Any]:
            row = connection.execute(
                select(people).where(people.c.id == person_id).with_for_update()
            ).one()
            fresh = row.link_tries_since < now - _WINDOW_SECONDS
            tries = 0 if fresh else row.link_tries
            if tries >= CODE_TRIES:
                return {"link": "locked"}
            giver = self._giver(connection, code, now)
            if giver == person_id:
                return {"link": "own"}
            if giver is not None:
                linked = self._merge(connection, giver, self._people.known(row))
                return {"link": "linked" if linked else "other_way"}
            call = self._calls.take(connection, person_id, code, now)
            if call.state == "good":
                return {"link": "handoff", "topic": call.topic, "language": call.language}
            since = now if fresh else row.link_tries_since
            self._set(connection, person_id, link_tries=tries + 1, link_tries_since=since)
            known = "spent" if call.state == "spent" else "wrong"
            return {"link": known, "tries_left": CODE_TRIES - tries - 1}

        return link

    def _giver(self, connection: Connection, code: str, now: float) -> int | None:
        """Whose code it is. It is used up by that."""
        index = self._database.cipher.index(code)
        row = connection.execute(
            select(link_codes).where(
                link_codes.c.code_index == index, link_codes.c.valid_until > now
            )
        ).one_or_none()
        if row is None:
            return None
        used = connection.execute(link_codes.delete().where(link_codes.c.code_index == index))
        return int(row.person_id) if used.rowcount == 1 else None

    def _merge(self, connection: Connection, giver: int, taker: Known) -> bool:
        """The taker's conversations become the giver's, and read there what the giver has.

        Data never go the other way: who was talked into typing somebody else's code would hand
        over what is theirs. Then nothing is done, and the code is used up."""
        given = self._people.by_id(connection, giver)
        theirs, ours = (PersonRecord.from_json(known.record) for known in (taker, given))
        if goes_further(theirs, ours):
            return False
        for table in _THEIRS:
            connection.execute(
                update(table).where(table.c.person_id == taker.person_id).values(person_id=giver)
            )
        self._people.write(connection, taker, None)
        asked = (theirs.satisfaction_asked or "", ours.satisfaction_asked or "")
        if asked[0] > asked[1]:
            # Who was asked in one of the channels is not asked again in the other.
            kept = replace(ours, satisfaction_asked=asked[0])
            self._people.write(connection, given, kept.as_json())
        return True

    @staticmethod
    def _set(connection: Connection, person_id: int, **values: Any) -> None:
        connection.execute(update(people).where(people.c.id == person_id).values(**values))
