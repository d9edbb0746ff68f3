"""What an option of the registration means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from actions.quota import current_rate
from actions.registration.reading import Values
from actions.tasks import consent as notice
from actions.tasks.talk import TAKEN, Outcome, Talk, wrong
from bot.imss.json_form import to_json
from bot.people.effects import errand
from bot.people.registration_request import IncompleteError, registration_request
from bot.people.steps import student_to_ask_about
from bot.programme.phone import Phone, read_phone
from bot.programme.registration import RegistrationDraft
from bot.programme.registration_fields import FieldName
from bot.programme.year_parameters import Zone


def fix(talk: Talk, field: FieldName) -> Outcome:
    """The next question is for this field. The CURP of a registration cannot change."""
    if field == "curp" and talk.record.registered is not None:
        return wrong("utter_problem_curp_other_person")
    talk.state.pop("which", None)
    talk.state["fix"] = field
    return TAKEN


def consent(talk: Talk, value: str) -> Outcome:
    """The answer to the privacy notice."""
    return notice.give(talk, value)


def choose(talk: Talk, step: str, value: str) -> Outcome | Values:
    """What becomes of an option: the values that it stands for, or an outcome."""
    steps = {
        "curp_confirmed": _curp_confirmed,
        "phone_country": _phone_country,
        "email_suggestion": _email_suggestion,
        "income_consent": _income_consent,
        "beneficiary_studies": _studies,
        "summary": _summary,
        "correct_which": _correct_which,
        "start_over_confirm": _start_over,
    }
    if step in steps:
        return steps[step](talk, value)
    return _values(step, value)


def _values(step: str, value: str) -> Outcome | Values:
    values: dict[tuple[str, str], Any] = {
        ("address_of", "own"): "own",
        ("address_of", "beneficiaries"): "beneficiaries",
        ("zone", "zlfn"): Zone.ZLFN,
        ("zone", "general"): Zone.GENERAL,
        ("infonavit", "yes"): True,
        ("infonavit", "no"): False,
        ("beneficiaries", "none"): (),
        **{("period", str(months)): months for months in (1, 2, 6, 12)},
    }
    if (step, value) not in values:
        return wrong("utter_answer_late")
    return {step: values[step, value]}  # type: ignore[dict-item]


def _curp_confirmed(talk: Talk, value: str) -> Outcome | Values:
    return {"curp_confirmed": True} if value == "yes" else {"curp": None}


def _phone_country(talk: Talk, value: str) -> Outcome | Values:
    digits = talk.state.get("phone_digits")
    if not digits or value not in ("US", "MX"):
        return wrong("utter_answer_late")
    phone = read_phone(digits, value)  # type: ignore[arg-type]
    if isinstance(phone, Phone):
        return {"phone": phone}
    talk.state.pop("phone_digits")
    return wrong("utter_problem_phone_not_valid")


def _email_suggestion(talk: Talk, value: str) -> Outcome | Values:
    asked = talk.state.pop("email", None)
    if asked is None:
        return wrong("utter_answer_late")
    if value == "yes":
        return {"email": asked["suggestion"]}
    # "as I wrote it" where that can be an address; else it is asked for again.
    return {"email": asked["written"]} if asked["written"] else TAKEN


def _income_consent(talk: Talk, value: str) -> Outcome | Values:
    given = talk.record.consent
    if given is None:
        return wrong("utter_answer_late")
    if value != "yes":
        talk.effects.append(notice.proof("without_income"))
        return talk.end("income_refused")
    talk.record = replace(talk.record, consent=replace(given, financial=True))
    talk.effects.append(notice.proof("all"))
    return TAKEN


def _studies(talk: Talk, value: str) -> Outcome | Values:
    student = student_to_ask_about(talk.record.draft)
    if student is None or value not in ("in_mexico", "abroad", "somewhere", "no"):
        return wrong("utter_answer_late")
    family = list(talk.record.draft.beneficiaries or ())
    # "somewhere" was asked about: it is taken for no school in Mexico, and the clinic decides.
    studies: Any = "abroad" if value == "somewhere" else value
    family[family.index(student)] = replace(student, studies=studies)
    return {"beneficiaries": tuple(family)}


def _summary(talk: Talk, value: str) -> Outcome | Values:
    if value == "correct":
        talk.state["which"] = True
        return TAKEN
    if value != "send":
        return wrong("utter_answer_late")
    return send(talk)


def send(talk: Talk) -> Outcome:
    """Sends the registration, or its changes, to the institute."""
    try:
        request = to_json(registration_request(talk.record, current_rate().pesos))
    except IncompleteError:
        return wrong("utter_answer_late")
    registered = talk.record.registered
    if registered is None:
        talk.effects.append(errand("register", {"registration": request}))
    else:
        change = {"registration": request, "folio": registered.folio}
        talk.effects.append(errand("change", change))
    talk.record = replace(talk.record, state="sent", changed=False)
    return talk.end("sent")


def _correct_which(talk: Talk, value: str) -> Outcome | Values:
    talk.state.pop("which", None)
    return TAKEN


def _start_over(talk: Talk, value: str) -> Outcome | Values:
    talk.state.clear()
    if value != "yes":
        return TAKEN
    talk.record = replace(talk.record, draft=RegistrationDraft(), changed=False)
    return Outcome("taken", (("utter_start_over_done", {}),))
