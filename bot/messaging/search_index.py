"""Search over encrypted texts: a keyed digest of each word of a message, so that who has the
database and not the key reads nothing.

Of our own answers only what was filled in is indexed (amounts, folios, names): their fixed words
stand in every conversation and would find all of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from bot.messaging.contents import Reply
from bot.nlg.catalogue import PLACEHOLDER, has_response, responses
from bot.storage.console_tables import message_words
from bot.storage.encryption import Cipher
from bot.storage.together import Several

SHORTEST_WORD = 2
LONGEST_TEXT = 10_000
MOST_WORDS = 400
# With its area code; how a number's country was dialled does not matter.
KEY_DIGITS = 10
_SOURCE_LINE = "utter_source_line"
ADD_WORDS = Several(message_words, "word", "conversation_id", "position")

# Accents, and what nobody sees: soft hyphens, zero-width and direction marks.
_NOT_READ = re.compile(
    "[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]+"
)
_WORD = re.compile(r"[^\W_]+")
_GAP = r"[ .\-()/]{0,3}"
_DIGITS = re.compile(rf"(?<![^\W_])[0-9](?:{_GAP}[0-9]){{6,40}}(?![^\W_])")
_CURP = re.compile(r"(?<![^\W_])[a-z]{4}[ -]?[0-9]{6}[ -]?[hmx][ -]?[a-z]{5}[ -]?[a-z0-9][0-9]")
_AMOUNT = re.compile(r"(?<![0-9])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(\.(?=[0-9]{1,2}(?![0-9])))?")
_BETWEEN = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """Small letters without accents and without what cannot be seen."""
    return _NOT_READ.sub("", unicodedata.normalize("NFKD", text[:LONGEST_TEXT]).casefold())


def words_of(text: str) -> list[str]:
    """The words of a text as they are searched, each once: two characters at least, keys and phone
    numbers as one word however they are grouped."""
    plain = _AMOUNT.sub(_without_commas, folded(text))
    keys = [_key(match[0]) for pattern in (_DIGITS, _CURP) for match in pattern.finditer(plain)]
    rest = _CURP.sub(" ", _DIGITS.sub(" ", plain)) if keys else plain
    words = (word for word in _WORD.findall(rest) if len(word) >= SHORTEST_WORD)
    return list(dict.fromkeys([*keys, *words]))[:MOST_WORDS]


def _without_commas(amount: re.Match[str]) -> str:
    """The cents are a word of their own, so that who leaves them out finds the amount too."""
    return amount[0].rstrip(".").replace(",", "") + (" : " if amount[1] else "")


def _key(written: str) -> str:
    joined = _BETWEEN.sub("", written)
    return joined[-KEY_DIGITS:] if joined.isdigit() else joined


def words_of_reply(reply: Reply) -> list[str]:
    """The words of a reply that are not fixed in the response that it came from."""
    fixed = _fixed_words(reply.answer) if reply.answer else frozenset()
    return [word for word in words_of(reply.text) if word not in fixed]


@lru_cache(maxsize=2048)
def _fixed_words(answer: str) -> frozenset[str]:
    if not has_response(answer):
        return frozenset()
    written = [*responses()[answer], *responses()[_SOURCE_LINE]]
    texts = [PLACEHOLDER.sub(" ", variant.get("text") or "") for variant in written]
    sources = [str((variant.get("metadata") or {}).get("source") or "") for variant in written]
    return frozenset(word for text in [*texts, *sources] for word in words_of(text))


def rows_of_words(
    cipher: Cipher, conversation_id: int, words_by_position: Mapping[int, Iterable[str]]
) -> list[dict[str, Any]]:
    """What `ADD_WORDS` is given to index messages of a conversation, each at its position."""
    return [
        {"word": cipher.word_digest(word), "conversation_id": conversation_id, "position": position}
        for position, words in words_by_position.items()
        for word in words
    ]
