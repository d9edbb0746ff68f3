"""The sandbox's líneas de captura: one that can be paid for each registration, marked as a test."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection, Row

from bot.imss.json_form import to_json
from bot.imss.sandbox.idempotency import Answer
from bot.imss.sandbox.problems import Problem
from bot.imss.sandbox.quotas import next_month, quota_of
from bot.imss.sandbox.tables import capture_lines, registrations
from bot.programme.month import Month
from bot.storage.encryption import Cipher

PREFIX = "PRUEBA-NO-PAGAR-"
# No letters that are mistaken for digits.
CHARACTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
LAST_DAY_TO_PAY = 20


def random_characters(length: int) -> str:
    """Capitals and digits, five random bits each."""
    return "".join(secrets.choice(CHARACTERS) for _ in range(length))


def pay_by(today: date) -> date:
    """The last day on which a line issued today can be paid. The sandbox's own rule.

    Press reports say: pay by day 20, covered from the 1st of the next month. Of a line issued after
    the 20th nothing is known; here it can be paid up to the month's last day.
    """
    if today.day <= LAST_DAY_TO_PAY:
        return today.replace(day=LAST_DAY_TO_PAY)
    return today.replace(day=Month.of(today).days)


class CaptureLines:
    """The lines in one transaction that writes."""

    def __init__(self, connection: Connection, cipher: Cipher, now: datetime) -> None:
        self._connection = connection
        self._cipher = cipher
        self._now = now

    def issue(self, registration: Any, data: dict[str, Any]) -> Answer:
        """The line that is there (200) or a new one (201) for the data of a registration's row.

        Raises Problem: cover_already_paid, figures_not_published.
        """
        newest = self.newest(registration)
        if newest is not None and newest["state"] == "issued":
            return Answer(200, newest)
        today = self._now.date()
        first = next_month(today)
        covered_to = max(self.paid_months(registration), default=None)
        if covered_to is not None and covered_to >= first:
            raise Problem("cover_already_paid")
        quota = quota_of(data, first)
        value = PREFIX + random_characters(LENGTH)
        self._connection.execute(
            insert(capture_lines).values(
                registration_id=registration.id,
                capture_line=value,
                amount_sealed=self._cipher.seal(to_json(quota.total)),
                first_month=str(first),
                last_month=str(quota.months[-1].month),
                issued_at=self._now.isoformat(timespec="seconds"),
                pay_by=pay_by(today).isoformat(),
                state="issued",
                replaces=newest["capture_line"] if newest and newest["state"] != "paid" else None,
            )
        )
        return Answer(201, self.read(registration, value))

    def read(self, registration: Any, value: str) -> dict[str, Any]:
        """A line of the registration as JSON. Raises Problem: capture_line_unknown."""
        self._expire()
        row = self._connection.execute(
            select(capture_lines).where(
                capture_lines.c.registration_id == registration.id,
                capture_lines.c.capture_line == value,
            )
        ).one_or_none()
        if row is None:
            raise Problem("capture_line_unknown")
        return self._as_json(registration, row)

    def newest(self, registration: Any) -> dict[str, Any] | None:
        """The registration's line that was issued last, as JSON."""
        self._expire()
        row = self._connection.execute(
            select(capture_lines)
            .where(capture_lines.c.registration_id == registration.id)
            .order_by(capture_lines.c.id.desc())
            .limit(1)
        ).one_or_none()
        return None if row is None else self._as_json(registration, row)

    def paid_months(self, registration: Any) -> list[Month]:
        """Every month that is paid, in order."""
        rows = self._connection.execute(
            select(capture_lines.c.first_month, capture_lines.c.last_month).where(
                capture_lines.c.registration_id == registration.id,
                capture_lines.c.state == "paid",
            )
        ).all()
        months: set[Month] = set()
        for first, last in rows:
            month = Month.parse(first)
            while month <= Month.parse(last):
                months.add(month)
                month = month.plus(1)
        return sorted(months)

    def make_void(self, registration: Any) -> None:
        """The line that is issued and not paid can be paid no more."""
        self._expire()
        self._set_state(
            capture_lines.c.registration_id == registration.id,
            capture_lines.c.state == "issued",
            state="void",
        )

    def set_by_control(self, value: str, state: str) -> dict[str, Any]:
        """Makes a line paid or expired whatever it was. Raises Problem: capture_line_unknown."""
        paid_at = self._now.isoformat(timespec="seconds") if state == "paid" else None
        self._set_state(capture_lines.c.capture_line == value, state=state, paid_at=paid_at)
        row = self._connection.execute(
            select(capture_lines, registrations.c.folio)
            .join(registrations)
            .where(capture_lines.c.capture_line == value)
        ).one_or_none()
        if row is None:
            raise Problem("capture_line_unknown")
        return self._as_json(row, row)

    def _expire(self) -> None:
        self._set_state(
            capture_lines.c.state == "issued",
            capture_lines.c.pay_by < self._now.date().isoformat(),
            state="expired",
        )

    def _set_state(self, *where: Any, **values: Any) -> None:
        self._connection.execute(update(capture_lines).where(*where).values(**values))

    def _as_json(self, registration: Any, row: Row) -> dict[str, Any]:
        return {
            "capture_line": row.capture_line,
            "folio": registration.folio,
            "state": row.state,
            "currency": "MXN",
            "amount": self._cipher.open(row.amount_sealed),
            "first_month": row.first_month,
            "last_month": row.last_month,
            "issued_at": row.issued_at,
            "pay_by": row.pay_by,
            "paid_at": row.paid_at,
            "replaces": row.replaces,
            "test": True,
        }
