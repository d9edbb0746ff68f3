"""Answers that agents have at hand, in both languages, with what is put into them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.engine import Connection

from bot.messaging.agent_messages import language_of
from bot.people.record import PersonRecord
from bot.people.store import People
from bot.storage.console_tables import canned_answers
from bot.storage.database import Database
from bot.storage.tables import cases

PLACEHOLDERS = ("agent", "name", "folio")
LONGEST = 1000
_PLACEHOLDER = re.compile(r"\{([a-z_]*)\}")
_SHORT = re.compile(r"[a-z0-9_-]{1,32}")
# Where the name is not known, it goes with the blank before it.
_NAMELESS = re.compile(r"[ ,]*\{name\}")


@dataclass(frozen=True)
class Canned:
    """One answer; `short` is how agents call it."""

    id: int
    short: str
    es: str
    en: str


class CannedAnswers:
    """Reads, keeps and fills them. Texts: see `problem_of`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._people = People(database)

    def all(self, connection: Connection) -> list[Canned]:
        """By their short names."""
        rows = connection.execute(select(canned_answers).order_by(canned_answers.c.short))
        return [Canned(row.id, row.short, row.text_es, row.text_en) for row in rows]

    def keep(self, connection: Connection, answer: Canned, account_id: int) -> None:
        """Writes an answer; the one of the same short name is replaced."""
        values = {
            "text_es": answer.es,
            "text_en": answer.en,
            "account_id": account_id,
            "changed_at": self._database.now(connection),
        }
        same = canned_answers.c.short == answer.short
        changed = connection.execute(update(canned_answers).where(same).values(**values))
        if changed.rowcount == 0:
            connection.execute(canned_answers.insert().values(short=answer.short, **values))

    def drop(self, connection: Connection, answer_id: int) -> bool:
        """Whether there was one."""
        gone = connection.execute(delete(canned_answers).where(canned_answers.c.id == answer_id))
        return bool(gone.rowcount)

    def fill(
        self, connection: Connection, answer_id: int, conversation_id: int, agent: str
    ) -> str | None:
        """The text in the conversation's language; None where there is no such answer.

        What is not known stays in braces, for the agent to see; a name that is not known goes.
        """
        row = connection.execute(
            select(canned_answers).where(canned_answers.c.id == answer_id)
        ).one_or_none()
        if row is None:
            return None
        language = language_of(self._database, connection, conversation_id)
        values = {"agent": agent, **self._of_person(connection, conversation_id)}
        text = row.text_en if language == "en" else row.text_es
        if "name" not in values:
            text = _NAMELESS.sub("", text)
        return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)

    def _of_person(self, connection: Connection, conversation_id: int) -> dict[str, str]:
        known = self._people.read(connection, conversation_id)
        record = PersonRecord.from_json(known.record)
        found = {}
        name = record.draft.name
        if name is not None and name.given:
            found["name"] = name.given.split()[0]
        folio = connection.execute(
            select(cases.c.folio)
            .where(cases.c.conversation_id == conversation_id, cases.c.state == "open")
            .order_by(cases.c.id.desc())
            .limit(1)
        ).scalar_one_or_none()
        if folio is None and record.registered is not None:
            folio = record.registered.folio
        return {**found, **({"folio": folio} if folio else {})}


def problem_of(short: str, *texts: str) -> str | None:
    """The string that says what is wrong with an answer; None where nothing is."""
    if not _SHORT.fullmatch(short):
        return "short_name"
    for text in texts:
        if not text.strip():
            return "both_languages"
        if len(text) > LONGEST:
            return "too_long"
        if set(_PLACEHOLDER.findall(text)) - set(PLACEHOLDERS):
            return "placeholders"
    return None
