"""Reads the answer to a step of the registration, and what else a message gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timezone
from typing import Any, cast

from bot.programme.address_text import AddressParts, read_address
from bot.programme.beneficiary_text import read_relatives
from bot.programme.choices import read_address_owner, read_zone
from bot.programme.contribution_period import read_contribution_period
from bot.programme.curp import CurpReport
from bot.programme.email_address import read_email
from bot.programme.field_text import Problem
from bot.programme.free_text import (
    read_municipality,
    read_neighbourhood,
    read_occupation,
    read_street,
)
from bot.programme.income_field import read_income_answer
from bot.programme.key_fields import read_curp, read_nss
from bot.programme.mexican_states import read_postal_code
from bot.programme.nss import NssReport
from bot.programme.person_name import read_full_name
from bot.programme.phone import read_phone
from bot.programme.registration import RegistrationDraft, with_value
from bot.programme.registration_fields import FieldName
from bot.programme.several import read_several
from bot.programme.yes_no import read_yes_no

Values = dict[FieldName, Any]
_FEW_WORDS = 3


def today() -> date:
    """The day by which birth dates are judged."""
    return datetime.now(tz=timezone.utc).date()


def read_step(
    step: str, text: str, draft: RegistrationDraft, state: Mapping[str, Any]
) -> Values | Problem:
    """The fields that a text gives as the answer to a step, or why it gives none."""
    if step == "address":
        parts = read_address(text)
        return parts if isinstance(parts, Problem) else _address(parts, draft)
    value = _read(cast(FieldName, step), text, draft, state)
    return value if isinstance(value, Problem) else {cast(FieldName, step): value}


def read_more(text: str) -> Values:
    """What a message gives of all the fields that can be told from each other."""
    found = read_several(text, today())
    return {
        cast(FieldName, name): value
        for name, value in found.items()
        if not isinstance(value, Problem)
    }


def plain(field: FieldName, value: Any) -> Any:
    """A value as the draft keeps it."""
    if isinstance(value, CurpReport):
        return value.curp
    return value.nss if isinstance(value, NssReport) else value


def set_values(draft: RegistrationDraft, values: Values) -> RegistrationDraft:
    """The draft with all the values."""
    for field, value in values.items():
        draft = with_value(draft, field, value)
    return draft


def differing(draft: RegistrationDraft, values: Values) -> Values:
    """The values that the draft does not have already."""
    return {f: v for f, v in values.items() if plain(f, v) != getattr(draft, f)}


def _read(
    field: FieldName, text: str, draft: RegistrationDraft, state: Mapping[str, Any]
) -> Any | Problem:
    income = draft.income
    asked = income.missing() if income is not None else None
    readers: dict[FieldName, Callable[[], Any]] = {
        "curp": lambda: read_curp(text, today()),
        "curp_confirmed": lambda: read_yes_no(text),
        "nss": lambda: read_nss(text),
        "name": lambda: read_full_name(text, draft.curp),
        "phone": lambda: read_phone(text),
        "email": lambda: read_email(text),
        "postal_code": lambda: read_postal_code(text),
        "municipality": lambda: read_municipality(text),
        "neighbourhood": lambda: read_neighbourhood(text),
        "street": lambda: _street(text, state.get("number_asked")),
        "address_of": lambda: read_address_owner(text),
        "occupation": lambda: read_occupation(text),
        "income": lambda: read_income_answer(text, income if asked else None, asked),
        "zone": lambda: read_zone(text),
        "period": lambda: read_contribution_period(text),
        "infonavit": lambda: read_yes_no(text),
        "beneficiaries": lambda: read_relatives(text),
    }
    return readers[field]()


def _street(text: str, without_number: str | None) -> str | Problem:
    """The street; where it was given without its number, that is what a short answer adds."""
    if without_number and len(text.split()) <= _FEW_WORDS:
        whole = read_street(f"{without_number} {text}", number_asked=True)
        if not isinstance(whole, Problem) and without_number.lower() not in text.lower():
            return whole
    return read_street(text, number_asked=without_number is not None)


def _address(parts: AddressParts, draft: RegistrationDraft) -> Values | Problem:
    given = dict(_parts(parts))
    if parts.postal_code and draft.postal_code is None:
        code = read_postal_code(parts.postal_code)
        if not isinstance(code, Problem):
            given["postal_code"] = code
    return given or Problem("unclear")


def _parts(parts: AddressParts) -> Iterator[tuple[FieldName, Any]]:
    fields: tuple[FieldName, ...] = ("street", "neighbourhood", "municipality")
    for field in fields:
        value = getattr(parts, field)
        if value is not None:
            yield field, value
