"""Reads what was fetched: the code of a picture, the words of a voice note."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.media.content_type import content_type_of
from bot.media.picture import Pictures
from bot.messaging.found import Found, nothing
from bot.messaging.media_runner import NotUsableError
from bot.settings import MediaSettings, TranscriptionSettings

if TYPE_CHECKING:
    from bot.media.transcription import Transcriber

log = logging.getLogger(__name__)

# The call ends by itself; this is for what knows no time-out, such as looking up a name.
GRACE_SECONDS = 5.0


class Reader:
    """Knows the types that are taken."""

    def __init__(self, settings: MediaSettings) -> None:
        self._settings = settings
        self._pictures = Pictures(settings.max_pages)
        self._transcriber = _transcriber(settings.transcription)

    def recognised(self, content: bytes) -> tuple[str, str]:
        """A name for the file and its type, by its content. Raises NotUsableError."""
        kind = content_type_of(content)
        if kind is None or kind.type not in self._settings.types:
            raise NotUsableError("type")
        return kind.name, kind.type

    async def read(self, content_type: str, content: bytes) -> Found:
        """What is in the file."""
        kind = content_type_of(content)
        if kind is None or not kind.is_sound:
            return await self._pictures.read(content_type, content)
        if self._transcriber is None:
            return nothing("no_service")
        call = asyncio.to_thread(self._transcriber.read, kind.name, kind.type, content)
        seconds = self._settings.transcription.seconds
        try:
            return await asyncio.wait_for(call, seconds + GRACE_SECONDS)
        except asyncio.TimeoutError:
            log.error("a voice note was not transcribed: no answer in time")
            return nothing("no_service")


def _transcriber(settings: TranscriptionSettings) -> Transcriber | None:
    """What calls the service. Its code, and the library that only it needs, is loaded where there
    is one."""
    if not settings.url:
        return None
    from bot.media.transcription import Transcriber

    return Transcriber(settings)
