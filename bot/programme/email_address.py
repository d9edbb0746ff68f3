"""Reads an e-mail address, typed or dictated ("juan punto perez arroba gmail punto com")."""

from __future__ import annotations

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from bot.programme.field_text import Problem, nothing_found, one_line, unusable
from bot.programme.plain_text import plain_characters, without_accents
from bot.programme.spoken_digits import with_digits
from bot.programme.table_files import table

_TYPED = re.compile(r"[^\s@<>(),;:\"\[\]|]{1,80}@[^\s@<>(),;:\"\[\]|]{1,255}")
_SPELT_AT = re.compile(r"\s*(?:\barroba\b|[(\[]\s*(?:at|arroba)\s*[)\]])\s*", re.IGNORECASE)
_ENGLISH_AT = re.compile(r"\s+at\s+(?=\S+\s*(?:\bdot\b|\bpunto\b|\.))", re.IGNORECASE)
_SPELT_SIGNS = (
    (re.compile(r"\s*\b(?:gui[oó]n bajo|raya (?:al piso|baja)|underscore)\b\s*", re.I), "_"),
    (re.compile(r"\s*\b(?:gui[oó]n(?: medio)?|dash|hyphen)\b\s*", re.I), "-"),
    (re.compile(r"\s*(?:\b(?:punto|dot)\b|[(\[]\s*(?:punto|dot)\s*[)\]])\s*", re.I), "."),
)
_ASIDES = re.compile(
    r"[,;]?\s*\b(?:todo (?:junto|pegado)|(?:todo )?(?:en |con )?min[uú]sculas?|all lower ?case"
    r"|all (?:together|one word))\b",
    re.I,
)
_AROUND_AT = re.compile(r"\s*@\s*")
_AROUND_DOT = re.compile(r"(?:\s+\.\s*|\.\s+)(?=(?:com|net|org|edu|mx|gob)\b)", re.I)
_PART = re.compile(r"[\w+\-]+(?:\.[\w+\-]+)*")
_MOST_PARTS = 6
_MOST_DIGITS = 5


def read_email(text: str, insisted: bool = False) -> str | Problem:
    """The one address in a text, in small letters. Nobody asks whether the domain exists.

    Problems: `empty`, `too_long`, `no_text`, `not_known`, `question`, `other_alphabet`,
    `none_found`, `several_values`, `not_valid`; with a `suggestion`: `probable_typo` (gmial.com;
    the `written` one is accepted with `insisted`), `spaces_inside` (words before it: they are in
    the suggestion and not in `written`), `accent_inside`, `domain_incomplete` (juan@gmail).
    """
    problem = unusable(text)
    if problem is not None:
        return problem
    line = _undictated(one_line(plain_characters(text)))
    found = list(dict.fromkeys(_trimmed(match[0]).lower() for match in _TYPED.finditer(line)))
    if len(found) > 1:
        return Problem("several_values")
    if not found:
        return Problem("not_valid") if "@" in line else nothing_found(text)
    joined = _joined_with_words_before(line)
    if joined is None:
        return _checked(found[0], insisted)
    whole = _checked(joined, insisted)
    if isinstance(whole, Problem) and whole.suggestion is None:
        return _checked(found[0], insisted)
    meant = whole.suggestion if isinstance(whole, Problem) else whole
    return Problem("spaces_inside", {"suggestion": meant, "written": found[0]})


def find_emails(text: str) -> list[str]:
    """The pieces of a text that have the form of an address, as they are written."""
    return [match[0] for match in _TYPED.finditer(plain_characters(text))]


def without_emails(text: str) -> str:
    """The text with a space for each address, so that digits in one are not taken for others."""
    return _TYPED.sub(" ", plain_characters(text))


def undictated(text: str) -> str:
    """The text with a dictated address written out, as far as that can be told."""
    return _undictated(one_line(text))


def _undictated(line: str) -> str:
    dictated = _SPELT_AT.search(line) or ("@" not in line and _ENGLISH_AT.search(line))
    if dictated:
        line = _ASIDES.sub("", _ENGLISH_AT.sub("@", _SPELT_AT.sub("@", line)))
    if dictated or re.search(r"@\s*\w+\s+(?:punto|dot)\s", line, re.I):
        for spelt, sign in _SPELT_SIGNS:
            line = spelt.sub(sign, line)
        # Who dictates writes names as names; an address has no accents.
        before, at, after = line.partition("@")
        line = with_digits(before) + at + without_accents(after)
    return _AROUND_DOT.sub(".", _AROUND_AT.sub("@", line))


def _joined_with_words_before(line: str) -> str | None:
    """The address with the words before it, where those can only be a part of it."""
    before, _, after = line.partition("@")
    words = before.split()
    lead_in = set(table("email")["lead_in"])
    last_lead = max((i for i, word in enumerate(words) if word.lower() in lead_in), default=-1)
    parts = words[last_lead + 1 :]
    most = _MOST_PARTS if last_lead >= 0 else _MOST_PARTS // 2
    if not 2 <= len(parts) <= most or not all(_PART.fullmatch(part) for part in parts):
        return None
    if any(sum(map(str.isdigit, part)) > _MOST_DIGITS for part in parts):
        return None  # a phone, a key
    return f"{''.join(parts)}@{after.split()[0]}" if after.split() else None


def _trimmed(address: str) -> str:
    return address.strip(".,;:!?'*_-").removeprefix("mailto:")


def _checked(address: str, insisted: bool) -> str | Problem:
    address = _trimmed(address).lower()
    local, _, domain = address.partition("@")
    if not address.isascii() and without_accents(address).isascii():
        return Problem("accent_inside", {"suggestion": without_accents(address)})
    provider = table("email")["providers"].get(domain)
    if provider:
        return Problem("domain_incomplete", {"suggestion": f"{local}@{provider}"})
    meant = _likelier_domain(domain)
    try:
        address = validate_email(
            address, check_deliverability=False, allow_smtputf8=False, strict=True
        ).normalized.lower()
    except (EmailNotValidError, UnicodeError):
        return Problem("not_valid", {"suggestion": f"{local}@{meant}"} if meant else {})
    if meant and not insisted:
        return Problem("probable_typo", {"suggestion": f"{local}@{meant}", "written": address})
    return address


@lru_cache(maxsize=256)
def _likelier_domain(domain: str) -> str | None:
    """The well-known domain that one slip away turned into this one; None where it is no slip."""
    known = list(table("email")["domains"])
    if domain in known:
        return None
    name, _, ending = domain.partition(".")
    mended = f"{name}.{table('email')['endings'].get(ending, ending)}"
    if mended in known:
        return mended
    near = [candidate for candidate in known if _one_slip(mended, candidate)]
    return near[0] if near else None


def _one_slip(written: str, meant: str) -> bool:
    """Whether one letter is missing, added, wrong, doubled, or two neighbours changed places."""
    if len(meant) < len("aol.com") + 1 or abs(len(written) - len(meant)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(written, meant, strict=False)) if a != b), None)
    if start is None:
        return len(written) != len(meant)
    rest, wanted = written[start:], meant[start:]
    swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return swapped or rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:]
