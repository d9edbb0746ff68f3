"""Hides personal data in what people and we wrote: CURP, NSS, phone, e-mail by their form, street
and income by what is known of the person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from bot.nlg.catalogue import PLACEHOLDER, responses
from bot.people.record import PersonRecord
from bot.programme.figures import load_figures
from bot.programme.masking import mask_personal_data
from bot.programme.plain_text import plain_characters

# What a message gave that is hidden whole where its form does not give it away.
HIDDEN_FIELDS = ("curp", "nss", "phone", "email", "street", "income")
# Filled with what a person earns, or would.
_PLACEHOLDERS_OF_INCOME = frozenset({"income_said", "monthly_income", "summary_lines"})
_AMOUNT = re.compile(r"\$?\s?[0-9][0-9,. ]*[0-9]|\$\s?[0-9]")
_SHORTEST_STREET = 4
_PUBLIC_DIGITS = 7


@dataclass(frozen=True)
class Masker:
    """What is hidden in one person's messages beside what is found by its form."""

    street: re.Pattern[str] | None = None
    amounts: re.Pattern[str] | None = None

    @classmethod
    def of(cls, record: PersonRecord, amounts: Iterable[Any] = ()) -> Masker:
        """For a person; `amounts` are incomes that they named outside of a registration."""
        income = record.draft.income.amount if record.draft.income else None
        return cls(_street_pattern(record.draft.street), _amount_pattern([income, *amounts]))

    def person_text(self, text: str, done: Mapping[str, Any]) -> str:
        """A message of the person's. `done` is the note of what the assistant made of it."""
        given = [name for name in HIDDEN_FIELDS if name in (done.get("learned") or ())]
        own = _amount_pattern([(done.get("slots") or {}).get("income_amount")])
        masked = self._known(mask_personal_data(text))
        if own is not None:
            masked = own.sub("[income]", masked)
        if given and masked == plain_characters(text):
            return " ".join(f"[{name}]" for name in given)
        return masked

    def our_text(self, text: str, answer: str | None) -> str:
        """A message of ours: public numbers stay, what was filled in with an income goes."""
        pieces = _public_numbers().split(plain_characters(text))
        shown = [
            piece if number % 2 else self._known(mask_personal_data(piece))
            for number, piece in enumerate(pieces)
        ]
        masked = "".join(shown)
        return _AMOUNT.sub("[income]", masked) if _says_income(answer or "") else masked

    def plain_text(self, text: str) -> str:
        """Any other text."""
        return self._known(mask_personal_data(text))

    def _known(self, text: str) -> str:
        for pattern, name in ((self.street, "street"), (self.amounts, "income")):
            if pattern is not None:
                text = pattern.sub(f"[{name}]", text)
        return text


def _street_pattern(street: str | None) -> re.Pattern[str] | None:
    words = re.findall(r"\w+", plain_characters(street or ""))
    if sum(map(len, words)) < _SHORTEST_STREET:
        return None
    return re.compile(r"\W+".join(re.escape(word) for word in words), re.IGNORECASE)


def _amount_pattern(amounts: Iterable[Any]) -> re.Pattern[str] | None:
    """The amounts however they are grouped, with or without cents."""
    written = [digits for amount in amounts if (digits := _whole(amount))]
    if not written:
        return None
    grouped = (r"[., ]?".join(_groups(digits)) for digits in dict.fromkeys(written))
    return re.compile(rf"(?<![0-9])\$?(?:{'|'.join(grouped)})(?:[.,][0-9]{{1,2}})?(?![0-9])")


def _whole(amount: Any) -> str:
    try:
        return str(int(Decimal(str(amount)))) if amount is not None else ""
    except (InvalidOperation, ValueError):
        return ""


def _groups(digits: str) -> list[str]:
    first = len(digits) % 3
    rest = [digits[at : at + 3] for at in range(first, len(digits), 3)]
    return [digits[:first], *rest] if first else rest


@lru_cache(maxsize=1)
def _public_numbers() -> re.Pattern[str]:
    """The institute's own phones, which our answers name."""
    printed = {
        plain_characters(figure.value)
        for figure in load_figures().values()
        if figure.unit == "text" and sum(map(str.isdigit, figure.value)) >= _PUBLIC_DIGITS
    }
    longest_first = sorted(map(re.escape, printed), key=len, reverse=True)
    return re.compile(rf"(?<![0-9])({'|'.join(longest_first)})(?![0-9])")


@lru_cache(maxsize=2048)
def _says_income(answer: str) -> bool:
    written = responses().get(answer, ())
    named = {name for variant in written for name in PLACEHOLDER.findall(variant.get("text") or "")}
    return bool(named & _PLACEHOLDERS_OF_INCOME)
