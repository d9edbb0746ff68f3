"""What the person's channel lets an agent write: how long, until when, whether at all."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from bot.channels.long_text import split_text
from bot.channels.telegram.parts import LONGEST_TEXT as LONGEST_TELEGRAM
from bot.channels.twilio.parse import SMS, WHATSAPP
from bot.channels.twilio.render_sms import segments, sms_texts
from bot.channels.twilio.render_whatsapp import LONGEST_TEXT as LONGEST_WHATSAPP
from bot.channels.twilio.sender import WINDOW_SECONDS
from bot.messaging.agent_messages import where_they_write
from bot.messaging.contents import Reply
from bot.storage.tables import addresses

LONGEST_MESSAGE = 4000
LONGEST_PART = {WHATSAPP: LONGEST_WHATSAPP, "telegram": LONGEST_TELEGRAM}


@dataclass(frozen=True)
class Way:
    """How the person is reached. `open_until`: until then WhatsApp takes what is freely written;
    None where there is no such limit, or it is past (`closed`). `stopped`: they want no messages.
    """

    channel: str
    open_until: float | None = None
    closed: bool = False
    stopped: bool = False


def way_to(connection: Connection, conversation_id: int, now: float) -> Way:
    """How the person is reached now."""
    channel = where_they_write(connection, conversation_id).channel
    row = connection.execute(
        select(
            func.max(addresses.c.last_heard_at).label("heard_at"),
            func.max(addresses.c.stopped_at).label("stopped_at"),
        ).where(addresses.c.conversation_id == conversation_id, addresses.c.channel == channel)
    ).one()
    stopped = row.stopped_at is not None
    if channel != WHATSAPP:
        return Way(channel, stopped=stopped)
    until = (row.heard_at or 0.0) + WINDOW_SECONDS
    closed = until <= now
    return Way(channel, None if closed else until, closed, stopped)


def messages_of(channel: str, text: str) -> int:
    """How many of the channel's messages a text makes; of SMS, how many are paid."""
    if channel == SMS:
        return sum(segments(part) for part in sms_texts(Reply(text), ()))
    if channel in LONGEST_PART:
        return len(split_text(text, LONGEST_PART[channel]))
    return 1 if text.strip() else 0
