"""What a file is, by its first bytes. What its sender or its name says does not count."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_HEAD = 64


@dataclass(frozen=True)
class ContentType:
    """A type that we know, and the name that a file of it gets here."""

    type: str
    name: str

    @property
    def is_sound(self) -> bool:
        """Whether somebody may be speaking in it."""
        return self.type.startswith("audio/")


_BEGINNINGS: tuple[tuple[bytes, ContentType], ...] = (
    (b"\xff\xd8\xff", ContentType("image/jpeg", "photo.jpg")),
    (b"\x89PNG\r\n\x1a\n", ContentType("image/png", "photo.png")),
    (b"%PDF-", ContentType("application/pdf", "document.pdf")),
    (b"OggS", ContentType("audio/ogg", "voice.ogg")),
    (b"#!AMR", ContentType("audio/amr", "voice.amr")),
    (b"ID3", ContentType("audio/mpeg", "voice.mp3")),
    (b"\xff\xfb", ContentType("audio/mpeg", "voice.mp3")),
    (b"\xff\xf3", ContentType("audio/mpeg", "voice.mp3")),
    (b"\xff\xf2", ContentType("audio/mpeg", "voice.mp3")),
    (b"\xff\xf1", ContentType("audio/aac", "voice.aac")),
    (b"\xff\xf9", ContentType("audio/aac", "voice.aac")),
    (b"\x1aE\xdf\xa3", ContentType("audio/webm", "voice.webm")),
)
_RIFF = {
    b"WEBP": ContentType("image/webp", "photo.webp"),
    b"WAVE": ContentType("audio/wav", "voice.wav"),
}
# The brands of MPEG-4 and 3GPP files that phones record speech in.
_SPOKEN_BRANDS = (b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"3gp4", b"3gp5", b"3gp6", b"dash")
_MPEG_4 = ContentType("audio/mp4", "voice.m4a")
KNOWN_TYPES = frozenset(
    kind.type for kind in (*(kind for _, kind in _BEGINNINGS), *_RIFF.values(), _MPEG_4)
)


def content_type_of(content: bytes) -> ContentType | None:
    """The type of a file; None for anything that we do not know, whatever it is."""
    head = content[:LONGEST_HEAD]
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _MPEG_4 if head[8:12] in _SPOKEN_BRANDS else None
    return next((kind for beginning, kind in _BEGINNINGS if head.startswith(beginning)), None)
