"""What people send besides text: how much of it is taken, and who writes down what was spoken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.settings.reading import (
    SettingsError,
    above_zero,
    read_number,
    read_text,
    web_address,
)

TYPES = (
    *("image/jpeg", "image/png", "image/webp", "application/pdf", "audio/ogg", "audio/mpeg"),
    *("audio/mp4", "audio/amr", "audio/aac", "audio/wav", "audio/webm"),
)
# What reading a picture may take, and writing its result down.
READING_SECONDS = 30.0


@dataclass(frozen=True)
class TranscriptionSettings:
    """A service that writes down what is spoken, with the interface of OpenAI's."""

    url: str = ""
    """PTI_TRANSCRIPTION_URL: its address with /v1; empty: there is none, and voice notes are
    answered with the wish to write or to call. In production https, or this machine."""
    key: str = field(default="", repr=False)
    """PTI_TRANSCRIPTION_KEY: its bearer token; empty: it wants none."""
    model: str = "whisper-1"
    """PTI_TRANSCRIPTION_MODEL: the name of its model."""
    seconds: float = 30.0
    """PTI_TRANSCRIPTION_SECONDS: how long it may take for one voice note, tries included."""
    longest_seconds: float = 180.0
    """PTI_TRANSCRIPTION_LONGEST_SECONDS: longer voice notes are not sent to it, where their length
    can be told."""


@dataclass(frozen=True)
class MediaSettings:
    """What holds for every channel."""

    max_bytes: int = 10_000_000
    """PTI_MEDIA_MAX_BYTES: larger files are not taken."""
    types: tuple[str, ...] = TYPES
    """PTI_MEDIA_TYPES: the types that are taken, comma separated; what a file is, is told by its
    content."""
    max_pages: int = 3
    """PTI_MEDIA_MAX_PAGES: a PDF with more pages is not read."""
    wait_seconds: float = 60.0
    """PTI_MEDIA_WAIT_SECONDS: how long fetching a file may take, with all its tries; then the
    person is told."""
    at_once: int = 4
    """PTI_MEDIA_AT_ONCE: files that one gateway fetches and reads side by side."""
    transcription: TranscriptionSettings = field(default_factory=TranscriptionSettings)

    @property
    def hold_seconds(self) -> float:
        """How long a message waits for its media: past this it is answered without them."""
        return self.wait_seconds + READING_SECONDS + self.transcription.seconds


def read_media(environ: Mapping[str, str]) -> MediaSettings:
    """The settings of media, from their variables."""
    default = MediaSettings
    types = read_text(environ, "PTI_MEDIA_TYPES", ",".join(default.types))
    named = tuple(name.strip().lower() for name in types.split(",") if name.strip())
    if unknown := set(named) - set(TYPES):
        raise SettingsError(f"PTI_MEDIA_TYPES: {', '.join(sorted(unknown))} cannot be read.")
    return MediaSettings(
        max_bytes=_at_least_one(environ, "PTI_MEDIA_MAX_BYTES", default.max_bytes),
        types=named,
        max_pages=_at_least_one(environ, "PTI_MEDIA_MAX_PAGES", default.max_pages),
        wait_seconds=above_zero(environ, "PTI_MEDIA_WAIT_SECONDS", default.wait_seconds),
        at_once=_at_least_one(environ, "PTI_MEDIA_AT_ONCE", default.at_once),
        transcription=_read_transcription(environ),
    )


def _read_transcription(environ: Mapping[str, str]) -> TranscriptionSettings:
    default = TranscriptionSettings
    url = read_text(environ, "PTI_TRANSCRIPTION_URL", "").rstrip("/")
    longest = above_zero(environ, "PTI_TRANSCRIPTION_LONGEST_SECONDS", default.longest_seconds)
    if url:
        web_address(environ, "PTI_TRANSCRIPTION_URL", url)
    return TranscriptionSettings(
        url=url,
        key=read_text(environ, "PTI_TRANSCRIPTION_KEY", ""),
        model=read_text(environ, "PTI_TRANSCRIPTION_MODEL", default.model),
        seconds=above_zero(environ, "PTI_TRANSCRIPTION_SECONDS", default.seconds),
        longest_seconds=longest,
    )


def _at_least_one(environ: Mapping[str, str], name: str, default: int) -> int:
    number = int(read_number(environ, name, default, int))
    if number < 1:
        raise SettingsError(f"{name} should be above zero.")
    return number
