"""What must not be read in a log."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.masking import mask_curp, mask_nss, mask_personal_data


def test_keys_keep_their_last_two() -> None:
    assert mask_curp("SABC560626MDFLRN01") == "****************01"
    assert mask_nss("72159904563") == "*********63"
    assert mask_nss("1234") == "****"
    assert mask_curp("") == ""


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("mi curp es SABC560626MDFLRN01.", "mi curp es [curp]."),
        ("sabc560626mdflrn01", "[curp]"),
        ("SABC-560626-MDFLRN-01", "[curp]"),
        ("S A B C 5 6 0 6 2 6 M D F L R N 0 1", "[curp]"),
        ("SABC56O626MDFLRN01", "[curp]"),  # with the letter O
        ("SABC560626MDFLRN0", "[curp]"),  # one short
        ("RFC SABC560626AB1 listo", "RFC [curp] listo"),
        ("ＳＡＢＣ５６０６２６ＭＤＦＬＲＮ０１", "[curp]"),
        ("nss 72159904563", "nss [nss]"),
        ("nss 7215-99-0456-3, ok", "nss [nss], ok"),
        ("123-45-6789", "[ssn]"),
        ("es 123456789 creo", "es [ssn] creo"),
        ("llame al +1 (213) 555-1234", "llame al [phone]"),
        ("whatsapp:+12135551234", "whatsapp:[phone]"),
        ("(213) 555-1234", "[phone]"),
        ("55 4166 5415", "[phone]"),
        ("555-1234", "[phone]"),
        ("juan.perez+imss@correo.com.mx", "[email]"),
        ("4111 1111 1111 1111", "[number]"),
    ],
)
def test_personal_data_is_replaced(text: str, masked: str) -> None:
    assert mask_personal_data(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "gano 1500 dólares al mes",
        "$12,000.00",
        "tengo 45 años y 3 hijos",
        "2026-11-23 04:54:14 INFO started",
        "2026-11-23T04:54:14.123 ok",
        "modalidad 40",
        "",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert mask_personal_data(text) == text


def test_several_in_one_text() -> None:
    text = "SABC560626MDFLRN01 72159904563 a@b.co"
    assert mask_personal_data(text) == "[curp] [nss] [email]"


@settings(max_examples=150, deadline=None)
@given(st.text("ABC019 -.@+()xOÑ", max_size=60))
def test_masking_twice_changes_nothing(text: str) -> None:
    once = mask_personal_data(text)
    assert mask_personal_data(once) == once


@settings(max_examples=100, deadline=None)
@given(
    st.from_regex(r"[0-9]{9}|[0-9]{10}|[0-9]{11}", fullmatch=True),
    st.sampled_from(["", "hola ", "es: ", "\n"]),
)
def test_no_long_number_survives(number: str, before: str) -> None:
    assert number not in mask_personal_data(f"{before}{number} gracias")
