"""How long a voice note of WhatsApp or Telegram is: Opus in Ogg, whose last page says when it
ends."""

from __future__ import annotations

import struct

SAMPLES_A_SECOND = 48_000
_PAGE = struct.Struct("<4sBBqIIIB")
_LAST_PAGE_AT_MOST = 65_536 + 512
_NO_SAMPLE_ENDS_HERE = -1


def seconds_of(content: bytes) -> float | None:
    """The length; None where it cannot be told."""
    if b"OpusHead" not in content[:256]:
        return None
    tail_at = max(0, len(content) - _LAST_PAGE_AT_MOST)
    at = content.rfind(b"OggS", tail_at)
    while at >= 0:
        if at + _PAGE.size <= len(content):
            position = _PAGE.unpack_from(content, at)[3]
            if position != _NO_SAMPLE_ENDS_HERE:
                return float(max(0, position)) / SAMPLES_A_SECOND
        at = content.rfind(b"OggS", tail_at, at)
    return None
