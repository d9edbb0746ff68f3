"""Reads how content somebody is, and whether they were spared a call, as they write it.

Only whole answers that are certain: what somebody says after such a question may be about
something else.
"""

from __future__ import annotations

from bot.programme.phrases import phrases, words_of

LOWEST, HIGHEST = 1, 5


def read_score(text: str) -> int | None:
    """A score from 1 to 5; None for any other text."""
    found = _answer("scores", text)
    return None if found is None else int(found)


def read_spared(text: str) -> bool | None:
    """Whether a call was spared; None for any other text."""
    found = _answer("spared", text)
    return None if found is None else found == "yes"


def _answer(question: str, text: str) -> str | None:
    if "?" in text:
        return None
    words = phrases("satisfaction", "around").taken_out(words_of(text))
    return phrases("satisfaction", question).exactly(words)
