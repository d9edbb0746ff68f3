"""From "me quiero inscribir" to a línea de captura, as people go it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tests.imss.made_up import new_person
from tests.imss.sandbox_process import Sandbox
from tests.registration.house import Caller
from tests.registration.people import Answers, register

LINE_SHOWN = ["line_issued_test", "line", "line_slip", "next_steps"]


def test_in_spanish_with_two_interruptions_and_a_correction(
    caller: Caller, sandbox: Sandbox
) -> None:
    """What a tired man on a roof types, in at most twenty messages."""
    who = new_person()
    caller.says("kiero inscribirme al seguro")
    caller.hears("step_consent")
    caller.taps("Acepto todo")
    caller.hears("step_curp")
    caller.says(f"aki esta {who.curp.lower()} y mi seguro es {who.nss}")
    assert caller.heard("taken")
    caller.says("si soy yo")
    caller.hears("step_name")
    caller.says("para que quieren mi nombre?")
    assert caller.heard("why_name") or caller.heard("ask_why_needed")
    assert caller.answer.names[-1] == "step_name"
    caller.says("prueba xochitl inexistente")
    caller.says("mi cel es 312 555 0143 de estados unidos y mi correo prueba@gmail.com")
    caller.hears("taken", "step_postal_code")
    caller.says("58000")
    caller.says("calle morelos 1234, colonia centro, morelia")
    caller.says("el seguro cubre a mi mama?")
    assert caller.answer.names == ["ask_cover_parents", "step_address_of"]
    caller.says("de mi familia")
    caller.says("jardinero")
    caller.says("643 dolares por semana")
    caller.says("cada mes")
    caller.says("no")
    caller.says("mi esposa de 34 y dos niños de 8 y 11")
    caller.hears("step_summary")
    for datum in (who.curp, who.nss, "3125550143", "prueba@gmail.com", "1234"):
        assert datum not in caller.answer.text
    caller.says("me equivoque, mi correo es otra.prueba@gmail.com")
    caller.hears("taken", "step_summary")
    caller.says("si, enviar")
    assert caller.answer.names == [
        *("registration_sending", "registration_done_test", *LINE_SHOWN, "satisfaction")
    ]
    assert caller.sent <= 20
    record = caller.record
    assert record.state == "registered"
    assert record.draft.email == "otra.prueba@gmail.com"
    assert record.line is not None
    assert record.registered is not None
    assert sandbox.count("capture_lines", record.registered.folio) == 1
    alone = next(r for r in caller.answer.replies if r.answer == "utter_line")
    assert alone.text == record.line.capture_line
    assert alone.text.startswith("PRUEBA-NO-PAGAR-")


def test_in_english(caller: Caller) -> None:
    who = new_person()
    caller.says("i want to sign up for the insurance")
    caller.hears("step_consent")
    caller.taps("I accept everything")
    caller.says(f"my curp is {who.curp}")
    caller.says("yes")
    caller.says(who.nss)
    caller.says("Prueba Xochitl Inexistente")
    caller.says("+1 (312) 555-0143")
    caller.says("prueba@gmail.com")
    caller.says("58000")
    caller.says("Morelos 1234, Centro, Morelia")
    caller.says("do you cover care in the US?")
    caller.hears("ask_care_in_us", "step_address_of")
    caller.says("my family's")
    caller.says("I clean houses")
    caller.says("wait, can i talk to someone first? what is infonavit")
    caller.says("700 dollars a week")
    caller.says("every month")
    caller.says("no")
    caller.says("nobody")
    caller.hears("step_summary")
    caller.says("my phone is wrong, it's 213 555 0199 us")
    caller.says("yes, send it")
    assert caller.answer.names[-5:] == [*LINE_SHOWN, "satisfaction"]
    assert "PRUEBA" in caller.answer.text


def test_it_goes_on_days_later_where_it_stopped(caller: Caller) -> None:
    answers = register(caller, until="postal_code")
    caller.says("luego le sigo, gracias, adios")
    caller.says("hola")
    caller.says("quiero seguir con mi registro")
    caller.hears("registration_resumed", "step_postal_code")
    register(caller, answers)
    assert caller.record.state == "registered"


def test_it_goes_on_in_another_channel(caller: Caller) -> None:
    answers = register(caller, until="occupation")
    caller.says("cancelar")
    caller.hears("registration_paused")
    caller.taps("Seguir en otra app")
    caller.hears("link_code")
    words = caller.answer.text.replace("\n", " ").split()
    code = next(w for w in words if len(w.strip(".:")) == 8 and any(map(str.isdigit, w)))
    other = Caller(caller.house, channel="telegram")
    other.says("quiero seguir mi registro")
    other.hears("nothing_to_resume")
    other.says(code.strip(".:"))
    other.hears("linked")
    other.says("seguir mi registro")
    other.hears("registration_resumed", "step_occupation")
    register(other, answers)
    assert other.record.state == "registered"
    assert caller.record == other.record


def test_asking_twice_gives_the_same_line(caller: Caller, sandbox: Sandbox) -> None:
    register(caller)
    line = caller.record.line
    caller.says("deme mi linea de captura")
    assert caller.answer.names == ["line_requested", "line_same", *LINE_SHOWN]
    assert caller.record.line == line


def test_an_expired_line_is_replaced_and_it_is_said(
    caller: Caller, sandbox: Sandbox, day: Callable[[date], None]
) -> None:
    register(caller)
    line = caller.record.line
    assert line is not None
    sandbox.set_line(line.capture_line, "expired")
    sandbox.set_clock("2026-06-25T12:00:00-06:00")
    day(date(2026, 6, 25))
    caller.says("quiero mi linea de captura")
    assert caller.answer.names[1] == "line_replaced_expired"
    assert caller.record.line != line


def test_changed_data_make_a_new_line_and_void_the_old(caller: Caller, sandbox: Sandbox) -> None:
    register(caller)
    line = caller.record.line
    assert line is not None
    caller.says("me equivoque en mi ingreso, es 900 dolares a la semana")
    assert caller.heard("step_summary"), caller.written()
    caller.says("si")
    assert "line_replaced_changed" in caller.answer.names, caller.written()
    assert caller.record.line is not None
    assert caller.record.line.capture_line != line.capture_line
    assert caller.record.state == "registered"


def test_the_breakdown_and_the_checklist_on_request(caller: Caller) -> None:
    register(caller)
    caller.says("que sigue")
    caller.hears("next_steps")
    assert caller.record.line is not None
    assert caller.record.line.quota == caller.record.line.ours == caller.record.line.amount


def test_payment_and_cover(caller: Caller, sandbox: Sandbox) -> None:
    register(caller)
    caller.says("ya llego mi pago?")
    assert "payment_issued" in caller.answer.names, caller.written()
    assert caller.record.line is not None
    sandbox.set_line(caller.record.line.capture_line, "paid")
    caller.says("ya llego mi pago?")
    assert caller.answer.names == ["payment_asking", "payment_paid", "cover_pending"]
    caller.says("deme mi linea de captura")
    assert "line_already_paid" in caller.answer.names, caller.written()


def test_the_status_of_the_registration(caller: Caller) -> None:
    caller.says("en que va mi registro")
    caller.hears("ask_registration_status")
    register(caller, until="nss")
    caller.says("en que va mi registro")
    assert caller.heard("draft_status")
    register(caller)
    caller.says("en que va mi registro")
    caller.hears("registration_status")
    assert caller.record.registered is not None
    assert caller.record.registered.folio in caller.answer.text


def test_the_clinic_of_a_postal_code(caller: Caller) -> None:
    caller.says("que clinica me toca")
    caller.hears("step_clinic_postal_code")
    caller.says("58000")
    caller.hears("clinic_asking", "clinic_found_test")
    assert "UMF 9004" in caller.answer.text
    caller.says("que clinica me toca con codigo postal 44100")
    caller.hears("clinic_asking", "clinic_found_test")
    assert "UMF 9003" in caller.answer.text


def test_the_clinic_of_ones_own_registration(caller: Caller) -> None:
    register(caller)
    caller.says("cual es mi clinica")
    caller.hears("clinic_asking", "clinic_found_test")


def test_without_consent_nothing_is_kept_and_the_rest_works(caller: Caller) -> None:
    caller.says("quiero registrarme, mi correo es prueba@gmail.com")
    caller.says("no acepto")
    caller.hears("registration_without_consent")
    assert caller.record.consent is None
    assert caller.record.draft.email is None
    caller.says("cuanto cuesta para alguien que gana 600 dolares a la semana")
    assert caller.heard("quota_result"), caller.written()


def test_what_was_said_before_the_consent_is_not_asked_again(caller: Caller) -> None:
    caller.says("quiero registrarme, mi correo es prueba@gmail.com")
    caller.says("acepto todo")
    assert caller.record.draft.email == "prueba@gmail.com"


def test_the_income_needs_an_express_consent(caller: Caller) -> None:
    answers = Answers()
    caller.says("me quiero inscribir")
    caller.says("si")
    assert caller.record.consent is not None
    assert not caller.record.consent.financial
    register(caller, answers, until="income_consent")
    caller.says("no")
    caller.hears("registration_income_refused")
    caller.says("seguir mi registro")
    caller.hears("registration_resumed", "step_income_consent")
    caller.says("si")
    caller.hears("step_income")


def test_somebody_who_is_registered_is_not_registered_again(
    caller: Caller, sandbox: Sandbox
) -> None:
    register(caller)
    registered = sandbox.count("registrations")
    caller.says("me quiero inscribir")
    caller.hears("registration_already")
    assert sandbox.count("registrations") == registered
