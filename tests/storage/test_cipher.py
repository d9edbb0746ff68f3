"""Encryption: keys can be rotated, what was altered is refused, the index says nothing."""

from __future__ import annotations

import itertools
import json

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from bot.storage.encryption import Cipher, UnreadableError
from bot.storage.encryption_keys import new_key

OLD, NEW = Fernet.generate_key().decode(), new_key()
KINDS, NAMES = [NEW, OLD], ["siv", "fernet"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.mark.parametrize("key", KINDS, ids=NAMES)
@given(value=VALUES)
def test_what_was_sealed_is_opened(key: str, value: object) -> None:
    cipher = Cipher([key], "index")
    assert cipher.open(cipher.seal(value)) == value


@pytest.mark.parametrize("key", KINDS, ids=NAMES)
@pytest.mark.parametrize("other", [new_key(), Fernet.generate_key().decode()], ids=NAMES)
@given(content=st.binary())
def test_bytes_that_were_sealed_are_opened(key: str, other: str, content: bytes) -> None:
    cipher = Cipher([key], "index")
    sealed = cipher.seal_bytes(content)
    assert cipher.open_bytes(sealed) == content
    assert Cipher([other, key], "index").open_bytes(sealed) == content
    with pytest.raises(UnreadableError):
        Cipher([other], "index").open_bytes(sealed)
    with pytest.raises(UnreadableError):
        cipher.open_bytes(sealed[:-8])


@pytest.mark.parametrize("key", KINDS, ids=NAMES)
@given(content=st.binary())
def test_what_nobody_sealed_is_opened_by_no_key(key: str, content: bytes) -> None:
    for begun in (b"", b"\x02", b"gAAAAA"):
        with pytest.raises(UnreadableError):
            Cipher([key], "index").open_bytes(begun + content)


@pytest.mark.parametrize("key", ["", "siv:", "siv:c2hvcnQ=", "short"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="32"):
        Cipher([key], "index")


def test_a_new_key_in_front_opens_what_the_old_one_sealed() -> None:
    sealed = Cipher([OLD], "index").seal("Ñandú 🦤")
    assert Cipher([NEW, OLD], "index").open(sealed) == "Ñandú 🦤"


def test_while_a_key_is_changed_each_process_opens_what_the_others_seal() -> None:
    """Of those that stand beside one another while they are restarted one by one."""
    stages = [[OLD], [OLD, NEW], [NEW, OLD], [NEW]]
    for before, after in itertools.pairwise(stages[:3]):
        for one, other in ((before, after), (after, before)):
            assert Cipher(other, "index").open(Cipher(one, "index").seal("x")) == "x"
    resealed = Cipher(stages[2], "index").reseal(Cipher(stages[0], "index").seal("x"))
    assert Cipher(stages[3], "index").open(resealed) == "x"


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


@pytest.mark.parametrize("key", KINDS, ids=NAMES)
@pytest.mark.parametrize("place", [0, 10, 40, -1])
def test_one_altered_byte_is_refused(key: str, place: int) -> None:
    cipher = Cipher([key], "index")
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
