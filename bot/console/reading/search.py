"""Search in message texts, which are encrypted: words by their digests, phrases by opening what has
all of their words.

All words must be in a conversation, in any of its messages; a phrase in quotes in one message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, literal_column, select, union_all
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement, Select

from bot.messaging.search_index import folded, words_of
from bot.storage.console_tables import desk, message_words
from bot.storage.encryption import Cipher, UnreadableError
from bot.storage.tables import inbox, outbox

MOST_WORDS = 8
_QUOTED = re.compile(r'["“”«»]([^"“”«»]+)["“”«»]')
_BETWEEN_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Search:
    """What is looked for. A search without a word of two characters finds nothing."""

    words: tuple[str, ...]
    phrases: tuple[str, ...]

    @classmethod
    def read(cls, typed: str) -> Search:
        """What somebody typed into the box."""
        phrases = tuple(_QUOTED.findall(typed))
        return cls(
            tuple(words_of(_QUOTED.sub(" ", typed))[:MOST_WORDS]),
            tuple(phrase for phrase in phrases if words_of(phrase)),
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing in it can be looked for."""
        return not self.words and not self.phrases

    def conditions(self, cipher: Cipher) -> list[ColumnElement]:
        """That a desk's row is of a conversation with the words, and with messages that have all
        words of each phrase."""
        of_words = [_has_word(cipher.word_digest(word)) for word in self.words]
        of_phrases = [
            desk.c.conversation_id.in_(
                _in_one_message(_digests(cipher, phrase)).with_only_columns(
                    literal_column("w0.conversation_id")
                )
            )
            for phrase in self.phrases
        ]
        return [*of_words, *of_phrases]

    def holding(
        self, connection: Connection, cipher: Cipher, conversation_ids: Sequence[int]
    ) -> set[int]:
        """Those of the conversations in which each phrase stands in a message, as it was quoted."""
        held = set(conversation_ids)
        for phrase in self.phrases:
            held = _holding(connection, cipher, sorted(held), phrase)
        return held


def _digests(cipher: Cipher, phrase: str) -> list[str]:
    return [cipher.word_digest(word) for word in words_of(phrase)[:MOST_WORDS]]


def _has_word(digest: str) -> ColumnElement:
    return desk.c.conversation_id.in_(
        select(message_words.c.conversation_id).where(message_words.c.word == digest)
    )


def _in_one_message(digests: Sequence[str]) -> Select:
    """Conversation and position of each message that has all of the words."""
    first, *others = (message_words.alias(f"w{number}") for number in range(len(digests)))
    statement = select(first.c.conversation_id, first.c.position).where(first.c.word == digests[0])
    for table, digest in zip(others, digests[1:], strict=True):
        statement = statement.where(
            table.c.word == digest,
            table.c.conversation_id == first.c.conversation_id,
            table.c.position == first.c.position,
        )
    return statement


def _holding(connection: Connection, cipher: Cipher, ids: Sequence[int], phrase: str) -> set[int]:
    in_one = _in_one_message(_digests(cipher, phrase))
    found = in_one.where(in_one.selected_columns.conversation_id.in_(ids)).subquery()
    texts = union_all(
        *(
            select(table.c.conversation_id, table.c.content_sealed).join(
                found,
                and_(
                    table.c.conversation_id == found.c.conversation_id,
                    table.c.position == found.c.position,
                ),
            )
            for table in (inbox, outbox)
        )
    )
    wanted, held = _plain(phrase), set()
    for row in connection.execute(texts):
        if row.conversation_id not in held and wanted in _plain(_text(cipher, row.content_sealed)):
            held.add(row.conversation_id)
    return held


def _text(cipher: Cipher, sealed: bytes) -> str:
    try:
        return str(cipher.open(sealed).get("text") or "")
    except UnreadableError:
        return ""


def _plain(text: str) -> str:
    """Words with one space between, and one around."""
    return f" {_BETWEEN_WORDS.sub(' ', folded(text)).strip()} "
