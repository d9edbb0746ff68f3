"""What the client sends fits the contract and comes back as it was."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.imss.contract import misfits
from bot.imss.json_form import from_json, to_json
from bot.imss.models import (
    Address,
    Beneficiary,
    Consent,
    Contact,
    CurpValidation,
    Person,
    RegistrationChange,
    RegistrationRequest,
)
from bot.programme.month import Month
from bot.programme.year_parameters import Zone
from tests.imss.made_up import new_person

lines = st.from_regex(r"[^\x00-\x20\x7f][^\x00-\x1f\x7f]{0,30}", fullmatch=True).filter(
    lambda text: text.encode("utf-8", "ignore").decode() == text
)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=timezone(timedelta(hours=-6)))
)
requests = st.builds(
    RegistrationRequest,
    person=st.builds(
        Person,
        curp=st.from_regex("[A-Z]{4}[0-9]{6}[A-ZÑ0-9]{8}", fullmatch=True),
        nss=st.from_regex("[0-9]{11}", fullmatch=True),
        full_name=lines,
    ),
    contact=st.builds(
        Contact,
        phone=st.from_regex(r"\+[1-9][0-9]{7,14}", fullmatch=True),
        email=st.just("a@example.org"),
    ),
    address=st.builds(
        Address,
        postal_code=st.from_regex("[0-9]{5}", fullmatch=True),
        state=st.sampled_from(["MN", "DF", "ZS"]),
        municipality=lines,
        neighbourhood=lines,
        street=lines,
        exterior_number=st.just("S/N"),
        interior_number=st.none() | st.just("3 B"),
        belongs_to=st.sampled_from(["own", "beneficiaries"]),
    ),
    occupation=lines,
    monthly_income=st.decimals(0, 10**11, places=2),
    zone=st.sampled_from(Zone),
    contribution_period=st.sampled_from([1, 2, 6, 12]),
    infonavit=st.booleans(),
    beneficiaries=st.lists(
        st.builds(
            Beneficiary,
            kinship=st.sampled_from(["spouse", "partner", "child", "ward", "parent"]),
            age=st.integers(0, 120),
        ),
        max_size=20,
    ).map(tuple),
    consent=st.builds(
        Consent,
        given_at=instants,
        channel=st.just("webchat"),
        notice_version=st.just("2026-06"),
        financial_data=st.just(True),
    ),
)

few = settings(max_examples=25, derandomize=True, database=None, deadline=None)


@few
@given(requests)
def test_a_registration_fits_and_comes_back(request: RegistrationRequest) -> None:
    written = to_json(request)
    assert misfits("RegistrationRequest", written) == []
    assert from_json(RegistrationRequest, written) == request


@few
@given(requests)
def test_a_change_sends_what_is_given(request: RegistrationRequest) -> None:
    change = RegistrationChange(monthly_income=request.monthly_income, infonavit=False)
    assert change.as_json() == {
        "monthly_income": to_json(request.monthly_income),
        "infonavit": False,
    }
    assert misfits("RegistrationChange", change.as_json()) == []
    assert RegistrationChange().as_json() == {}


def test_who_somebody_is_stays_out_of_the_repr() -> None:
    person = new_person()
    text = repr(person.request())
    for secret in (person.curp, person.nss, person.full_name, "3125550123", "Calle", "12345.67"):
        assert secret not in text


@pytest.mark.parametrize(
    ("value", "text"), [("1969.345", "1969.35"), ("5", "5.00"), ("1E+3", "1000.00")]
)
def test_amounts_are_written_with_two_decimals(value: str, text: str) -> None:
    assert to_json(Decimal(value)) == text


def test_months_are_texts() -> None:
    assert to_json((Month(2026, 7),)) == ["2026-07"]


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"status": "found", "birth_date": 7, "sex": None, "state_of_birth": None, "test": True},
        {"status": "no", "birth_date": None, "sex": None, "state_of_birth": None, "test": True},
        {"status": "found", "birth_date": None, "sex": None, "state_of_birth": None, "test": 1},
    ],
)
def test_what_has_another_form_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError, KeyError)):
        from_json(CurpValidation, value)
