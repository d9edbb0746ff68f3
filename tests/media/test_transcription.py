"""Voice notes, by a real HTTP server with the interface of a transcription service."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.media.reader import Reader
from bot.media.transcription import Transcriber
from bot.messaging.found import Found
from bot.settings import MediaSettings, SettingsError, read_settings
from tests.media.files import voice_note
from tests.media.transcription_service import Answer, TranscriptionService, heard, segment
from tests.messaging.stand_in import process_logging
from tests.support.service import SECRETS

NOTE = voice_note()


@pytest.fixture
def service() -> Iterator[TranscriptionService]:
    running = TranscriptionService()
    yield running
    running.close()
    assert running.broken == []


def settings(service: TranscriptionService, **more: str) -> MediaSettings:
    return read_settings({**SECRETS, **service.settings(), **more}).media


def read(service: TranscriptionService, *answers: Answer, **more: str) -> Found:
    service.answers = deque(answers)
    transcriber = Transcriber(settings(service, **more).transcription)
    return transcriber.read("voice.ogg", "audio/ogg", NOTE)


def words(text: str, sure: bool) -> Found:
    return {"what": "transcript", "text": text, "sure": sure}


def nothing(why: str) -> Found:
    return {"what": "nothing", "why": why}


TWO = {
    "text": "gano dos mil pesos",
    "segments": [segment("gano"), segment("dos mil pesos", -0.9)],
}
ANSWERS: dict[str, tuple[Answer, Found]] = {
    "clear words": (Answer(heard(" cuánto \n cuesta ")), words("cuánto cuesta", True)),
    "words it is not sure of": (Answer(heard("gano mil", -1.1)), words("gano mil", False)),
    "somebody who may not speak": (Answer(heard("sí", silence=0.7)), words("sí", False)),
    "one piece that is not clear": (Answer(TWO), words("gano dos mil pesos", False)),
    "no word of how sure": (Answer({"text": "hola"}), words("hola", False)),
    "pieces of another form": (
        Answer({"text": "hola", "segments": ["hola", {"avg_logprob": "x"}]}), words("hola", False),
    ),
    "the simple form": (Answer(heard("hola"), simple_only=True), words("hola", False)),
    "silence": (Answer(heard("")), nothing("not_heard")),
    "words made up of silence": (
        Answer(heard("Subtítulos de la comunidad", silence=0.95)), nothing("not_heard"),
    ),
    "a US social security number": (
        Answer(heard("es 123-45-6789")), words("es •••-••-••••", True),
    ),
    "no JSON": (Answer(b"<html>"), nothing("no_service")),
    "a list": (Answer(b"[]"), nothing("no_service")),
    "no text": (Answer({"segments": []}), nothing("no_service")),
    "a text that is none": (Answer({"text": 7}), nothing("no_service")),
    "no more money": (Answer(b"{}", 402), nothing("no_service")),
    "led elsewhere": (Answer(b"", 302), nothing("no_service")),
    "too long an answer": (Answer(b" " * 1_100_000), nothing("no_service")),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_what_the_service_answers(service: TranscriptionService, name: str) -> None:
    answer, found = ANSWERS[name]
    got = read(service, answer)
    if name == "a US social security number":
        assert "123-45-6789" not in got["text"]
        return
    assert got == found
    assert set(service.heard) == {NOTE}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_it_is_asked_once_more(service: TranscriptionService, status: int) -> None:
    down = Answer(b"{}", status)
    assert read(service, down, Answer(heard("hola"))) == words("hola", True)
    assert read(service, down) == nothing("no_service")
    assert service.calls == 4


def test_a_slow_service_has_its_time(service: TranscriptionService) -> None:
    slow = Answer(heard("hola"), seconds=3)
    assert read(service, slow, PTI_TRANSCRIPTION_SECONDS="0.3") == nothing("no_service")


def test_no_service_there() -> None:
    service = TranscriptionService()
    service.close()
    assert read(service, Answer()) == nothing("no_service")


def test_a_long_voice_note_is_not_sent(service: TranscriptionService) -> None:
    assert read(service, Answer(), PTI_TRANSCRIPTION_LONGEST_SECONDS="3") == nothing("too_large")
    assert service.calls == 0


async def test_without_a_service_nobody_is_asked() -> None:
    assert await Reader(MediaSettings()).read("audio/ogg", NOTE) == nothing("no_service")


async def test_by_its_content_a_document_is_a_voice_note(service: TranscriptionService) -> None:
    service.answers = deque([Answer(heard("hola"))])
    reader = Reader(settings(service))
    assert await reader.read(reader.recognised(NOTE)[1], NOTE) == words("hola", True)


def test_nothing_said_is_logged(service: TranscriptionService) -> None:
    with process_logging() as printed:
        read(service, Answer(heard("me llamo Xochitlquetzal")))
        read(service, Answer(b'{"error": "me llamo Xochitlquetzal"}', 500))
    assert "Xochitlquetzal" not in printed.getvalue()
    assert "the key" not in printed.getvalue()
    assert "status 500" in printed.getvalue()


BAD: list[tuple[dict[str, str], str]] = [
    ({"PTI_TRANSCRIPTION_URL": "whisper"}, "PTI_TRANSCRIPTION_URL"),
    (
        {"PTI_TRANSCRIPTION_URL": "http://example.org/v1", "PTI_ENVIRONMENT": "production"},
        "https",
    ),
    ({"PTI_MEDIA_TYPES": "image/gif"}, "image/gif"),
    ({"PTI_MEDIA_MAX_BYTES": "0"}, "PTI_MEDIA_MAX_BYTES"),
    ({"PTI_MEDIA_MAX_PAGES": "-1"}, "PTI_MEDIA_MAX_PAGES"),
    ({"PTI_MEDIA_AT_ONCE": "0"}, "PTI_MEDIA_AT_ONCE"),
    ({"PTI_MEDIA_WAIT_SECONDS": "0"}, "PTI_MEDIA_WAIT_SECONDS"),
]


@pytest.mark.parametrize(("given", "named"), BAD)
def test_settings_that_cannot_be_used(given: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        read_settings({**SECRETS, **given})


def test_the_key_is_not_shown(service: TranscriptionService) -> None:
    media = settings(service)
    assert "the key" not in repr(media)
    assert media.hold_seconds > media.wait_seconds + media.transcription.seconds
    assert replace(media, wait_seconds=1).hold_seconds < media.hold_seconds
