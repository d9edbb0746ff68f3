"""Whether somebody can join as a Mexican who works abroad, in at most five questions.

Never asked, and no part of any answer: migration status abroad, health, what a pension is for.
Articles are of the Ley del Seguro Social (reform DOF 15-01-2026); the rest is of the FAQ of IMSS
and of its communiqués. Where neither says, the verdict is `ask_imss`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

Question = Literal["nationality", "work", "adult", "pension", "wanted"]
Verdict = Literal["yes", "yes_but", "other_scheme", "ask_imss"]
Scheme = Literal["independent_in_mexico", "employer_in_mexico", "family_health_insurance"]

QUESTIONS: tuple[Question, ...] = get_args(Question)
OPTIONS: dict[Question, tuple[str, ...]] = {
    "nationality": ("mexican", "foreign"),
    "work": (
        "employed_abroad",
        "own_account_abroad",
        "both_countries",
        "employer_in_mexico",
        "own_account_in_mexico",
        "not_working",
    ),
    "adult": ("adult", "minor"),
    "pension": ("pensioner", "none"),
    "wanted": ("medical_only", "everything"),
}
NOT_SURE = "not_sure"  # an answer to any question


class StillToAsk(ValueError):
    """Nothing can be decided before `question` is answered."""

    def __init__(self, question: Question) -> None:
        self.question = question
        super().__init__(question)


@dataclass(frozen=True)
class EligibilityAnswers:
    """The answers so far: an id of OPTIONS, NOT_SURE, or None where it was not asked.

    Raises ValueError for anything else.
    """

    nationality: str | None = None
    work: str | None = None
    adult: str | None = None
    pension: str | None = None
    wanted: str | None = None

    def __post_init__(self) -> None:
        for question in QUESTIONS:
            answer = getattr(self, question)
            if answer not in (None, NOT_SURE, *OPTIONS[question]):
                raise ValueError(f"no answer to {question}: {answer!r}")

    def with_answer(self, question: Question, answer: str) -> EligibilityAnswers:
        """These answers and one more, or another in its place. Raises ValueError as above."""
        return replace(self, **{question: answer})


@dataclass(frozen=True)
class Reason:
    """Why: a code, and the article or fact that it rests on."""

    code: str
    article: str


@dataclass(frozen=True)
class Eligibility:
    """The verdict with its reasons, the weightiest first; `scheme` where another one fits."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    scheme: Scheme | None = None


WORKS_ABROAD = Reason("works_abroad_without_mexican_employer", "IMSS; LSS 13-I")
EMPLOYED_ABROAD = Reason("employer_abroad_is_no_bar", "LSS 224")
OWN_ACCOUNT = Reason("works_on_own_account", "LSS 13-I, 5 A-XX")
BOTH_COUNTRIES = Reason("works_in_both_countries", "LSS 13-I, 224")
MEDICAL_ONLY = Reason("medical_cover_alone_exists", "LSS 240, 243")
FOREIGNER = Reason("foreigner_needs_legal_stay_in_mexico", "IMSS FAQ")
MEXICAN_EMPLOYER = Reason("employer_in_mexico_must_register", "LSS 12-I")
ALSO_INDEPENDENT = Reason("may_join_beside_a_job", "LSS 224")
WORKS_IN_MEXICO = Reason("works_in_mexico", "LSS 13-I, 5 A-XX")
NO_INCOME = Reason("quota_is_of_income_from_work", "LSS 227-I")
FAMILY_INSURANCE = Reason("family_health_insurance_exists", "LSS 240")
MINOR = Reason("no_rule_on_minimum_age_found", "LSS 13, 222-231")
PENSIONER = Reason("pension_may_be_affected", "LSS 173, 151")
UNSURE = Reason("answer_not_sure", "")


def next_question(answers: EligibilityAnswers) -> Question | None:
    """The question whose answer still matters, None where the verdict is certain already."""
    for question in QUESTIONS:
        answer = getattr(answers, question)
        if answer is None:
            return question
        if _settled(question, answer) is not None:
            return None
    return None


def decide(answers: EligibilityAnswers) -> Eligibility:
    """The verdict with its reasons. Raises StillToAsk where an answer that matters is missing."""
    for question in QUESTIONS:
        answer = getattr(answers, question)
        if answer is None:
            raise StillToAsk(question)
        settled = _settled(question, answer)
        if settled is not None:
            return settled
    reasons = [WORKS_ABROAD, OWN_ACCOUNT]
    if answers.work == "employed_abroad":
        reasons[1] = EMPLOYED_ABROAD
    conditions = []
    if answers.work == "both_countries":
        reasons, conditions = [OWN_ACCOUNT], [BOTH_COUNTRIES]
    if answers.wanted == "medical_only":
        conditions.append(MEDICAL_ONLY)
    verdict: Verdict = "yes_but" if conditions else "yes"
    scheme: Scheme | None = "family_health_insurance" if MEDICAL_ONLY in conditions else None
    return Eligibility(verdict, (*conditions, *reasons), scheme)


def _settled(question: Question, answer: str) -> Eligibility | None:
    """The verdict that one answer settles whatever the others are."""
    # Who does not know what to ask for is told of everything.
    if answer == NOT_SURE and question != "wanted":
        return Eligibility("ask_imss", (UNSURE,))
    return {
        ("nationality", "foreign"): Eligibility(
            "other_scheme", (FOREIGNER,), "independent_in_mexico"
        ),
        ("work", "employer_in_mexico"): Eligibility(
            "other_scheme", (MEXICAN_EMPLOYER, ALSO_INDEPENDENT), "employer_in_mexico"
        ),
        ("work", "own_account_in_mexico"): Eligibility(
            "other_scheme", (WORKS_IN_MEXICO,), "independent_in_mexico"
        ),
        ("work", "not_working"): Eligibility(
            "other_scheme", (NO_INCOME, FAMILY_INSURANCE), "family_health_insurance"
        ),
        ("adult", "minor"): Eligibility("ask_imss", (MINOR,)),
        ("pension", "pensioner"): Eligibility("ask_imss", (PENSIONER,)),
    }.get((question, answer))
