"""Reads a CURP or an NSS out of a message, and tells one from the other and from a US number."""

from __future__ import annotations

import re
from datetime import date

from bot.programme.curp import LENGTH as CURP_LENGTH
from bot.programme.curp import CurpReport, check_curp
from bot.programme.field_text import Problem, nothing_found, unusable
from bot.programme.nss import LENGTH as NSS_LENGTH
from bot.programme.nss import MASKED_SSN, NssReport, check_nss, looks_like_ssn
from bot.programme.plain_text import plain_characters
from bot.programme.spoken_digits import with_digits

_RFC_LENGTH = 13
# Loose, so that a CURP with a slip in it is found and the slip can be named.
_CURP_SHAPED = re.compile(
    r"(?<![^\W_])[A-ZÑ0-9]{4}[\s.\-]{0,2}[A-Z0-9]{5,7}[\s.\-]{0,2}[A-ZÑ0-9]{4,8}"
    r"(?:[\s.\-]{0,2}[A-Z0-9]{1,3})?(?![^\W_])",
    re.IGNORECASE,
)
_GAP = r"[\s.\-]{0,2}"
# Each character on its own, or groups that nobody expects; whole, lest one character too many pass.
_CURP_FORM = re.compile(
    r"(?<![^\W_])"
    + _GAP.join(["[A-ZÑ]"] * 4 + ["[0-9]"] * 6 + ["[HMX]"] + ["[A-ZÑ]"] * 5 + ["[A-Z0-9]", "[0-9]"])
    + r"(?![^\W_])",
    re.IGNORECASE,
)
_ONE_WORD = re.compile(r"(?<![^\W_])[A-ZÑ0-9]{10,24}(?![^\W_])", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w\-])[\dOIl](?:[\s.\-]{0,2}[\dOIl•]){6,22}(?![\w\-])")
_WHOLE_NSS = re.compile(r"(?<![\w\-])[0-9]{11}(?![\w\-])")
_LEAST_DIGITS = 4  # of a CURP, look-alike letters allowed for
_LEAST_LETTERS = 5


def read_curp(text: str, today: date | None = None) -> CurpReport | Problem:
    """The valid CURP in a message, with what it says; its warnings are in the report.

    Problems: `empty`, `too_long`, `no_text`, `not_known`, `question`, `other_alphabet`,
    `none_found`, `several_values`; `rfc_for_curp` (13 characters), `nss_for_curp`, `us_ssn`; or the
    code of the first error of check_curp with its `position` and, where there is one, a
    `suggestion`.
    """
    problem = _unusable(text)
    if problem is not None:
        return problem
    found = find_curps(text)
    reports = [check_curp(candidate, today) for candidate in found]
    valid = {report.curp: report for report in reports if report.valid}
    if len(valid) > 1:
        return Problem("several_values")
    if valid:
        return next(iter(valid.values()))
    return _curp_problem(reports[0]) if reports else _no_curp(text)


def read_nss(text: str) -> NssReport | Problem:
    """The valid NSS in a message, also said digit by digit.

    Problems: `empty`, `too_long`, `no_text`, `not_known`, `question`, `other_alphabet`,
    `none_found`, `several_values`; `curp_for_nss`; `us_ssn`; or the code of the first error of
    check_nss. No digit of a US number is in any of them.
    """
    problem = _unusable(text)
    if problem is not None:
        return problem
    if any(report.valid for report in map(check_curp, find_curps(text))):
        return Problem("curp_for_nss")
    found = find_numbers_of_keys(text)
    reports = [check_nss(candidate) for candidate in found]
    valid = {report.nss: report for report in reports if report.valid}
    if len(valid) > 1:
        return Problem("several_values")
    if valid:
        return next(iter(valid.values()))
    if MASKED_SSN in text or looks_like_ssn(text):
        return Problem("us_ssn")
    if not found:
        return nothing_found(text)
    error = reports[0].problems[0]
    return Problem(error.code, {**error.detail, "position": error.position})


def find_curps(text: str) -> list[str]:
    """The parts of a message that may be meant as a CURP, those of the right length first."""
    plain = plain_characters(text)
    pieces = [match[0] for match in _ONE_WORD.finditer(plain)]
    if not any(len(piece) == CURP_LENGTH for piece in pieces):
        pieces += [match[0] for match in _CURP_FORM.finditer(plain)]
        pieces += [match[0] for match in _CURP_SHAPED.finditer(plain)]
    likely = [piece for piece in dict.fromkeys(pieces) if _has_both(piece)]
    return sorted(likely, key=lambda piece: abs(len(_bare(piece)) - CURP_LENGTH))


def find_numbers_of_keys(text: str) -> list[str]:
    """The runs of digits of a message that may be meant as an NSS, the likeliest length first."""
    plain = plain_characters(text)
    found = [match[0] for match in _WHOLE_NSS.finditer(plain)]
    found += [match[0] for match in _DIGITS.finditer(plain)]
    if not found:
        found = [match[0] for match in _DIGITS.finditer(with_digits(plain).replace(",", " "))]
    return sorted(dict.fromkeys(found), key=lambda run: abs(len(_bare(run)) - NSS_LENGTH))


def _unusable(text: str) -> Problem | None:
    """As `unusable`, but the mask that stands for a US number is no mere sign."""
    problem = unusable(text)
    masked = problem is not None and problem.code == "no_text" and MASKED_SSN in text
    return Problem("us_ssn") if masked else problem


def _bare(piece: str) -> str:
    return re.sub(r"[\W_]", "", piece)


def _has_both(piece: str) -> bool:
    digits = sum(character.isdigit() for character in piece)
    letters = sum(character.isalpha() for character in piece)
    return digits >= _LEAST_DIGITS and letters >= _LEAST_LETTERS - (digits > CURP_LENGTH // 2)


def _curp_problem(report: CurpReport) -> Problem:
    error = next(problem for problem in report.problems if problem.severity == "error")
    if error.code == "length" and len(report.curp) == _RFC_LENGTH and report.curp[:4].isalpha():
        return Problem("rfc_for_curp")
    detail = {**error.detail, "position": error.position}
    if report.suggestion:
        detail["suggestion"] = report.suggestion
    return Problem(error.code, detail)


def _no_curp(text: str) -> Problem:
    if looks_like_ssn(text) or MASKED_SSN in text:
        return Problem("us_ssn")
    if any(check_nss(run).valid for run in find_numbers_of_keys(text)):
        return Problem("nss_for_curp")
    return nothing_found(text)
