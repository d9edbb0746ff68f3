"""The states of Mexico: how people name them, and which one a postal code belongs to.

States are given by their code in the CURP (`JC`, `DF`); `bot.programme.curp.state_names` has names.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache

from bot.programme.field_text import Problem, nothing_found, unusable
from bot.programme.phrases import Phrases, words_of
from bot.programme.plain_text import plain_characters
from bot.programme.spoken_digits import with_digits
from bot.programme.table_files import table

LENGTH = 5
_ALIKE = 0.84  # of difflib: "guererro" and "michuacan" are, "colina" and "sonoma" are not
_SHORTEST_ALIKE = 6
_US_ZIP = re.compile(r"(?<![0-9])[0-9]{5}-[0-9]{4}(?![0-9])")
_THOUSANDS = re.compile(r"(?<![0-9])([0-9]{2}),(?=[0-9]{3}(?![0-9]))")
_RUN = re.compile(r"(?<![0-9])[0-9](?:[ .\-]{0,2}[0-9])*(?![0-9])")


@dataclass(frozen=True)
class PostalCode:
    """A Mexican postal code and the state that its first two digits tell."""

    code: str
    state: str


def read_state(text: str) -> str | Problem:
    """The code of the state that a text names, misspelt names of six letters and more included.

    Problems: `empty`, `too_long`, `no_text`, `not_known`, `question`, `other_alphabet`,
    `several_values`; `ambiguous` with the codes in `states` ("México", "Baja"); `city` with the
    state as `suggestion`; `unknown_state`.
    """
    problem = unusable(text)
    if problem is not None:
        return problem
    words = words_of(text)
    said = _said().names(words)
    alone = _alone().exactly(words)
    if alone is not None or len(said) == 1:
        return alone or said[0]
    if said:
        return Problem("several_values", {"states": said})
    unclear = _ambiguous().names(words)
    if unclear:
        return Problem("ambiguous", {"states": tuple(unclear[0].split())})
    cities = _cities().names(words)
    if len(cities) == 1:
        return Problem("city", {"suggestion": cities[0]})
    return _misspelt(words) or nothing_found(text, "unknown_state")


def state_mentioned(words: str) -> str | None:
    """The one state that a text made by `words_of` names itself or by a city in it, else None."""
    states = {*_said().names(words), *_cities().names(words)}
    return states.pop() if len(states) == 1 else None


def names_state(words: str) -> bool:
    """Whether a text made by `words_of` is a state's name and nothing else."""
    return _alone().exactly(words) is not None


def state_of_postal_code(code: str) -> str | None:
    """The state whose postal codes begin like this one; None where no state has such codes."""
    return _states_by_prefix().get(code[:2])


def read_postal_code(text: str) -> PostalCode | Problem:
    """The postal code in a text, also said in words.

    Problems: `empty`, `too_long`, `no_text`, `not_known`, `question`, `other_alphabet`,
    `none_found`, `several_values`; `us_zip` (five and four digits); `wrong_length` with `length`
    and, where only a leading 0 is missing, a `suggestion`; `unknown_prefix` with `prefix`. A ZIP
    code of five digits looks like a Mexican one: only the state that is read back tells.
    """
    problem = unusable(text)
    if problem is not None:
        return problem
    if _US_ZIP.search(plain_characters(text)):
        return Problem("us_zip")
    said = _THOUSANDS.sub(r"\1", with_digits(text))
    runs = list(dict.fromkeys(_digits(run) for run in _RUN.findall(said)))
    whole = [run for run in runs if len(run) == LENGTH]
    if len(whole) > 1:
        return Problem("several_values")
    if whole:
        return _located(whole[0])
    return _wrong_length(max(runs, key=len)) if runs else nothing_found(text)


def _located(code: str) -> PostalCode | Problem:
    state = state_of_postal_code(code)
    if state is None:
        return Problem("unknown_prefix", {"prefix": code[:2]})
    return PostalCode(code, state)


def _wrong_length(digits: str) -> Problem:
    detail: dict[str, object] = {"length": len(digits)}
    # Spreadsheets and keyboards eat the leading zero of the codes of Mexico City.
    if len(digits) == LENGTH - 1 and state_of_postal_code("0" + digits):
        detail["suggestion"] = "0" + digits
    return Problem("wrong_length", detail)


def _digits(run: str) -> str:
    return re.sub(r"[^0-9]", "", run)


def _misspelt(words: str) -> str | None:
    names = {name: code for name, code in _long_names().items() if len(name) >= _SHORTEST_ALIKE}
    rest = _lead_in().taken_out(words)
    if len(rest) < _SHORTEST_ALIKE:
        return None
    close = difflib.get_close_matches(rest, names, n=3, cutoff=_ALIKE)
    return names[close[0]] if len({names[name] for name in close}) == 1 else None


@lru_cache(maxsize=1)
def _long_names() -> dict[str, str]:
    states = table("mexican_states")["states"]
    return {name: code for code, state in states.items() for name in state["said"]}


@lru_cache(maxsize=1)
def _said() -> Phrases:
    content = table("mexican_states")
    alone = set(content["only_alone"])
    return Phrases(
        {
            code: [name for name in state["said"] if name not in alone]
            for code, state in content["states"].items()
        }
    )


@lru_cache(maxsize=1)
def _alone() -> Phrases:
    content = table("mexican_states")
    return Phrases({code: state["said"] for code, state in content["states"].items()})


@lru_cache(maxsize=1)
def _ambiguous() -> Phrases:
    named: dict[str, list[str]] = {}
    for name, codes in table("mexican_states")["ambiguous"].items():
        named.setdefault(" ".join(codes), []).append(name)
    return Phrases(named)


@lru_cache(maxsize=1)
def _cities() -> Phrases:
    return Phrases(table("mexican_states")["cities"])


@lru_cache(maxsize=1)
def _lead_in() -> Phrases:
    return Phrases({"lead_in": dict.fromkeys(words_of(p) for p in _lead_ins())})


def _lead_ins() -> list[str]:
    listed: list[str] = table("mexican_states")["lead_in"]
    return listed


@lru_cache(maxsize=1)
def _states_by_prefix() -> dict[str, str]:
    states = table("mexican_states")["states"]
    return {prefix: code for code, state in states.items() for prefix in state["postal"]}
