"""Links to files: good for this file, this name and this while; nothing in them can be altered."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.signed_links import LONGEST_STEP, SignedLinks, stored_file
from bot.settings import SettingsError, read_settings
from tests.support.service import SECRETS

URL, KEY = "https://pti.example.org", "an index key"
ID, NAME, NOW = "aB3_" * 10 + "x-9", "linea-de-captura.pdf", 1_795_000_000.25
LINKS = SignedLinks(URL, KEY)
SECONDS = st.floats(0, 2**34)


def parts(link: str) -> tuple[str, str, str, str]:
    """Id, name, until and signature of a link."""
    found = urlsplit(link)
    _, folder, file_id, name = found.path.split("/")
    assert folder == "files"
    query = parse_qs(found.query, strict_parsing=True)
    return unquote(file_id), unquote(name), query["until"][0], query["signature"][0]


def until(link: str) -> int:
    return int(parts(link)[2])


def test_a_link_has_the_public_address_and_all_that_is_checked() -> None:
    link = LINKS.link(ID, NAME, NOW)
    assert link.startswith(f"{URL}/files/{ID}/{NAME}?until=")
    assert link == URL + LINKS.path(ID, NAME, NOW)
    assert LINKS.check(*parts(link), NOW)
    assert SignedLinks(f"{URL}/", KEY).link(ID, NAME, NOW) == link


def test_the_settings_say_address_life_and_key() -> None:
    variables = {**SECRETS, "PTI_PUBLIC_URL": f"{URL}/", "PTI_LINK_SECONDS": "60"}
    links = SignedLinks.from_settings(read_settings(variables))
    link = links.link(ID, NAME, NOW)
    assert link.startswith(f"{URL}/files/")
    assert until(link) <= NOW + 60
    assert SignedLinks(URL, SECRETS["PTI_INDEX_KEY"]).is_ours(*parts(link))


def test_it_is_good_for_an_hour_and_no_longer() -> None:
    given_at = parts(LINKS.link(ID, NAME, NOW))
    assert LINKS.check(*given_at, NOW + 3600 - LONGEST_STEP)
    assert not LINKS.check(*given_at, NOW + 3600)
    # It is told from a forged one for ever.
    assert LINKS.is_ours(*given_at)


@given(SECONDS, st.floats(0.5, 10 * 86400))
def test_it_is_good_for_most_of_the_time_that_was_set(now: float, seconds: float) -> None:
    ends = until(SignedLinks(URL, KEY, seconds).link(ID, NAME, now))
    assert ends <= now + seconds
    assert ends > now + seconds - max(1.0, min(LONGEST_STEP, seconds / 4)) - 1


def test_the_last_moment_is_exact() -> None:
    given_at = parts(LINKS.link(ID, NAME, NOW))
    end = int(given_at[2])
    assert LINKS.check(*given_at, end - 0.001)
    assert not LINKS.check(*given_at, end)


def test_the_same_link_is_given_for_some_minutes() -> None:
    start = NOW // LONGEST_STEP * LONGEST_STEP
    same = {LINKS.link(ID, NAME, start + second) for second in range(LONGEST_STEP)}
    assert len(same) == 1
    assert LINKS.link(ID, NAME, start + LONGEST_STEP) not in same


ALTERED = {
    "id": (0, ID[:-1] + "8"),
    "id in capitals": (0, ID.swapcase()),
    "name": (1, "linea-de-captura.png"),
    "until later": (2, "9999999999"),
    "until with a zero in front": (2, None),
    "until in other digits": (2, "١٧٩٥٠٠٣٦٠٠"),
    "until empty": (2, ""),
    "until negative": (2, "-1"),
    "signature empty": (3, ""),
    "signature of another": (3, "A" * 43),
    "signature not ASCII": (3, "ñ" * 43),
    "signature a surrogate": (3, "\ud800" * 43),
}


@pytest.mark.parametrize(("place", "value"), ALTERED.values(), ids=ALTERED.keys())
def test_nothing_in_it_can_be_altered(place: int, value: str | None) -> None:
    altered = list(parts(LINKS.link(ID, NAME, NOW)))
    altered[place] = f"0{altered[place]}" if value is None else value
    assert not LINKS.is_ours(*altered)
    assert not LINKS.check(*altered, NOW)


@pytest.mark.parametrize("place", range(43))
def test_each_letter_of_the_signature_counts(place: int) -> None:
    file_id, name, ends, signature = parts(LINKS.link(ID, NAME, NOW))
    other = "B" if signature[place] == "A" else "A"
    forged = signature[:place] + other + signature[place + 1 :]
    assert not LINKS.check(file_id, name, ends, forged, NOW)
    for longer in (signature + "=", signature + "A", signature[:-1], f" {signature}"):
        assert not LINKS.check(file_id, name, ends, longer, NOW)


def test_another_key_signs_otherwise() -> None:
    link = parts(LINKS.link(ID, NAME, NOW))
    assert not SignedLinks(URL, KEY + "x").check(*link, NOW)


def test_the_index_key_itself_signs_nothing() -> None:
    file_id, name, ends, signature = parts(LINKS.link(ID, NAME, NOW))
    signed = json.dumps([file_id, name, ends]).encode()
    digest = hmac.new(KEY.encode(), signed, hashlib.sha256).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != signature


# --- any name ---------------------------------------------------------------------------------

PIECES = ["..", "/", "\\", "%2e%2e", "%2F", "?", "&until=9", "#", "a", ".pdf", "\r\n", "\x00", "ñ"]
NAMES = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES)).map("".join))


@given(NAMES, NAMES, SECONDS)
def test_any_name_stays_one_part_of_the_path(file_id: str, name: str, now: float) -> None:
    link = LINKS.link(file_id, name, now)
    assert link.isascii()
    assert link.isprintable()
    assert " " not in link
    assert link.count("?") == 1
    assert urlsplit(link).netloc == urlsplit(URL).netloc
    assert urlsplit(link).path.count("/") == 3
    assert parts(link)[:2] == (file_id, name)
    assert LINKS.check(*parts(link), now)


@given(NAMES, NAMES, NAMES, NAMES)
def test_a_link_is_for_its_own_file_alone(a: str, b: str, c: str, d: str) -> None:
    _, _, ends, signature = parts(LINKS.link(a, b, NOW))
    assert LINKS.check(c, d, ends, signature, NOW) == ((a, b) == (c, d))


@given(NAMES, NAMES, NAMES, NAMES, SECONDS)
def test_what_nobody_signed_is_refused_without_an_error(
    file_id: str, name: str, ends: str, signature: str, now: float
) -> None:
    assert not LINKS.check(file_id, name, ends, signature, now)


# --- what a reply names -----------------------------------------------------------------------


def test_a_stored_file_is_recognized() -> None:
    assert stored_file(f"file:{ID}/{NAME}") == (ID, NAME)


NO_REFERENCES = [
    None,
    "",
    "/a.png",
    "https://example.org/a.png",
    "data:image/png;base64,AAAA",
    f"file:///{ID}/{NAME}",
    f"file:{ID}",
    f"file:{ID}/",
    f"file:{ID}/../{NAME}",
    f"file:{ID}/..",
    f"file:{ID}/a/{NAME}",
    f"file:{ID}/{NAME}\n",
    f" file:{ID}/{NAME}",
    f"file:{ID[:-1]}/{NAME}",
    f"FILE:{ID}/{NAME}",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("reference", NO_REFERENCES)
def test_nothing_else_is_taken_for_one(reference: str | None) -> None:
    assert stored_file(reference) is None


# --- settings ---------------------------------------------------------------------------------


def public(url: str, **more: str) -> str:
    return read_settings({**SECRETS, "PTI_PUBLIC_URL": url, **more}).public_url


def test_the_address_is_this_machine_unless_it_is_set() -> None:
    assert public("") == "http://127.0.0.1:8080"
    assert public("", PTI_GATEWAY_PORT="9000") == "http://127.0.0.1:9000"
    assert public("https://pti.example.org/") == "https://pti.example.org"
    assert public("http://[::1]:8080") == "http://[::1]:8080"


NO_ADDRESSES = [
    "pti.example.org",
    "ftp://pti.example.org",
    "https://",
    "https:///files",
    "https://pti.example.org/chat",
    "https://pti.example.org?x=1",
    "https://pti.example.org#x",
    "https://user:word@pti.example.org",
    "https://pti.example.org:port",
    "https://[::1",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="PTI_PUBLIC_URL"):
        public(url)


def test_in_production_links_are_not_sent_in_clear() -> None:
    production = {"PTI_ENVIRONMENT": "production"}
    with pytest.raises(SettingsError, match=r"PTI_PUBLIC_URL.*production"):
        public("http://pti.example.org", **production)
    assert public("https://pti.example.org", **production)
    assert public("", **production)  # a machine that is reached through another one


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf"])
def test_a_life_that_is_none_is_refused(seconds: str) -> None:
    with pytest.raises(SettingsError, match="PTI_LINK_SECONDS"):
        read_settings({**SECRETS, "PTI_LINK_SECONDS": seconds})
