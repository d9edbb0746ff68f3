"""What delivery needs of a channel: how a reply is cut into the provider's messages, and how one of
them is sent. What the provider answers is told in six errors."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from bot.messaging.contents import Reply

_LEAVES_BY: ContextVar[float] = ContextVar("leaves_by", default=math.inf)


def has_to_leave_by(moment: float) -> None:
    """Says by when, on the clock that nobody sets, what this task sends has to be on its way. A
    process that stood still meanwhile is not to send what another may have sent."""
    _LEAVES_BY.set(moment)


def is_too_late() -> bool:
    """Whether it has to stay: for a sender to ask at the last moment."""
    return time.monotonic() > _LEAVES_BY.get()


@dataclass(frozen=True)
class Sent:
    """The provider took the message; `provider_id` is its name for it."""

    provider_id: str


class DeliveryError(Exception):
    """The provider did not take a message."""


class TryLaterError(DeliveryError):
    """It may be taken later: the network, a provider in trouble, too many messages.

    `seconds` is how long the provider asks to wait; None: as long as such waits usually are.
    `whole_channel`: nobody's messages are taken until then.
    """

    def __init__(
        self, code: str, seconds: float | None = None, whole_channel: bool = False
    ) -> None:
        super().__init__(code)
        self.code = code
        self.seconds = seconds
        self.whole_channel = whole_channel


class OperatorError(DeliveryError):
    """Only an operator can mend it: the provider does not know the token, or closed the account.

    It is no fault of the message: that waits, however long it takes, and so do all of the channel.
    `code` is the provider's and holds no personal data.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RefusedError(DeliveryError):
    """It will never be taken. `code` is the provider's and holds no personal data."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotShownError(DeliveryError):
    """The person's app does not take it with what can be tapped; it may take it as a text."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class StoppedError(DeliveryError):
    """The person wants no messages, or blocked us."""


class OutsideWindowError(DeliveryError):
    """The person has not written for so long that only a template may be sent."""


class Sender(Protocol):
    """One channel's way to people."""

    channel: str
    window_seconds: float | None
    """For how long after a person's message they may be written to freely; None: always."""

    def parts(self, reply: Reply, plain: bool = False) -> Sequence[Reply]:
        """The reply as the messages that the provider takes, in their order, one `send` each.

        `plain`: with nothing to tap, because that was not shown. The same reply always has the same
        number of parts, plain or not: delivery counts those that were sent.
        """

    async def send(self, address: str, reply: Reply, uuid: str) -> Sent:
        """Sends one part. `uuid` is ours: it is the same when a part is sent again, and statuses
        bring it back. Raises a DeliveryError; any other error is one of ours, and tried again."""

    async def invite(self, address: str, language: str, uuid: str) -> Sent | None:
        """Asks, by a template in the person's language, for a message that opens the window; None:
        there is no template."""

    async def close(self) -> None:
        """Ends the connections."""
