"""Replies as text messages that telephones count cheaply.

A letter outside of GSM's own alphabet more than doubles the price of a whole message, and á, í, ó,
ú are outside of it: they lose their accent. é, ñ, ü, ¿ and ¡ are inside, and stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from string import ascii_letters, digits

from bot.channels.long_text import split_text, utf16_length
from bot.messaging.contents import Reply

BASIC = frozenset(ascii_letters + digits).union(
    "àèéìòùäöñüåøæßÇÉÄÖÑÜÅØÆ", "ΔΦΓΛΩΠΨΣΘΞ", " \n\r!\"#$%&'()*+,-./:;<=>?@_", "¡¿§£¥¤"
)
# Each of these takes the room of two.
EXTENDED = frozenset("^{}\\[~]|€\f")
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛´`′‹›", "'"),
        **dict.fromkeys("‐‑‒–—―−•·●▪◦∙", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2009\u200a\u202f\t", " "),
        "…": "...", "→": ">", "×": "x", "ª": "a", "º": "o", "°": "o", "⁄": "/",
        "≤": "<=", "≥": ">=", "≈": "~", "¢": "c",
    }
)  # fmt: skip
# One message by itself, and each of several that a telephone puts together.
ALONE, JOINED = 160, 153
ALONE_UNICODE, JOINED_UNICODE = 70, 67
MOST_SEGMENTS = 2
_LETTERS_AND_DIGITS = ("L", "N", "M")


def gsm_text(text: str) -> str:
    """The text in GSM's alphabet. Letters of other scripts stay, since nothing stands for them;
    pictures and other signs go."""
    kept = "".join(_gsm_character(c) for c in unicodedata.normalize("NFC", text).translate(_PLAIN))
    lines = (re.sub(r" {2,}", " ", line).strip() for line in kept.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _gsm_character(character: str) -> str:
    if character in BASIC or character in EXTENDED:
        return character
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)
    ).translate(_PLAIN)
    if plain and all(c in BASIC or c in EXTENDED for c in plain):
        return plain
    return character if unicodedata.category(character)[0] in _LETTERS_AND_DIGITS else ""


def is_gsm(text: str) -> bool:
    """Whether the whole text is in GSM's alphabet."""
    return all(character in BASIC or character in EXTENDED for character in text)


def septets(text: str) -> int:
    """The room that a text of GSM's alphabet takes."""
    return len(text) + sum(character in EXTENDED for character in text)


def segments(text: str) -> int:
    """For how many messages a text is paid."""
    if not is_gsm(text):
        length = utf16_length(text)
        return 1 if length <= ALONE_UNICODE else -(-length // JOINED_UNICODE)
    if septets(text) <= ALONE:
        return 1
    count, room = 1, JOINED
    for character in text:
        width = 1 + (character in EXTENDED)  # both halves are in one segment
        if width > room:
            count, room = count + 1, JOINED
        room -= width
    return count


def sms_texts(reply: Reply, links: Sequence[str]) -> tuple[str, ...]:
    """A reply as texts of at most two segments: what is said, the links, the numbered options."""
    options = [f"{number}. {o.title}" for number, o in enumerate(reply.options, start=1)]
    whole = gsm_text("\n".join(part for part in (reply.text, *links, *options) if part))
    if is_gsm(whole):
        # One less: a character of two may leave the end of the first segment empty.
        return split_text(whole, MOST_SEGMENTS * JOINED - 1, septets)
    return split_text(whole, MOST_SEGMENTS * JOINED_UNICODE, utf16_length)
