"""The data of a registration as far as they are given, the order they are asked in, what is left.

Nothing here asks or stores: a draft is a value, and each change gives a new one.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, get_args

from bot.programme.beneficiaries import Relative
from bot.programme.choices import AddressOwner
from bot.programme.curp import CurpReport, state_names
from bot.programme.income import IncomeOutOfRange
from bot.programme.income_answers import SaidIncome
from bot.programme.mexican_states import PostalCode
from bot.programme.nss import NssReport
from bot.programme.person_name import FullName
from bot.programme.phone import Phone
from bot.programme.quota import CONTRIBUTION_PERIODS, ContributionPeriod
from bot.programme.registration_fields import FIELDS, FieldName
from bot.programme.year_parameters import Zone

# The only states that touch the United States: elsewhere the zone needs no question.
BORDER_STATES = frozenset({"BC", "SR", "CH", "CL", "NL", "TS"})

_TYPES: dict[FieldName, type | tuple[type, ...]] = {
    "curp": str,
    "curp_confirmed": bool,
    "nss": str,
    "name": FullName,
    "phone": Phone,
    "email": str,
    "postal_code": PostalCode,
    "municipality": str,
    "neighbourhood": str,
    "street": str,
    "address_of": str,
    "occupation": str,
    "income": SaidIncome,
    "zone": Zone,
    "period": int,
    "infonavit": bool,
    "beneficiaries": tuple,
}


class WrongValue(ValueError):
    """A value of the wrong kind for `field`. The value is not in the message."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(field)


@dataclass(frozen=True, repr=False)
class RegistrationDraft:
    """What is given so far; None: not given. The repr names the fields that are, and no value.

    `curp_confirmed`: the person agreed with the birth date, sex and state read from the CURP.
    `beneficiaries` is () for nobody. Raises WrongValue for a value of another kind.
    """

    curp: str | None = None
    curp_confirmed: bool | None = None
    nss: str | None = None
    name: FullName | None = None
    phone: Phone | None = None
    email: str | None = None
    postal_code: PostalCode | None = None
    municipality: str | None = None
    neighbourhood: str | None = None
    street: str | None = None
    address_of: AddressOwner | None = None
    occupation: str | None = None
    income: SaidIncome | None = None
    zone: Zone | None = None
    period: ContributionPeriod | None = None
    infonavit: bool | None = None
    beneficiaries: tuple[Relative, ...] | None = None

    def __post_init__(self) -> None:
        for field in FIELDS:
            value = getattr(self, field)
            if value is not None and not _fits(field, value):
                raise WrongValue(field)

    def __repr__(self) -> str:
        given = [field.name for field in fields(self) if getattr(self, field.name) is not None]
        return f"RegistrationDraft({', '.join(given)})"

    @property
    def state(self) -> str | None:
        """The state of the address, as its postal code tells it."""
        return self.postal_code.state if self.postal_code else None


def with_value(draft: RegistrationDraft, field: FieldName, value: Any) -> RegistrationDraft:
    """The draft with a value given or changed, and what follows from it.

    Takes what the readers give: a valid CurpReport or NssReport counts as its key. Another CURP has
    to be confirmed anew; another postal code settles the zone or opens it. None takes a value back.
    Raises WrongValue for an unknown field or another kind of value.
    """
    if field not in FIELDS:
        raise WrongValue(field)
    if isinstance(value, (CurpReport, NssReport)):
        if not value.valid:
            raise WrongValue(field)
        value = value.curp if isinstance(value, CurpReport) else value.nss
    if field == "beneficiaries" and isinstance(value, (list, tuple)):
        if not all(isinstance(relative, Relative) for relative in value):
            raise WrongValue(field)
        value = tuple(relative.to_keep() for relative in value)
    changed = replace(draft, **{field: value})
    if field == "curp" and value != draft.curp:
        return replace(changed, curp_confirmed=None)
    if field == "postal_code" and changed.state != draft.state:
        return replace(changed, zone=_zone_without_asking(changed.state))
    return changed


def missing_fields(draft: RegistrationDraft) -> tuple[FieldName, ...]:
    """The fields still to be asked, in order. An income that lacks a piece is one of them."""
    return tuple(field for field in FIELDS if not _complete(draft, field))


def steps_left(draft: RegistrationDraft) -> int:
    """How many questions remain. A postal code at the border may add one, that of the zone."""
    left = missing_fields(draft)
    # The zone is asked only at the border; before the postal code is known it is not counted.
    return len(left) - ("zone" in left and draft.postal_code is None)


def is_complete(draft: RegistrationDraft) -> bool:
    """Whether everything is given."""
    return not missing_fields(draft)


def _complete(draft: RegistrationDraft, field: FieldName) -> bool:
    value = getattr(draft, field)
    if field == "curp_confirmed":
        return value is True
    if isinstance(value, SaidIncome):
        try:
            return value.missing() is None
        except IncomeOutOfRange:  # too little to be anything in pesos a month
            return False
    return value is not None


def _zone_without_asking(state: str | None) -> Zone | None:
    return None if state is None or state in BORDER_STATES else Zone.GENERAL


def _fits(field: FieldName, value: object) -> bool:
    if not isinstance(value, _TYPES[field]):
        return False
    if field == "period":
        return not isinstance(value, bool) and value in CONTRIBUTION_PERIODS
    if field == "address_of":
        return value in get_args(AddressOwner)
    if isinstance(value, PostalCode):
        return value.state in state_names()
    if isinstance(value, tuple):
        return all(isinstance(relative, Relative) for relative in value)
    return not isinstance(value, str) or bool(value.strip())
