"""Sends replies over Telegram: texts, pictures, files, with what is offered as buttons."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.channels.signed_links import stored_file
from bot.channels.telegram.api import ApiError, BotApi, UnreachableError, Uploads
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.parts import parts_of
from bot.channels.telegram.receive import CHANNEL
from bot.messaging.contents import Option, Reply
from bot.messaging.sender import (
    DeliveryError,
    OperatorError,
    RefusedError,
    Sent,
    StoppedError,
    TryLaterError,
)
from bot.people.files import Files
from bot.storage.encryption import UnreadableError

log = logging.getLogger(__name__)

FILE_GONE = "file-gone"
# A bot whose token is not good (any more).
WRONG_TOKEN = (401, 404)
SHOWN_AS_PICTURE = ("image/jpeg", "image/png", "image/webp")


@dataclass(frozen=True)
class _Call:
    method: str
    parameters: dict[str, Any] = field(repr=False)
    uploads: Uploads | None = field(default=None, repr=False)


class TelegramSender:
    """One bot's way to people. An address is the number of a private chat."""

    channel = CHANNEL
    window_seconds: float | None = None

    def __init__(self, api: BotApi, files: Files, pace: Pace | None = None) -> None:
        self._api = api
        self._files = files
        self._pace = pace or Pace()

    def parts(self, reply: Reply, plain: bool = False) -> Sequence[Reply]:
        """The reply as the messages that Telegram takes."""
        return parts_of(reply)

    async def send(self, address: str, reply: Reply, uuid: str) -> Sent:
        """Sends one part. Telegram takes no name of ours, so `uuid` stays here."""
        call = await self._call_for(address, reply)
        await self._pace.turn(address)
        try:
            return await self._made(call)
        except ApiError as error:
            if error.code == 400 and call.method == "sendPhoto" and call.uploads:
                # A picture that Telegram does not show (its sides, its size) is still a file.
                return await self._as_document(call)
            raise delivery_error(error) from None

    async def invite(self, address: str, language: str, uuid: str) -> Sent | None:
        """There is no window to open."""
        return None

    async def close(self) -> None:
        """Ends the connections."""
        await self._api.close()

    async def _made(self, call: _Call) -> Sent:
        try:
            result = await self._api.call(call.method, call.parameters, call.uploads)
        except UnreachableError as error:
            raise TryLaterError(f"unreachable-{error}"[:32]) from None
        return Sent(str(result["message_id"]))

    async def _as_document(self, call: _Call) -> Sent:
        uploads = {"document": (call.uploads or {})["photo"]}
        try:
            return await self._made(_Call("sendDocument", call.parameters, uploads))
        except ApiError as error:
            raise delivery_error(error) from None

    async def _call_for(self, address: str, reply: Reply) -> _Call:
        named = reply.image or reply.file
        parameters: dict[str, Any] = {"chat_id": int(address)}
        if reply.options:
            parameters["reply_markup"] = {"inline_keyboard": _keyboard(reply.options)}
        if not named:
            return _text_call(parameters, reply.text)
        if reply.text:
            parameters["caption"] = reply.text
        method, parameter = ("sendPhoto", "photo") if reply.image else ("sendDocument", "document")
        stored = stored_file(named)
        if stored is None:  # an address of the internet, which Telegram fetches itself
            return _Call(method, {**parameters, parameter: named})
        upload = await asyncio.to_thread(self._opened, *stored)
        if upload is None:
            if not reply.text:
                raise RefusedError(FILE_GONE)
            del parameters["caption"]
            return _text_call(parameters, reply.text)
        if reply.image and upload[2] not in SHOWN_AS_PICTURE:
            method, parameter = "sendDocument", "document"
        return _Call(method, parameters, {parameter: upload})

    def _opened(self, file_id: str, name: str) -> tuple[str, bytes, str] | None:
        """The file to upload; None where it was erased, or no key opens it."""
        try:
            stored = self._files.open(file_id)
        except UnreadableError:
            log.error("a stored file was sealed with a key that is not configured")
            return None
        if stored is None or stored.name != name:
            return None
        return stored.name, stored.content, stored.content_type


def delivery_error(error: ApiError) -> DeliveryError:
    """What an error of Telegram's means to delivery."""
    if error.code == 429:
        return TryLaterError(error.word, error.retry_after)
    if error.code == 403:  # they blocked the bot, or their account is gone
        return StoppedError(error.word)
    if error.code in WRONG_TOKEN:
        return OperatorError(error.word)
    if error.code >= 500:
        return TryLaterError(error.word, error.retry_after)
    return RefusedError(error.word)


def _text_call(parameters: dict[str, Any], text: str) -> _Call:
    # Previews of the pages that answers name as their source would bury the answers.
    preview = {"is_disabled": True}
    return _Call("sendMessage", {**parameters, "text": text, "link_preview_options": preview})


def _keyboard(options: Sequence[Option]) -> list[list[dict[str, str]]]:
    """One option a row: on a phone two beside each other cannot be read."""
    return [[{"text": option.title, "callback_data": option.id}] for option in options]
