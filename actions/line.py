"""The línea de captura in the chat: asking for it and showing it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from actions.labels import registration_label
from actions.quota import current_rate
from actions.tasks.satisfaction import ask_satisfaction
from actions.tasks.talk import Talk
from bot.imss.json_form import to_json
from bot.people.effects import Effect, errand
from bot.people.record import KeptLine, PersonRecord
from bot.people.registration_request import registration_request
from bot.programme.figures import print_day, print_dollars, print_month, print_pesos
from bot.programme.month import Month


def line_errand(record: PersonRecord, folio: str, spoken: str) -> Effect:
    """Asks for the line of a registration. Raises IncompleteError where data are missing."""
    request = registration_request(record, current_rate().pesos)
    return errand(
        "capture_line",
        {
            "folio": folio,
            "monthly_income": to_json(request.monthly_income),
            "zone": request.zone.value,
            "period": request.contribution_period,
            "infonavit": request.infonavit,
            "language": spoken,
        },
    )


def show_line(talk: Talk, answer: dict[str, Any]) -> None:
    """Says the line in words, alone, as a picture and a page; then what comes next. With a new
    line the task is over."""
    given, before = answer["line"], talk.record.line
    line = KeptLine(
        capture_line=given["capture_line"],
        amount=given["amount"],
        pay_by=given["pay_by"],
        first_month=given["first_month"],
        last_month=given["last_month"],
        test=given["test"],
        quota=answer["quota"],
        ours=answer["ours"],
        branches=tuple((str(branch), str(amount)) for branch, amount in answer["branches"]),
    )
    talk.record = replace(talk.record, line=line)
    _say_what_became_of_the_other(talk, line, given["replaces"], before)
    _say_line(talk, line)
    talk.say("utter_line", capture_line=line.capture_line)
    mark = registration_label("test_mark", talk.language) if line.test else ""
    talk.say("utter_line_slip", test_mark=mark, image=answer["image"], attachment=answer["page"])
    next_steps(talk, line)
    if before is None or before.capture_line != line.capture_line:
        ask_satisfaction(talk, "registration" if before is None else "line")


def next_steps(talk: Talk, line: KeptLine) -> None:
    """The checklist: pay, cover begins, the family at the clinic, the appointment."""
    talk.say(
        "utter_next_steps",
        pay_by=print_day(date.fromisoformat(line.pay_by), talk.language),
        cover_from=print_day(Month.parse(line.first_month).first_day, talk.language),
    )


def _say_line(talk: Talk, line: KeptLine) -> None:
    rate, spoken = current_rate(), talk.language
    amount = Decimal(line.amount)
    first, last = (
        print_month(Month.parse(month).first_day, spoken)
        for month in (line.first_month, line.last_month)
    )
    talk.say(
        "utter_line_issued_test" if line.test else "utter_line_issued",
        amount=print_pesos(amount),
        amount_usd=print_dollars(amount / rate.pesos),
        exchange_rate=f"${rate.pesos}",
        exchange_date=print_day(rate.day, spoken),
        period_covered=first if first == last else f"{first} – {last}",
        pay_by=print_day(date.fromisoformat(line.pay_by), spoken),
        folio=talk.record.registered.folio if talk.record.registered else "",
    )


def _say_what_became_of_the_other(
    talk: Talk, line: KeptLine, replaces: str | None, before: KeptLine | None
) -> None:
    if before is None:
        return
    if before.capture_line == line.capture_line:
        talk.say("utter_line_same")
    elif replaces == before.capture_line:
        expired = date.fromisoformat(before.pay_by) < date.today()  # noqa: DTZ011  the calendar here
        talk.say("utter_line_replaced_expired" if expired else "utter_line_replaced_changed")
