"""Reads the answers to the questions of eligibility, from option ids and from words."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.programme.eligibility import NOT_SURE, OPTIONS, Question
from bot.programme.field_text import Problem, is_question, not_known, nothing_found, unusable
from bot.programme.phrases import Phrases, words_of
from bot.programme.spoken_digits import with_digits
from bot.programme.table_files import table
from bot.programme.yes_no import read_yes_no

OF_AGE = 18
_IN_MEXICO = re.compile(r"\b(?:en|in) mexico\b")
_AGE = re.compile(r"(?<!de )(?<!que )(?<!over )(?<!under )(?<!than )\b([0-9]{1,3})\b")


def read_eligibility_answer(question: Question, text: str) -> str | Problem:
    """The option that a text chooses, NOT_SURE for "no sé".

    Problems: `empty`, `too_long`, `no_text`, `question`, `other_alphabet`, `several_values`,
    `unclear`.
    """
    if text.strip().lower() in OPTIONS[question]:
        return text.strip().lower()
    problem = unusable(text)
    # A thumb up is no text and yet an answer.
    if problem is not None and problem.code != "no_text":
        return problem
    if not_known(text):
        return NOT_SURE
    if is_question(text):
        return Problem("question")
    words = _phrases(question, "passed_over").taken_out(words_of(with_digits(text)))
    found = _phrases(question, "said").names(words) or _phrases(question, "weak").names(words)
    if question == "adult" and (age := _age_in(words)) is not None:
        return "adult" if age >= OF_AGE else "minor"
    if len(found) > 1:
        return Problem("several_values")
    return _placed(found[0], words) if found else _by_yes_or_no(question, text)


def _placed(option: str, words: str) -> str:
    """ "por mi cuenta" is abroad, unless Mexico is named."""
    if option == "own_account_abroad" and _IN_MEXICO.search(words):
        return "own_account_in_mexico"
    return option


def _by_yes_or_no(question: Question, text: str) -> str | Problem:
    content = table("eligibility")["questions"][question]
    said = read_yes_no(text) if "if_yes" in content else nothing_found(text, "unclear")
    if isinstance(said, bool):
        return str(content["if_yes"] if said else content["if_no"])
    # "no tengo patrón" is no sign of not knowing; who does not know was answered above.
    return Problem("unclear") if said.code in ("not_known", "no_text") else said


def _age_in(words: str) -> int | None:
    ages = _AGE.findall(words)
    return int(ages[0]) if len(ages) == 1 else None


@lru_cache(maxsize=16)
def _phrases(question: Question, section: str) -> Phrases:
    content = table("eligibility")["questions"][question].get(section, {})
    named = content if isinstance(content, dict) else {section: content}
    # As the messages are: "una compañía" is "1 compania" there.
    return Phrases({name: map(with_digits, said) for name, said in named.items()})
