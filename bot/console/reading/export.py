"""Tables of what a filter shows: one row a conversation or one row a message, as CSV or XLSX."""

from __future__ import annotations

import csv
import io
import itertools
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import IO, Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from bot.console.reading.conversations import Conversations, Listed
from bot.console.reading.filters import Filter
from bot.console.reading.masking import Masker
from bot.console.reading.person import PersonPages
from bot.console.reading.shown import Presenter, Shown
from bot.console.reading.timeline import Timeline
from bot.storage.database import Database

MOST_ROWS = 50_000
ROWS_AT_ONCE = 200
# What a spreadsheet takes for a formula when a cell begins with it.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST_CELL = 32_000
CHUNK = 64 * 1024

CONVERSATION_COLUMNS = (
    "conversation", "first_at", "last_at", "channel", "language", "topic", "confidence",
    "fallbacks", "mode", "holder", "tags", "failures", "quota_at", "registered_at", "line_at",
    "handed_over_at", "preview",
)  # fmt: skip
MESSAGE_COLUMNS = (
    "conversation", "position", "at", "channel", "author", "text", "topic", "confidence",
    "decision", "milliseconds", "answer", "source", "delivery", "error",
)  # fmt: skip

Row = Sequence[Any]


class Tables:
    """Reads the rows of an export, a little at a time."""

    def __init__(self, database: Database, zone: str, marks: Mapping[str, str]) -> None:
        """`marks` as `Presenter` wants them; times are of the zone."""
        self._listing = Conversations(database, zone)
        self._timeline = Timeline(database)
        self._people = PersonPages(database)
        self._zone = ZoneInfo(zone)
        self._marks = marks

    def conversations(
        self, wanted: Filter, account_id: int, names: Mapping[int, str], *, masked: bool
    ) -> Iterator[Row]:
        """One row a conversation."""
        presenter = Presenter(Masker() if masked else None, self._marks)
        for listed in self._listed(wanted, account_id):
            yield self._of_conversation(listed, names, presenter)

    def messages(self, wanted: Filter, account_id: int, *, masked: bool) -> Iterator[Row]:
        """One row a message, conversation by conversation, each oldest first."""
        for listed in self._listed(wanted, account_id):
            person = self._people.find(listed.conversation_id)
            if person is None:
                continue
            masker = Masker.of(person.record, person.amounts) if masked else None
            presenter = Presenter(masker, self._marks)
            after = "0.0_0_0"
            while messages := self._timeline.newer(
                listed.conversation_id, after, ROWS_AT_ONCE
            ).messages:
                after = messages[-1].place
                for message in messages:
                    # The person's other conversations have rows of their own, where they are shown.
                    if message.conversation_id == listed.conversation_id:
                        yield self._of_message(presenter.one(message))

    def _listed(self, wanted: Filter, account_id: int) -> Iterator[Listed]:
        cursor = ""
        while True:
            found = self._listing.page(wanted, account_id, cursor, ROWS_AT_ONCE)
            yield from found.conversations
            cursor = found.next
            if not cursor:
                return

    def _of_conversation(
        self, listed: Listed, names: Mapping[int, str], presenter: Presenter
    ) -> Row:
        row = listed.row
        reached = (row.quota_at, row.registered_at, row.line_at, row.handed_over_at)
        return (
            row.conversation_id, self._time(row.first_at), self._time(row.last_at), row.channel,
            row.language, row.topic, row.lowest_confidence, row.fallbacks, row.mode,
            names.get(row.holder_id), ", ".join(listed.tags), row.delivery_failures,
            *(self._time(at) for at in reached), presenter.preview(listed.preview),
        )  # fmt: skip

    def _of_message(self, shown: Shown) -> Row:
        message, noted = shown.message, shown.turn.row if shown.turn else None
        return (
            message.conversation_id, message.position, self._time(message.at), message.channel,
            message.author, shown.text, noted and noted.topic, noted and noted.confidence,
            noted and noted.decision, noted and noted.milliseconds, shown.answer, shown.source,
            message.state, message.error,
        )  # fmt: skip

    def _time(self, at: float | None) -> str | None:
        if at is None:
            return None
        moment = datetime.fromtimestamp(at, timezone.utc).astimezone(self._zone)
        return moment.isoformat(timespec="seconds")


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    if not isinstance(value, str):
        return "" if value is None else value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_CELL]
    return f"'{text}" if value.startswith(DANGEROUS) or text.startswith(DANGEROUS) else text


def as_csv(
    columns: Sequence[str], rows: Iterable[Row], ended: Callable[[int], None]
) -> Iterator[bytes]:
    """The table as CSV, piece by piece, with the mark by which Excel knows UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(columns)
    count = 0
    for row in itertools.islice(rows, MOST_ROWS):
        writer.writerow([harmless(cell) for cell in row])
        count += 1
        if buffer.tell() >= CHUNK:
            yield _taken(buffer)
    yield _taken(buffer)
    ended(count)


def as_xlsx(
    columns: Sequence[str], rows: Iterable[Row], ended: Callable[[int], None]
) -> Iterator[bytes]:
    """The table as a workbook. It is written to a nameless file first: a workbook's beginning is
    known only at its end."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("PTI")
    sheet.append(list(columns))
    count = 0
    for row in itertools.islice(rows, MOST_ROWS):
        sheet.append([harmless(cell) for cell in row])
        count += 1
    with tempfile.TemporaryFile() as file:
        book.save(file)
        ended(count)
        file.seek(0)
        yield from _pieces(file)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(CHUNK):
        yield piece


def _taken(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode("utf-8")
    buffer.seek(0)
    buffer.truncate()
    return piece
