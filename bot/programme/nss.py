"""Checks an NSS, the 11-digit number of the Mexican social security, and refuses a US one.

Made by: subdelegation (2), year of registration (2), year of birth (2), folio (4), Luhn check
digit. The two-digit years are ambiguous and are not judged. A US Social Security number has nine
digits: it has no use here, so it is recognised and never kept, shown or repeated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from stdnum import luhn

from bot.programme.curp import Severity
from bot.programme.plain_text import plain_characters

LENGTH = 11
SSN_LENGTH = 9
MASKED_SSN = "•••-••-••••"

_SEPARATORS = re.compile(r"[\s.\-_/,·]+")
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
# The American grouping with hyphens, wherever it stands; nine digits together or spaced, unless
# more digits are next to them. Not 5-4, which is a ZIP code.
_SSN = re.compile(
    r"(?<![0-9])(?<![0-9]-)[0-9]{3}-[0-9]{2}-[0-9]{4}(?!-?[0-9])"
    r"|(?<![0-9])(?<![0-9][ .\-/_])[0-9]{3}([ .\-/_]{0,3})[0-9]{2}\1[0-9]{4}(?![ .\-/_]?[0-9])"
)
_NINE_DIGITS = re.compile(
    r"(?<![0-9])(?<![0-9][ .\-/_])[0-9](?:[ .\-/_]{0,3}[0-9]){8}(?![ .\-/_]?[0-9])"
    r"|(?<![0-9A-Za-z])[0-9OIl]{3}-[0-9OIl]{2}-[0-9OIl]{4}(?![0-9A-Za-z])"
)


@dataclass(frozen=True)
class NssProblem:
    """Something wrong in an NSS: a code, where (counted from 1), and what a message needs.

    `detail` may hold a whole corrected NSS as `suggestion`, so it is not in the repr; it never
    holds any digit of a US number.
    """

    code: str
    severity: Severity
    position: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class NssReport:
    """What an NSS says and what is wrong with it.

    `nss` is the 11 digits, or None where the text has not 11 (so a US number cannot be in it). The
    parts are two-digit texts.
    """

    valid: bool
    nss: str | None = field(repr=False)
    problems: tuple[NssProblem, ...]
    subdelegation: str | None = field(default=None, repr=False)
    registration_year_2: str | None = field(default=None, repr=False)
    birth_year_2: str | None = field(default=None, repr=False)


def check_nss(text: str) -> NssReport:
    """Check an NSS as a person wrote it, with any spaces, hyphens or dots.

    Raises nothing: whatever is wrong is in the report, a US number as the problem `us_ssn`.
    """
    written = _SEPARATORS.sub("", plain_characters(text)).upper()
    read = written.translate(_LOOK_ALIKES)
    digits = len(read) if read.isascii() and read.isdigit() else 0
    if digits == SSN_LENGTH or (digits != LENGTH and looks_like_ssn(text)):
        return NssReport(False, None, (NssProblem("us_ssn", "error"),))
    problems = tuple(_unreadable(written, read))
    if problems:
        return NssReport(False, None, problems)
    problems = tuple(_wrong_digits(written))
    return NssReport(
        valid=not problems,
        nss=written,
        problems=problems,
        subdelegation=written[:2],
        registration_year_2=written[2:4],
        birth_year_2=written[4:6],
    )


def looks_like_ssn(text: str) -> bool:
    """Whether a US Social Security number (or ITIN) is in the text: nine digits or ###-##-####."""
    return _SSN.search(plain_characters(text)) is not None


def without_ssn(text: str) -> str:
    """The text with any US Social Security number in it replaced by `MASKED_SSN`.

    It takes more than `looks_like_ssn`: nine digits in any grouping, and look-alike letters in the
    usual one. A ZIP code with its four more digits goes too; nobody here needs it.
    """
    plain = plain_characters(text)
    return _NINE_DIGITS.sub(MASKED_SSN, plain) if _NINE_DIGITS.search(plain) else text


def _unreadable(written: str, read: str) -> Iterator[NssProblem]:
    """Why the text is not 11 digits. Of the text only look-alike letters are kept."""
    if len(written) != LENGTH:
        yield NssProblem("length", "error", None, {"length": len(written), "expected": LENGTH})
        return
    right = len(read) == LENGTH and read.isdigit() and luhn.is_valid(read)
    for position, (as_written, as_read) in enumerate(zip(written, read, strict=True), start=1):
        if as_written != as_read:
            detail = {"character": as_written, "meant": as_read}
            if right:
                detail["suggestion"] = read
            yield NssProblem("letter_for_digit", "error", position, detail)
        elif as_written not in "0123456789":
            yield NssProblem("digit_expected", "error", position)


def _wrong_digits(digits: str) -> Iterator[NssProblem]:
    # Eleven equal digits, or no folio and no office at all: what is typed to get past a question.
    if len(set(digits)) == 1 or set(digits[:10]) == {"0"}:
        yield NssProblem("impossible_number", "error")
    elif not luhn.is_valid(digits):
        yield NssProblem("check_digit", "error", LENGTH)
