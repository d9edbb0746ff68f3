"""Reminders before the date on the line and at the renewal, in the person's own time."""

from __future__ import annotations

from datetime import date, datetime, timezone

from actions.tasks.talk import Outcome, Talk, wrong
from actions.tasks.task import Task
from actions.tasks.time_zone import choose_zone, read_zone_answer, time_zone
from bot.people.effects import cancelled, errand
from bot.people.record import KeptLine
from bot.programme.figures import print_day
from bot.programme.month import Month
from bot.programme.reminder_times import Reminder as Planned
from bot.programme.reminder_times import reminder_times


class Reminder(Task):
    """Asking for it is the consent to it; one word ends it."""

    name = "reminder"

    def next_step(self, talk: Talk) -> str | None:
        if talk.record.line is None or talk.record.registered is None:
            return None
        return None if time_zone(talk) else "time_zone"

    def read(self, talk: Talk, step: str) -> Outcome:
        return read_zone_answer(talk)

    def choose(self, talk: Talk, step: str, value: str) -> Outcome:
        return choose_zone(talk, value) if step == "time_zone" else wrong("utter_answer_late")

    def finish(self, talk: Talk, ended: str) -> None:
        line, zone = talk.record.line, time_zone(talk)
        if line is None or talk.record.registered is None:
            talk.say("utter_reminder_needs_line")
        elif zone is None:
            talk.say("utter_task_stopped")
        else:
            _plan(talk, line, zone)


def _plan(talk: Talk, line: KeptLine, zone: str) -> None:
    last_month = Month.parse(line.last_month)
    planned = reminder_times(
        date.fromisoformat(line.pay_by),
        last_month.first_day,
        zone,
        datetime.now(tz=timezone.utc),
    )
    if not planned:
        talk.say("utter_reminders_too_late")
        return
    talk.effects.append(cancelled("remind"))
    talk.effects += [_errand(talk, line, zone, reminder) for reminder in planned]
    days = (print_day(reminder.at.date(), talk.language) for reminder in planned)
    talk.say("utter_reminder_set", reminder_days=", ".join(days))


def _errand(talk: Talk, line: KeptLine, zone: str, planned: Planned) -> dict[str, object]:
    until = Month.parse(line.last_month)
    request = {
        "what": planned.kind,
        "time_zone": zone,
        "folio": talk.record.registered.folio if talk.record.registered else "",
        "capture_line": line.capture_line,
        "pay_by": line.pay_by,
        "amount": line.amount,
        "until": until.first_day.replace(day=until.days).isoformat(),
    }
    return errand("remind", request, planned.at)
