"""What became of every message: read from the database and from what the provider wrote down, and
held against what was promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.tables import inbox, outbox
from tests.load.provider import Call
from tests.load.site import Kill, Site
from tests.load.writing import Written, channel

# From the provider's answer to our commit of it, where others write to the same disk: SQLite's one
# lock was once not to be had for 3.5 s. It is less than a claim lasts, so that who never notes what
# was sent is found out by what is sent again without a kill.
NOTING_SECONDS = 10.0
# (conversation, channel, place of the message in it) -> the texts of its answer.
Peace = Mapping[tuple[str, str, int], list[str]]


@dataclass
class Findings:
    """Counts of what is promised to be none, each with the rows' ids, and what is only counted."""

    acknowledged: int = 0
    answered: int = 0
    excused: list[Any] = field(default_factory=list)
    twice_after_a_kill: list[Any] = field(default_factory=list)
    """Sent again because who sent it was killed in the middle of the call: nobody could know."""
    twice_after_a_lost_answer: list[Any] = field(default_factory=list)
    """The same where the provider cut the line after it took the message."""
    lost: list[Any] = field(default_factory=list)
    unanswered: list[Any] = field(default_factory=list)
    twice: list[Any] = field(default_factory=list)
    out_of_order: list[Any] = field(default_factory=list)
    not_as_in_peace: list[Any] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    MISSES = ("lost", "unanswered", "twice", "out_of_order", "not_as_in_peace", "other")

    @property
    def misses(self) -> dict[str, list[Any]]:
        """What should not be."""
        return {name: found for name in self.MISSES if (found := getattr(self, name))}

    def counts(self) -> dict[str, int]:
        """Everything as numbers."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {n: v if isinstance(v, int) else len(v) for n, v in values.items()}


class Ledger:
    """The rows and the calls, brought together."""

    def __init__(self, database: Database, calls: Sequence[Call]) -> None:
        with database.reading() as connection:
            self.inbox = list(connection.execute(select(inbox).order_by(inbox.c.id)))
            self.outbox = list(connection.execute(select(outbox).order_by(outbox.c.id)))
        self.by_sid = {row.provider_id: row for row in self.inbox}
        self.replies: dict[int, list[Any]] = defaultdict(list)
        for row in sorted(self.outbox, key=lambda row: (row.inbox_id or 0, row.ordinal)):
            self.replies[row.inbox_id].append(row)
        self.taken: dict[str, dict[int, list[Call]]] = defaultdict(lambda: defaultdict(list))
        for call in calls:
            if call.taken:
                uuid, part = call.part
                self.taken[uuid][part].append(call)

    @classmethod
    def of(cls, site: Site) -> Ledger:
        """Of all that happened there so far."""
        return cls(site.database, site.provider.calls())

    def told(self, sid: str) -> list[str]:
        """The texts that answered a message, in their order."""
        return [
            self.taken[row.uuid][part][0].body
            for row in self.replies[self.by_sid[sid].id]
            for part in sorted(self.taken[row.uuid])
        ]

    def first_answer_at(self, sid: str) -> float | None:
        """When the provider got the first part of the answer."""
        row = self.by_sid.get(sid)
        if row is None or not self.replies[row.id]:
            return None
        first = self.taken[self.replies[row.id][0].uuid].get(1)
        return first[0].ended if first else None

    def was_sent(self, row: Any) -> bool:
        """Whether the provider took all of a reply."""
        taken = self.taken.get(row.uuid or "", {})
        if row.state not in ("sent", "delivered", "read") or not taken:
            return False
        parts = int(next(iter(taken.values()))[0].name.split(".")[2])
        return set(taken) == set(range(1, parts + 1))


def in_peace(ledger: Ledger, written: Sequence[Written]) -> Peace:
    """What is answered where nothing fails."""
    return {
        (one.writer.script.name, channel(one.writer.address), one.place): ledger.told(one.sid)
        for one in written
    }


def examine(
    ledger: Ledger, written: Sequence[Written], kills: Sequence[Kill], peace: Peace
) -> Findings:
    """Holds what happened against what was promised."""
    found = Findings()
    for one in written:
        if one.acknowledged_at is not None:
            found.acknowledged += 1
            _answered(ledger, one, found)
    _as_in_peace(ledger, written, peace, found)
    for row in ledger.outbox:
        _once(ledger.taken.get(row.uuid or "", {}), row, kills, found)
    _in_order(ledger, found)
    return found


def _answered(ledger: Ledger, one: Written, found: Findings) -> None:
    row = ledger.by_sid.get(one.sid)
    if row is None:
        found.lost.append(one.sid)
        return
    replies = ledger.replies[row.id]
    if row.state not in ("done", "set_aside") or not replies:
        found.unanswered.append((row.id, row.state))
    elif not all(ledger.was_sent(reply) for reply in replies):
        found.unanswered.append((row.id, [(reply.id, reply.state) for reply in replies]))
    else:
        found.answered += 1
        if row.state == "set_aside":
            found.excused.append(row.id)


def _as_in_peace(ledger: Ledger, written: Sequence[Written], peace: Peace, found: Findings) -> None:
    """Nobody's conversation shows that anything failed, unless a message of theirs was excused."""
    aside = {row.conversation_id for row in ledger.inbox if row.state == "set_aside"}
    for one in written:
        row = ledger.by_sid.get(one.sid)
        if row is None or not one.writer.script.comparable or row.conversation_id in aside:
            continue
        expected = peace[one.writer.script.name, channel(one.writer.address), one.place]
        if row.state == "done" and ledger.told(one.sid) != expected:
            found.not_as_in_peace.append(row.id)


def _once(
    parts: Mapping[int, Sequence[Call]], row: Any, kills: Sequence[Kill], found: Findings
) -> None:
    for calls in parts.values():
        for before, _again in pairwise(calls):
            if before.lost:
                found.twice_after_a_lost_answer.append(row.id)
            elif any(_in_the_middle(kill, before) for kill in kills):
                found.twice_after_a_kill.append(row.id)
            else:
                found.twice.append(row.id)


def _in_the_middle(kill: Kill, call: Call) -> bool:
    """Whether the process was killed before it could note that the provider took the message.

    Where the provider is behind with its reading, the call began for it when the process was dead.
    """
    is_theirs = kill.process == call.gateway and call.began <= kill.until
    return is_theirs and kill.at <= call.ended + NOTING_SECONDS


def _in_order(ledger: Ledger, found: Findings) -> None:
    """By the provider's receipt; and answers stand in the order of what they answer."""
    places: dict[int, list[tuple[float, tuple[int, int]]]] = defaultdict(list)
    for row in ledger.outbox:
        for part, calls in ledger.taken.get(row.uuid or "", {}).items():
            for call in calls:
                places[row.conversation_id].append((call.ended, (row.position, part)))
    for conversation, sent in places.items():
        order = [place for _, place in sorted(sent)]
        if order != sorted(order):
            found.out_of_order.append(conversation)
    positions = {row.id: row.position for row in ledger.inbox}
    answers: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in ledger.outbox:
        if row.inbox_id is not None:
            answers[row.conversation_id].append((row.position, positions[row.inbox_id]))
    for conversation, pairs in answers.items():
        answered = [question for _, question in sorted(pairs)]
        if answered != sorted(answered):
            found.out_of_order.append(conversation)
