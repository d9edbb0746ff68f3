"""What stands around a registration: eligibility, callback, complaint, reminders, erasing, and the
institute's service being away."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.errands.reminders import remind
from bot.messaging.arrivals import Address
from bot.messaging.errands import Errand
from bot.people.files import Files
from bot.storage.tables import cases, consents, errands, files
from tests.imss.sandbox_process import Sandbox
from tests.registration.house import Caller, House
from tests.registration.people import register


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        (["si, soy mexicano", "trabajo por mi cuenta", "si", "no", "todo"], "yes_own_account"),
        (["mexicana", "tengo patron aqui", "35", "no", "las dos cosas"], "yes_employed_abroad"),
        (["si", "voy y vengo", "si", "no", "todo"], "yes_but_both_countries"),
        (["si", "por mi cuenta", "si", "no", "nomas doctor"], "yes_but_medical_only"),
        (["soy de guatemala"], "other_foreigner"),
        (["si", "no trabajo"], "other_not_working"),
        (["si", "patron en mexico"], "other_employer_in_mexico"),
        (["si", "por mi cuenta en mexico"], "other_own_account_in_mexico"),
        (["si", "por mi cuenta", "tengo 16"], "ask_minor"),
        (["si", "por mi cuenta", "si", "ya tengo pension"], "ask_pensioner"),
        (["no se"], "ask_unsure"),
    ],
)
def test_whether_somebody_can_join(caller: Caller, answers: list[str], verdict: str) -> None:
    caller.says("puedo entrar yo en mi situacion?")
    if not caller.heard("step_nationality"):
        caller.says("quiero ver si puedo entrar al programa, revise mi caso")
    assert caller.heard("step_nationality"), caller.written()
    for said in answers:
        caller.says(said)
    assert caller.heard(f"eligibility_{verdict}"), caller.written()


def test_an_eligibility_that_interrupts_the_registration_gives_way_to_it(caller: Caller) -> None:
    register(caller, until="nss")
    caller.says("antes quiero ver si puedo entrar, revise mi caso por favor")
    assert caller.heard("step_nationality"), caller.written()
    for said in ("si", "por mi cuenta", "si", "no", "todo"):
        caller.says(said)
    assert caller.answer.names[-1] == "step_nss", caller.written()


def test_a_call_back(caller: Caller, house: House) -> None:
    caller.says("quiero que me llamen")
    caller.hears("step_consent")
    caller.taps("Acepto todo")
    caller.hears("step_callback_phone")
    caller.says("213 555 0199 de estados unidos")
    caller.hears("step_callback_slot")
    assert len(caller.answer.titles) == 6
    caller.says("mañana a las 10 de la mañana")
    caller.hears("callback_done", "satisfaction")
    (kept,) = house.rows(cases)
    assert kept.folio in caller.answer.text
    content = house.database.cipher.open(kept.content_sealed)
    assert content["phone"] == "+12135550199"
    assert content["time_zone"] == "America/Los_Angeles"
    assert "T10:00:00" in content["from"]
    assert "0199" not in caller.answer.text


def test_a_call_back_to_the_number_that_is_known(caller: Caller, house: House) -> None:
    register(caller, until="email")
    caller.says("mejor que me llamen ustedes")
    caller.hears("step_callback_phone_known")
    caller.says("si")
    caller.hears("step_callback_slot")
    caller.taps(caller.answer.titles[0])
    caller.hears("callback_done", "step_email")


def test_a_complaint_is_taken_down(caller: Caller, house: House) -> None:
    caller.says("quiero poner una queja")
    caller.hears("step_complaint")
    text = "el doctor de la clinica me grito y no me dieron medicina el lunes"
    caller.says(text)
    caller.hears("complaint_done")
    (kept,) = house.rows(cases)
    assert house.database.cipher.open(kept.content_sealed) == {"text": text}
    assert kept.folio in caller.answer.text
    assert text.encode() not in bytes(kept.content_sealed)


def test_reminders_are_planned_and_ended_with_one_word(
    caller: Caller, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller.says("recuerdeme pagar")
    caller.hears("reminder_needs_line")
    register(caller)
    from datetime import datetime, timezone

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(2026, 6, 10, 18, tzinfo=timezone.utc)

    monkeypatch.setattr("actions.tasks.reminder.datetime", Clock)
    # Noon in Mexico, whenever the tests run: at night no reminder goes out.
    monkeypatch.setattr("bot.errands.reminders.datetime", Clock)
    caller.says("recuerdeme pagar por favor")
    # Planned by a calendar of the past, both are due at once: each is sent once.
    caller.hears("reminder_set", "reminder_due", "reminder_renewal")
    planned = [row for row in house.rows(errands) if row.kind == "remind"]
    assert [row.due_at for row in planned] == [
        datetime(2026, 6, 17, 15, tzinfo=timezone.utc).timestamp(),
        datetime(2026, 7, 5, 15, tzinfo=timezone.utc).timestamp(),
    ]
    caller.says("ya no me manden recordatorios, alto")
    assert caller.heard("opt_out"), caller.written()


def test_a_reminder_is_sent_once_and_not_for_what_is_paid(
    caller: Caller, house: House, sandbox: Sandbox
) -> None:
    register(caller)
    assert caller.record.line is not None
    assert caller.record.registered is not None
    client = sandbox.client()
    request = {
        "what": "due",
        "time_zone": _daytime_zone(),
        "folio": caller.record.registered.folio,
        "capture_line": caller.record.line.capture_line,
        "pay_by": caller.record.line.pay_by,
        "amount": caller.record.line.amount,
        "until": "2026-07-31",
    }
    errand = Errand(1, "k", 1, Address(1, 1, "web"), "remind", request, 1, False, 0.0)
    assert remind(errand, client).outcome == "done"
    night = {**request, "time_zone": _night_zone()}
    asleep = remind(Errand(1, "k", 1, Address(1, 1, "web"), "remind", night, 1, False, 0.0), client)
    assert asleep.again_seconds is not None
    sandbox.set_line(caller.record.line.capture_line, "paid")
    assert remind(errand, client).silent


def _daytime_zone() -> str:
    return _zone_where(lambda hour: 9 <= hour < 20)


def _night_zone() -> str:
    return _zone_where(lambda hour: hour < 7 or hour >= 22)


def _zone_where(fits: Callable[[int], bool]) -> str:
    from datetime import datetime, timezone
    from zoneinfo import ZoneInfo

    now = datetime.now(tz=timezone.utc)
    zones = ("America/Chicago", "Europe/Madrid", "Asia/Tokyo", "Pacific/Auckland", "Asia/Kolkata")
    return next(zone for zone in zones if fits(now.astimezone(ZoneInfo(zone)).hour))


def test_erasing_asks_once_and_leaves_nothing(caller: Caller, house: House) -> None:
    answers = register(caller)
    caller.says("borren mis datos")
    caller.hears("step_erase")
    caller.says("no")
    caller.hears("erase_not")
    assert caller.record.registered is not None
    caller.says("quiero borrar mis datos")
    caller.says("si")
    assert caller.answer.names[-1] == "erased", caller.written()
    assert caller.record.registered is None
    assert caller.record.consent is None
    assert house.rows(files) == []
    assert [row.extent for row in house.rows(consents)][-1] == "none"
    for secret in answers.secrets():
        assert secret not in caller.written()
    caller.says("hola")
    assert caller.heard("greet")


def test_the_service_is_away_and_comes_back(caller: Caller, house: House, sandbox: Sandbox) -> None:
    register(caller, until="summary")
    sandbox.behave("status", times=100, status=503)
    caller.says("si")
    caller.hears("registration_sending", "service_down")
    caller.says("en que va mi registro")
    caller.hears("registration_under_way")
    caller.says("me quiero inscribir")
    caller.hears("registration_under_way")
    sandbox.behave_well()
    house.make_due()
    house.settle()
    caller.looks()
    assert caller.answer.names[0] == "registration_done_test", caller.written()
    assert "line" in caller.answer.names


def test_an_answer_that_is_lost_registers_nobody_twice(
    caller: Caller, house: House, sandbox: Sandbox
) -> None:
    before = sandbox.count("registrations")
    register(caller, until="summary")
    sandbox.behave("lose_answer", times=5, operation="register")
    sandbox.behave("lose_answer", times=5, operation="issueCaptureLine")
    caller.says("si")
    for _ in range(6):
        house.make_due()
        house.settle()
    caller.looks()
    assert sandbox.count("registrations") == before + 1
    assert caller.record.registered is not None
    assert sandbox.count("capture_lines", caller.record.registered.folio) == 1


@pytest.mark.parametrize(
    ("behaviour", "heard"), [("curp_unknown", "registration_rejected_curp_unknown")]
)
def test_a_no_of_the_institute_is_said_and_can_be_mended(
    caller: Caller, sandbox: Sandbox, behaviour: str, heard: str
) -> None:
    answers = register(caller, until="summary")
    sandbox.behave(behaviour, operation="register")
    caller.says("si")
    assert caller.heard(heard), caller.written()
    assert caller.record.draft.curp == answers.who.curp
    caller.says("quiero seguir con mi registro")
    assert caller.answer.names[-1] == "step_summary"
    caller.says("si")
    assert caller.record.state == "registered"


def test_who_is_registered_elsewhere_is_told(caller: Caller, house: House) -> None:
    answers = register(caller)
    twin = Caller(house)
    register(twin, answers)
    assert twin.heard("registration_rejected_already_registered"), twin.written()
    assert caller.record.registered is not None
    assert caller.record.registered.folio not in twin.written()


def test_the_quotas_of_both_are_kept_and_a_difference_is_an_alarm(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from decimal import Decimal

    monkeypatch.setattr("bot.errands.payment._our_quota", lambda _r, _l: Decimal("1.00"))
    register(caller)
    line = caller.record.line
    assert line is not None
    assert line.ours == "1.00"
    assert line.quota == line.amount
    assert "ALARM" in caplog.text
    assert line.amount not in "".join(
        r.getMessage() for r in caplog.records if r.name.startswith("bot.")
    )


def test_the_slip_is_kept_sealed_and_can_be_opened(
    caller: Caller, house: House, tmp_path: Path
) -> None:
    register(caller)
    slip = next(r for r in caller.answer.replies if r.answer == "utter_line_slip")
    assert slip.image is not None
    assert slip.file is not None
    stored = Files(house.database)
    picture = stored.open(slip.image.removeprefix("file:").split("/")[0])
    page = stored.open(slip.file.removeprefix("file:").split("/")[0])
    assert picture is not None
    assert page is not None
    assert picture.content.startswith(b"\x89PNG")
    assert len(picture.content) <= 60_000
    assert page.content.startswith(b"%PDF")


def test_nothing_typed_is_in_clear_in_the_database_or_the_logs(
    caller: Caller, house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with house.database.reading():  # keeps SQLite's log from being folded into the file
        answers = register(caller)
        caller.says("me equivoque, mi correo es otra.direccion@gmail.com")
        caller.says("no")
        raw = b"".join(path.read_bytes() for path in tmp_path.glob("pti.db*"))
    assert b"errand" in raw
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("bot."))
    for secret in [*answers.secrets(), "otra.direccion"]:
        for form in (
            secret.encode(),
            secret.upper().encode(),
            secret.encode("utf-16-le"),
            base64.b64encode(secret.encode())[:-4],
        ):
            assert len(form) < 4 or form not in raw, secret
        assert len(secret) < 4 or secret not in ours


def test_the_day_on_the_line_is_the_institutes(
    caller: Caller, day: Callable[[date], None], sandbox: Sandbox
) -> None:
    register(caller)
    assert "20 de junio de 2026" in caller.answer.text
    assert "julio de 2026" in caller.answer.text
