"""Updates as Telegram sends them."""

from __future__ import annotations

import itertools
import time
from typing import Any

_numbers = itertools.count(1000)
CHAT = 7_000_000_001  # numbers of people do not fit 32 bits


def person(chat: int = CHAT, **changes: Any) -> dict[str, Any]:
    """Somebody."""
    return {"id": chat, "is_bot": False, "first_name": "Ana", "language_code": "es", **changes}


def private(chat: int = CHAT) -> dict[str, Any]:
    """Their chat with the bot."""
    return {"id": chat, "type": "private", "first_name": "Ana"}


def message(
    chat: int = CHAT, sender: dict[str, Any] | None = None, **content: Any
) -> dict[str, Any]:
    """A message."""
    return {
        "message_id": next(_numbers),
        "date": int(time.time()),
        "from": sender or person(chat),
        "chat": private(chat),
        **content,
    }


def update(**content: Any) -> dict[str, Any]:
    """An update with a number that no other has."""
    return {"update_id": next(_numbers), **content}


def said(text: str, chat: int = CHAT, **more: Any) -> dict[str, Any]:
    """Somebody typed a text."""
    return update(message=message(chat, text=text, **more))


def sent(chat: int = CHAT, **content: Any) -> dict[str, Any]:
    """Somebody sent something else."""
    return update(message=message(chat, **content))


def tapped(data: Any, title: str = "Qué cubre", chat: int = CHAT, **changes: Any) -> dict[str, Any]:
    """Somebody tapped a button under a message of the bot."""
    bot = {"id": 123456789, "is_bot": True, "first_name": "IMSS", "username": "imss_test_bot"}
    keyboard = {"inline_keyboard": [[{"text": title, "callback_data": data}]]}
    query = {
        "id": str(next(_numbers)),
        "from": person(chat),
        "chat_instance": "1",
        "data": data,
        "message": message(chat, bot, text="¿Qué?", reply_markup=keyboard),
        **changes,
    }
    return update(callback_query={k: v for k, v in query.items() if v is not None})


FILE = {"file_id": "f", "file_unique_id": "u"}
MEDIA: dict[str, dict[str, Any]] = {
    "voice": {"voice": {**FILE, "duration": 4, "mime_type": "audio/ogg"}},
    "audio": {"audio": {**FILE, "duration": 4}},
    "video": {"video": {**FILE, "width": 1, "height": 1, "duration": 4}},
    "round video": {"video_note": {**FILE, "length": 1, "duration": 4}},
    "animation": {
        "animation": {**FILE, "width": 1, "height": 1, "duration": 4},
        "document": FILE,
    },
    "photo": {"photo": [{**FILE, "width": 1, "height": 1}]},
    "document": {"document": {**FILE, "file_name": "curp.pdf", "mime_type": "application/pdf"}},
    "location": {"location": {"latitude": 34.05, "longitude": -118.24}},
    "venue": {
        "venue": {
            "location": {"latitude": 34.05, "longitude": -118.24},
            "title": "T",
            "address": "A",
        },
        "location": {"latitude": 34.05, "longitude": -118.24},
    },
    "contact": {"contact": {"phone_number": "5215511111111", "first_name": "A"}},
    "sticker": {
        "sticker": {
            **FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False,
            "is_video": False,
        }
    },
    "dice": {"dice": {"emoji": "🎲", "value": 3}},
}  # fmt: skip
