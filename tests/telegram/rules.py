"""The Bot API's rules: what a call must have, what it may have, how long things may be."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

# Telegram asks for about one message a second to a chat; what we send takes its time on the way.
LEAST_PAUSE = 0.8
METHODS = {
    "sendMessage": "send",
    "sendPhoto": "send",
    "sendDocument": "send",
    "answerCallbackQuery": "answer_tap",
    "getUpdates": "updates",
    "getFile": "file",
    "setWebhook": "set_webhook",
    "deleteWebhook": "delete_webhook",
    "getWebhookInfo": "webhook_info",
    "getMe": "me",
    "setMyCommands": "set_commands",
}
_REQUIRED = {
    "sendMessage": {"chat_id", "text"},
    "sendPhoto": {"chat_id", "photo"},
    "sendDocument": {"chat_id", "document"},
    "answerCallbackQuery": {"callback_query_id"},
    "getFile": {"file_id"},
    "setWebhook": {"url"},
    "setMyCommands": {"commands"},
}
_OPTIONAL = {
    "sendMessage": {"reply_markup", "link_preview_options"},
    "sendPhoto": {"caption", "reply_markup"},
    "sendDocument": {"caption", "reply_markup"},
    "getUpdates": {"offset", "timeout", "allowed_updates", "limit"},
    "setWebhook": {"secret_token", "allowed_updates", "max_connections", "drop_pending_updates"},
    "deleteWebhook": {"drop_pending_updates"},
    "setMyCommands": {"language_code"},
}
_TYPES = {"chat_id": int, "text": str, "caption": str, "reply_markup": dict, "commands": list}
_MEGABYTE = 1024 * 1024
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


class BrokenRule(Exception):
    """Telegram would refuse it."""


def checked(method: str, parameters: dict[str, Any], upload: Any) -> None:
    """Raises BrokenRule."""
    required, optional = _REQUIRED.get(method, set()), _OPTIONAL.get(method, set())
    if missing := required - set(parameters):
        raise BrokenRule(f"{sorted(missing)} is missing")
    if unknown := set(parameters) - required - optional:
        raise BrokenRule(f"{sorted(unknown)} is unknown")
    for name, kind in _TYPES.items():
        if name in parameters and not isinstance(parameters[name], kind):
            raise BrokenRule(f"{name} is no {kind.__name__}")
    _check_length(parameters, "text", 4096)
    _check_length(parameters, "caption", 1024)
    if "reply_markup" in parameters:
        _check_keyboard(parameters["reply_markup"])
    if upload:
        _check_upload(method, *upload)
    if method == "setMyCommands":
        _check_commands(parameters["commands"])


def _check_length(parameters: dict[str, Any], name: str, most: int) -> None:
    if name not in parameters:
        return
    text = parameters[name]
    if not text.strip():
        raise BrokenRule(f"message {name} is empty")
    if len(text.encode("utf-16-le")) // 2 > most:
        raise BrokenRule(f"message {name} is too long")


def _check_keyboard(markup: dict[str, Any]) -> None:
    rows = markup.get("inline_keyboard")
    if set(markup) != {"inline_keyboard"} or not isinstance(rows, list) or not rows:
        raise BrokenRule("object expected as reply markup")
    if len(rows) > 100:
        raise BrokenRule("too many buttons")
    for row in rows:
        if not isinstance(row, list) or len(row) != 1:
            raise BrokenRule("one option a row is our own rule")
        (button,) = row
        if set(button) != {"text", "callback_data"} or not button["text"].strip():
            raise BrokenRule("text buttons are unallowed in the inline keyboard")
        if not 1 <= len(button["callback_data"].encode()) <= 64:
            raise BrokenRule("BUTTON_DATA_INVALID")


def _check_upload(method: str, name: str, content: bytes, content_type: str) -> None:
    if not content:
        raise BrokenRule("file must be non-empty")
    if method == "sendPhoto":
        if len(content) > 10 * _MEGABYTE or not content.startswith(
            (b"\x89PNG", b"\xff\xd8", b"RIFF")
        ):
            raise BrokenRule("PHOTO_INVALID_DIMENSIONS")
    elif len(content) > 50 * _MEGABYTE:
        raise BrokenRule("file is too big")
    if not name or "/" not in content_type:
        raise BrokenRule("a file without its name or its type")


def _check_commands(commands: list[dict[str, str]]) -> None:
    for command in commands:
        if set(command) != {"command", "description"} or not _COMMAND.fullmatch(command["command"]):
            raise BrokenRule("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise BrokenRule("BOT_COMMAND_DESCRIPTION_INVALID")


def check_webhook(parameters: dict[str, Any]) -> None:
    """Raises BrokenRule. On this machine plain http counts as https does elsewhere."""
    parts = urlsplit(parameters["url"])
    if parts.scheme != "https" and parts.hostname != "127.0.0.1":
        raise BrokenRule("an HTTPS URL must be provided for webhook")
    if parts.scheme == "https" and (parts.port or 443) not in (443, 80, 88, 8443):
        raise BrokenRule("webhook can be set up only on ports 80, 88, 443 or 8443")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", parameters.get("secret_token", "")):
        raise BrokenRule("secret token contains unallowed characters")
