"""Calls that the assistant answers: where each stands, and what each of its steps was told.

The provider asks for a step again where an answer was lost on its way: it is told what it was told
before, and nothing is done twice.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.messaging.arrivals import Address
from bot.messaging.contents import Incoming, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import Outbox
from bot.storage.call_tables import voice_calls, voice_steps
from bot.storage.database import Database
from bot.storage.tables import errands, inbox

CHANNEL = "voice"
FORGOTTEN_AFTER_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class CallState:
    """Where a call stands. `read`: the position up to which replies were read out; `unheard`: how
    often in a row nothing was understood; `explained`: they know what the keys do."""

    number: str = field(default="", repr=False)
    language: str = "es"
    read: int = 0
    unheard: int = 0
    topic: str = ""
    explained: bool = False


@dataclass(frozen=True)
class Call:
    """A call and its conversation, which is its own: a number proves nothing."""

    id: str = field(repr=False)
    address: Address
    state: CallState

    def now(self, **changes: object) -> Call:
        """The call with another state."""
        return replace(self, state=replace(self.state, **changes))  # type: ignore[arg-type]


class Calls:
    """Keeps calls."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._inbox = Inbox(database)
        self._outbox = Outbox(database)

    def told(self, call_id: str, step: str) -> str | None:
        """What the step was told; None where it was not asked for yet."""
        with self._database.reading() as connection:
            sealed = connection.execute(
                select(voice_steps.c.answer_sealed).where(
                    voice_steps.c.call_index == self._database.cipher.index(call_id),
                    voice_steps.c.step == step,
                )
            ).scalar_one_or_none()
        return None if sealed is None else str(self._database.cipher.open(sealed))

    def open(self, call_id: str, number: str) -> Call:
        """The call as it stands; a new one where it is not known (any more)."""
        address = self._inbox.open_address(CHANNEL, call_id)
        with self._database.reading() as connection:
            sealed = connection.execute(
                select(voice_calls.c.state_sealed).where(
                    voice_calls.c.call_index == self._database.cipher.index(call_id)
                )
            ).scalar_one_or_none()
        if sealed is None:
            return Call(call_id, address, CallState(number))
        return Call(call_id, address, CallState(**self._database.cipher.open(sealed)))

    def tell(self, call: Call, step: str, answer: str) -> str:
        """Commits what the step is told and where the call stands then. Of several at once the
        first counts, and its answer is given."""
        index, cipher = self._database.cipher.index(call.id), self._database.cipher
        state = cipher.seal(asdict(call.state))
        try:
            with self._database.writing() as connection:
                known = connection.execute(
                    update(voice_calls)
                    .where(voice_calls.c.call_index == index)
                    .values(state_sealed=state)
                )
                if known.rowcount == 0:
                    row = {
                        "call_index": index,
                        "conversation_id": call.address.conversation_id,
                        "state_sealed": state,
                        "created_at": self._database.now(connection),
                    }
                    connection.execute(voice_calls.insert().values(**row))
                sealed = cipher.seal(answer)
                connection.execute(
                    voice_steps.insert().values(call_index=index, step=step, answer_sealed=sealed)
                )
        except IntegrityError:
            first = self.told(call.id, step)
            if first is None:
                raise
            return first
        return answer

    def forget_old(self) -> None:
        """Calls of yesterday are over: what they were told is in their conversations."""
        with self._database.writing() as connection:
            long_ago = self._database.now(connection) - FORGOTTEN_AFTER_SECONDS
            old = voice_calls.c.created_at < long_ago
            of_old = select(voice_calls.c.call_index).where(old)
            connection.execute(delete(voice_steps).where(voice_steps.c.call_index.in_(of_old)))
            connection.execute(delete(voice_calls).where(old))

    def hear(self, call: Call, step: str, text: str) -> None:
        """What the caller said goes to the assistant, once a step."""
        self._inbox.receive(CHANNEL, call.address, f"{call.id}-{step}", Incoming(text))

    def is_waiting(self, call: Call) -> bool:
        """Whether something is still to be answered, or to be done, now."""
        theirs = call.address.conversation_id
        with self._database.reading() as connection:
            now = self._database.now(connection)
            unanswered = select(inbox.c.id).where(
                inbox.c.conversation_id == theirs, inbox.c.state == "waiting"
            )
            undone = select(errands.c.id).where(
                errands.c.conversation_id == theirs,
                errands.c.state == "waiting",
                or_(errands.c.due_at <= now, errands.c.claimed_until > now),
            )
            rows = (connection.execute(asked).first() for asked in (unanswered, undone))
            return any(row is not None for row in rows)

    def unread(self, call: Call) -> tuple[list[Reply], Call]:
        """The replies that were not read out yet, and the call when they are."""
        lines = self._outbox.conversation(call.address.conversation_id, call.state.read)
        replies = [line.content for line in lines if isinstance(line.content, Reply)]
        return replies, call.now(read=max([call.state.read, *(line.position for line in lines)]))
