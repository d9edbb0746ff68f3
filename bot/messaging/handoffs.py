"""Calls that go on in writing: the code of each and the message that carries it, in one
transaction, once a call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.messaging.arrivals import Address
from bot.messaging.contents import Reply
from bot.messaging.inbox import Inbox
from bot.messaging.places import take_positions
from bot.messaging.subscriptions import Subscriptions
from bot.people.effects import new_code
from bot.storage.call_tables import handoffs, signatures
from bot.storage.database import NOTIFY_CHANNEL_OUTBOX, Database
from bot.storage.tables import outbox

FORGOTTEN_AFTER_SECONDS = 30 * 24 * 3600.0


class ReplayedError(Exception):
    """The very same signed request was taken before."""


class OtherCallError(Exception):
    """The call's id was used before, for something else or for a code that is used up."""


@dataclass(frozen=True)
class Addressee:
    """Where a call's code is sent."""

    channel: str
    address: str = field(repr=False)


@dataclass(frozen=True)
class Call:
    """A call that goes on in writing: its id, what it was about, and for how long its code is
    good."""

    call_id: str
    topic: str
    language: str
    seconds: float
    agent: str = ""
    asked: str = field(default="", repr=False)
    """All that was asked for, as text: the same call asked for otherwise is refused."""


@dataclass(frozen=True)
class Opened:
    """The code of a call; `again` where it had been made before and nothing was sent now."""

    code: str = field(repr=False)
    valid_until: float
    sent_by: str | None
    again: bool = False


Compose = Callable[[str], Reply]


class Handoffs:
    """Makes codes of calls."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._inbox = Inbox(database)
        self._subscriptions = Subscriptions(database)

    def wants_messages(self, to: Addressee) -> bool:
        """Whether the address has not asked for silence."""
        known = self._inbox.find_address(to.channel, to.address)
        return known is None or not self._subscriptions.is_stopped(known)

    def open(
        self,
        call: Call,
        to: Addressee | None,
        compose: Compose,
        signature: str | None = None,
        kept_seconds: float = 0.0,
    ) -> Opened:
        """The call's code; `compose` makes the message of it that `to` is sent.

        A call that was taken before has the answer that it had. `signature` is refused for
        `kept_seconds` from now on. Raises ReplayedError, OtherCallError.
        """
        address = None if to is None else self._inbox.open_address(to.channel, to.address)

        def write(connection: Connection) -> Opened:
            now = self._database.now(connection)
            if signature is not None:
                self._note(connection, signature, now, kept_seconds)
            known = self._known(connection, call)
            if known is not None:
                return known
            sent_by = None if address is None else address.channel
            opened = Opened(new_code(), now + call.seconds, sent_by)
            self._keep(connection, call, opened, now)
            if address is not None:
                self._send(connection, address, compose(opened.code), now)
            return opened

        try:
            with self._database.writing() as connection:
                return write(connection)
        except IntegrityError:
            # Another request of the same call was committed in between: it is found now.
            with self._database.writing() as connection:
                return write(connection)

    def _note(self, connection: Connection, signature: str, now: float, seconds: float) -> None:
        index = self._database.cipher.index(signature)
        connection.execute(delete(signatures).where(signatures.c.at < now - seconds))
        seen = select(signatures).where(signatures.c.signature_index == index)
        if connection.execute(seen).first():
            raise ReplayedError
        connection.execute(signatures.insert().values(signature_index=index, at=now))

    def _known(self, connection: Connection, call: Call) -> Opened | None:
        index = self._database.cipher.index(call.call_id)
        row = connection.execute(
            select(handoffs).where(handoffs.c.call_index == index)
        ).one_or_none()
        if row is None:
            return None
        if row.body_index != self._database.cipher.index(call.asked) or row.answer_sealed is None:
            raise OtherCallError
        answer: dict[str, Any] = self._database.cipher.open(row.answer_sealed)
        return Opened(answer["code"], row.valid_until, answer["sent_by"], again=True)

    def _keep(self, connection: Connection, call: Call, opened: Opened, now: float) -> None:
        cipher = self._database.cipher
        long_ago = now - FORGOTTEN_AFTER_SECONDS
        connection.execute(delete(handoffs).where(handoffs.c.valid_until < long_ago))
        content = {"topic": call.topic, "language": call.language, "agent": call.agent}
        answer = {"code": opened.code, "sent_by": opened.sent_by}
        connection.execute(
            handoffs.insert().values(
                call_index=cipher.index(call.call_id),
                body_index=cipher.index(call.asked),
                code_index=cipher.index(opened.code),
                content_sealed=cipher.seal(content),
                answer_sealed=cipher.seal(answer),
                valid_until=opened.valid_until,
                created_at=now,
            )
        )

    def _send(self, connection: Connection, address: Address, message: Reply, now: float) -> None:
        conversation_id = address.conversation_id
        connection.execute(
            outbox.insert().values(
                conversation_id=conversation_id,
                address_id=address.id,
                position=take_positions(connection, conversation_id, 1).first,
                author="bot",
                content_sealed=self._database.cipher.seal(message.as_json()),
                created_at=now,
                due_at=now,
            )
        )
        self._database.notify(connection, NOTIFY_CHANNEL_OUTBOX, conversation_id)
