"""An update of Telegram's as what a person said, or nothing: whatever arrives is survived."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType

from bot.channels.telegram.attachments import attachments_in
from bot.channels.telegram.commands import meaning
from bot.channels.typed_text import readable
from bot.logs import describe
from bot.messaging.contents import Incoming
from bot.messaging.received_media import Attachment

log = logging.getLogger(__name__)

# What we ask Telegram for. The rest (edits, reactions, channels, members) does not come at all.
ALLOWED_UPDATES = ["message", "callback_query"]
# The fields of what cannot be read, and its name; an animation is a document too, a venue a
# location.
_MEDIA = {
    "voice": "voice", "audio": "audio", "video_note": "video", "video": "video",
    "animation": "animation", "photo": "photo", "document": "document", "venue": "location",
    "location": "location", "contact": "contact", "sticker": "sticker", "poll": "poll",
    "dice": "dice", "game": "game", "story": "story", "paid_media": "photo",
    "checklist": "checklist",
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What somebody said in their private chat with the bot. Where `content` has an option, its
    text is what stands on the button that was tapped."""

    chat: str = field(repr=False)
    content: Incoming = field(repr=False)
    provider_id: str = ""
    files: tuple[Attachment, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Parsed:
    """An update: what was said, if anything, and the tap that is to be acknowledged, if it is
    one."""

    update_id: int
    said: Said | None = None
    tap: str | None = field(default=None, repr=False)


def parse_body(raw: bytes) -> Parsed | None:
    """The update in a request's body; None for what is none."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        log.warning("an update is not JSON")
        return None
    return parse(body) if isinstance(body, dict) else None


def parse(body: Mapping[str, Any]) -> Parsed | None:
    """The update in a JSON object; None for what is none."""
    update_id = body.get("update_id")
    if not isinstance(update_id, int) or isinstance(update_id, bool):
        log.warning("an update has no number")
        return None
    try:
        update = Update.de_json(dict(body), None)
        return Parsed(update_id, _said(update), _tap(update))
    except Exception as error:
        # Whatever Telegram invents: refused, it would come again and hold up all that follow.
        log.warning("update %s cannot be read: %s", update_id, describe(error))
        return Parsed(update_id)


def _tap(update: Update) -> str | None:
    return update.callback_query.id if update.callback_query else None


def _said(update: Update) -> Said | None:
    if update.callback_query:
        return _tapped(update.update_id, update.callback_query)
    message = update.message
    if message is None or not _is_private(message) or _is_from_a_bot(message):
        return None
    content = _content(message)
    if content is None:
        return None
    provider_id = _provider_id(update.update_id, message, content)
    files = attachments_in(message) if content.media else ()
    return Said(str(message.chat.id), content, provider_id, files)


def _tapped(update_id: int, query: CallbackQuery) -> Said | None:
    message = query.message
    if message is None or message.chat.type != ChatType.PRIVATE or query.data is None:
        return None
    title = _title_of(message, query.data) if isinstance(message, Message) else ""
    return Said(str(message.chat.id), Incoming(readable(title), query.data), str(update_id))


def _title_of(message: Message, data: str) -> str:
    """What stands on the button of our own message that was tapped."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    titles = (button.text for row in rows for button in row if button.callback_data == data)
    return next(titles, "")


def _is_private(message: Message) -> bool:
    return message.chat.type == ChatType.PRIVATE


def _is_from_a_bot(message: Message) -> bool:
    return message.from_user is None or message.from_user.is_bot


def _content(message: Message) -> Incoming | None:
    if message.text is not None:
        language = (message.from_user and message.from_user.language_code) or ""
        return Incoming(meaning(readable(message.text), language))
    kind = next((name for name in _MEDIA if getattr(message, name, None)), None)
    if kind is None:  # the chat was opened, a message was pinned
        return None
    return Incoming(readable(message.caption or ""), media=_MEDIA[kind])


def _provider_id(update_id: int, message: Message, content: Incoming) -> str:
    """An album comes as one update a picture: it has one number, and is answered once."""
    if message.media_group_id and not content.text:
        return f"album-{message.chat.id}-{message.media_group_id}"[:128]
    return str(update_id)
