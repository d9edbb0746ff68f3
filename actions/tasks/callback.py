"""A call back: the number, a half hour in the person's own time, a folio."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from babel.dates import format_datetime

from actions.labels import examples
from actions.registration.problems import problem_response
from actions.tasks.consent import ask_for_consent, give, read_consent
from actions.tasks.talk import TAKEN, Outcome, Talk, wrong
from actions.tasks.task import Task
from actions.tasks.time_zone import choose_zone, read_zone_answer, time_zone
from bot.people.effects import case, new_folio
from bot.programme.callback_slots import next_slots, read_slot
from bot.programme.field_text import Problem
from bot.programme.figures import LOCALES
from bot.programme.phone import Phone, masked_phone, read_country, read_phone
from bot.programme.yes_no import read_yes_no

SLOTS_OFFERED = 6


class Callback(Task):
    """Nothing is kept before consent: the number is a personal datum."""

    name = "callback"
    rated = True

    def next_step(self, talk: Talk) -> str | None:
        if talk.record.consent is None:
            return "consent"
        if talk.state.get("digits"):
            return "phone_country"
        if not talk.state.get("phone"):
            known = talk.record.draft.phone is not None and not talk.state.get("other")
            return "callback_phone_known" if known else "callback_phone"
        if time_zone(talk) is None:
            return "time_zone"
        return "callback_slot"

    def ask(self, talk: Talk, step: str) -> None:
        if step == "consent":
            ask_for_consent(talk)
            return
        given: dict[str, Any] = dict(examples(talk.language))
        phone = talk.record.draft.phone
        if step == "callback_phone_known" and phone is not None:
            given["phone_masked"] = masked_phone(phone)
        if step == "callback_slot":
            given["buttons"] = self._slots(talk)
        talk.say(f"utter_step_{step}", **given)

    def explain(self, talk: Talk, step: str) -> None:
        named = {"callback_phone", "callback_slot", "time_zone"}
        if step in named:
            super().explain(talk, step)
        else:
            self.ask(talk, step)

    def why(self, talk: Talk, step: str) -> None:
        phone = step in ("callback_phone_known", "phone_country")
        super().why(talk, "callback_phone" if phone else step)

    def has_options(self, step: str) -> bool:
        return step == "callback_slot" or super().has_options(step)

    def read(self, talk: Talk, step: str) -> Outcome:
        if step == "consent":
            said = read_consent(talk.text)
            return said if isinstance(said, Outcome) else self.choose(talk, step, said)
        if step == "time_zone":
            return read_zone_answer(talk)
        if step == "callback_slot":
            return self._read_slot(talk)
        return self._read_phone(talk, step)

    def _read_phone(self, talk: Talk, step: str) -> Outcome:
        if step == "phone_country":
            country = read_country(talk.text)
            return (
                wrong("utter_problem_unclear")
                if isinstance(country, Problem)
                else self.choose(talk, step, country)
            )
        phone = read_phone(talk.text)
        if isinstance(phone, Phone):
            return _keep_phone(talk, phone)
        if step == "callback_phone_known":
            said = read_yes_no(talk.text)
            if not isinstance(said, Problem):
                return self.choose(talk, step, "yes" if said else "other")
        if phone.code == "ambiguous_country":
            talk.state["digits"] = phone.detail["digits"]
            return TAKEN
        response, given = problem_response("phone", phone, talk.language)
        return wrong(response, **given)

    def _read_slot(self, talk: Talk) -> Outcome:
        zone = str(time_zone(talk))
        slot = read_slot(talk.text, datetime.now(tz=timezone.utc), zone)
        if isinstance(slot, Problem):
            response, given = problem_response("callback_slot", slot, talk.language)
            return wrong(response, **given)
        return self.choose(talk, "callback_slot", slot.isoformat())

    def choose(self, talk: Talk, step: str, value: str) -> Outcome:
        if step == "consent":
            return give(talk, value)
        if step == "time_zone":
            return choose_zone(talk, value)
        if step == "callback_slot":
            return self._choose_slot(talk, value)
        if step == "phone_country":
            phone = read_phone(talk.state.pop("digits", ""), "US" if value == "US" else "MX")
            if isinstance(phone, Phone):
                return _keep_phone(talk, phone)
            return wrong("utter_problem_phone_not_valid")
        known = talk.record.draft.phone
        if step == "callback_phone_known" and value == "yes" and known is not None:
            return _keep_phone(talk, known)
        talk.state["other"] = True
        return TAKEN

    def _choose_slot(self, talk: Talk, value: str) -> Outcome:
        slot, zone = datetime.fromisoformat(value), str(time_zone(talk))
        if slot <= datetime.now(tz=timezone.utc):
            return wrong("utter_problem_callback_slot_past")
        folio = new_folio("callback")
        content = {"phone": talk.state["phone"], "from": value, "time_zone": zone}
        talk.effects.append(case("callback", folio, content, slot))
        talk.state.update(folio=folio, slot=value)
        return talk.end("done")

    def finish(self, talk: Talk, ended: str) -> None:
        if ended == "refused":
            talk.say("utter_registration_without_consent")
        elif ended != "done":
            talk.say("utter_task_stopped")
        else:
            talk.say(
                "utter_callback_done",
                folio=talk.state["folio"],
                callback_slot=slot_in_words(
                    datetime.fromisoformat(talk.state["slot"]), talk.language
                ),
                phone_masked=masked_phone(Phone(talk.state["phone"], talk.state["country"])),
            )

    @staticmethod
    def _slots(talk: Talk) -> list[dict[str, str]]:
        now, zone = datetime.now(tz=timezone.utc), str(time_zone(talk))
        return [
            {
                "title": slot_in_words(slot, talk.language),
                "payload": f'/answer{{"step": "callback_slot", "value": "{slot.isoformat()}"}}',
            }
            for slot in next_slots(now, zone, SLOTS_OFFERED)
        ]


def slot_in_words(slot: datetime, spoken: str) -> str:
    """Day and half hour, short enough for a button: `jue 26 nov, 10:00`."""
    pattern = "EEE d MMM, H:mm" if spoken == "es" else "EEE d MMM, h:mm a"
    return str(format_datetime(slot, pattern, tzinfo=slot.tzinfo, locale=LOCALES[spoken]))


def _keep_phone(talk: Talk, phone: Phone) -> Outcome:
    talk.state.update(phone=phone.e164, country=phone.country)
    return TAKEN
