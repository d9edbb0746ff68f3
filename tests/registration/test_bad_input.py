"""What people send instead of the datum that was asked for: a clear answer, and nothing is lost."""

from __future__ import annotations

import pytest

from bot.programme.nss import MASKED_SSN
from tests.registration.house import Caller
from tests.registration.people import Answers, register

ANYWHERE = [
    "😀😀😀",
    "привет как дела",
    "你好",
    "x" * 1500,
    "'; DROP TABLE people; --",
    "<script>alert(1)</script>",
    "\n\n\n.\n",
]
OF_STEP = [
    ("curp", "123-45-6789", "problem_curp_us_ssn"),
    ("curp", "XEXX850615MNEXXX", "problem_curp_length"),
    ("curp", "GOMC561326HDFNRR00", "problem_curp_date"),
    ("curp", "no la tengo", "dont_have_curp"),
    ("curp", "no se", "dont_have_curp"),
    ("nss", "123-45-6789", "problem_nss_us_ssn"),
    ("nss", "123 45 6789", "problem_nss_us_ssn"),
    ("nss", "72159904564", "problem_nss_check_digit"),
    ("nss", "7215990456", "problem_nss_length"),
    ("nss", "no tengo ese numero", "dont_have_nss"),
    ("name", "Juan", "problem_name_one_word"),
    ("name", "juan 23 perez", "problem_name_odd_characters"),
    ("phone", "555-0143", "problem_phone_area_code_missing"),
    ("phone", "12", "problem_phone_too_short"),
    ("phone", "+44 20 7946 0958", "problem_phone_other_country"),
    ("email", "juan arroba", "problem_email_not_valid"),
    ("email", "no tengo correo", "dont_have_email"),
    ("postal_code", "60601-1234", "problem_postal_code_us_zip"),
    ("postal_code", "123", "problem_postal_code_wrong_length"),
    ("postal_code", "17000", "problem_postal_code_unknown_prefix"),
    ("income", "0 dolares", "problem_income_zero"),
    ("income", "-5", "problem_income_negative"),
    ("income", "1e309", "problem_income_too_large"),
    ("income", "mil millones de dolares", "problem_income_too_large"),
    ("income", "no se", "dont_have_income"),
    ("period", "cada tres meses", "problem_period_not_offered"),
    ("beneficiaries", "mi hijo de 200 años", "problem_beneficiaries_age_impossible"),
    ("beneficiaries", "mi hijo que nacio en 2015", "problem_beneficiaries_age_needed"),
]


def at(caller: Caller, step: str) -> Answers:
    """The caller at a step."""
    return register(caller, until=step)


@pytest.mark.parametrize(("step", "said", "heard"), OF_STEP)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    caller: Caller, step: str, said: str, heard: str
) -> None:
    at(caller, step)
    before = caller.record.draft
    caller.says(said)
    assert heard in caller.answer.names, caller.written()
    assert caller.record.draft == before


@pytest.mark.parametrize("said", ANYWHERE)
@pytest.mark.parametrize("step", ["consent", "curp", "name", "address", "income", "summary"])
def test_nonsense_gets_an_answer_and_changes_nothing(caller: Caller, step: str, said: str) -> None:
    at(caller, step)
    before = caller.record.draft
    caller.says(said)
    assert caller.answer.replies
    assert caller.record.draft == before, caller.written()


def test_full_width_digits_are_digits(caller: Caller) -> None:
    answers = at(caller, "nss")
    caller.says("".join(chr(ord(c) + 0xFEE0) for c in answers.who.nss))
    caller.hears("step_name")


def test_two_values_are_asked_about(caller: Caller) -> None:
    at(caller, "phone")
    caller.says("+1 312 555 0143 o +1 213 555 0199")
    assert "problem_several_values" in caller.answer.names, caller.written()


def test_somebody_elses_curp_after_ones_own_is_not_taken(caller: Caller) -> None:
    answers = at(caller, "name")
    other = Answers().who.curp
    caller.says(f"y la de mi esposa es {other}")
    assert caller.record.draft.curp == answers.who.curp
    caller.says(other)
    assert caller.record.draft.curp == answers.who.curp
    assert "problem_curp_other_person" in caller.answer.names, caller.written()


def test_a_photo_instead_of_text_changes_nothing(caller: Caller) -> None:
    at(caller, "curp")
    before = caller.record
    caller.says("[foto]")
    assert caller.record == before


def test_a_yearly_income_is_asked_about(caller: Caller) -> None:
    at(caller, "income")
    caller.says("45000 dolares al mes")
    assert "warn_yearly_for_monthly" in caller.answer.names, caller.written()
    caller.says("perdon, mi ingreso es 45000 dolares al año")
    income = caller.record.draft.income
    assert income is not None
    assert income.period == "year"


def test_help_grows_with_failures_and_a_person_is_offered(caller: Caller) -> None:
    at(caller, "nss")
    caller.says("72159904564")
    caller.hears("problem_nss_check_digit")
    caller.says("72159904564")
    caller.hears("problem_nss_check_digit", "example_nss")
    caller.says("72159904564")
    caller.hears("problem_nss_check_digit", "step_person")
    caller.taps("Seguir después")
    caller.hears("registration_paused")


@pytest.mark.parametrize("step", ["curp", "phone", "income", "beneficiaries"])
def test_why_is_answered_and_the_step_asked_again(caller: Caller, step: str) -> None:
    at(caller, step)
    caller.says("para que quieren ese dato?")
    caller.hears(f"why_{step}", f"step_{step}")


@pytest.mark.parametrize("step", ["nss", "name", "address", "occupation", "period"])
def test_a_person_is_one_word_away(caller: Caller, step: str) -> None:
    at(caller, step)
    for word in ("persona", "0", "quiero hablar con alguien por favor"):
        before = caller.record.draft
        caller.says(word)
        assert caller.heard("talk_to_agent"), caller.written()
        assert caller.record.draft == before
        caller.says("seguir mi registro")


def test_a_masked_us_number_is_never_kept(caller: Caller) -> None:
    at(caller, "nss")
    caller.says("123-45-6789")
    assert "6789" not in caller.written()
    assert MASKED_SSN in caller.written()


def test_start_over_asks_first(caller: Caller) -> None:
    at(caller, "phone")
    before = caller.record.draft
    caller.says("empezar de nuevo")
    caller.hears("step_start_over_confirm")
    caller.says("no")
    caller.hears("step_phone")
    assert caller.record.draft == before
    caller.says("empezar de nuevo")
    caller.says("si")
    caller.hears("start_over_done", "step_curp")
    assert caller.record.draft.curp is None
    assert caller.record.consent is not None


def test_a_mistyped_address_is_offered_right(caller: Caller) -> None:
    at(caller, "email")
    caller.says("prueba@gmial.com")
    caller.hears("step_email_suggestion")
    caller.says("si")
    assert caller.record.draft.email == "prueba@gmail.com"


def test_ten_digits_are_of_one_country_or_the_other(caller: Caller) -> None:
    at(caller, "phone")
    caller.says("5512345678")
    if caller.heard("step_phone_country"):
        caller.says("mexico")
    phone = caller.record.draft.phone
    assert phone is not None
    assert phone.e164 == "+525512345678"


def test_the_border_is_asked_about_only_at_the_border(caller: Caller) -> None:
    at(caller, "postal_code")
    caller.says("22000")
    assert caller.record.draft.zone is None
    caller.says("Morelos 1234, Centro, Tijuana")
    caller.says("mio")
    caller.says("jardinero")
    caller.says("600 dolares a la semana")
    caller.hears("step_zone")
    caller.says("si")
    assert caller.record.draft.zone is not None
    assert caller.record.draft.zone.value == "zlfn"


def test_the_ages_that_matter_are_asked(caller: Caller) -> None:
    at(caller, "beneficiaries")
    caller.says("mi esposa y mi hija de 17")
    caller.hears("step_beneficiary_ages")
    caller.says("34")
    caller.hears("step_beneficiary_studies")
    caller.says("si, en la prepa")
    caller.hears("step_summary")
    family = caller.record.draft.beneficiaries
    assert family is not None
    assert [relative.age for relative in family] == [34, 17]


def test_a_line_of_the_summary_is_corrected_by_its_number(caller: Caller) -> None:
    at(caller, "summary")
    caller.says("5")
    caller.hears("step_email")
    caller.says("otro.correo@gmail.com")
    caller.hears("step_summary")
    assert caller.record.draft.email == "otro.correo@gmail.com"
    caller.taps("Corregir un dato")
    caller.hears("step_correct_which")
    caller.says("el telefono")
    caller.hears("step_phone")
    caller.says("+1 213 555 0199")
    caller.hears("step_summary")


def test_an_option_of_an_earlier_question_changes_its_answer(caller: Caller) -> None:
    at(caller, "infonavit")
    caller.taps("Cada año")
    assert caller.record.draft.period == 12
    assert caller.answer.names[-1] == "step_infonavit"


@pytest.mark.parametrize(
    ("said", "kept"),
    [("1234", "Morelos 1234"), ("sin numero", "Morelos sin numero"), ("Hidalgo 5", "Hidalgo 5")],
)
def test_a_street_and_its_number_may_come_one_after_the_other(
    caller: Caller, said: str, kept: str
) -> None:
    at(caller, "address")
    caller.says("colonia centro, municipio morelia")
    if not caller.heard("step_street"):
        caller.says("Morelos, colonia Centro, municipio Morelia")
    caller.says("calle Morelos")
    assert "problem_street_number_missing" in caller.answer.names, caller.written()
    caller.says(said)
    street = caller.record.draft.street
    assert street is not None
    assert kept.split()[-1].lower() in street.lower()
    if said != "Hidalgo 5":
        assert "morelos" in street.lower()
