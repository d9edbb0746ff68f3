"""The messages of one conversation beside the panel, without what is personal in them."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.console.house import House
from bot.messaging.contents import Reply
from bot.messaging.outbox import Outbox
from bot.programme.masking import mask_personal_data

SHOWN = 100


@dataclass(frozen=True)
class ShownLine:
    """One message."""

    position: int
    author: str
    at: float
    text: str = field(repr=False)
    by: str = ""
    template: str = ""
    file: str = ""
    options: tuple[str, ...] = ()


def transcript(house: House, conversation_id: int) -> list[ShownLine]:
    """The newest messages, oldest first."""
    outbox = Outbox(house.database)
    after = max(0, outbox.last_position(conversation_id) - SHOWN)
    return [
        ShownLine(
            position=line.position,
            author=line.author,
            at=line.at,
            text=mask_personal_data(line.content.text),
            by=(line.content.by or "") if isinstance(line.content, Reply) else "",
            template=(line.content.template or "") if isinstance(line.content, Reply) else "",
            file=_file_name(line.content) if isinstance(line.content, Reply) else "",
            options=tuple(o.title for o in line.content.options)
            if isinstance(line.content, Reply)
            else (),
        )
        for line in outbox.conversation(conversation_id, after)
    ]


def _file_name(reply: Reply) -> str:
    return (reply.image or reply.file or "").rsplit("/", 1)[-1]
