"""What came of an errand is told to the person it was done for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.clinic_hours import hours_in_words
from actions.conversation import entity
from actions.labels import is_topic, registration_label, topic_label
from actions.line import line_errand, show_line
from actions.requests import Request
from actions.tasks.talk import Talk
from bot.nlg.catalogue import has_response
from bot.people.effects import CODE_MINUTES
from bot.people.record import Registered
from bot.programme.figures import print_day, print_pesos
from bot.programme.month import Month

Answer = dict[str, Any]
# An agent gave the conversation back (bot.messaging.modes).
HAND_BACK = "hand_back"


class ActionErrandDone(Request):
    """Says a result, and takes it into what is known of the person."""

    def name(self) -> str:
        return "action_errand_done"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        events = super().run(dispatcher, tracker, domain)
        under_way = (tracker.active_loop or {}).get("name")
        if under_way and entity(tracker, "errand") == HAND_BACK:
            return [*events, FollowupAction(under_way)]  # what was asked last is asked again
        return events

    def do(self, talk: Talk) -> None:
        kind, outcome = _value(talk, "errand"), _value(talk, "outcome")
        if kind == HAND_BACK:
            return  # who came and who went was said when it happened
        if outcome == "later":
            talk.say("utter_service_down")
        elif kind in _RESULTS and outcome in ("done", "none"):
            _RESULTS[kind](talk, _value(talk, "answer"))
        else:
            _refused(talk, kind, outcome, _value(talk, "answer") or {})


def _value(talk: Talk, name: str) -> Any:
    for found in talk.tracker.latest_message.get("entities") or ():
        if found.get("entity") == name:
            return found.get("value")
    return None


def _registered(talk: Talk, answer: Answer) -> None:
    first = talk.record.registered is None
    registered = Registered(answer["folio"], answer["on"], answer["period"], answer["test"])
    talk.record = replace(talk.record, state="registered", registered=registered)
    if first:
        test = "_test" if registered.test else ""
        talk.say(f"utter_registration_done{test}", folio=registered.folio)
    talk.effects.append(line_errand(talk.record, registered.folio, talk.language))


def _status(talk: Talk, answer: Answer) -> None:
    talk.say(
        "utter_registration_status",
        folio=answer["folio"],
        registered_on=_day(talk, answer["on"]),
        period_label=registration_label(f"period_{answer['period']}", talk.language),
    )


def _payment(talk: Talk, answer: Answer) -> None:
    line, cover = answer["line"], answer["cover"]
    paid_at = line["paid_at"]
    talk.say(
        f"utter_payment_{line['state']}",
        pay_by=_day(talk, line["pay_by"]),
        paid_on=_day(talk, datetime.fromisoformat(paid_at).date().isoformat()) if paid_at else "",
    )
    if cover["state"] != "none" or line["state"] == "paid":
        talk.say(
            f"utter_cover_{cover['state']}",
            valid_from=_day(talk, cover["valid_from"]),
            valid_to=_day(talk, cover["valid_to"]),
        )


def _clinic(talk: Talk, answer: Answer) -> None:
    if "clinic" not in answer:
        talk.say("utter_clinic_none", postal_code=answer["postal_code"])
        return
    clinic, spoken = answer["clinic"], talk.language
    talk.say(
        "utter_clinic_found_test" if answer["test"] else "utter_clinic_found",
        clinic_name=clinic["name"],
        clinic_address=f"{clinic['address']}, {clinic['postal_code']}",
        clinic_hours=hours_in_words(clinic["opening_hours"], spoken),
        clinic_registration_hours=hours_in_words(clinic["registration_hours"], spoken),
        clinic_phone=clinic["phone"] or registration_label("no_phone", spoken),
    )


def _reminder(talk: Talk, answer: Answer) -> None:
    if answer["what"] == "due":
        talk.say(
            "utter_reminder_due",
            pay_by=_day(talk, answer["pay_by"]),
            amount=print_pesos(Decimal(answer["amount"])),
        )
    else:
        talk.say("utter_reminder_renewal", cover_until=_day(talk, answer["until"]))


def _link(talk: Talk, answer: Answer) -> None:
    if answer["link"] == "handoff":
        _go_on_after_a_call(talk, answer["topic"])
        return
    responses = {
        "linked": "utter_linked",
        "locked": "utter_link_locked",
        "own": "utter_link_own",
        "other_way": "utter_link_other_way",
        "spent": "utter_handoff_spent",
    }
    talk.say(
        responses.get(answer["link"], "utter_link_wrong"),
        tries_left=str(answer.get("tries_left", 0)),
        link_minutes=str(CODE_MINUTES),
    )


def _go_on_after_a_call(talk: Talk, topic: str) -> None:
    """Greets whoever gave the code of a call, and begins with what the call was about."""
    known = topic if is_topic(topic) else "ask_menu"
    label = topic_label(known, talk.language)
    talk.say("utter_handoff_continued", topic_label=label)
    talk.go_on_with(known, label)


def _erased(talk: Talk, answer: Answer) -> None:
    talk.say("utter_erased", folio=answer["folio"])


_RESULTS: dict[str, Callable[[Talk, Answer], None]] = {
    "register": _registered,
    "change": _registered,
    "capture_line": show_line,
    "status": _status,
    "payment": _payment,
    "clinic": _clinic,
    "remind": _reminder,
    "link": _link,
    "erase": _erased,
}


def _refused(talk: Talk, kind: str, outcome: str, answer: Answer) -> None:
    """The service said no, or there is none."""
    if kind in ("register", "change"):
        # What was given is there still, and can be corrected and sent again.
        known = talk.record.registered is not None
        talk.record = replace(talk.record, state="registered" if known else "open", changed=known)
    code = answer.get("code", "")
    if outcome == "no_service":
        talk.say("utter_no_service")
    elif kind in ("register", "change"):
        named = f"utter_registration_rejected_{code}"
        talk.say(named if has_response(named) else "utter_registration_rejected_other")
    elif code == "cover_already_paid" and talk.record.line is not None:
        renewable = Month.parse(talk.record.line.last_month).first_day.isoformat()
        talk.say("utter_line_already_paid", renewable_from=_day(talk, renewable))
    elif code == "figures_not_published":
        talk.say("utter_line_figures_missing")
    else:
        talk.say("utter_service_refused")


def _day(talk: Talk, day: str | None) -> str:
    return print_day(date.fromisoformat(day), talk.language) if day else ""
