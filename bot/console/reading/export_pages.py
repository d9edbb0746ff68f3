"""Taking out what the filter shows, as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.console.access import Permission, needs
from bot.console.house import House
from bot.console.reading.conversations import holders
from bot.console.reading.export import (
    CONVERSATION_COLUMNS,
    MESSAGE_COLUMNS,
    Row,
    Tables,
    as_csv,
    as_xlsx,
)
from bot.console.reading.filters import Filter
from bot.console.wording import strings_of

Writer = Callable[[Sequence[str], Iterable[Row], Callable[[int], None]], Iterator[bytes]]
FORMATS: dict[str, tuple[Writer, str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
ROWS = ("messages", "conversations")
# What the audit log says was exported.
EXPORTED = "conversations"


class ExportPages:
    """Endpoints of the export."""

    def __init__(self, house: House) -> None:
        self._house = house

    @needs(Permission.EXPORT)
    def export(self, request: Request) -> Response:
        """A file with personal data masked."""
        return self._file(request, masked=True)

    @needs(Permission.EXPORT_UNMASKED, proven=True)
    def export_unmasked(self, request: Request) -> Response:
        """A file with everything legible."""
        return self._file(request, masked=False)

    def _file(self, request: Request, *, masked: bool) -> Response:
        form = {name: str(value) for name, value in request.state.form.items()}
        kind, rows = form.get("format", ""), form.get("rows", "")
        if kind not in FORMATS or rows not in ROWS:
            raise HTTPException(400)
        wanted = Filter.from_address(form)
        # Logged before the first row leaves, and again at the end with how many there were.
        detail = {"format": kind, "rows": rows, "masked": masked, "filters": _named(wanted)}
        self._record(request, "export", detail)
        columns, table = self._table(request, wanted, rows, masked=masked)
        write, media_type = FORMATS[kind]

        def ended(count: int) -> None:
            self._record(request, "export_done", {"rows": count})

        zone = ZoneInfo(self._house.settings.console.time_zone)
        name = f"pti-{rows}-{datetime.now(zone):%Y%m%d-%H%M}.{kind}"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        }
        return StreamingResponse(
            write(columns, table, ended), media_type=media_type, headers=headers
        )

    def _table(
        self, request: Request, wanted: Filter, rows: str, *, masked: bool
    ) -> tuple[list[str], Iterator[Row]]:
        strings = strings_of("reading")[request.state.language]
        zone, account_id = self._house.settings.console.time_zone, request.state.account.id
        tables = Tables(self._house.database, zone, strings["masked"])
        titles = strings["columns"]
        if rows == "messages":
            found = tables.messages(wanted, account_id, masked=masked)
            return [titles[column] for column in MESSAGE_COLUMNS], found
        names = holders(self._house.database)
        found = tables.conversations(wanted, account_id, names, masked=masked)
        return [titles[column] for column in CONVERSATION_COLUMNS], found

    def _record(self, request: Request, deed: str, detail: dict[str, Any]) -> None:
        with self._house.database.writing() as connection:
            self._house.audit.record(connection, request.state.account.id, deed, EXPORTED, detail)


def _named(wanted: Filter) -> dict[str, str]:
    """The filter for the log; what was searched for may be personal and is only counted."""
    values = {name: value for name, value in vars(wanted).items() if value}
    if "q" in values:
        values["q"] = str(len(values["q"]))
    return values
