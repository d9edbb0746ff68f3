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

_CURP_KINDS = "LLLLDDDDDDLLLLLL?D"  # letters, digits, either
_MOST_PIECES = 6
_MOST_DEVIATIONS = 6
# Broken by spaces, hyphens and dots.
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
            **read_back(report, language(tracker)),
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
    """The part of a message that is most like a CURP, which may be written in pieces; None where
    nothing is."""
    pieces = list(re.finditer(r"[^\W_]+", message))
    runs = (
        message[pieces[first].start() : pieces[last].end()]
        for first in range(len(pieces))
        for last in range(first, min(first + _MOST_PIECES, len(pieces)))
        if sum(map(str.isdigit, message[pieces[first].start() : pieces[last].end()])) >= 5
    )
    # Of equals the shorter run: the words around a key are not part of it.
    likeliest = min(runs, key=lambda run: (_deviations(run), len(run)), default="")
    return likeliest if _deviations(likeliest) <= _MOST_DEVIATIONS else None


def _deviations(run: str) -> int:
    """How much a text differs in length and in kinds of characters from a CURP."""
    key = re.sub(r"\W", "", run)
    misplaced = sum(
        (kind == "L" and character.isdigit()) or (kind == "D" and not character.isdigit())
        for character, kind in zip(key, _CURP_KINDS, strict=False)
    )
    return misplaced + abs(len(key) - len(_CURP_KINDS))


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


def read_back(report: CurpReport, language: str) -> dict[str, str]:
    """What a CURP says of its owner, in words."""
    return {
        "curp_birth_date": print_day(report.birth_date, language) if report.birth_date else "",
        "curp_sex": key_label(f"sex_{report.sex}", language),
        "curp_state": key_label("born_abroad", language)
        if report.state == "NE"
        else str(report.state_name),
    }
