"""Finds the data of one message that gives several at once, without taking one for another.

What could be two things is left out: it is asked for later, which costs a message and harms nobody.
"""

from __future__ import annotations

import re
from datetime import date

from bot.programme.curp import LENGTH as CURP_LENGTH
from bot.programme.curp import CurpReport
from bot.programme.email_address import find_emails, read_email, undictated, without_emails
from bot.programme.field_text import LONGEST_MESSAGE, Problem
from bot.programme.income_answers import SaidIncome
from bot.programme.income_field import read_income_answer
from bot.programme.income_text import find_amount, fold, mark_numbers
from bot.programme.key_fields import find_curps, read_curp, read_nss
from bot.programme.mexican_states import PostalCode, read_postal_code
from bot.programme.nss import MASKED_SSN, NssReport, looks_like_ssn, without_ssn
from bot.programme.phone import Phone, read_phone
from bot.programme.plain_text import plain_characters, without_accents

Found = CurpReport | NssReport | Phone | PostalCode | SaidIncome | str | Problem

_NUMBER = r"(\+?[ (]{0,2}[0-9](?:[ .\-()]{0,3}[0-9]){2,16})"
_LEADS_TO = r"[^0-9+\n,;]{0,20}?"
_LABELLED = {
    "postal_code": re.compile(
        rf"\b(?:c\.? ?p\b|codigo postal|cod postal|postal(?: code)?|zip(?: code)?){_LEADS_TO}"
        r"([0-9](?:[ ]?[0-9]){3,4})(?![0-9])"
    ),
    "nss": re.compile(
        r"\b(?:nss|n\.s\.s|seguro social|seguridad social|numero de seguro|del seguro|imss)"
        rf"{_LEADS_TO}{_NUMBER}"
    ),
    "phone": re.compile(
        r"\b(?:tel|telefono|cel|celular|movil|whatsapp|wats|wasap|phone|cell|mobile)"
        rf"{_LEADS_TO}{_NUMBER}"
    ),
}
_PHONE_RUN = re.compile(r"\+?[ (]{0,2}[0-9](?:[ .\-()/]{0,3}[0-9]){9,17}(?![0-9])")
_UNBROKEN = re.compile(r"(?<![0-9+])(\+?[0-9]{10,13})(?![0-9])")
_ELEVEN = re.compile(r"(?<![0-9+])[0-9](?:[ .\-]?[0-9]){10}(?![0-9])")
_FIVE = re.compile(r"(?<![0-9$.,+\-])(?<!\$ )[0-9]{5}(?![0-9.,\-]*[0-9])")
# A bare 5-digit number among other words is a house number as likely as a postal code.
_AROUND_A_CODE = re.compile(r"\b(?:y|and|mi|my|es|is|el|the|en|in|vivo|de)\b")
_SURE_OF_INCOME = 2  # of income_text: a sign of money, a period or a word of earning is beside it


def read_several(text: str, today: date | None = None) -> dict[str, Found]:
    """What a message gives, by field: `curp`, `nss`, `email`, `phone`, `postal_code`, `income`.

    A value, or a Problem for what is there and wrong (a CURP with a slip, two phones, a phone whose
    country is open). Nothing is in the result for a message that is too long.
    """
    if len(text) > LONGEST_MESSAGE:
        return {}
    found: dict[str, Found] = {}
    rest = " ; ".join(plain_characters(text).splitlines())
    rest = _take_email(rest, found)
    rest = _take_curp(rest, found, today)
    rest = without_accents(rest).lower()
    rest = _take_ssn(rest, found)
    rest = _take_labelled(rest, found)
    rest = _take_long_numbers(rest, found)
    _take_postal_code_and_income(rest, found)
    return found


def _take_email(text: str, found: dict[str, Found]) -> str:
    typed = find_emails(text)
    if typed:
        # Alone: the words before it are as likely a name as a part of it.
        found["email"] = read_email(" ; ".join(typed))
        return without_emails(text)
    spelt = undictated(text)
    if not find_emails(spelt):
        return text
    found["email"] = read_email(spelt)
    return without_emails(spelt)


def _take_curp(text: str, found: dict[str, Found], today: date | None) -> str:
    for piece in find_curps(text):
        length = len(re.sub(r"[\W_]", "", piece))
        report = read_curp(piece, today)
        wrong = isinstance(report, Problem)
        if wrong and (abs(length - CURP_LENGTH) > 1 or "curp" in found):
            continue
        earlier = found.get("curp")
        if isinstance(earlier, CurpReport) and isinstance(report, CurpReport):
            if earlier.curp != report.curp:
                found["curp"] = Problem("several_values")
        elif not isinstance(earlier, Problem) or earlier.code != "several_values":
            found["curp"] = report
        text = _without(text, piece)
    return text


def _take_ssn(text: str, found: dict[str, Found]) -> str:
    if MASKED_SSN not in text and not looks_like_ssn(text):
        return text
    found["nss"] = Problem("us_ssn")
    return without_ssn(text).replace(MASKED_SSN, " ; ")


def _take_labelled(text: str, found: dict[str, Found]) -> str:
    readers = {"postal_code": read_postal_code, "nss": read_nss, "phone": read_phone}
    for field, pattern in _LABELLED.items():
        match = pattern.search(text)
        if match is None or field in found:
            continue
        value = readers[field](match[1])  # type: ignore[operator]
        found[field] = value
        text = text[: match.start()] + " ; " + text[match.end() :]
    return text


def _take_long_numbers(text: str, found: dict[str, Found]) -> str:
    """Numbers without a label: eleven digits with a right check digit, and phones."""
    text = _UNBROKEN.sub(r" ; \1 ; ", text)
    keys: dict[str, Found] = {}
    unclear = 0
    for match in list(_ELEVEN.finditer(text)):
        number = read_nss(match[0])
        if isinstance(number, Problem):
            continue
        if isinstance(read_phone("+" + match[0]), Phone):
            unclear += 1  # as good an American phone as an NSS
        else:
            keys[str(number.nss)] = number
            text = text.replace(match[0], " ; ", 1)
    if keys and "nss" not in found:
        found["nss"] = next(iter(keys.values()))
        if len(keys) + unclear > 1:
            found["nss"] = Problem("several_values")
    if not unclear:
        _take_phone(_PHONE_RUN.findall(text), found)
    return _PHONE_RUN.sub(" ; ", text)


def _take_phone(runs: list[str], found: dict[str, Found]) -> None:
    if not runs or "phone" in found:
        return
    phone = read_phone(" ; ".join(runs))
    if isinstance(phone, Phone) or phone.code in ("ambiguous_country", "several_values"):
        found["phone"] = phone


def _take_postal_code_and_income(text: str, found: dict[str, Found]) -> None:
    numbered = mark_numbers(fold(text))
    amount = find_amount(numbered)
    income = None
    if amount is not None and amount.score >= _SURE_OF_INCOME:
        income = read_income_answer(text)
        found["income"] = income
    if "postal_code" in found:
        return
    if isinstance(income, SaidIncome) and income.amount is not None:
        text = re.sub(rf"(?<![0-9]){income.amount:f}(?![0-9])", " - ", text)
    parts = [_AROUND_A_CODE.sub(" ", part).strip(" .:") for part in re.split(r"[;,\n]", text)]
    codes = {part for part in parts if _FIVE.fullmatch(part)}
    code = read_postal_code(codes.pop()) if len(codes) == 1 else None
    if isinstance(code, PostalCode):
        found["postal_code"] = code


def _without(text: str, piece: str) -> str:
    """The text without a piece, however its characters are separated in it."""
    characters = re.sub(r"[\W_]", "", piece)
    spread = r"[\W_]{0,3}".join(map(re.escape, characters))
    return re.sub(spread, " ; ", text, count=1)
