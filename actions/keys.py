"""Checks of a CURP or an NSS that somebody gives outside a registration."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import language, text
from actions.labels import key_label
from bot.nlg.catalogue import has_response
from bot.programme.curp import CurpProblem, CurpReport, check_curp
from bot.programme.figures import print_day
from bot.programme.nss import MASKED_SSN, check_nss

# Words around a key, in which a key may be broken by spaces, hyphens and dots.
_CURP_SHAPED = re.compile(
    r"\b[A-ZÑ0-9]{4}[\s.-]*[A-Z0-9]{5,7}[\s.-]*[A-ZÑ0-9]{5,7}[\s.-]*[A-Z0-9]{0,3}\b", re.IGNORECASE
)
_NSS_SHAPED = re.compile(r"(?<![\w-])[\dOIl](?:[\s.-]?[\dOIl•]){6,14}(?![\w-])")


class ActionCheckCurp(Action):
    """Says in plain words whether a CURP is well formed, and what is wrong where it is not."""

    def name(self) -> str:
        return "action_check_curp"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        found = find_curp(text(tracker))
        if found is None:
            dispatcher.utter_message(response="utter_ask_curp_to_check")
            return []
        report = check_curp(found)
        if not report.valid:
            problem = _worst(report)
            dispatcher.utter_message(
                response=f"utter_curp_problem_{_kind(problem)}", **_details(problem)
            )
            return []
        warned = any(problem.severity == "warning" for problem in report.problems)
        dispatcher.utter_message(
            response="utter_curp_warning" if warned else "utter_curp_valid",
            **_read_back(report, language(tracker)),
        )
        return []


class ActionCheckNss(Action):
    """Says in plain words whether an NSS is well formed; refuses a US number kindly."""

    def name(self) -> str:
        return "action_check_nss"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        found = find_nss(text(tracker))
        if found is None:
            dispatcher.utter_message(response="utter_ask_nss_to_check")
            return []
        report = check_nss(found)
        if report.valid:
            dispatcher.utter_message(response="utter_nss_valid")
            return []
        problem = report.problems[0]
        code = {
            "letter_for_digit": "alphabet",
            "digit_expected": "alphabet",
            "impossible_number": "check_digit",
        }
        response = f"utter_nss_problem_{code.get(problem.code, problem.code)}"
        dispatcher.utter_message(response=response, given_length=problem.detail.get("length"))
        return []


def find_curp(message: str) -> str | None:
    """The part of a message that is meant as a CURP: the one whose length is nearest to 18."""
    candidates = [match.group() for match in _CURP_SHAPED.finditer(message)]
    with_digits = [c for c in candidates if sum(character.isdigit() for character in c) >= 4]
    return min(with_digits, key=lambda c: abs(len(re.sub(r"\W", "", c)) - 18), default=None)


def find_nss(message: str) -> str | None:
    """The part of a message that is meant as an NSS: a run of digits, or a US number that was
    masked."""
    if MASKED_SSN in message:
        # What was there is not kept; that it had the US form is all that is known.
        return "000-00-0000"
    candidates = [match.group() for match in _NSS_SHAPED.finditer(message)]
    return max(candidates, key=len, default=None)


def _worst(report: CurpReport) -> CurpProblem:
    return next(problem for problem in report.problems if problem.severity == "error")


def _kind(problem: CurpProblem) -> str:
    """The response's name for a problem."""
    names = {
        "impossible_date": "date",
        "birth_date_in_future": "date",
        "unknown_state": "state",
        "unknown_sex": "sex",
        "digit_expected": "pattern",
        "letter_expected": "pattern",
        "digit_for_letter": "letter_for_digit",
    }
    kind = names.get(problem.code, problem.code)
    if kind == "letter_for_digit" and not problem.detail.get("suggestion"):
        return "pattern"
    return kind if has_response(f"utter_curp_problem_{kind}") else "pattern"


def _details(problem: CurpProblem) -> dict[str, Any]:
    return {
        "position": problem.position,
        "suggestion": problem.detail.get("suggestion"),
        "given_length": problem.detail.get("length"),
    }


def _read_back(report: CurpReport, language: str) -> dict[str, str]:
    return {
        "curp_birth_date": print_day(report.birth_date, language) if report.birth_date else "",
        "curp_sex": key_label(f"sex_{report.sex}", language),
        "curp_state": key_label("born_abroad", language)
        if report.state == "NE"
        else str(report.state_name),
    }
