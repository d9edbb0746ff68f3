"""What is sent to the institute's services and what comes back, as the contract names it.

Amounts are MXN, rates percent, days and months of Mexico City's calendar. Whatever tells who
somebody is or what they earn stays out of the repr.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from bot.imss.json_form import to_json
from bot.programme.month import Month
from bot.programme.quota import ContributionPeriod
from bot.programme.year_parameters import Zone

Kinship = Literal["spouse", "partner", "child", "ward", "parent"]
LineState = Literal["issued", "paid", "expired", "void"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


# --- sent ---


@dataclass(frozen=True)
class Person:
    """Who registers; `full_name` as they write it."""

    curp: str = field(repr=False)
    nss: str = field(repr=False)
    full_name: str = field(repr=False)


@dataclass(frozen=True)
class Contact:
    """`phone` in E.164, of any country."""

    phone: str = field(repr=False)
    email: str = field(repr=False)


@dataclass(frozen=True)
class Address:
    """An address in Mexico; `state` is the two letters that the CURP uses."""

    postal_code: str = field(repr=False)
    state: str = field(repr=False)
    municipality: str = field(repr=False)
    neighbourhood: str = field(repr=False)
    street: str = field(repr=False)
    exterior_number: str = field(repr=False)
    interior_number: str | None = field(repr=False)
    belongs_to: Literal["own", "beneficiaries"]


@dataclass(frozen=True)
class Beneficiary:
    """Somebody who would be covered too (LSS 84); `age` in years."""

    kinship: Kinship
    age: int


@dataclass(frozen=True)
class Consent:
    """The record of the person's agreement; `financial_data` is the express one, for the income."""

    given_at: datetime
    channel: str
    notice_version: str
    financial_data: bool


@dataclass(frozen=True)
class RegistrationRequest:
    """A registration as it is sent. `monthly_income` in MXN, `contribution_period` in months."""

    person: Person
    contact: Contact
    address: Address
    occupation: str = field(repr=False)
    monthly_income: Decimal = field(repr=False)
    zone: Zone
    contribution_period: ContributionPeriod
    infonavit: bool
    beneficiaries: tuple[Beneficiary, ...]
    consent: Consent


@dataclass(frozen=True)
class RegistrationChange:
    """What changes of a registration: what is None stays as it is."""

    person: Person | None = None
    contact: Contact | None = None
    address: Address | None = None
    occupation: str | None = field(default=None, repr=False)
    monthly_income: Decimal | None = field(default=None, repr=False)
    zone: Zone | None = None
    contribution_period: ContributionPeriod | None = None
    infonavit: bool | None = None
    beneficiaries: tuple[Beneficiary, ...] | None = None
    consent: Consent | None = None

    def as_json(self) -> dict[str, Any]:
        """The members that are given."""
        given = {member.name: getattr(self, member.name) for member in fields(self)}
        return {name: to_json(value) for name, value in given.items() if value is not None}


# --- answered ---


@dataclass(frozen=True)
class CurpValidation:
    """Whether a CURP is in the register; the rest is None unless `status` is found.

    `sex` is H, M or X; `state_of_birth` two letters, NE for abroad.
    """

    status: Literal["found", "unknown", "not_well_formed"]
    birth_date: date | None = field(repr=False)
    sex: Literal["H", "M", "X"] | None = field(repr=False)
    state_of_birth: str | None = field(repr=False)
    test: bool


@dataclass(frozen=True)
class NssValidation:
    """Whether an NSS is that of the CURP's owner; `warnings` are codes, no obstacle."""

    status: Literal["matches", "unknown", "other_person", "not_well_formed"]
    warnings: tuple[str, ...]
    test: bool


@dataclass(frozen=True)
class InstituteBranch:
    """One branch's share: `rate` in percent of `base`, amounts in MXN."""

    branch: str
    rate: Decimal
    base: Decimal = field(repr=False)
    amount: Decimal = field(repr=False)


@dataclass(frozen=True)
class InstituteMonth:
    """One month of the institute's quota, as bot.programme.quota.MonthQuota is of ours."""

    month: Month
    days: int
    income_considered: Decimal = field(repr=False)
    daily_base: Decimal = field(repr=False)
    total: Decimal = field(repr=False)
    provisional: bool
    branches: tuple[InstituteBranch, ...]


@dataclass(frozen=True)
class InstituteQuota:
    """The quota that the institute computes; `total` in MXN."""

    contribution_period: ContributionPeriod
    first_month: Month
    last_month: Month
    total: Decimal = field(repr=False)
    provisional: bool
    months: tuple[InstituteMonth, ...]
    test: bool


@dataclass(frozen=True)
class CaptureLine:
    """A línea de captura. `amount` in MXN; it can be paid up to and on the day `pay_by`.

    `replaces` is the expired or void line whose place it takes.
    """

    capture_line: str
    folio: str
    state: LineState
    amount: Decimal = field(repr=False)
    first_month: Month
    last_month: Month
    issued_at: datetime
    pay_by: date
    paid_at: datetime | None
    replaces: str | None
    test: bool


@dataclass(frozen=True)
class Registration:
    """A registration as it is read back: identifiers masked. `version` grows with each change.

    `capture_line` is the newest one.
    """

    folio: str
    state: Literal["registered", "ended"]
    version: int
    registered_at: datetime
    changed_at: datetime
    curp_masked: str
    nss_masked: str
    phone_masked: str
    email_masked: str
    postal_code: str = field(repr=False)
    occupation: str = field(repr=False)
    monthly_income: Decimal = field(repr=False)
    zone: Zone
    contribution_period: ContributionPeriod
    infonavit: bool
    beneficiaries: tuple[Beneficiary, ...]
    capture_line: CaptureLine | None
    test: bool


@dataclass(frozen=True)
class Cover:
    """Vigencia: whether somebody is covered, from and to which day (both included).

    `renewable_from`: first day on which a line of the following period can be had.
    """

    folio: str
    state: Literal["none", "pending", "active", "ended"]
    valid_from: date | None
    valid_to: date | None
    renewable_from: date | None
    test: bool


@dataclass(frozen=True)
class OpeningHours:
    """`opens` and `closes` as HH:MM, local time of the clinic."""

    days: tuple[Weekday, ...]
    opens: str
    closes: str


@dataclass(frozen=True)
class Clinic:
    """A UMF; `papers` are codes of what its window asks for to register a family."""

    umf: str
    name: str
    address: str
    postal_code: str
    state: str
    phone: str | None
    opening_hours: tuple[OpeningHours, ...]
    registration_hours: tuple[OpeningHours, ...]
    registers_online: bool
    papers: tuple[str, ...]


@dataclass(frozen=True)
class Clinics:
    """The clinics of a postal code, the one in charge first; empty where none is known."""

    clinics: tuple[Clinic, ...]
    test: bool
