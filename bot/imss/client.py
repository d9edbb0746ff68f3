"""The client of the institute's services: one method an operation of `openapi.yml`.

Calls block for a few seconds at most; callers on an event loop run them in threads. Every method
may raise the kinds of ServiceError: ServiceUnavailable, Unauthorised and BadAnswer always, NotFound
and Rejected where the docstring says so. What changes something takes a `key`: make it with
`idempotency_key` from what names the person's wish, so that the same wish after a crash has the
same key, and send the same data with it.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from bot.imss.circuit_breaker import CircuitBreaker
from bot.imss.errors import BadAnswer
from bot.imss.json_form import from_json, to_json
from bot.imss.models import (
    CaptureLine,
    Clinic,
    Clinics,
    Cover,
    CurpValidation,
    InstituteQuota,
    NssValidation,
    Registration,
    RegistrationChange,
    RegistrationRequest,
)
from bot.imss.transport import Call, Patience, Transport
from bot.programme.month import Month
from bot.programme.quota import ContributionPeriod
from bot.programme.year_parameters import Zone

if TYPE_CHECKING:
    from bot.settings import Settings

T = TypeVar("T")


def idempotency_key(*parts: str | int) -> str:
    """A key from what names a wish (say, the inbox id and the name of the call).

    The same parts give the same key, in any process and after any restart.
    """
    written = "\x00".join(str(part) for part in parts)
    return hashlib.sha256(written.encode("utf-8")).hexdigest()[:40]


class ImssClient:
    """The institute's services at one address. Any thread may use it; make one a process."""

    def __init__(
        self,
        url: str,
        token: str,
        patience: Patience | None = None,
        breaker: CircuitBreaker | None = None,
        *,
        accept_test: bool = False,
    ) -> None:
        """`accept_test`: whether answers that a test service made are believed (never in
        production)."""
        breaker = breaker or CircuitBreaker(failures=5, seconds=30)
        self._transport = Transport(url, token, patience or Patience(), breaker)
        self._accept_test = accept_test

    @classmethod
    def from_settings(cls, settings: Settings) -> ImssClient | None:
        """The client of the service that the settings name; None where they name none."""
        imss = settings.imss
        if not imss.url:
            return None
        return cls(
            imss.url,
            imss.token,
            Patience(imss.connect_seconds, imss.read_seconds, imss.total_seconds),
            CircuitBreaker(imss.breaker_failures, imss.breaker_seconds),
            accept_test=not settings.is_production,
        )

    def validate_curp(self, curp: str) -> CurpValidation:
        """Whether the register has this CURP (18 capitals and digits). Raises Rejected."""
        return self._ask(CurpValidation, "validateCurp", "/v1/curp-validations", {"curp": curp})

    def validate_nss(self, nss: str, curp: str) -> NssValidation:
        """Whether the NSS (11 digits) is that of the CURP's owner. Raises Rejected."""
        question = {"nss": nss, "curp": curp}
        return self._ask(NssValidation, "validateNss", "/v1/nss-validations", question)

    def quota(
        self,
        monthly_income: Decimal,
        zone: Zone,
        contribution_period: ContributionPeriod,
        infonavit: bool,
        first_month: Month | None = None,
    ) -> InstituteQuota:
        """The institute's quota for an income in MXN; from the next month where none is given.

        Raises Rejected: income_not_positive, figures_not_published.
        """
        question = {
            "monthly_income": to_json(monthly_income),
            "zone": zone.value,
            "contribution_period": contribution_period,
            "infonavit": infonavit,
            **({"first_month": str(first_month)} if first_month else {}),
        }
        return self._ask(InstituteQuota, "computeQuota", "/v1/quotas", question, schema="Quota")

    def register(self, request: RegistrationRequest, key: str) -> Registration:
        """Registers a person and gives the registration with its folio.

        Raises Rejected: already_registered, curp_unknown, nss_of_other_person and others of the
        contract.
        """
        return self._change(
            Registration, "register", "POST", "/v1/registrations", to_json(request), key
        )

    def registration(self, folio: str) -> Registration:
        """A registration as it is now, identifiers masked. Raises NotFound."""
        return self._read(Registration, "readRegistration", _path(folio))

    def change_registration(self, folio: str, change: RegistrationChange, key: str) -> Registration:
        """Changes a registration; its unpaid line becomes void. Raises NotFound, Rejected."""
        return self._change(
            Registration, "changeRegistration", "PATCH", _path(folio), change.as_json(), key
        )

    def issue_capture_line(self, folio: str, key: str) -> CaptureLine:
        """The line with which the next period is paid: the one that is valid, or a new one.

        Raises NotFound, and Rejected: cover_already_paid, figures_not_published.
        """
        path = _path(folio, "capture-lines")
        return self._change(CaptureLine, "issueCaptureLine", "POST", path, None, key)

    def capture_line(self, folio: str, capture_line: str) -> CaptureLine:
        """The state of a line of this registration. Raises NotFound."""
        return self._read(
            CaptureLine, "readCaptureLine", _path(folio, "capture-lines", capture_line)
        )

    def cover(self, folio: str) -> Cover:
        """Whether and until when the person is covered. Raises NotFound."""
        return self._read(Cover, "readCover", _path(folio, "cover"))

    def clinics(self, postal_code: str) -> tuple[Clinic, ...]:
        """The clinics of a Mexican postal code, the one in charge first; empty where none is
        known. Raises Rejected."""
        query = {"postal_code": postal_code}
        return self._read(Clinics, "findClinics", "/v1/clinics", query).clinics

    def close(self) -> None:
        """Closes the connections that are kept open."""
        self._transport.close()

    def _ask(
        self, kind: type[T], operation: str, path: str, question: Any, schema: str | None = None
    ) -> T:
        """A question that does not belong in a URL: a POST that changes nothing."""
        call = Call(operation, "POST", path, schema or kind.__name__, body=question)
        return self._send(kind, call)

    def _read(
        self, kind: type[T], operation: str, path: str, query: dict[str, str] | None = None
    ) -> T:
        return self._send(kind, Call(operation, "GET", path, kind.__name__, query=query))

    def _change(
        self, kind: type[T], operation: str, method: str, path: str, body: Any, key: str
    ) -> T:
        return self._send(kind, Call(operation, method, path, kind.__name__, body=body, key=key))

    def _send(self, kind: type[T], call: Call) -> T:
        answer = self._transport.send(call)
        if answer["test"] and not self._accept_test:
            raise BadAnswer("test_answer")
        try:
            return from_json(kind, answer)
        except (ValueError, TypeError, KeyError, ArithmeticError) as error:
            raise BadAnswer(f"{kind.__name__} unreadable") from error


def _path(folio: str, *rest: str) -> str:
    return "/".join(["/v1/registrations", *(quote(step, safe="") for step in (folio, *rest))])
