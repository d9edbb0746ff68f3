"""What is known of a person survives being kept; a registration request fits the contract."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.imss.contract import misfits
from bot.imss.json_form import to_json
from bot.people.record import Consent, KeptLine, PersonRecord, Registered
from bot.people.registration_request import IncompleteError, registration_request
from bot.people.steps import next_step, questions_left
from bot.programme.beneficiaries import Kinship, Relative
from bot.programme.income_answers import SaidIncome
from bot.programme.mexican_states import PostalCode
from bot.programme.person_name import FullName
from bot.programme.phone import Phone
from bot.programme.registration import RegistrationDraft
from bot.programme.year_parameters import Zone

CONSENT = Consent("2026-06-10T12:00:00+00:00", "web", "2026-11", True)
COMPLETE = RegistrationDraft(
    curp="XEXA850315MNEXXA04",
    curp_confirmed=True,
    nss="99008512347",
    name=FullName("Ana", "López", "Ruiz"),
    phone=Phone("+13125550143", "US"),
    email="ana@example.com",
    postal_code=PostalCode("58000", "MN"),
    municipality="Morelia",
    neighbourhood="Centro",
    street="Morelos 12 int 3",
    address_of="beneficiaries",
    occupation="Limpieza",
    income=SaidIncome(Decimal(600), "USD", "week"),
    zone=Zone.GENERAL,
    period=1,
    infonavit=False,
    beneficiaries=(Relative(Kinship.CHILD, 9), Relative(Kinship.SIBLING, None)),
)
LINE = KeptLine(
    "PRUEBA-1", "1969.34", "2026-06-20", "2026-07", "2026-07", True, branches=(("eym", "1.00"),)
)
WHOLE = PersonRecord(
    CONSENT, COMPLETE, "registered", True, Registered("F-1", "2026-06-10", 1, True), LINE, "UTC",
    "2026-06-10T12:00:00+00:00",
)  # fmt: skip


@pytest.mark.parametrize("record", [PersonRecord(), PersonRecord(consent=CONSENT), WHOLE])
def test_a_record_is_kept_as_it_is(record: PersonRecord) -> None:
    assert PersonRecord.from_json(json.loads(json.dumps(record.as_json()))) == record


def test_a_record_of_before_the_question_is_read() -> None:
    kept = WHOLE.as_json()
    del kept["satisfaction_asked"]
    assert PersonRecord.from_json(kept) == replace(WHOLE, satisfaction_asked=None)


def test_nothing_known_is_an_empty_record() -> None:
    assert PersonRecord.from_json(None) == PersonRecord()


def test_no_datum_is_in_the_repr() -> None:
    for datum in ("F-1", "PRUEBA-1", "1969.34", "ana@example.com", "Morelos"):
        assert datum not in repr(WHOLE)


def test_the_request_fits_the_contract() -> None:
    request = to_json(registration_request(WHOLE, Decimal("17.50")))
    assert misfits("RegistrationRequest", request) == []
    assert request["address"]["street"] == "Morelos"
    assert (request["address"]["exterior_number"], request["address"]["interior_number"]) == (
        "12",
        "3",
    )
    # a brother is not covered by the law: he is nobody to be registered (LSS 84)
    assert request["beneficiaries"] == [{"kinship": "child", "age": 9}]


@pytest.mark.parametrize(
    "record",
    [
        PersonRecord(draft=COMPLETE),
        PersonRecord(consent=Consent("2026-06-10T12:00:00+00:00", "web", "2026-11", False)),
        PersonRecord(consent=CONSENT, draft=RegistrationDraft(email="ana@example.com")),
    ],
)
def test_what_is_incomplete_is_not_sent(record: PersonRecord) -> None:
    with pytest.raises(IncompleteError):
        registration_request(record, Decimal("17.50"))


def test_the_first_step_is_the_consent_and_the_last_the_summary() -> None:
    assert next_step(PersonRecord(), {}) == "consent"
    assert next_step(PersonRecord(consent=CONSENT), {}) == "curp"
    assert next_step(WHOLE, {}) == "summary"
    assert questions_left(WHOLE) == 0


def test_the_income_is_not_asked_without_express_consent() -> None:
    without = PersonRecord(Consent("2026-06-10T12:00:00+00:00", "web", "2026-11", False))
    nearly = PersonRecord(without.consent, _without(COMPLETE, "income"))
    assert next_step(nearly, {}) == "income_consent"
    assert next_step(nearly, {"fix": "income"}) == "income_consent"


def test_an_open_question_comes_first() -> None:
    record = PersonRecord(consent=CONSENT)
    assert next_step(record, {"phone_digits": "5512345678"}) == "phone_country"
    assert next_step(record, {"email": {"suggestion": "a@b.mx"}}) == "email_suggestion"
    assert next_step(record, {"which": True, "fix": "nss"}) == "correct_which"
    assert next_step(record, {"start_over": True}) == "start_over_confirm"


def test_the_address_is_asked_in_one_message_and_what_lacks_alone() -> None:
    draft = _without(_without(_without(COMPLETE, "street"), "neighbourhood"), "municipality")
    assert next_step(PersonRecord(CONSENT, draft), {}) == "address"
    assert questions_left(PersonRecord(CONSENT, draft)) == 1
    assert next_step(PersonRecord(CONSENT, _without(COMPLETE, "street")), {}) == "street"


def test_the_ages_and_studies_that_matter_are_asked() -> None:
    family = (Relative(Kinship.SPOUSE), Relative(Kinship.CHILD, 17))
    record = PersonRecord(CONSENT, _with(COMPLETE, family))
    assert next_step(record, {}) == "beneficiary_ages"
    family = (Relative(Kinship.SPOUSE, 34), Relative(Kinship.CHILD, 17))
    assert next_step(PersonRecord(CONSENT, _with(COMPLETE, family)), {}) == "beneficiary_studies"


def _without(draft: RegistrationDraft, field: str) -> RegistrationDraft:
    from dataclasses import replace

    return replace(draft, **{field: None})


def _with(draft: RegistrationDraft, family: tuple[Relative, ...]) -> RegistrationDraft:
    from dataclasses import replace

    return replace(draft, beneficiaries=family)
