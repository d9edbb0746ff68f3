"""What is hidden in messages, what is shown beside them, and what leaves in a file."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from bot.console.reading.export import DANGEROUS, harmless
from bot.console.reading.masking import Masker
from bot.console.reading.shown import source_of, without_tricks
from bot.messaging.contents import Reply
from bot.people.record import PersonRecord
from bot.programme.income_answers import SaidIncome
from bot.programme.registration import RegistrationDraft
from bot.storage.console_tables import audit
from tests.console.hostile import HOSTILE
from tests.console.running import Client, RunningConsole
from tests.console.seeded import Writer, note

CURP = "GOMC960312HDFRRL04"
RECORD = PersonRecord(
    draft=RegistrationDraft(
        street="Calle Benito Juárez 27",
        income=SaidIncome(amount=Decimal("12500"), currency="MXN", period="month"),
    )
)
NOTHING: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("text", "done", "shown"),
    [
        (f"mi curp {CURP}", NOTHING, "mi curp [curp]"),
        ("nss 12345678903 y tel (415) 555-0143", NOTHING, "nss [nss] y tel [phone]"),
        ("ana@example.com", NOTHING, "[email]"),
        ("en CALLE BENITO  JUÁREZ, 27.", NOTHING, "en [street]."),
        ("gano 12,500.00 o 12500 o $12 500", NOTHING, "gano [income] o [income] o [income]"),
        ("tengo 2500 y 125001", NOTHING, "tengo 2500 y 125001"),
        ("unos 900 por semana", {"slots": {"income_amount": "900"}}, "unos [income] por semana"),
        ("cuatro uno cinco", {"learned": ["phone"]}, "[phone]"),
        ("como novecientos", {"learned": ["income", "zone"]}, "[income]"),
        ("hola", {"learned": ["zone"]}, "hola"),
    ],
)
def test_a_persons_message(text: str, done: dict[str, Any], shown: str) -> None:
    assert Masker.of(RECORD).person_text(text, done) == shown


@pytest.mark.parametrize(
    ("text", "answer", "shown"),
    [
        ("Llame al 011 52 55 4166 5415.", "utter_ask_contact", "Llame al 011 52 55 4166 5415."),
        ("Lo llamo al 415 555 0143", None, "Lo llamo al [phone]"),
        ("Serían $1,969.34", "utter_line_issued", "Serían $1,969.34"),
        ("Declara $15,000.00 al mes", "utter_quota_result", "Declara [income] al mes"),
    ],
)
def test_a_message_of_ours(text: str, answer: str | None, shown: str) -> None:
    assert Masker.of(RECORD).our_text(text, answer) == shown


def test_tricks_are_taken_out_and_words_are_left() -> None:
    assert without_tricks("\u202etxt\u202c a\u0000b") == "txt ab"
    assert without_tricks("mañana\nsí\tno") == "mañana\nsí\tno"
    assert len(without_tricks(HOSTILE["heaped accents"])) < 20
    assert without_tricks("שלום 🙂 ñ") == "שלום 🙂 ñ"


def test_the_source_of_an_answer() -> None:
    source, reviewed = source_of("utter_ask_benefits")
    assert source
    assert reviewed
    assert source_of("utter_greet") == source_of(None) == (None, None)


@pytest.mark.parametrize("sign", DANGEROUS)
def test_no_cell_is_a_formula(sign: str) -> None:
    assert harmless(f"{sign}cmd|' /C calc'!A0").startswith("'")


def test_other_cells_stay_as_they_are() -> None:
    assert [harmless(v) for v in ("hola", 3, 0.5, None, "a=b")] == ["hola", 3, 0.5, "", "a=b"]
    assert harmless("a\x00b\x0bc") == "abc"
    assert harmless("\x00=1+1") == "'=1+1"


@pytest.fixture(scope="module", autouse=True)
def ana(console: RunningConsole) -> Writer:
    """Somebody whose messages are taken out."""
    writer = Writer(console.database)
    writer.says(f"=HYPERLINK(1) {CURP}", Reply("Sí", answer="utter_ask_benefits"))
    return writer.says("@SUM(A1)", "claro", noted=note("greet", 0.5))


def _exported(client: Client, address: str = "", **form: str) -> Any:
    return client.post(f"/conversations/export{address}", data=form)


def test_csv_of_messages(clients: dict[str, Client]) -> None:
    answer = _exported(clients["reviewer"], rows="messages", format="csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    text = header.index("Texto")
    assert [row[text] for row in rows] == ["'=HYPERLINK(1) [CURP]", "Sí", "'@SUM(A1)", "claro"]
    assert rows[1][header.index("Fuente")]


def test_xlsx_of_conversations(clients: dict[str, Client]) -> None:
    answer = _exported(clients["reviewer"], rows="conversations", format="xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    header, row = sheet.iter_rows(values_only=True)
    assert row[header.index("Último texto")] == "'@SUM(A1)"
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)


def test_only_what_the_filter_shows(clients: dict[str, Client]) -> None:
    form = {"rows": "messages", "format": "csv", "channel": "sms"}
    assert len(_exported(clients["reviewer"], **form).text.splitlines()) == 1


def test_with_data_shown_only_for_those_who_may(clients: dict[str, Client]) -> None:
    form = {"rows": "messages", "format": "csv"}
    assert _exported(clients["agent"], **form).status_code == 403
    assert _exported(clients["reviewer"], "/unmasked", **form).status_code == 403
    assert CURP in _exported(clients["supervisor"], "/unmasked", **form).text
    assert _exported(clients["reviewer"], rows="all", format="csv").status_code == 400


def test_an_export_is_logged_without_what_was_searched(
    clients: dict[str, Client], console: RunningConsole
) -> None:
    _exported(clients["reviewer"], rows="messages", format="csv", q=CURP, channel="web")
    with console.database.reading() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id.desc()).limit(2)).all()
    done, begun = rows
    assert (begun.deed, done.deed) == ("export", "export_done")
    assert '"channel":"web"' in begun.detail
    assert '"masked":true' in begun.detail
    assert CURP not in begun.detail
    assert '"rows":4' in done.detail
