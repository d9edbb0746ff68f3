"""Encryption: keys can be rotated, what was altered is refused, the index says nothing."""

from __future__ import annotations

import json

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from bot.storage.encryption import Cipher, UnreadableError

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(VALUES)
def test_what_was_sealed_is_opened(value: object) -> None:
    cipher = Cipher([NEW], "index")
    assert cipher.open(cipher.seal(value)) == value


@given(st.binary())
def test_bytes_that_were_sealed_are_opened(content: bytes) -> None:
    cipher = Cipher([NEW], "index")
    sealed = cipher.seal_bytes(content)
    assert cipher.open_bytes(sealed) == content
    with pytest.raises(UnreadableError):
        Cipher([OLD], "index").open_bytes(sealed)
    with pytest.raises(UnreadableError):
        cipher.open_bytes(sealed[:-8])


def test_a_new_key_in_front_opens_what_the_old_one_sealed() -> None:
    sealed = Cipher([OLD], "index").seal("Ñandú 🦤")
    assert Cipher([NEW, OLD], "index").open(sealed) == "Ñandú 🦤"


def test_the_first_key_seals() -> None:
    sealed = Cipher([NEW, OLD], "index").seal("x")
    assert Cipher([NEW], "index").open(sealed) == "x"
    with pytest.raises(UnreadableError):
        Cipher([OLD], "index").open(sealed)


def test_a_key_that_is_gone_leaves_a_clear_error_that_quotes_nothing() -> None:
    sealed = Cipher([OLD], "index").seal("GOMC960312HDFRRL04")
    with pytest.raises(UnreadableError) as caught:
        Cipher([NEW], "index").open(sealed)
    assert "GOMC" not in str(caught.value)


@pytest.mark.parametrize("place", [0, 10, 40, -1])
def test_one_altered_byte_is_refused(place: int) -> None:
    cipher = Cipher([NEW], "index")
    sealed = bytearray(cipher.seal({"text": "a message of some length"}))
    sealed[place] ^= 1
    with pytest.raises(UnreadableError):
        cipher.open(bytes(sealed))


def test_a_cut_value_is_refused() -> None:
    cipher = Cipher([NEW], "index")
    with pytest.raises(UnreadableError):
        cipher.open(cipher.seal("text")[:-8])


def test_postgresql_gives_memory_views() -> None:
    cipher = Cipher([NEW], "index")
    assert cipher.open(memoryview(cipher.seal("text"))) == "text"  # type: ignore[arg-type]


def test_equal_values_are_sealed_differently_and_indexed_alike() -> None:
    cipher = Cipher([NEW], "index")
    assert cipher.seal("+13125550123") != cipher.seal("+13125550123")
    assert cipher.index("+13125550123") == cipher.index("+13125550123")
    assert cipher.index("+13125550123") != cipher.index("+13125550124")


def test_the_index_depends_on_its_key() -> None:
    assert Cipher([NEW], "one").index("+13125550123") != Cipher([NEW], "two").index("+13125550123")


def test_what_is_long_is_packed_and_what_was_not_packed_is_read() -> None:
    cipher = Cipher([NEW], "index")
    long = {"events": [{"event": "slot", "name": "language", "value": "es"}] * 100}
    assert len(cipher.seal(long)) < 400
    assert cipher.open(cipher.seal(long)) == long
    assert cipher.open(cipher.seal_bytes(json.dumps(long).encode())) == long
