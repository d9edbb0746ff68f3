"""Reads the answers to questions with two options: the zone, and whose address it is."""

from __future__ import annotations

from typing import Literal, cast

from bot.programme.field_text import Problem, nothing_found, unusable
from bot.programme.phrases import phrases, words_of
from bot.programme.year_parameters import Zone
from bot.programme.yes_no import read_yes_no

AddressOwner = Literal["own", "beneficiaries"]


def read_zone(text: str) -> Zone | Problem:
    """Northern border or the rest, in an answer to "is it at the northern border?".

    Problems: `empty`, `too_long`, `no_text`, `not_known`, `question`, `other_alphabet`,
    `several_values`, `unclear`.
    """
    chosen = _choice("zone", text)
    if not isinstance(chosen, Problem):
        return Zone(chosen)
    at_border = read_yes_no(text) if chosen.code == "unclear" else chosen
    if isinstance(at_border, Problem):
        return chosen
    return Zone.ZLFN if at_border else Zone.GENERAL


def read_address_owner(text: str) -> AddressOwner | Problem:
    """Whose the address is, in an answer to "is it yours or your family's?". Problems: as above."""
    chosen = _choice("address_of", text)
    return chosen if isinstance(chosen, Problem) else cast(AddressOwner, chosen)


def _choice(question: str, text: str) -> str | Problem:
    problem = unusable(text)
    if problem is not None:
        return problem
    found = phrases("choices", question).names(words_of(text))
    if len(found) == 1:
        return found[0]
    return Problem("several_values") if found else nothing_found(text, "unclear")
