"""What is known of a person, as one value: consent, draft, registration, line, time zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Literal

from bot.programme.registration import RegistrationDraft
from bot.programme.registration_views import from_json, to_json

# open: data are being given. sent: it is on its way to the institute. registered: it has a folio.
RegistrationState = Literal["open", "sent", "registered"]


@dataclass(frozen=True)
class Consent:
    """What the person agreed to: when (ISO 8601), where, to which text; `financial` is the express
    one for the income."""

    given_at: str
    channel: str
    notice_version: str
    financial: bool


@dataclass(frozen=True)
class Registered:
    """The institute's answer to a registration. `on` is an ISO day."""

    folio: str = field(repr=False)
    on: str
    period: int
    test: bool


@dataclass(frozen=True)
class KeptLine:
    """The newest línea de captura and both quotas for it, in MXN as text.

    `ours` is None where we cannot compute it; `branches` are the institute's, (branch, amount).
    """

    capture_line: str = field(repr=False)
    amount: str = field(repr=False)
    pay_by: str
    first_month: str
    last_month: str
    test: bool
    quota: str | None = field(default=None, repr=False)
    ours: str | None = field(default=None, repr=False)
    branches: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def decimal_amount(self) -> Decimal:
        """What is to be paid, MXN."""
        return Decimal(self.amount)

    def branch_amounts(self) -> tuple[tuple[str, Decimal], ...]:
        """Each branch's share of the whole period, MXN."""
        return tuple((branch, Decimal(amount)) for branch, amount in self.branches)


@dataclass(frozen=True)
class PersonRecord:
    """What is known. `income_refused`: asked for the express consent, the person said no.

    `changed`: the draft differs from what the institute has registered. `satisfaction_asked`: when
    they were last asked how content they are (ISO 8601).
    """

    consent: Consent | None = None
    draft: RegistrationDraft = field(default_factory=RegistrationDraft)
    state: RegistrationState = "open"
    changed: bool = False
    registered: Registered | None = None
    line: KeptLine | None = None
    time_zone: str | None = None
    satisfaction_asked: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The form in which it is sealed."""
        return {
            "consent": asdict(self.consent) if self.consent else None,
            "draft": to_json(self.draft),
            "state": self.state,
            "changed": self.changed,
            "registered": asdict(self.registered) if self.registered else None,
            "line": asdict(self.line) if self.line else None,
            "time_zone": self.time_zone,
            "satisfaction_asked": self.satisfaction_asked,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any] | None) -> PersonRecord:
        """The record that `as_json` described. Raises DraftFormatError, TypeError, KeyError."""
        if not value:
            return cls()
        consent, registered, line = (value.get(name) for name in ("consent", "registered", "line"))
        return cls(
            consent=Consent(**consent) if consent else None,
            draft=from_json(value["draft"]),
            state=value["state"],
            changed=value["changed"],
            registered=Registered(**registered) if registered else None,
            line=KeptLine(**{**line, "branches": _pairs(line["branches"])}) if line else None,
            time_zone=value.get("time_zone"),
            satisfaction_asked=value.get("satisfaction_asked"),
        )


def goes_further(record: PersonRecord, than: PersonRecord) -> bool:
    """Whether one record holds more than another: a registration more than data that were begun,
    those more than nothing."""
    order = ("open", "sent", "registered")

    def reach(of: PersonRecord) -> tuple[int, bool]:
        return order.index(of.state), of.draft != RegistrationDraft()

    return reach(record) > reach(than)


def _pairs(branches: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(branch), str(amount)) for branch, amount in branches)
