"""Registering, reading back with identifiers masked, changing, and the cover of a registration."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from bot.imss.sandbox.capture_lines import CaptureLines, random_characters
from bot.imss.sandbox.people import curp_status, nss_status
from bot.imss.sandbox.problems import Problem
from bot.imss.sandbox.tables import registrations
from bot.programme.masking import mask_curp, mask_nss
from bot.programme.month import Month
from bot.storage.encryption import Cipher

FOLIO_CHARACTERS = 12  # 60 random bits: nobody finds another's by trying


class Registrations:
    """The registrations in one transaction that writes."""

    def __init__(self, connection: Connection, cipher: Cipher, now: datetime) -> None:
        self._connection = connection
        self._cipher = cipher
        self._now = now
        self._lines = CaptureLines(connection, cipher, now)

    def add(self, data: dict[str, Any], *, curp_unknown: bool) -> dict[str, Any]:
        """Registers and gives the contract's Registration. Raises Problem."""
        self._check(data, None, curp_unknown=curp_unknown)
        folio = f"PRUEBA-{random_characters(FOLIO_CHARACTERS)}"
        now = self._now.isoformat(timespec="seconds")
        self._connection.execute(
            insert(registrations).values(
                folio=folio,
                version=1,
                registered_at=now,
                changed_at=now,
                **self._kept(data),
            )
        )
        return self.read(folio)

    def read(self, folio: str) -> dict[str, Any]:
        """The contract's Registration. Raises Problem: folio_unknown."""
        row = self.row(folio)
        data = self._cipher.open(row.content_sealed)
        as_given = ("occupation", "monthly_income", "zone", "contribution_period", "infonavit")
        return {
            "folio": folio,
            "state": "registered",
            "version": row.version,
            "registered_at": row.registered_at,
            "changed_at": row.changed_at,
            "curp_masked": mask_curp(data["person"]["curp"]),
            "nss_masked": mask_nss(data["person"]["nss"]),
            "phone_masked": mask_nss(data["contact"]["phone"]),
            "email_masked": _masked_email(data["contact"]["email"]),
            "postal_code": data["address"]["postal_code"],
            **{name: data[name] for name in as_given},
            "beneficiaries": data["beneficiaries"],
            "capture_line": self._lines.newest(row),
            "test": True,
        }

    def change(self, folio: str, change: dict[str, Any], *, curp_unknown: bool) -> dict[str, Any]:
        """Replaces the members that are given. Raises Problem.

        An unpaid line becomes void, unless everything already is as it is asked for.
        """
        row = self.row(folio)
        before = self._cipher.open(row.content_sealed)
        data = {**before, **change}
        if data["person"]["curp"] != before["person"]["curp"]:
            raise Problem("curp_cannot_change")
        if data != before:
            self._check(data, row, curp_unknown=curp_unknown)
            self._lines.make_void(row)
            self._connection.execute(
                update(registrations)
                .where(registrations.c.id == row.id)
                .values(
                    version=row.version + 1,
                    changed_at=self._now.isoformat(timespec="seconds"),
                    **self._kept(data),
                )
            )
        return self.read(folio)

    def row(self, folio: str) -> Any:
        """The registration's row. Raises Problem: folio_unknown."""
        row = self._connection.execute(
            select(registrations).where(registrations.c.folio == folio)
        ).one_or_none()
        if row is None:
            raise Problem("folio_unknown")
        return row

    def content(self, row: Any) -> dict[str, Any]:
        """What was registered, opened."""
        content: dict[str, Any] = self._cipher.open(row.content_sealed)
        return content

    def cover(self, folio: str) -> dict[str, Any]:
        """The contract's Cover. Raises Problem: folio_unknown."""
        months = self._lines.paid_months(self.row(folio))
        today = self._now.date()
        first, last = _run_that_is_meant(months, Month.of(today)) or (None, None)
        valid_from = first.first_day if first else None
        valid_to = last.plus(1).first_day - timedelta(days=1) if last else None
        return {
            "folio": folio,
            "state": _cover_state(valid_from, valid_to, today),
            "valid_from": valid_from.isoformat() if valid_from else None,
            "valid_to": valid_to.isoformat() if valid_to else None,
            # A line covers the month after the one in which it is issued.
            "renewable_from": months[-1].first_day.isoformat() if months else None,
            "test": True,
        }

    def _check(self, data: dict[str, Any], row: Any, *, curp_unknown: bool) -> None:
        curp, nss = data["person"]["curp"], data["person"]["nss"]
        status = curp_status(curp, self._now.date())
        if status == "found" and curp_unknown:
            status = "unknown"
        if status != "found":
            raise Problem(f"curp_{status}")
        whose = nss_status(nss, curp)
        if whose != "matches":
            raise Problem("nss_of_other_person" if whose == "other_person" else f"nss_{whose}")
        if Decimal(data["monthly_income"]) <= 0:
            raise Problem("income_not_positive")
        if row is None and self._holder("curp_index", curp) is not None:
            raise Problem("already_registered")
        if self._holder("nss_index", nss) not in (None, row.id if row else None):
            raise Problem("nss_of_other_person")

    def _holder(self, column: str, value: str) -> int | None:
        found: int | None = self._connection.execute(
            select(registrations.c.id).where(registrations.c[column] == self._cipher.index(value))
        ).scalar_one_or_none()
        return found

    def _kept(self, data: dict[str, Any]) -> dict[str, Any]:
        return {
            "curp_index": self._cipher.index(data["person"]["curp"]),
            "nss_index": self._cipher.index(data["person"]["nss"]),
            "content_sealed": self._cipher.seal(data),
        }


def _masked_email(email: str) -> str:
    name, _, host = email.partition("@")
    return f"{name[0]}***@{host}"


def _run_that_is_meant(paid: list[Month], now: Month) -> tuple[Month, Month] | None:
    """The unbroken run of paid months that has this month, else the next one, else the last."""
    runs: list[tuple[Month, Month]] = []
    for month in paid:
        if runs and runs[-1][1].plus(1) == month:
            runs[-1] = (runs[-1][0], month)
        else:
            runs.append((month, month))
    not_over = [run for run in runs if run[1] >= now]
    return next(iter(not_over or runs[-1:]), None)


def _cover_state(valid_from: date | None, valid_to: date | None, today: date) -> str:
    if valid_from is None or valid_to is None:
        return "none"
    if today < valid_from:
        return "pending"
    return "active" if today <= valid_to else "ended"
