"""What is done with a value that was given: it is set, with what else the message gives, and what
does not go together is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from actions.registration.reading import Values, differing, read_more, set_values, today
from actions.registration.words import field_labels
from actions.tasks.talk import Outcome, Talk, wrong
from bot.nlg.catalogue import has_response
from bot.programme.registration import RegistrationDraft
from bot.programme.registration_checks import Inconsistency, inconsistencies
from bot.programme.registration_fields import FieldName

# Read out of digits: those of a mistyped number may be taken for another one.
NUMBERS: tuple[FieldName, ...] = ("nss", "phone", "postal_code", "income")


def take(talk: Talk, step: str, values: Values, text: str) -> Outcome:
    """Sets the values, and what else the message gives. Another CURP after one's own is none of
    these: a registration is of one person."""
    before = talk.record.draft
    more = {
        field: value
        for field, value in allowed(talk, read_more(text)).items()
        if getattr(before, field) is None and field not in values
    }
    _set(talk, {**values, **more})
    for kept in ("fix", "which", "number_asked", "phone_digits", "email"):
        talk.state.pop(kept, None)
    says = _warnings(talk, before)
    if more:
        taken = field_labels([*values, *more], talk.language)
        says = (("utter_taken", {"taken_fields": taken}), *says)
    return Outcome("taken", says)


def take_more(
    talk: Talk, step: str, text: str, besides: tuple[FieldName, ...] = ()
) -> Outcome | None:
    """What a message gives that holds no answer to the step; `besides`: not these."""
    draft = talk.record.draft
    found = allowed(talk, differing(draft, read_more(text)))
    found = {field: value for field, value in found.items() if field not in besides}
    if "curp" in found and draft.curp is not None and draft.curp_confirmed:
        return wrong("utter_problem_curp_other_person")
    return change(talk, found) if found else None


def earnings_said(talk: Talk) -> Outcome | None:
    """Another income than the one that is known, where the message tells one."""
    found = differing(talk.record.draft, allowed(talk, read_more(talk.text)))
    return change(talk, {"income": found["income"]}) if "income" in found else None


def change(talk: Talk, values: Values) -> Outcome:
    """Sets values that were not asked for just now, and says which."""
    before = talk.record.draft
    _set(talk, values)
    for kept in ("fix", "which", "number_asked"):
        talk.state.pop(kept, None)
    taken = field_labels(values, talk.language)
    return Outcome("taken", (("utter_taken", {"taken_fields": taken}), *_warnings(talk, before)))


def allowed(talk: Talk, values: Values) -> Values:
    """The values that may be kept by the consent that was given."""
    consent = talk.record.consent
    if consent is None:
        return {}
    return {f: v for f, v in values.items() if f != "income" or consent.financial}


def _set(talk: Talk, values: Values) -> None:
    before = talk.record.draft
    draft = set_values(before, values)
    changed = talk.record.changed or (talk.record.state == "registered" and draft != before)
    talk.record = replace(talk.record, draft=draft, changed=changed)


def _warnings(talk: Talk, before: RegistrationDraft) -> tuple[tuple[str, dict[str, Any]], ...]:
    known = set(map(_identity, inconsistencies(before, today())))
    fresh = (i for i in inconsistencies(talk.record.draft, today()) if _identity(i) not in known)
    named = ((f"utter_warn_{i.detail.get('doubt', i.code)}", dict(i.detail)) for i in fresh)
    return tuple((name, detail) for name, detail in named if has_response(name))


def _identity(found: Inconsistency) -> tuple[str, str]:
    return found.code, str(sorted(found.detail.items()))
