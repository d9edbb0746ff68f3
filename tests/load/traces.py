"""Whether anything that people typed can be read where it was left: database files and logs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

# Shorter texts may stand by chance in what is encrypted.
SHORTEST = 8


def found_in_clear(typed: Iterable[str], files: Iterable[Path]) -> list[str]:
    """`file: text` for each text that is found; UTF-8 and UTF-16, as typed."""
    wanted = sorted({text for text in typed if len(text) >= SHORTEST}, key=len, reverse=True)
    forms = [form for text in wanted for form in (text.encode(), text.encode("utf-16-le"))]
    pattern = re.compile(b"|".join(re.escape(form) for form in forms))
    return [
        f"{path.name}: {match.group().decode('utf-8', 'replace')}"
        for path in files
        if (match := pattern.search(_content(path)))
    ]


def _content(path: Path) -> bytes:
    """Nothing, where the server that runs has removed the file meanwhile."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def files_in(*places: Path) -> Iterator[Path]:
    """The files themselves, and those in folders."""
    for place in places:
        yield from [place] if place.is_file() else (p for p in place.rglob("*") if p.is_file())
