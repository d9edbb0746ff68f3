"""How the data of a registration are said back to the person who gave them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from actions.labels import registration_label
from actions.quota import said_back
from bot.people.record import PersonRecord
from bot.people.steps import questions_left
from bot.programme.beneficiaries import Relative
from bot.programme.figures import print_count
from bot.programme.income_answers import SaidIncome
from bot.programme.registration import RegistrationDraft
from bot.programme.registration_fields import FieldName
from bot.programme.registration_views import SummaryField, summary_fields


def progress(record: PersonRecord, spoken: str) -> str:
    """How much is still to be asked."""
    left = questions_left(record)
    kind = {0: "none", 1: "one"}.get(left, "many")
    label = registration_label(f"progress_{kind}", spoken)
    return label.format(count=print_count(Decimal(left), spoken))


def field_labels(fields: Iterable[str], spoken: str) -> str:
    """The names of fields in a row, each once."""
    return ", ".join(dict.fromkeys(registration_label(f"field_{f}", spoken) for f in fields))


def summary_lines(draft: RegistrationDraft, spoken: str) -> str:
    """One numbered line a field, keys and contact masked."""
    lines = (
        f"{number}. {registration_label(f'field_{shown.name}', spoken)}: {_in_words(shown, spoken)}"
        for number, shown in enumerate(summary_fields(draft), start=1)
    )
    return "\n".join(lines)


def numbered_fields(draft: RegistrationDraft, spoken: str) -> str:
    """The fields that may be corrected, with the numbers that they have in the summary."""
    return "\n".join(
        f"{number}. {registration_label(f'field_{shown.name}', spoken)}"
        for number, shown in enumerate(summary_fields(draft), start=1)
    )


def field_of_number(draft: RegistrationDraft, number: int) -> FieldName | None:
    """The field that has a number in the summary."""
    shown = summary_fields(draft)
    return shown[number - 1].name if 1 <= number <= len(shown) else None


def relatives_in_words(relatives: Iterable[Relative], spoken: str) -> str:
    """Kinships, with the ages that are known."""
    words = (
        registration_label(relative.kinship.value, spoken)
        + ("" if relative.age is None else f" ({relative.age})")
        for relative in relatives
    )
    return ", ".join(words) or registration_label("nobody", spoken)


def _in_words(shown: SummaryField, spoken: str) -> str:
    if shown.shown is not None:
        return shown.shown
    value: Any = shown.value
    if isinstance(value, SaidIncome):
        return said_back(value, spoken)
    if isinstance(value, tuple):
        return relatives_in_words(value, spoken)
    names = {
        "address_of": f"address_{value}",
        "zone": f"zone_{getattr(value, 'value', value)}",
        "period": f"period_{value}",
    }
    return registration_label(names.get(shown.name, "yes" if value else "no"), spoken)
