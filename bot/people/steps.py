"""Which question of a registration comes next, by what is known and what is being corrected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from bot.imss.models import Kinship
from bot.people.record import PersonRecord
from bot.programme.beneficiaries import Relative, question_about
from bot.programme.registration import RegistrationDraft, missing_fields, steps_left
from bot.programme.registration_fields import FieldName

ADDRESS_LINES: tuple[FieldName, ...] = ("street", "neighbourhood", "municipality")


def next_step(record: PersonRecord, state: Mapping[str, Any]) -> str:
    """The step to ask for: a field, or one of consent, income_consent, address, phone_country,
    email_suggestion, beneficiary_ages, beneficiary_studies, summary, correct_which,
    start_over_confirm."""
    if state.get("start_over"):
        return "start_over_confirm"
    if record.consent is None:
        return "consent"
    open_question = {
        "phone_digits": "phone_country",
        "email": "email_suggestion",
        "which": "correct_which",
    }
    for kept, step in open_question.items():
        if state.get(kept):
            return step
    if state.get("fix"):
        return _with_consent(record, str(state["fix"]))
    return _missing(record)


def questions_left(record: PersonRecord) -> int:
    """About how many questions remain before the summary."""
    draft = record.draft
    left = steps_left(draft)
    if sum(getattr(draft, field) is None for field in ADDRESS_LINES) == len(ADDRESS_LINES):
        left -= len(ADDRESS_LINES) - 1
    asks_consent = record.consent is not None and not record.consent.financial
    return left + asks_consent + _has_open_relative(draft)


def without_age(draft: RegistrationDraft) -> tuple[Relative, ...]:
    """The relatives whose age the institute asks for and nobody said."""
    return tuple(
        relative
        for relative in draft.beneficiaries or ()
        if relative.age is None and relative.kinship.value in get_args(Kinship)
    )


def student_to_ask_about(draft: RegistrationDraft) -> Relative | None:
    """The first relative whose cover depends on where he or she studies."""
    asked = (r for r in draft.beneficiaries or () if question_about(r) == "studies")
    return next(asked, None)


def _missing(record: PersonRecord) -> str:
    draft = record.draft
    for field in missing_fields(draft):
        if field in ADDRESS_LINES:
            empty = all(getattr(draft, line) is None for line in ADDRESS_LINES)
            return "address" if empty else field
        return _with_consent(record, field)
    if without_age(draft):
        return "beneficiary_ages"
    return "beneficiary_studies" if student_to_ask_about(draft) else "summary"


def _with_consent(record: PersonRecord, step: str) -> str:
    """The income is a financial datum: asked for only after express consent (LFPDPPP art. 7)."""
    financial = record.consent is not None and record.consent.financial
    return "income_consent" if step == "income" and not financial else step


def _has_open_relative(draft: RegistrationDraft) -> bool:
    return bool(without_age(draft)) or student_to_ask_about(draft) is not None
