"""Which response says what is wrong with an answer."""

from __future__ import annotations

from typing import Any

from actions.labels import examples
from bot.nlg.catalogue import has_response
from bot.programme.field_text import Problem

_CODES = {
    "no_text": "empty",
    "impossible_date": "date",
    "birth_date_in_future": "date",
    "unknown_state": "state",
    "unknown_sex": "sex",
    "letter_expected": "pattern",
    "digit_for_letter": "pattern",
    "impossible_number": "check_digit",
}
_CODES_OF_STEP = {
    "curp": {"digit_expected": "pattern"},
    "nss": {"digit_expected": "alphabet", "letter_for_digit": "alphabet"},
    "address": {"number_missing": "street_number_missing"},
}
_OWN_WORDS = {"address", "municipality", "neighbourhood", "street", "occupation"}


def problem_response(step: str, problem: Problem, spoken: str) -> tuple[str, dict[str, Any]]:
    """The response for a problem at a step, and what it is given."""
    code = _CODES_OF_STEP.get(step, {}).get(problem.code) or _CODES.get(problem.code, problem.code)
    if code == "letter_for_digit" and not problem.suggestion:
        code = "pattern"
    if code == "not_a_value" and step in _OWN_WORDS:
        code = "text_not_a_value"
    names = (f"utter_problem_{step}_{code}", f"utter_problem_{code}", "utter_problem_unclear")
    given = {
        "given_length": problem.detail.get("length"),
        "suggestion": problem.suggestion,
        "word": problem.detail.get("word"),
        **examples(spoken),
    }
    return next(name for name in names if has_response(name)), given
