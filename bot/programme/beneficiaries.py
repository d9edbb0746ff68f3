"""Which relatives in Mexico the insurance covers, and the papers each needs.

Source: Ley del Seguro Social art. 84 (reform DOF 15-01-2026). All must depend economically on the
insured person. Registering them costs nothing more (art. 228: the quota is of the income).
Who is ill or disabled is not asked; where a person says so, it is used and not kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from bot.programme.table_files import table

Studies = Literal["in_mexico", "abroad", "somewhere", "no"]
Covered = Literal["yes", "yes_if", "no", "ask_imss"]
RelativeQuestion = Literal["age", "studies"]

CHILD_AGE = 16  # below: covered without studying
STUDENT_AGE = 25  # "hasta la edad de veinticinco años": below is certain, 25 itself is not
OF_AGE = 18
OLDEST_AGE = 120


class Kinship(str, Enum):
    """What somebody is to the insured person."""

    SPOUSE = "spouse"
    PARTNER = "partner"
    CHILD = "child"
    STEPCHILD = "stepchild"
    WARD = "ward"
    PARENT = "parent"
    PARENT_IN_LAW = "parent_in_law"
    SIBLING = "sibling"
    GRANDPARENT = "grandparent"
    GRANDCHILD = "grandchild"
    NEPHEW = "nephew"
    OTHER = "other"


@dataclass(frozen=True)
class Relative:
    """One relative: kinship, age in years and, from 16 on, where he or she studies; None: not said.

    `cannot_support_self` is a datum of health: it is neither shown nor stored (see `to_keep`).
    Raises ValueError for an age that nobody has.
    """

    kinship: Kinship
    age: int | None = None
    studies: Studies | None = None
    cannot_support_self: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        if self.age is not None and not 0 <= self.age <= OLDEST_AGE:
            raise ValueError("impossible age")

    def to_keep(self) -> Relative:
        """The relative without what may not be stored."""
        return Relative(self.kinship, self.age, self.studies)


@dataclass(frozen=True)
class Cover:
    """Whether one relative is covered: `code` says why or under which condition, with its article.

    `papers` are ids; none where the relative is not covered.
    """

    relative: Relative
    covered: Covered
    code: str
    article: str
    papers: tuple[str, ...] = ()


def cover_of(relatives: Sequence[Relative]) -> tuple[Cover, ...]:
    """Who of a family is covered, in the order given.

    A partner counts only where there is no spouse, and of several partners none does (84-III).
    """
    kinships = [relative.kinship for relative in relatives]
    covers = []
    for relative in relatives:
        if kinships.count(Kinship.SPOUSE) > 1 and relative.kinship is Kinship.SPOUSE:
            covers.append(Cover(relative, "ask_imss", "several_spouses", "LSS 84-III"))
        elif relative.kinship is Kinship.PARTNER and Kinship.SPOUSE in kinships:
            covers.append(Cover(relative, "no", "partner_beside_spouse", "LSS 84-III"))
        elif relative.kinship is Kinship.PARTNER and kinships.count(Kinship.PARTNER) > 1:
            covers.append(Cover(relative, "no", "several_partners", "LSS 84-III"))
        else:
            covers.append(_cover_alone(relative))
    return tuple(covers)


def question_about(relative: Relative) -> RelativeQuestion | None:
    """What still has to be asked to say whether a relative is covered; never anything of health."""
    if relative.kinship not in (Kinship.CHILD, Kinship.WARD):
        return None
    if relative.age is None:
        return "age"
    grown = CHILD_AGE <= relative.age < STUDENT_AGE and not relative.cannot_support_self
    return "studies" if grown and relative.studies in (None, "somewhere") else None


def _cover_alone(relative: Relative) -> Cover:
    kinship = relative.kinship
    if kinship is Kinship.SPOUSE:
        return _covered(relative, "yes", "spouse", "LSS 84-III", "spouse")
    if kinship is Kinship.PARTNER:
        # Five years together or children in common, both unmarried; or a civil union.
        return _covered(relative, "yes_if", "partner_conditions", "LSS 84-III", "partner")
    if kinship is Kinship.CHILD:
        return _child(relative, "child")
    if kinship is Kinship.WARD:
        return _child(relative, "ward", "court_order_of_guardianship")
    if kinship is Kinship.STEPCHILD:
        return Cover(relative, "ask_imss", "stepchild_not_in_the_law", "LSS 84-V")
    if kinship is Kinship.PARENT:
        # "que vivan en el hogar de éste": what that means for somebody abroad is not settled.
        return _covered(relative, "ask_imss", "parent_must_live_with_you", "LSS 84-VIII", "parent")
    minor = relative.age is not None and relative.age < CHILD_AGE
    if minor and kinship in (Kinship.GRANDCHILD, Kinship.NEPHEW, Kinship.SIBLING):
        return _covered(relative, "yes_if", "court_order_of_guardianship", "LSS 84-V", "ward")
    return Cover(relative, "no", "not_in_the_law", "LSS 84")


def _child(relative: Relative, papers: str, condition: str | None = None) -> Cover:
    """A child, or a minor in one's care: then only if a court said so, the `condition`."""
    age = relative.age
    if age is not None and age < CHILD_AGE:
        yes: Covered = "yes_if" if condition else "yes"
        return _covered(relative, yes, condition or "child_under_16", "LSS 84-V", papers)
    if condition and age is not None and age >= OF_AGE:
        return Cover(relative, "ask_imss", "ward_of_age", "LSS 84-VI")
    if relative.cannot_support_self:
        return _covered(relative, "yes_if", "imss_certifies_incapacity", "LSS 84-VI", papers)
    if age is None:
        return _covered(relative, "yes_if", "under_16_or_student", "LSS 84-V, 84-VI", papers)
    if age > STUDENT_AGE:
        # The sentence has to name the exception, because nobody is asked about it.
        return Cover(relative, "no", "child_over_25", "LSS 84-VI")
    return _student(relative, papers, condition)


def _student(relative: Relative, papers: str, condition: str | None) -> Cover:
    if relative.studies == "no":
        return Cover(relative, "no", "child_over_16_not_studying", "LSS 84-VI")
    if relative.studies == "abroad":
        return Cover(relative, "no", "studies_outside_mexico", "LSS 84-VI")
    if relative.age == STUDENT_AGE:
        return Cover(relative, "ask_imss", "child_of_25", "LSS 84-VI")
    if relative.studies == "in_mexico":
        yes: Covered = "yes_if" if condition else "yes"
        code = condition or "student_in_mexico"
        return _covered(relative, yes, code, "LSS 84-VI", papers, "student")
    return _covered(relative, "yes_if", "studies_in_mexico", "LSS 84-VI", papers, "student")


def _covered(
    relative: Relative, covered: Covered, code: str, article: str, *papers_of: str
) -> Cover:
    lists: dict[str, list[str]] = table("beneficiaries")["papers"]
    young = relative.kinship in (Kinship.CHILD, Kinship.WARD) if relative.age is None else False
    grown = not young and (relative.age is None or relative.age >= OF_AGE)
    names = ("grown",) * grown + ("of_everybody", *papers_of)
    return Cover(relative, covered, code, article, tuple(p for name in names for p in lists[name]))
