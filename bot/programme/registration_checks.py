"""Data of a registration that do not go together. They warn and never bar: each has a good reason
at times (a married name, a first job before a corrected birth date)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.programme.beneficiaries import CHILD_AGE, Kinship
from bot.programme.curp import CurpReport, check_curp
from bot.programme.curp_name import differing_parts
from bot.programme.income_field import doubt_about
from bot.programme.mexican_states import state_of_postal_code
from bot.programme.nss import check_nss
from bot.programme.registration import RegistrationDraft
from bot.programme.registration_fields import FieldName

OF_AGE = 18
OLDEST_LIKELY_AGE = 100
_YOUNGEST_PARENT = 12


@dataclass(frozen=True)
class Inconsistency:
    """Something to ask about: a code, the fields it concerns, and what a message needs of them."""

    code: str
    fields: tuple[FieldName, ...]
    detail: Mapping[str, Any] = field(default_factory=dict, repr=False)


def inconsistencies(draft: RegistrationDraft, today: date) -> tuple[Inconsistency, ...]:
    """What does not go together in a draft, in the order of its fields.

    Codes: `curp_odd` (with the `codes` of check_curp's warnings), `under_age` and `very_old` (with
    the `age`), `nss_birth_year` (`nss_year` and `curp_year`, two digits), `name_curp` (with the
    `parts` that differ), `name_uncertain`, `phone_guessed`, `postal_code_state` (with the `state`
    by the code), `income_doubt` (with the `doubt`), `dollars_assumed`, `child_age`, `parent_age`.
    """
    report = check_curp(draft.curp, today) if draft.curp else None
    found = [
        *_of_curp(report, today),
        *_of_nss(draft, report),
        *_of_name(draft),
        *_of_contact(draft),
        *_of_income(draft),
        *_of_family(draft, report, today),
    ]
    return tuple(found)


def age_on(birth: date, day: date) -> int:
    """How many years somebody has completed on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _of_curp(report: CurpReport | None, today: date) -> Iterator[Inconsistency]:
    if report is None:
        return
    codes = tuple(problem.code for problem in report.problems)
    if codes:
        yield Inconsistency("curp_odd", ("curp",), {"codes": codes})
    if report.birth_date is None:
        return
    age = age_on(report.birth_date, today)
    if age < OF_AGE:
        yield Inconsistency("under_age", ("curp",), {"age": age})
    if age > OLDEST_LIKELY_AGE:
        yield Inconsistency("very_old", ("curp",), {"age": age})


def _of_nss(draft: RegistrationDraft, report: CurpReport | None) -> Iterator[Inconsistency]:
    if draft.nss is None or draft.curp is None or report is None:
        return
    nss_year = check_nss(draft.nss).birth_year_2
    curp_year = draft.curp[4:6]
    if report.valid and nss_year is not None and nss_year != curp_year:
        detail = {"nss_year": nss_year, "curp_year": curp_year}
        yield Inconsistency("nss_birth_year", ("nss", "curp"), detail)


def _of_name(draft: RegistrationDraft) -> Iterator[Inconsistency]:
    name = draft.name
    if name is None:
        return
    if draft.curp is None:
        if not name.certain:
            yield Inconsistency("name_uncertain", ("name",))
        return
    parts = differing_parts(name.given, name.first_surname, name.second_surname, draft.curp)
    if parts:
        yield Inconsistency("name_curp", ("name", "curp"), {"parts": parts})


def _of_contact(draft: RegistrationDraft) -> Iterator[Inconsistency]:
    if draft.phone is not None and draft.phone.guessed:
        yield Inconsistency("phone_guessed", ("phone",), {"country": draft.phone.country})
    code = draft.postal_code
    if code is not None and state_of_postal_code(code.code) != code.state:
        detail = {"state": state_of_postal_code(code.code)}
        yield Inconsistency("postal_code_state", ("postal_code",), detail)


def _of_income(draft: RegistrationDraft) -> Iterator[Inconsistency]:
    if draft.income is None:
        return
    doubt = doubt_about(draft.income)
    if doubt is not None:
        yield Inconsistency("income_doubt", ("income",), {"doubt": doubt})
    if draft.income.dollars_assumed:
        yield Inconsistency("dollars_assumed", ("income",))


def _of_family(
    draft: RegistrationDraft, report: CurpReport | None, today: date
) -> Iterator[Inconsistency]:
    """Ages that a family cannot have: a child nearly as old as its parent."""
    if report is None or report.birth_date is None:
        return
    own = age_on(report.birth_date, today)
    for relative in draft.beneficiaries or ():
        age = relative.age
        if age is None:
            continue
        if relative.kinship is Kinship.CHILD and age > max(own - _YOUNGEST_PARENT, 0):
            yield Inconsistency("child_age", ("beneficiaries",), {"age": age})
        if relative.kinship is Kinship.PARENT and age < max(own + _YOUNGEST_PARENT, CHILD_AGE):
            yield Inconsistency("parent_age", ("beneficiaries",), {"age": age})
