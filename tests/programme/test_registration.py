"""The draft of a registration: order, what follows from a change, warnings, summary, storage."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.beneficiaries import Kinship, Relative
from bot.programme.curp import check_curp
from bot.programme.income_answers import SaidIncome
from bot.programme.mexican_states import PostalCode
from bot.programme.nss import check_nss
from bot.programme.person_name import FullName
from bot.programme.phone import Phone
from bot.programme.registration import (
    RegistrationDraft,
    WrongValue,
    is_complete,
    missing_fields,
    steps_left,
    with_value,
)
from bot.programme.registration_checks import age_on, inconsistencies
from bot.programme.registration_fields import FIELDS
from bot.programme.registration_views import (
    DraftFormatError,
    from_json,
    masked_email,
    masked_street,
    summary_fields,
    to_json,
)
from bot.programme.year_parameters import Zone

TODAY = date(2026, 11, 25)
CURP, NSS = "SABC560626MDFLRN01", "72159904563"
VALUES: dict[str, Any] = {
    "curp": CURP,
    "curp_confirmed": True,
    "nss": NSS,
    "name": FullName("Concepción", "Salgado", "Briseño"),
    "phone": Phone("+12135550143", "US"),
    "email": "ana.lopez@gmail.com",
    "postal_code": PostalCode("44100", "JC"),
    "municipality": "Guadalajara",
    "neighbourhood": "Centro",
    "street": "Av. Juárez 123",
    "address_of": "own",
    "occupation": "Cocinera",
    "income": SaidIncome(Decimal("18.50"), "USD", "hour", Decimal(40)),
    "zone": Zone.GENERAL,
    "period": 2,
    "infonavit": False,
    "beneficiaries": (Relative(Kinship.CHILD, 8), Relative(Kinship.SPOUSE)),
}
FULL = RegistrationDraft(**VALUES)


def changed(**values: Any) -> RegistrationDraft:
    return dataclasses.replace(FULL, **values)


def test_the_order_is_kept_and_ends() -> None:
    draft, asked = RegistrationDraft(), []
    while not is_complete(draft):
        field = missing_fields(draft)[0]
        before = steps_left(draft)
        asked.append(field)
        draft = with_value(draft, field, VALUES[field])
        assert steps_left(draft) == before - 1
    # The postal code of a state without a border tells the zone.
    assert asked == [field for field in FIELDS if field != "zone"]
    assert draft == FULL
    assert steps_left(draft) == 0


@settings(max_examples=60, deadline=None)
@given(st.permutations(FIELDS))
def test_any_order_gives_the_same_draft(order: list[Any]) -> None:
    draft = RegistrationDraft()
    for field in order:
        draft = with_value(draft, field, VALUES[field])
    # A confirmation counts for the CURP that was there when it was given.
    draft = with_value(draft, "curp_confirmed", True)
    assert draft == FULL


def test_the_border_asks_for_the_zone() -> None:
    draft = with_value(RegistrationDraft(), "postal_code", PostalCode("22000", "BC"))
    assert draft.zone is None
    assert "zone" in missing_fields(draft)
    draft = with_value(draft, "zone", Zone.ZLFN)
    # Within the state the answer stands; elsewhere it does not.
    assert with_value(draft, "postal_code", PostalCode("21000", "BC")).zone is Zone.ZLFN
    assert with_value(draft, "postal_code", PostalCode("44100", "JC")).zone is Zone.GENERAL
    assert with_value(draft, "postal_code", PostalCode("64000", "NL")).zone is None


def test_another_curp_has_to_be_confirmed_anew() -> None:
    assert with_value(FULL, "curp", CURP).curp_confirmed is True
    assert with_value(FULL, "curp", "AAPR630321HDFLRC09").curp_confirmed is None
    assert missing_fields(changed(curp_confirmed=False)) == ("curp_confirmed",)


def test_reports_of_the_checks_count_as_their_keys() -> None:
    draft = with_value(RegistrationDraft(), "curp", check_curp(CURP, TODAY))
    draft = with_value(draft, "nss", check_nss(NSS))
    assert (draft.curp, draft.nss) == (CURP, NSS)
    with pytest.raises(WrongValue):
        with_value(draft, "curp", check_curp("SABC560626MDFLRN02", TODAY))


def test_a_value_is_taken_back_with_none_and_nothing_else_is_lost() -> None:
    draft = with_value(FULL, "email", None)
    assert missing_fields(draft) == ("email",)
    assert with_value(draft, "email", VALUES["email"]) == FULL


def test_an_income_that_lacks_a_piece_is_still_to_be_asked() -> None:
    for income in (
        SaidIncome(),
        SaidIncome(Decimal(18), "USD", "hour"),
        SaidIncome(Decimal(18), None, "month"),
        SaidIncome(Decimal("0.01"), "MXN", "year"),
    ):
        assert missing_fields(with_value(FULL, "income", income)) == ("income",)


def test_nobody_is_an_answer_for_the_beneficiaries() -> None:
    assert is_complete(with_value(FULL, "beneficiaries", ()))
    assert is_complete(with_value(FULL, "infonavit", False))


def test_health_is_not_kept() -> None:
    draft = with_value(FULL, "beneficiaries", [Relative(Kinship.CHILD, 30, None, True)])
    assert draft.beneficiaries == (Relative(Kinship.CHILD, 30),)
    assert "cannot" not in to_json(draft)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("curp", 5),
        ("curp", ""),
        ("email", " "),
        ("period", 3),
        ("period", True),
        ("period", "2"),
        ("infonavit", "no"),
        ("zone", "general"),
        ("address_of", "both"),
        ("income", Decimal(5)),
        ("beneficiaries", "nadie"),
        ("beneficiaries", [5]),
        ("name", "Ana López"),
        ("phone", "+12135550143"),
        ("postal_code", "44100"),
        ("postal_code", PostalCode("44100", "ZZ")),
        ("rfc", "x"),
    ],
)
def test_values_of_another_kind_are_refused_without_being_repeated(field: Any, value: Any) -> None:
    with pytest.raises(WrongValue) as raised:
        with_value(FULL, field, value)
    assert str(raised.value) == raised.value.field == field


def test_the_repr_has_no_datum() -> None:
    text = repr(FULL)
    for value in (CURP, NSS, "Salgado", "2135550143", "ana", "44100", "Juárez", "18.50"):
        assert value not in text
    assert "street" in text


@pytest.mark.parametrize(
    ("draft", "codes"),
    [
        (changed(nss=None), []),
        (FULL, ["nss_birth_year"]),
        (changed(nss=None, name=FullName("Laura", "Salgado", "Briseño")), ["name_curp"]),
        (changed(nss=None, name=FullName("Concepción", "Salgado")), ["name_curp"]),
        (
            changed(nss=None, curp=None, name=FullName("Juan Pablo", "Díaz", None, False)),
            ["name_uncertain"],
        ),
        (changed(nss=None, phone=Phone("+13125550143", "US", True)), ["phone_guessed"]),
        (changed(nss=None, postal_code=PostalCode("44100", "CM")), ["postal_code_state"]),
        (changed(nss=None, income=SaidIncome(Decimal(45000), "USD", "month")), ["income_doubt"]),
        (
            changed(
                nss=None, income=SaidIncome(Decimal(18), "USD", "hour", Decimal(40), None, True)
            ),
            ["dollars_assumed"],
        ),
        (changed(nss=None, beneficiaries=(Relative(Kinship.CHILD, 69),)), ["child_age"]),
        (changed(nss=None, beneficiaries=(Relative(Kinship.PARENT, 71),)), ["parent_age"]),
        (
            changed(
                nss=None, beneficiaries=(Relative(Kinship.PARENT, 90), Relative(Kinship.CHILD, 40))
            ),
            [],
        ),
        (RegistrationDraft(), []),
    ],
)
def test_inconsistencies(draft: RegistrationDraft, codes: list[str]) -> None:
    assert [found.code for found in inconsistencies(draft, TODAY)] == codes


def with_check_digit(body: str) -> str:
    """A CURP with its right last digit, for people of other ages."""
    return next(body + digit for digit in "0123456789" if check_curp(body + digit, TODAY).valid)


def test_ages() -> None:
    young = with_check_digit("LOHA081126MNEPRNA")
    just_of_age = with_check_digit("LOHA081125MNEPRNA")
    assert [x.code for x in inconsistencies(RegistrationDraft(curp=young), TODAY)] == ["under_age"]
    assert inconsistencies(RegistrationDraft(curp=just_of_age), TODAY) == ()
    old = with_check_digit("LOHA200101MNEPRN0")
    assert [x.code for x in inconsistencies(RegistrationDraft(curp=old), TODAY)] == ["very_old"]
    assert age_on(date(2000, 2, 29), date(2018, 2, 28)) == 17


def test_what_a_warning_tells() -> None:
    (found,) = inconsistencies(FULL, TODAY)
    assert found.fields == ("nss", "curp")
    assert found.detail == {"nss_year": "99", "curp_year": "56"}
    assert "99" not in repr(found)


def test_the_summary_is_masked_and_in_order() -> None:
    lines = summary_fields(FULL)
    assert [line.name for line in lines] == [name for name in FIELDS if name != "curp_confirmed"]
    shown = {line.name: line.shown for line in lines}
    assert shown["curp"] == "****************01"
    assert shown["nss"] == "*********63"
    assert shown["name"] == "Concepción S. B."
    assert shown["phone"] == "+1 ********43"
    assert shown["email"] == "a********@gmail.com"
    assert shown["street"] == "Av. ****** ***"
    assert (shown["postal_code"], shown["municipality"]) == ("44100", "Guadalajara")
    assert shown["income"] is shown["beneficiaries"] is shown["period"] is None
    assert {line.name: line.value for line in lines}["period"] == 2
    assert "Salgado" not in repr(lines)
    assert summary_fields(RegistrationDraft()) == ()


def test_masks_of_short_values() -> None:
    assert masked_email("a@b.com") == "a**@b.com"
    assert masked_street("5 A") == "* A"


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(str.strip)
AMOUNTS = st.decimals(Decimal("0.01"), Decimal(10**7), places=2)
FIELD_VALUES: dict[str, st.SearchStrategy[Any]] = {
    **{name: TEXTS for name in FIELDS if isinstance(VALUES[name], str)},
    "address_of": st.sampled_from(["own", "beneficiaries"]),
    "curp_confirmed": st.booleans(),
    "infonavit": st.booleans(),
    "name": st.builds(FullName, TEXTS, TEXTS, st.none() | TEXTS, st.booleans()),
    "phone": st.builds(Phone, TEXTS, st.sampled_from(["US", "MX"]), st.booleans()),
    "postal_code": st.builds(PostalCode, TEXTS, st.sampled_from(["JC", "BC", "DF"])),
    "zone": st.sampled_from(Zone),
    "period": st.sampled_from([1, 2, 6, 12]),
    "income": st.builds(
        SaidIncome,
        st.none() | AMOUNTS,
        st.sampled_from([None, "USD", "MXN"]),
        st.sampled_from([None, "hour", "day", "month", "year"]),
        st.none() | AMOUNTS,
        st.none() | AMOUNTS,
        st.booleans(),
    ),
    "beneficiaries": st.lists(
        st.builds(
            Relative,
            st.sampled_from(Kinship),
            st.none() | st.integers(0, 120),
            st.sampled_from([None, "in_mexico", "no"]),
        ),
        max_size=3,
    ).map(tuple),
}
DRAFTS = st.fixed_dictionaries({}, optional={name: FIELD_VALUES[name] for name in FIELDS}).map(
    lambda values: RegistrationDraft(**values)
)


def exactly(draft: RegistrationDraft) -> str:
    """Every part, also those that equality leaves out (a guess, a certainty)."""
    return repr(dataclasses.asdict(draft))


@settings(max_examples=150, deadline=None)
@given(DRAFTS)
def test_drafts_survive_storage(draft: RegistrationDraft) -> None:
    stored = to_json(draft)
    assert exactly(from_json(stored)) == exactly(draft)
    assert to_json(from_json(stored)) == stored
    inconsistencies(draft, TODAY)
    summary_fields(draft)
    assert set(missing_fields(draft)) <= {*FIELDS}


@settings(max_examples=100, deadline=None)
@given(DRAFTS, st.sampled_from(FIELDS), st.data())
def test_a_change_touches_only_what_follows_from_it(
    draft: RegistrationDraft, field: Any, data: st.DataObject
) -> None:
    after = with_value(draft, field, data.draw(FIELD_VALUES[field]))
    follows = {"curp": {"curp_confirmed"}, "postal_code": {"zone"}}.get(field, set())
    for other in {*FIELDS} - {field} - follows:
        assert getattr(after, other) == getattr(draft, other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "[]",
        "null",
        "5",
        '{"version": 1}',
        '{"version": 2, "draft": {}}',
        '{"version": 1, "draft": 5}',
        '{"version": 1, "draft": {"period": 3}}',
        '{"version": 1, "draft": {"zone": "moon"}}',
        '{"version": 1, "draft": {"name": "Ana"}}',
        '{"version": 1, "draft": {"name": {"given": 5, "first_surname": "x"}}}',
        '{"version": 1, "draft": {"income": {"amount": "x"}}}',
        '{"version": 1, "draft": {"income": []}}',
        '{"version": 1, "draft": {"beneficiaries": [{"kinship": "cat", "age": 5}]}}',
        '{"version": 1, "draft": {"beneficiaries": [{"kinship": "child", "age": 500}]}}',
        '{"version": 1, "draft": {"postal_code": {"code": "44100", "state": "ZZ"}}}',
        "[" * 5000,
    ],
)
def test_what_is_no_draft(text: str) -> None:
    with pytest.raises(DraftFormatError):
        from_json(text)


def test_what_a_later_version_adds_is_passed_over() -> None:
    stored = json.loads(to_json(FULL))
    stored["draft"]["rfc"] = "x"
    assert from_json(json.dumps(stored)) == FULL


def test_an_error_repeats_nothing_of_what_was_stored() -> None:
    with pytest.raises(DraftFormatError) as raised:
        from_json('{"version": 1, "draft": {"income": {"amount": "secret"}}}')
    assert "secret" not in f"{raised.value} {raised.value.__cause__}"
