"""Which data of a registration a text names, and whether it wants one of them corrected."""

from __future__ import annotations

import re
from typing import cast

from bot.programme.field_text import LONGEST_MESSAGE
from bot.programme.phrases import phrases, words_of
from bot.programme.registration_fields import FieldName

_UP_TO = r"(?:[a-z0-9]+ ){1,6}"
# One value for another: "no es 1974 es 1947", "era 44 no 45", "its López not Lopes".
_ONE_FOR_ANOTHER = re.compile(
    rf"\bno (?:es|era|eran|son|soy|fue) {_UP_TO}?(?:es|era|eran|son|soy|fue|sino)\b"
    r"|\b(?:es|era|eran|son|soy|va) (?:(?!o\b)[a-z0-9]+ ){1,4}?no (?:el |la |con |de )?[a-z0-9]+$"
    r"|\bera (?:[a-z0-9]+ ){1,4}?no (?!se\b|tengo\b|puedo\b|quiero\b)[a-z0-9]"
    r"|\b(?:its|it is|is|was) (?:(?!or\b)[a-z0-9]+ ){1,4}?not [a-z0-9]+$"
    rf"|\b(?:not|isnt|wasnt) {_UP_TO}?(?:its|it is|but|was|put)\b"
    rf"|\b(?:puse|dije|di|escribi|anoto) {_UP_TO}?(?:y|pero) (?:es|era|soy|son|fue|quiero|queria)\b"
    rf"|\b(?:i|you) (?:said|put|typed|wrote|gave) {_UP_TO}?(?:but|and) (?:its|it is|i want)\b"
    r"|\b[0-9]+ (?:y |and )?(?:no|not) [0-9]"
)


def fields_named(text: str) -> tuple[FieldName, ...]:
    """The fields of a registration that a text names, each once, in the order of the text.

    "mi dirección" names all of the address, "fecha de nacimiento" the CURP that it is read from.
    """
    words = _words(text)
    words = phrases("field_names", "not_a_field").taken_out(words)
    named = phrases("field_names", "fields").names(words)
    each = dict.fromkeys(field for names in named for field in names.split())
    return cast("tuple[FieldName, ...]", tuple(each))


def is_correction(text: str) -> bool:
    """Whether a text says that something given was wrong, or wants it changed.

    It says nothing of what: "me equivoqué" is one, and so is "no es frontera, es general", which
    answers a question as well. A value alone is none.
    """
    words = _words(text)
    return words in phrases("field_names", "correction") or bool(_ONE_FOR_ANOTHER.search(words))


def _words(text: str) -> str:
    return words_of(text[:LONGEST_MESSAGE])
