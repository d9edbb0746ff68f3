"""Reads yes and no as people write them, in Spanish and English."""

from __future__ import annotations

from bot.programme.field_text import Problem, not_known, nothing_found, unusable
from bot.programme.phrases import phrases, words_of
from bot.programme.table_files import table

# In longer texts a "no" can belong to something else ("mi patrón dijo que no").
_SHORT = 4


def read_yes_no(text: str) -> bool | Problem:
    """True for yes, False for no.

    Problems: `empty`, `too_long`, `no_text`, `not_known`, `question`, `other_alphabet`,
    `several_values` (yes and no at once), `unclear`.
    """
    text = _emoji_said(text)
    problem = unusable(text)
    if problem is not None:
        return problem
    if not_known(text):
        return Problem("not_known")
    if "?" in text or "¿" in text:
        return Problem("question")
    words = phrases("yes_no", "fillers").taken_out(words_of(text))
    alone = phrases("yes_no", "alone").exactly(words)
    if alone is not None:
        return alone == "yes"
    found = phrases("yes_no", "answers").find(words)
    if not found:
        return nothing_found(text, "unclear")
    if len({answer.name for answer in found}) > 1:
        return Problem("several_values")
    if found[0].start and len(words.split()) > _SHORT:
        return Problem("unclear")
    return found[0].name == "yes"


def _emoji_said(text: str) -> str:
    for word, signs in table("yes_no")["emoji"].items():
        for sign in signs:
            text = text.replace(sign, f" {word} ")
    return text
