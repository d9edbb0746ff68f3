"""Reads a phone number of the United States or Mexico, typed or said digit by digit."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, cast

import phonenumbers

from bot.programme.email_address import without_emails
from bot.programme.field_text import Problem, nothing_found, unusable
from bot.programme.nss import LENGTH as NSS_LENGTH
from bot.programme.nss import SSN_LENGTH, check_nss, looks_like_ssn
from bot.programme.phrases import phrases, words_of
from bot.programme.spoken_digits import with_digits

Country = Literal["US", "MX"]

# Puerto Rico and the islands dial as the United States and are called at the same price.
_REGIONS: dict[str, Country] = {
    "MX": "MX",
    "US": "US",
    "PR": "US",
    "VI": "US",
    "GU": "US",
    "AS": "US",
    "MP": "US",
}
_CALLING_CODES: dict[Country, int] = {"US": 1, "MX": 52}
_NATIONAL = 10  # digits of a number with its area code, in both countries
_WITHOUT_AREA = (7, 8)
_LONGEST = 15
_RUN = re.compile(r"\+?[ (]{0,2}[0-9](?:[ .\-()/]{0,3}[0-9])*")
# Mexican groups (55 1234 5678) are hardly ever written with both brackets and hyphen.
_US_STYLE = re.compile(r"\([2-9][0-9]{2}\) ?[2-9][0-9]{2}-[0-9]{4}(?![0-9])")
# How calls to Mexico were dialled until 2019, and how they are from the United States.
_DIALLED_MX = re.compile(r"(?:(?:011|00|\+)?521?|01|044|045)([2-9][0-9]{9})")
_DIALLED_US = re.compile(r"(?:\+|00)?1([2-9][0-9]{9})")


@dataclass(frozen=True)
class Phone:
    """A phone number in international form (`+13125550143`); the number stays out of the repr.

    `guessed`: the country was not said, the way of writing only makes it likely.
    """

    e164: str = field(repr=False)
    country: Country
    guessed: bool = field(default=False, compare=False)


def read_phone(text: str, country: Country | None = None) -> Phone | Problem:
    """The phone number in a text. `country` is the answer to the question of which country it is.

    Problems: `empty`, `too_long`, `no_text`, `not_known`, `question`, `other_alphabet`,
    `none_found`, `several_values`; `area_code_missing`; `too_short` and `too_many_digits`;
    `ambiguous_country`, with the ten `digits` to be read again with a country; `other_country`;
    `not_valid`; `nss_for_phone`; `us_ssn`.
    """
    problem = unusable(text)
    if problem is not None:
        return problem
    plain = with_digits(without_emails(text))
    numbers = _numbers(plain)
    if len(numbers) > 1:
        return Problem("several_values")
    if not numbers:
        return _no_number(plain, text)
    said = country or _country_said(text)
    guess: Country | None = "US" if _US_STYLE.search(plain) else None
    return _read(numbers[0], said, guess)


def read_country(text: str) -> Country | Problem:
    """The country in an answer to "of the United States or of Mexico?".

    Problems: as those of an answer without a value, `several_values`, `unclear`.
    """
    found = phrases("phone", "countries").names(words_of(text))
    if len(found) == 1:
        return cast(Country, found[0])
    return Problem("several_values") if found else nothing_found(text, "unclear")


def masked_phone(phone: Phone) -> str:
    """The number with its calling code and its last two digits legible."""
    calling_code = f"+{_CALLING_CODES[phone.country]}"
    hidden = len(phone.e164) - len(calling_code) - 2
    return f"{calling_code} {'*' * hidden}{phone.e164[-2:]}"


def _numbers(plain: str) -> list[str]:
    """The different numbers of a text that are long enough, each as digits with its plus."""
    runs = [_bare(run) for run in _RUN.findall(plain)]
    whole = [part for run in runs for part in _parted(run) if len(part) >= _NATIONAL]
    if not whole:
        # "dos uno tres, cinco cinco cinco, …": the commas only part the groups.
        joined = [_bare(run) for run in _RUN.findall(re.sub(r"[,;\n]", " ", plain))]
        whole = [run for run in joined if len(run) >= _NATIONAL]
    return list({run[-_NATIONAL:]: run for run in reversed(whole)}.values())


def _bare(run: str) -> str:
    return re.sub(r"[^0-9+]", "", run)


def _parted(run: str) -> list[str]:
    """Two numbers that stand with only a space between them, taken apart."""
    if len(run) == 2 * _NATIONAL and run.isdigit():
        return [run[:_NATIONAL], run[_NATIONAL:]]
    return [run]


def _no_number(plain: str, text: str) -> Problem:
    digits = max((_bare(run).lstrip("+") for run in _RUN.findall(plain)), key=len, default="")
    if looks_like_ssn(plain) or len(digits) == SSN_LENGTH:
        return Problem("us_ssn")
    if len(digits) in _WITHOUT_AREA:
        return Problem("area_code_missing")
    if digits and nothing_found(text).code != "not_known":
        return Problem("too_short", {"length": len(digits)})
    return nothing_found(text)


def _country_said(text: str) -> Country | None:
    found = phrases("phone", "countries").names(words_of(without_emails(text)))
    return cast(Country, found[0]) if len(found) == 1 else None


def _read(number: str, said: Country | None, guess: Country | None) -> Phone | Problem:
    mexican, american = _DIALLED_MX.fullmatch(number), _DIALLED_US.fullmatch(number)
    if len(number) == NSS_LENGTH and check_nss(number).valid:
        phone = _valid(american[1], "US") if american else None
        return phone or Problem("nss_for_phone")
    if mexican:
        return _valid(mexican[1], "MX") or Problem("not_valid", {"country": "MX"})
    if american:
        return _valid(american[1], "US") or _foreign("+1" + american[1])
    if len(number) == _NATIONAL and number.isdigit():
        return _ten_digits(number, said, guess)
    if number.startswith("+") and len(number) <= _LONGEST + 1:
        return _foreign(number)
    return Problem("too_many_digits", {"length": len(number.lstrip("+"))})


def _ten_digits(digits: str, said: Country | None, guess: Country | None) -> Phone | Problem:
    if said is not None:
        return _valid(digits, said) or Problem("not_valid", {"country": said})
    possible = [phone for name in _CALLING_CODES if (phone := _valid(digits, name))]
    if len(possible) == 1:
        return possible[0]
    if not possible:
        return Problem("not_valid", {"country": None})
    if guess is not None:
        likely = next(phone for phone in possible if phone.country == guess)
        return Phone(likely.e164, guess, guessed=True)
    return Problem("ambiguous_country", {"digits": digits})


def _valid(digits: str, country: Country) -> Phone | None:
    """The number, where the country's numbering plan has such numbers."""
    try:
        number = phonenumbers.parse(f"+{_CALLING_CODES[country]}{digits}")
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(number)
    if not phonenumbers.is_valid_number(number) or _REGIONS.get(region or "") != country:
        return None
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), country)


def _foreign(number: str) -> Problem:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return Problem("not_valid", {"country": None})
    if not phonenumbers.is_valid_number(parsed):
        return Problem("not_valid", {"country": None})
    return Problem("other_country", {"region": phonenumbers.region_code_for_number(parsed)})
