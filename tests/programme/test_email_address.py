"""E-mail addresses, typed and dictated."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.email_address import find_emails, read_email, without_emails
from bot.programme.field_text import Problem
from bot.programme.spoken_digits import with_digits

READ = {
    "ana@example.com": "ana@example.com",
    "Ana.Lopez@Gmail.COM": "ana.lopez@gmail.com",
    "mi correo es ana@example.com.": "ana@example.com",
    "correo: ana@example.com, gracias": "ana@example.com",
    "Ana <ana@example.mx>": "ana@example.mx",
    "mailto:ana@example.com": "ana@example.com",
    "ana @ gmail . com": "ana@gmail.com",
    "ana@example.com o sea ANA@example.com": "ana@example.com",
    "ana+imss@gmail.com": "ana+imss@gmail.com",
    "ana@ｇｍａｉｌ.com": "ana@gmail.com",
    "ana@imss.gob.mx": "ana@imss.gob.mx",
    "ana@yahoo.com.mx": "ana@yahoo.com.mx",
    "ana@mail.com": "ana@mail.com",
    "ana@ymail.com": "ana@ymail.com",
    "juan punto perez arroba gmail punto com": "juan.perez@gmail.com",
    "juan punto pérez arroba gmail punto com": "juan.perez@gmail.com",
    "juan guion bajo perez arroba hotmail punto com todo en minúsculas": "juan_perez@hotmail.com",
    "juan guión perez arroba yahoo punto com punto mx": "juan-perez@yahoo.com.mx",
    "juan@gmail punto com": "juan@gmail.com",
    "juan(arroba)gmail.com": "juan@gmail.com",
    "juan arroba gmail.com": "juan@gmail.com",
    "john at gmail dot com": "john@gmail.com",
    "my email is john dot smith at yahoo dot com": "john.smith@yahoo.com",
    "john underscore smith at gmail.com": "john_smith@gmail.com",
}
REFUSED = {
    "juan@gmial.com": ("probable_typo", "juan@gmail.com"),
    "juan@gmal.com": ("probable_typo", "juan@gmail.com"),
    "juan@gmaill.com": ("probable_typo", "juan@gmail.com"),
    "juan@gmail.con": ("probable_typo", "juan@gmail.com"),
    "juan@gmail.co": ("probable_typo", "juan@gmail.com"),
    "juan@hotmial.com": ("probable_typo", "juan@hotmail.com"),
    "juan@hotmal.com": ("probable_typo", "juan@hotmail.com"),
    "juan@yahooo.com": ("probable_typo", "juan@yahoo.com"),
    "juan@outlok.com": ("probable_typo", "juan@outlook.com"),
    "juan@iclod.com": ("probable_typo", "juan@icloud.com"),
    "juan@gmail": ("domain_incomplete", "juan@gmail.com"),
    "juan arroba hotmail": ("domain_incomplete", "juan@hotmail.com"),
    "pérez@gmail.com": ("accent_inside", "perez@gmail.com"),
    "peña@gmail.com": ("accent_inside", "pena@gmail.com"),
    "juan perez@gmail.com": ("spaces_inside", "juanperez@gmail.com"),
    "mi correo es juan perez ochenta y ocho arroba gmail punto com": (
        "spaces_inside",
        "juanperez88@gmail.com",
    ),
    "Juan Pérez arroba gmial punto com": ("spaces_inside", "juanperez@gmail.com"),
    "ana@example.com o luis@example.com": ("several_values", None),
    "juan@": ("not_valid", None),
    "@gmail.com": ("not_valid", None),
    "juan..perez@example.com": ("not_valid", None),
    "a" * 70 + "@example.com": ("not_valid", None),
    "juan@localhost": ("not_valid", None),
    "' OR 1=1 --@x.com": ("not_valid", None),
    "hola": ("none_found", None),
    "no tengo correo": ("not_known", None),
    "¿para qué quieren mi correo?": ("question", None),
}


@pytest.mark.parametrize(("text", "address"), READ.items())
def test_read(text: str, address: str) -> None:
    assert read_email(text) == address


@pytest.mark.parametrize(("text", "expected"), REFUSED.items())
def test_refused(text: str, expected: tuple[str, str | None]) -> None:
    problem = read_email(text)
    assert isinstance(problem, Problem), problem
    assert (problem.code, problem.suggestion) == expected


def test_who_insists_on_an_unlikely_domain_is_believed() -> None:
    problem = read_email("juan@gmial.com")
    assert isinstance(problem, Problem)
    assert read_email(problem.detail["written"], insisted=True) == "juan@gmial.com"


def test_a_name_before_the_address_leaves_the_choice() -> None:
    problem = read_email("juan perez@gmail.com")
    assert isinstance(problem, Problem)
    assert problem.detail["written"] == "perez@gmail.com"


def test_addresses_are_found_and_taken_out() -> None:
    assert find_emails("a1@b.com y c@d.mx") == ["a1@b.com", "c@d.mx"]
    assert without_emails("tel 5 a1@b.com").split() == ["tel", "5"]


def says_no_number(local: str) -> bool:
    """Who dictates "oh" or "dos" means a digit."""
    words = re.sub("[._]", " ", local)
    return with_digits(words) == words


LOCAL = st.from_regex(r"[a-z][a-z0-9]{1,8}([._][a-z0-9]{1,6})?", fullmatch=True).filter(
    says_no_number
)


@settings(max_examples=150, deadline=None)
@given(LOCAL, st.sampled_from(["gmail.com", "hotmail.com", "yahoo.com.mx", "example.org"]))
def test_typed_and_dictated_are_the_same(local: str, domain: str) -> None:
    address = f"{local}@{domain}"
    assert read_email(address) == address
    assert read_email(f"mi correo es {address.upper()}.") == address
    dictated = address.replace("@", " arroba ").replace(".", " punto ").replace("_", " guion bajo ")
    assert read_email(dictated) == address
