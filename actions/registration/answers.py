"""Reads what is answered to a step, in words or by an option."""

from __future__ import annotations

from dataclasses import replace

from actions.registration import options
from actions.registration.corrections import field_meant, new_values, wants_to_correct
from actions.registration.problems import problem_response
from actions.registration.reading import read_step
from actions.registration.values import allowed, change, take, take_more
from actions.tasks.consent import earlier_text
from actions.tasks.talk import TAKEN, Outcome, Talk, mistaken, told, wrong
from bot.nlg.catalogue import has_response
from bot.people.steps import without_age
from bot.programme.beneficiary_ages import read_ages
from bot.programme.beneficiary_text import read_studies
from bot.programme.field_text import Problem
from bot.programme.nss import MASKED_SSN
from bot.programme.phone import read_country, read_phone
from bot.programme.registration import RegistrationDraft, WrongValue
from bot.programme.yes_no import read_yes_no

# Codes of a text in which there is nothing like the value that was asked for.
NOTHING_FOUND = {
    *("none_found", "unclear", "question", "not_a_value", "not_a_name", "empty", "no_text"),
    *("too_long", "other_alphabet", "markup"),
}
_YES_OR_NO = {
    *("curp_confirmed", "infonavit", "income_consent", "start_over_confirm", "email_suggestion"),
}


def read_own(talk: Talk, step: str) -> Outcome:
    """Takes an answer to the step itself."""
    if step in _YES_OR_NO:
        return _read_yes_no(talk, step)
    others = {
        "phone_country": _read_country,
        "correct_which": _read_which,
        "summary": _read_summary,
        "beneficiary_ages": _read_ages,
        "beneficiary_studies": _read_studies,
    }
    if step in others:
        return others[step](talk)
    read = read_step(step, talk.text, talk.record.draft, talk.state)
    if isinstance(read, Problem):
        return problem_outcome(talk, step, read)
    return take(talk, step, read, talk.text)


def _read_yes_no(talk: Talk, step: str) -> Outcome:
    said = read_yes_no(talk.text)
    if isinstance(said, Problem):
        return problem_outcome(talk, step, said)
    return choose(talk, step, "yes" if said else "no")


def _read_country(talk: Talk) -> Outcome:
    country = read_country(talk.text)
    if isinstance(country, Problem):
        whole = read_phone(talk.text)
        if isinstance(whole, Problem):
            return problem_outcome(talk, "phone_country", country)
        return take(talk, "phone", {"phone": whole}, talk.text)
    return choose(talk, "phone_country", country)


def _read_which(talk: Talk) -> Outcome:
    values = new_values(talk)
    if values:
        return change(talk, values)
    field = field_meant(talk)
    if field is not None:
        return options.fix(talk, field)
    if read_yes_no(talk.text) is False:
        return choose(talk, "correct_which", "back")
    return wrong("utter_problem_unclear")


def _read_summary(talk: Talk) -> Outcome:
    if wants_to_correct(talk):
        return correct(talk)
    more = take_more(talk, "summary", talk.text)
    if more is not None:
        return more
    field = field_meant(talk)
    if field is not None:
        return options.fix(talk, field)
    said = read_yes_no(talk.text)
    if isinstance(said, Problem):
        return problem_outcome(talk, "summary", said)
    return choose(talk, "summary", "send" if said else "correct")


def _read_ages(talk: Talk) -> Outcome:
    ageless = without_age(talk.record.draft)
    ages = read_ages(talk.text, len(ageless))
    if isinstance(ages, Problem):
        return problem_outcome(talk, "beneficiaries", ages)
    given = iter(ages)
    family = tuple(
        replace(relative, age=next(given)) if relative in ageless else relative
        for relative in talk.record.draft.beneficiaries or ()
    )
    return take(talk, "beneficiary_ages", {"beneficiaries": family}, "")


def _read_studies(talk: Talk) -> Outcome:
    studies = read_studies(talk.text)
    if isinstance(studies, Problem):
        return problem_outcome(talk, "beneficiary_studies", studies)
    return choose(talk, "beneficiary_studies", studies)


def problem_outcome(talk: Talk, step: str, problem: Problem) -> Outcome:
    """What becomes of a text that is no value: a question that settles it, the way to get what is
    missing, or what is wrong."""
    if problem.code == "ambiguous_country":
        talk.state["phone_digits"] = problem.detail["digits"]
        return TAKEN
    if step == "email" and problem.suggestion:
        written = problem.detail.get("written")
        talk.state["email"] = {"suggestion": problem.suggestion, "written": written}
        return TAKEN
    if problem.code == "number_missing":
        # The street is kept: the number that is asked for belongs to it.
        talk.state["number_asked"] = problem.detail["written"]
    if problem.code == "not_known" or talk.intent == "dont_have_it":
        has_own = has_response(f"utter_dont_have_{step}")
        return told(f"utter_dont_have_{step if has_own else 'other'}")
    if problem.code == "no_text" and MASKED_SSN in talk.text:
        # Nine digits are masked before they get here: a US number, or a ZIP code in full.
        problem = Problem("us_zip" if step == "postal_code" else "us_ssn")
    response, given = problem_response(step, problem, talk.language)
    return (wrong if problem.code in NOTHING_FOUND else mistaken)(response, **given)


def can_correct(talk: Talk) -> bool:
    """Whether the correction is of something that was given."""
    return bool(new_values(talk)) or field_meant(talk) is not None


def correct(talk: Talk) -> Outcome:
    """Changes what a message corrects, or asks which datum is meant."""
    values = allowed(talk, new_values(talk))
    if "curp" in values and talk.record.registered is not None:
        return wrong("utter_problem_curp_other_person")
    if values:
        return change(talk, values)
    field = field_meant(talk)
    if field is not None:
        return options.fix(talk, field)
    if talk.record.draft != RegistrationDraft():
        talk.state["which"] = True
    return TAKEN


def choose(talk: Talk, step: str, value: str) -> Outcome:
    """Takes an option of a step."""
    if step == "consent":
        outcome = options.consent(talk, value)
        if talk.record.consent is not None:
            return take_more(talk, "", earlier_text(talk)) or outcome
        return outcome
    done = options.choose(talk, step, value)
    if isinstance(done, Outcome):
        return done
    try:
        return take(talk, step, done, "")
    except WrongValue:
        return wrong("utter_answer_late")
