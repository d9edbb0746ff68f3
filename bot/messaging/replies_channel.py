"""Rasa's output channel of a turn: collects what the assistant says, as replies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from rasa.core.channels.channel import OutputChannel

from bot.messaging.contents import Option, Reply

_PAYLOAD = re.compile(r"^/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?$", re.DOTALL)


class RepliesChannel(OutputChannel):
    """Collects replies for one message; options are numbered by message, reply and place."""

    def __init__(self, channel: str, inbox_id: int) -> None:
        self._channel = channel
        self._inbox_id = inbox_id
        self.replies: list[Reply] = []

    def name(self) -> str:
        """The channel's name, by which channel variants of responses are chosen."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Takes one response with all that belongs to it."""
        self.add(message)

    def add(self, message: dict[str, Any]) -> None:
        """Adds a response to the replies."""
        prefix = f"{self._inbox_id}.{len(self.replies)}"
        self.replies.append(
            Reply(
                text=(message.get("text") or "").strip(),
                options=tuple(_options(message.get("buttons") or (), prefix)),
                image=message.get("image"),
                file=message.get("attachment"),
                answer=(message.get("metadata") or {}).get("utter_action")
                or message.get("utter_action"),
            )
        )


def _options(buttons: Iterable[dict[str, Any]], prefix: str) -> Iterable[Option]:
    for number, button in enumerate(buttons, start=1):
        payload = _PAYLOAD.match(button["payload"])
        if payload is None:
            raise ValueError(f"button {prefix}.{number} has a payload that is not /intent{{…}}")
        entities = json.loads(payload["entities"]) if payload["entities"] else {}
        yield Option(f"{prefix}.{number}", button["title"], payload["intent"], entities)
