"""A complete draft as the institute's contract wants it (bot/imss/openapi.yml)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal, cast, get_args

from bot.imss.models import (
    Address,
    Beneficiary,
    Consent,
    Contact,
    Kinship,
    Person,
    RegistrationRequest,
)
from bot.people.record import PersonRecord
from bot.programme.registration import RegistrationDraft, is_complete
from bot.programme.street_number import split_street

LONGEST_TEXT = 80
CENTAVO = Decimal("0.01")


class IncompleteError(ValueError):
    """Something that the contract requires is not given. The message names no value."""


def registration_request(record: PersonRecord, pesos_for_dollar: Decimal) -> RegistrationRequest:
    """The registration that is sent. Raises IncompleteError."""
    draft, consent = record.draft, record.consent
    name, phone, income, zone = draft.name, draft.phone, draft.income, draft.zone
    if consent is None or not consent.financial:
        raise IncompleteError("consent")
    if not is_complete(draft) or name is None or phone is None or income is None or zone is None:
        raise IncompleteError("draft")
    return RegistrationRequest(
        person=Person(str(draft.curp), str(draft.nss), name.whole),
        contact=Contact(phone.e164, str(draft.email)),
        address=_address(draft),
        occupation=str(draft.occupation)[:LONGEST_TEXT],
        monthly_income=income.monthly(pesos_for_dollar).quantize(CENTAVO),
        zone=zone,
        contribution_period=draft.period or 1,
        infonavit=bool(draft.infonavit),
        beneficiaries=_beneficiaries(draft),
        consent=Consent(
            given_at=datetime.fromisoformat(consent.given_at),
            channel=consent.channel,
            notice_version=consent.notice_version,
            financial_data=consent.financial,
        ),
    )


def _address(draft: RegistrationDraft) -> Address:
    if draft.postal_code is None:
        raise IncompleteError("draft")
    street = split_street(str(draft.street))
    return Address(
        postal_code=draft.postal_code.code,
        state=draft.postal_code.state,
        municipality=str(draft.municipality)[:LONGEST_TEXT],
        neighbourhood=str(draft.neighbourhood)[:LONGEST_TEXT],
        street=street.street,
        exterior_number=street.exterior_number,
        interior_number=street.interior_number,
        belongs_to=cast(Literal["own", "beneficiaries"], draft.address_of),
    )


def _beneficiaries(draft: RegistrationDraft) -> tuple[Beneficiary, ...]:
    """The relatives of a kind that the law covers; the clinic decides on each (LSS 84)."""
    return tuple(
        Beneficiary(cast(Kinship, relative.kinship.value), relative.age)
        for relative in draft.beneficiaries or ()
        if relative.kinship.value in get_args(Kinship) and relative.age is not None
    )
