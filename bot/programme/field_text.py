"""What every reader of a field shares: what a problem is, and which texts are no answer at all.

A reader takes what a person wrote and gives the value or a Problem; it raises nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.programme.phrases import phrases, words_of
from bot.programme.plain_text import plain_characters

LONGEST_MESSAGE = 1000
_SHORT = 5  # words

# Symbols (emoji among them), what has no meaning yet, private use, halves of pairs.
_NO_TEXT = frozenset({"So", "Sk", "Co", "Cs", "Cn"})
_NO_BREAK = frozenset({"Cc", "Zl", "Zp"})
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)


@dataclass(frozen=True)
class Problem:
    """Why a text is not the value that was asked for.

    `code` names it. `detail` holds what a message needs, such as a `suggestion`; that may be
    somebody's datum, so it is not in the repr.
    """

    code: str
    detail: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def suggestion(self) -> Any:
        """What was probably meant, None where nothing can be offered."""
        return self.detail.get("suggestion")


def one_line(text: str) -> str:
    """The text in plain characters on one line, without emoji and control characters.

    Only the beginning is read: NFKC can make a text many times longer.
    """
    kept = []
    for character in plain_characters(text[: 2 * LONGEST_MESSAGE]):
        kind = unicodedata.category(character)
        if kind in _NO_BREAK:
            kept.append(" ")
        elif (kind not in _NO_TEXT or character in "°´`^¨") and (
            ord(character) not in _VARIATION_SELECTORS
        ):
            kept.append(character)
    return " ".join("".join(kept).split())


def unusable(text: str, longest: int = LONGEST_MESSAGE) -> Problem | None:
    """Why nothing can be read in a text: `empty`, `too_long`, `no_text` (emoji and the like)."""
    if not text.strip():
        return Problem("empty")
    if len(text) > LONGEST_MESSAGE or len(one_line(text)) > longest:
        return Problem("too_long", {"longest": longest})
    if not any(character.isalnum() for character in one_line(text)):
        return Problem("no_text")
    return None


def no_answer(text: str) -> Problem | None:
    """Why a text is something else than an answer: `not_known`, `question`, `other_alphabet`.

    `not_known` is "no sé" and "no lo tengo"; `question` leaves the answer to who answers questions.
    """
    if is_question(text):
        return Problem("question")
    if not_known(text) or _has_none(words_of(text)):
        return Problem("not_known")
    letters = [character for character in plain_characters(text) if character.isalpha()]
    if letters and not any(is_latin(letter) for letter in letters):
        return Problem("other_alphabet")
    return None


def nothing_found(text: str, code: str = "none_found") -> Problem:
    """The problem of a text in which the value was looked for in vain; `code` when no other."""
    return unusable(text) or no_answer(text) or Problem(code)


def not_known(text: str) -> bool:
    """Whether the text says that the person does not know, or has forgotten."""
    words = words_of(text)
    alone = phrases("field_text", "not_known_alone").exactly(words) is not None
    return alone or words in phrases("field_text", "not_known")


def _has_none(words: str) -> bool:
    """ "no tengo", "I don't have email": short, because "no tengo patrón, ..." may go on."""
    found = phrases("field_text", "lacking").find(words)
    return bool(found) and found[0].start == 0 and len(words.split()) <= _SHORT


def is_question(text: str) -> bool:
    """Whether the text asks something."""
    plain = plain_characters(text)
    if "?" in plain or "¿" in plain:
        return True
    opening = re.match(r"(?:y |pero |oye |and |but )?(.*)", words_of(text))
    found = phrases("field_text", "question_openings").find(opening[1] if opening else "")
    return bool(found) and found[0].start == 0


def is_latin(letter: str) -> bool:
    """Whether a letter is of the Latin alphabet, with or without an accent."""
    return letter.isascii() or "LATIN" in unicodedata.name(letter, "")
