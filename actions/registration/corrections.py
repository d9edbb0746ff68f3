"""Changing a datum that was given earlier, at any step."""

from __future__ import annotations

import re

from actions.registration.reading import Values, differing, read_more, read_step
from actions.registration.words import field_of_number
from actions.tasks.talk import Talk
from bot.programme.field_names import fields_named, is_correction
from bot.programme.field_text import Problem
from bot.programme.registration_fields import FieldName

# What stands before the new value: "mi correo es …", "change my name to …".
_LEADS_TO_VALUE = re.compile(r"\b(?:es|son|is|are|era|a|to|por|sino)\b|[:,]", re.IGNORECASE)
_ONLY_A_NUMBER = re.compile(r"\D{0,12}([0-9]{1,2})\D{0,3}")


def wants_to_correct(talk: Talk) -> bool:
    """Whether the message says that something given is wrong."""
    return talk.intent == "correct_detail" or is_correction(talk.text)


def new_values(talk: Talk) -> Values:
    """What a correction gives in place of what the draft has."""
    draft = talk.record.draft
    found = differing(draft, read_more(talk.text))
    for field in fields_named(talk.text):
        if field not in found:
            value = _value_of(talk, field)
            if value is not None:
                found.update(differing(draft, value))
    return found


def field_meant(talk: Talk) -> FieldName | None:
    """The given field that a message names, by its number in the summary or by its name."""
    draft = talk.record.draft
    number = _ONLY_A_NUMBER.fullmatch(talk.text.strip())
    if number:
        return field_of_number(draft, int(number[1]))
    named = [field for field in fields_named(talk.text) if field != "curp_confirmed"]
    return next((field for field in named if getattr(draft, field) is not None), None)


def names_another(talk: Talk, about: FieldName | None) -> bool:
    """Whether a message names fields that the question was not about."""
    named = fields_named(talk.text)
    return about is not None and bool(named) and about not in named


def _value_of(talk: Talk, field: FieldName) -> Values | None:
    """The value that follows the field's name, looked for from the end of the message."""
    parts = [match.end() for match in _LEADS_TO_VALUE.finditer(talk.text)]
    for start in reversed(parts):
        rest = talk.text[start:].strip()
        value = read_step(field, rest, talk.record.draft, {"number_asked": ""})
        if rest and not isinstance(value, Problem):
            return value
    return None
