"""The load: people who write at a fixed rate, or as fast as they are taken, by signed webhooks.

Everybody's messages are sent in their order, the next when the last was acknowledged. What is not
acknowledged is sent again under the same SID, as Twilio does where it is told to."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tests.load.lines import Lines, signed_post
from tests.load.messages import LENGTH, Script
from tests.twilio.conftest import MESSAGES
from tests.twilio.known import PUBLIC_URL, SMS_FROM, WHATSAPP_FROM
from tests.twilio.test_webhook_signature import message

# Everybody at work writes every two seconds.
PAUSE_SECONDS = 2.0
TWILIO_WAITS_SECONDS = 15.0
AGAIN_SECONDS = 0.5
CONNECTIONS = 24
TAKEN = (b"200", b"204")


@dataclass(frozen=True)
class Writer:
    """Somebody, what they write, and when: seconds from the beginning."""

    address: str
    script: Script
    due: tuple[float, ...]


@dataclass
class Written:
    """A message: when it was sent first, and when it was acknowledged, if it ever was."""

    sid: str
    writer: Writer
    place: int
    sent_at: float
    acknowledged_at: float | None = None


def writers(
    scripts: Sequence[Script], rate: float, seconds: float, phones: str, first: int = 0
) -> list[Writer]:
    """People who write so many messages a second together, for so long; half of them by SMS."""
    at_once = max(1, round(rate * PAUSE_SECONDS))
    due: dict[int, list[float]] = {}
    for number in range(round(rate * seconds)):
        group, place = divmod(number, at_once * LENGTH)
        due.setdefault(group * at_once + place % at_once, []).append(number / rate)
    return [
        Writer(address(phones, first + person), scripts[person // 2 % len(scripts)], tuple(times))
        for person, times in sorted(due.items())
    ]


def by_whatsapp(people: Sequence[Writer]) -> list[Writer]:
    """The same people, all of them over WhatsApp."""
    return [
        replace(one, address=f"whatsapp:{one.address.removeprefix('whatsapp:')}") for one in people
    ]


def everybody_once(scripts: Sequence[Script], phones: str, first: int = 0) -> list[Writer]:
    """Each conversation over each channel, as fast as it is taken."""
    count = 2 * len(scripts)
    return [
        Writer(address(phones, first + n), scripts[n // 2], (0.0,) * len(scripts[n // 2].texts))
        for n in range(count)
    ]


def address(phones: str, number: int) -> str:
    """A made-up number; the even ones write over WhatsApp."""
    return f"{'whatsapp:' if number % 2 == 0 else ''}+{phones}{number:05d}"


def channel(sender: str) -> str:
    """The channel of an address."""
    return "whatsapp" if sender.startswith("whatsapp:") else "sms"


@dataclass
class Load:
    """Writers at work. `twice`: every webhook comes twice, side by side."""

    gateways: Sequence[str]
    writers: Sequence[Writer]
    twice: bool = False
    path: str = MESSAGES
    again: bool = True
    """Whether what was not acknowledged is sent again."""
    written: list[Written] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    """What was answered beside 200 and 503, and why the load ended before its end."""
    gives_up_at: float = float("inf")
    _lines: Lines = field(default_factory=Lines)
    sent_again: int = 0

    def start(self) -> Load:
        """Begins to write, in a thread of its own."""
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        return self

    def _work(self) -> None:
        # Rasa sets another kind of loop for the whole process.
        loop = asyncio.SelectorEventLoop()
        try:
            loop.run_until_complete(self._run())
        except Exception as error:
            self.surprises.append(f"the load ended: {error!r}")
        finally:
            loop.close()

    @property
    def is_running(self) -> bool:
        """Whether somebody still writes."""
        return self._thread.is_alive()

    def finish(self, seconds: float) -> list[Written]:
        """Waits until everything was acknowledged, at most so long; gives all that was written."""
        self.gives_up_at = time.monotonic() + seconds
        self._thread.join(seconds + 2 * TWILIO_WAITS_SECONDS)
        assert not self._thread.is_alive(), "the load did not end"
        return self.written

    async def _run(self) -> None:
        began, lines = time.monotonic(), asyncio.Semaphore(CONNECTIONS)
        try:
            await asyncio.gather(*(self._write_all(lines, began, one) for one in self.writers))
        finally:
            await self._lines.close()

    async def _write_all(self, lines: asyncio.Semaphore, began: float, writer: Writer) -> None:
        for place, due in enumerate(writer.due):
            await asyncio.sleep(began + due - time.monotonic())
            if not await self._write(lines, writer, place):
                return

    async def _write(self, lines: asyncio.Semaphore, writer: Writer, place: int) -> bool:
        receiver = SMS_FROM
        if channel(writer.address) == "whatsapp":
            receiver = f"whatsapp:{WHATSAPP_FROM}"
        fields = message(From=writer.address, To=receiver, Body=writer.script.texts[place])
        written = Written(fields["MessageSid"], writer, place, time.monotonic())
        self.written.append(written)
        tries = len(self.written)
        while time.monotonic() < self.gives_up_at:
            targets = [self.gateways[(tries + n) % len(self.gateways)] for n in range(2)]
            async with lines:
                posts = [self._post(target, fields) for target in targets[: 1 + self.twice]]
                acknowledged = any(await asyncio.gather(*posts))
            if acknowledged:
                written.acknowledged_at = time.monotonic()
                return True
            if not self.again:
                break
            tries += 1
            self.sent_again += 1
            await asyncio.sleep(AGAIN_SECONDS)
        return not self.again

    async def _post(self, gateway: str, fields: dict[str, str]) -> bool:
        """One request."""
        request = signed_post(PUBLIC_URL + self.path, fields)
        try:
            answer = await asyncio.wait_for(
                self._lines.post(gateway, request), TWILIO_WAITS_SECONDS
            )
        except (OSError, asyncio.TimeoutError):
            return False
        status = answer.split(b" ")[1] if answer else b"none"
        if status not in (*TAKEN, b"503", b"none"):
            self.surprises.append(f"a webhook was answered {status!r}")
        return status in TAKEN
