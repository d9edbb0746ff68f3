"""Text as people type it, without what is no part of it."""

from __future__ import annotations

import unicodedata

_LINE_BREAKING = {"\n", "\t"}


def readable(text: str) -> str:
    """The text without control characters; what is no character at all is replaced."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    kept = (c for c in text if c in _LINE_BREAKING or unicodedata.category(c) != "Cc")
    return "".join(kept).strip()
