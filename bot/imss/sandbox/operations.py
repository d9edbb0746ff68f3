"""What the sandbox does for each operation of the contract, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from bot.imss.sandbox.capture_lines import CaptureLines
from bot.imss.sandbox.clinics import clinics_answer
from bot.imss.sandbox.idempotency import Answer
from bot.imss.sandbox.people import curp_answer, nss_answer
from bot.imss.sandbox.quotas import quota_answer
from bot.imss.sandbox.registrations import Registrations
from bot.storage.encryption import Cipher


@dataclass(frozen=True)
class Work:
    """A call that fits the contract, and what is needed to do it.

    `curp_unknown`: the sandbox was told that the register does not know the CURP of this call.
    """

    connection: Connection
    cipher: Cipher
    now: datetime
    path: dict[str, str]
    query: dict[str, str]
    body: Any
    curp_unknown: bool

    @property
    def registrations(self) -> Registrations:
        """The registrations in this call's transaction."""
        return Registrations(self.connection, self.cipher, self.now)

    @property
    def lines(self) -> CaptureLines:
        """The lines in this call's transaction."""
        return CaptureLines(self.connection, self.cipher, self.now)


def _validate_curp(work: Work) -> Answer:
    today = work.now.date()
    return Answer(200, curp_answer(work.body["curp"], today, unknown=work.curp_unknown))


def _validate_nss(work: Work) -> Answer:
    return Answer(200, nss_answer(work.body["nss"], work.body["curp"]))


def _compute_quota(work: Work) -> Answer:
    return Answer(200, quota_answer(work.body, work.now.date()))


def _register(work: Work) -> Answer:
    added = work.registrations.add(work.body, curp_unknown=work.curp_unknown)
    return Answer(201, added, f"/v1/registrations/{added['folio']}")


def _read_registration(work: Work) -> Answer:
    return Answer(200, work.registrations.read(work.path["folio"]))


def _change_registration(work: Work) -> Answer:
    changed = work.registrations.change(
        work.path["folio"], work.body, curp_unknown=work.curp_unknown
    )
    return Answer(200, changed)


def _issue_capture_line(work: Work) -> Answer:
    row = work.registrations.row(work.path["folio"])
    return work.lines.issue(row, work.registrations.content(row))


def _read_capture_line(work: Work) -> Answer:
    row = work.registrations.row(work.path["folio"])
    return Answer(200, work.lines.read(row, work.path["capture_line"]))


def _read_cover(work: Work) -> Answer:
    return Answer(200, work.registrations.cover(work.path["folio"]))


def _find_clinics(work: Work) -> Answer:
    return Answer(200, clinics_answer(work.query["postal_code"]))


HANDLERS: dict[str, Callable[[Work], Answer]] = {
    "validateCurp": _validate_curp,
    "validateNss": _validate_nss,
    "computeQuota": _compute_quota,
    "register": _register,
    "readRegistration": _read_registration,
    "changeRegistration": _change_registration,
    "issueCaptureLine": _issue_capture_line,
    "readCaptureLine": _read_capture_line,
    "readCover": _read_cover,
    "findClinics": _find_clinics,
}
