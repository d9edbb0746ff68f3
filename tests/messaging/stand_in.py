"""What the tests of the message's way share: people who write, and an assistant that echoes."""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import logging
import sys
import warnings
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.logs import set_up_logging
from bot.messaging.arrivals import Address
from bot.messaging.contents import Incoming, Option, Reply
from bot.messaging.errand_runner import Result
from bot.messaging.errands import Errand
from bot.messaging.inbox import Claimed, Inbox
from bot.messaging.outbox import Outbox
from bot.messaging.turn_notes import TurnNote
from bot.storage.database import Database

_numbers = itertools.count(1)


@contextlib.contextmanager
def process_logging(level: str = "DEBUG") -> Iterator[io.StringIO]:
    """Logging as a process of the service has it; gives all that it prints."""
    root, printed, hook = logging.getLogger(), io.StringIO(), sys.excepthook
    handlers, before, showing = root.handlers[:], root.level, warnings.showwarning
    with contextlib.redirect_stderr(printed), contextlib.redirect_stdout(printed):
        set_up_logging(level, "brain")
        try:
            yield printed
        finally:
            root.handlers[:], sys.excepthook = handlers, hook
            warnings.showwarning = showing
            root.setLevel(before)


class Person:
    """Somebody with one address, who writes and reads."""

    def __init__(self, database: Database, address: str | None = None) -> None:
        self.inbox, self.outbox = Inbox(database), Outbox(database)
        self.address: Address = self.inbox.open_address(
            "web", address or f"person-{next(_numbers)}"
        )
        self.conversation = self.address.conversation_id

    def write(self, text: str, provider_id: str | None = None) -> int:
        """Sends a text; gives its position."""
        return self.send(Incoming(text), provider_id)

    def send(self, content: Incoming, provider_id: str | None = None) -> int:
        """Sends a content; gives its position."""
        provider_id = provider_id or f"message-{next(_numbers)}"
        return self.inbox.receive("web", self.address, provider_id, content).position

    def seen(self) -> list[tuple[str, str]]:
        """The conversation as the person sees it: who said what."""
        return [
            (line.author, line.content.text) for line in self.outbox.conversation(self.conversation)
        ]

    def replies(self) -> list[str]:
        """What the assistant said."""
        return [text for author, text in self.seen() if author == "bot"]


def claim(database: Database, brain: str = "brain", seconds: float = 60) -> Claimed:
    """Claims the next message, which is there."""
    claimed = Inbox(database).claim(brain, seconds)
    assert claimed is not None
    return claimed


def no_errands(errand: Errand) -> Result:
    """The work of a brain that has no errands."""
    raise AssertionError(f"nobody asked for {errand.kind}")


@dataclass(frozen=True)
class EchoTurn:
    """What `bot.messaging.assistant.Turn` is to the brain."""

    replies: tuple[Reply, ...]
    snapshot: dict[str, Any]
    person: dict[str, Any] | None = None
    effects: tuple[dict[str, Any], ...] = ()
    note: TurnNote | None = None


@dataclass
class Echo:
    """An assistant that says back what it was told, and keeps a list of it as the conversation's
    state."""

    model: str = "echo"
    before: Callable[[int, str], Awaitable[None]] | None = None
    options: tuple[Option, ...] = ()
    effects: tuple[dict[str, Any], ...] = ()
    calls: list[tuple[int, str, Option | None]] = field(default_factory=list)
    running: set[str] = field(default_factory=set)
    overlaps: list[str] = field(default_factory=list)
    most_at_once: int = 0

    async def turn(
        self,
        conversation: str,
        channel: str,
        inbox_id: int,
        content: Incoming,
        option: Option | None,
        snapshot: dict[str, Any] | None,
        person: dict[str, Any] | None,
        desk: dict[str, Any] | None,
    ) -> EchoTurn:
        """Echoes; `before` may wait or raise first."""
        text = content.text if content.event is None else f"event {content.event['outcome']}"
        self.calls.append((inbox_id, text, option))
        if conversation in self.running:
            self.overlaps.append(conversation)
        self.running.add(conversation)
        self.most_at_once = max(self.most_at_once, len(self.running))
        try:
            await asyncio.sleep(0)
            if self.before:
                await self.before(inbox_id, text)
            heard = [*(snapshot or {"heard": []})["heard"], text]
            said = f"{option.title if option else text} after {len(heard) - 1}"
            state = {"heard": heard, "events": []}
            return EchoTurn((Reply(said, self.options),), state, person, self.effects)
        finally:
            self.running.discard(conversation)

    def apology(self, channel: str, inbox_id: int, snapshot: dict[str, Any] | None) -> Reply:
        """What is said of a message that was set aside."""
        return Reply(f"sorry after {len((snapshot or {'heard': []})['heard'])}")
