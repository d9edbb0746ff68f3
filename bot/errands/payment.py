"""Errands about paying: the línea de captura with its slip, and whether it was paid."""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import Any

from bot.imss.client import ImssClient, idempotency_key
from bot.imss.errors import Rejected
from bot.imss.json_form import to_json
from bot.imss.models import CaptureLine, InstituteQuota
from bot.messaging.errand_runner import Inside, Result
from bot.messaging.errands import Errand
from bot.people.files import Files
from bot.programme.exchange_rate import exchange_rate, with_configured_rate
from bot.programme.figures import load_figures
from bot.programme.quota import quota_by_period
from bot.programme.year_parameters import FiguresNotPublished, Zone
from bot.settings import Settings
from bot.slips.page import draw_page
from bot.slips.picture import draw_picture
from bot.slips.slip import CaptureLineSlip, slip_text
from bot.storage.database import Database

log = logging.getLogger(__name__)

PICTURE, PAGE = "linea-de-captura.png", "linea-de-captura.pdf"
CENTAVO = Decimal("0.01")
_KEPT = (
    "capture_line",
    "amount",
    "first_month",
    "last_month",
    "pay_by",
    "state",
    "replaces",
    "test",
)


class Payments:
    """Asks for lines and draws their slips."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._files = Files(database)

    def issue(self, errand: Errand, client: ImssClient) -> Result:
        """The line with which the next period is paid, both quotas for it, picture and page."""
        request = errand.request
        line = client.issue_capture_line(request["folio"], idempotency_key("errand", errand.key))
        theirs = _their_quota(client, request, line)
        ours = _our_quota(request, line)
        for quota, whose in ((ours, "ours"), (theirs.total if theirs else None, "the service's")):
            if quota is not None and abs(quota - line.amount) > CENTAVO:
                # The amount on the line governs; somebody has to see why they differ.
                log.critical("ALARM errand %s: the line's amount is not %s", errand.id, whose)
        answer = {
            "line": {name: to_json(getattr(line, name)) for name in _KEPT},
            "quota": to_json(theirs.total) if theirs else None,
            "ours": None if ours is None else to_json(ours),
            "branches": _branches(theirs),
        }
        return Result("done", answer, inside=self._slip(errand, line))

    def state(self, errand: Errand, client: ImssClient) -> Result:
        """Whether the line was paid, and the cover."""
        folio = errand.request["folio"]
        line = client.capture_line(folio, errand.request["capture_line"])
        cover = client.cover(folio)
        kept = {name: to_json(getattr(line, name)) for name in (*_KEPT, "paid_at")}
        return Result("done", {"line": kept, "cover": to_json(cover)})

    def _slip(self, errand: Errand, line: CaptureLine) -> Inside:
        rate = exchange_rate(with_configured_rate(load_figures(), self._settings.exchange_rate))
        slip = CaptureLineSlip(
            capture_line=line.capture_line,
            amount=line.amount,
            first_month=line.first_month.first_day,
            last_month=line.last_month.first_day,
            pay_by=line.pay_by,
            folio=line.folio,
            is_test=line.test,
        )
        words = slip_text(slip, rate, errand.request["language"])
        # Drawn before the transaction begins: that takes longer than writing it.
        drawn = (
            ("image", PICTURE, "image/png", draw_picture(words)),
            ("page", PAGE, "application/pdf", draw_page(words)),
        )

        def keep(connection: Any, _now: float) -> dict[str, Any]:
            whose = errand.person_id
            return {
                kind: f"file:{self._files.keep(connection, whose, name, form, content)}/{name}"
                for kind, name, form, content in drawn
            }

        return keep


def _their_quota(
    client: ImssClient, request: dict[str, Any], line: CaptureLine
) -> InstituteQuota | None:
    try:
        return client.quota(
            Decimal(request["monthly_income"]),
            Zone(request["zone"]),
            request["period"],
            request["infonavit"],
            line.first_month,
        )
    except Rejected:
        # There is a line, so the person gets it.
        return None


def _our_quota(request: dict[str, Any], line: CaptureLine) -> Decimal | None:
    try:
        quotas = quota_by_period(
            Decimal(request["monthly_income"]),
            line.first_month,
            zone=Zone(request["zone"]),
            infonavit=request["infonavit"],
        )
    except FiguresNotPublished:
        return None
    return quotas[request["period"]].total


def _branches(quota: InstituteQuota | None) -> list[tuple[str, str]]:
    """Each branch's share of the whole period."""
    sums: dict[str, Decimal] = {}
    for month in quota.months if quota else ():
        for branch in month.branches:
            sums[branch.branch] = sums.get(branch.branch, Decimal(0)) + branch.amount
    return [(branch, str(to_json(amount))) for branch, amount in sums.items() if amount]
