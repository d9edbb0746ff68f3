"""The contract of the chat page's interface, asked of the real gateway."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.safe_headers import SECURITY_HEADERS
from tests.support.service import Chat, Service
from tests.webchat.replies import Replies

MESSAGES = "/chat/api/messages"
SESSIONS = "/chat/api/sessions"


@pytest.fixture(scope="module")
def known(service: Service) -> Chat:
    """A session for requests that are refused, which leave nothing in it."""
    return Chat(service.url)


def post(service: Service, body: object = None, raw: bytes | None = None) -> requests.Response:
    data = raw if raw is not None else json.dumps(body).encode()
    return requests.post(service.url + MESSAGES, data=data, timeout=30)


def get(service: Service, **query: str) -> requests.Response:
    return requests.get(service.url + MESSAGES, params=query, timeout=60)


def texts(chat: Chat, author: str = "user") -> list[str]:
    return [message["text"] for message in chat.messages() if message["from"] == author]


# --- sessions ---------------------------------------------------------------------------------


def test_a_session_is_opened_and_empty(service: Service) -> None:
    response = requests.post(service.url + SESSIONS, timeout=30)
    assert response.status_code == 201
    assert set(response.json()) == {"session"}
    assert get(service, session=response.json()["session"]).json() == {"messages": []}


def test_sessions_cannot_be_guessed(service: Service) -> None:
    sessions = [Chat(service.url).session for _ in range(12)]
    assert len(set(sessions)) == 12
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", session) for session in sessions)  # 256 bits
    # Neighbours have nothing in common: each place varies.
    assert all(len({session[place] for session in sessions}) > 2 for place in range(42))


UNKNOWN_SESSIONS = [
    "A" * 43,
    "short",
    "' OR 1=1 --",
    "A" * 5000,
    "ñ" * 43,
    "\x00" * 43,
    "../../etc/passwd",
    "1",
]


@pytest.mark.parametrize("session", UNKNOWN_SESSIONS)
def test_an_unknown_session_is_not_found(service: Service, session: str) -> None:
    assert post(service, {"session": session, "text": "hola"}).status_code == 404
    assert get(service, session=session).status_code == 404


def test_a_session_that_differs_in_one_letter_is_not_found(service: Service, known: Chat) -> None:
    first = "B" if known.session[0] == "A" else "A"
    for near in (first + known.session[1:], known.session.swapcase(), known.session + "\n"):
        assert post(service, {"session": near, "text": "hola"}).status_code == 404
        assert get(service, session=near).status_code == 404


# --- bad bodies -------------------------------------------------------------------------------

BAD_JSON = {
    "nothing": b"",
    "a word": b"hola",
    "cut off": b'{"session": "x", "text": "ho',
    "not UTF-8": b'{"session": "x", "text": "\xff\xfe\xfa"}',
    "a list": b'["session"]',
    "a string": b'"hola"',
    "a number": b"12",
    "null": b"null",
    "a form": b"session=x&text=hola",
    "deep lists": b"[" * 30_000,
    "deep objects": b'{"a":' * 10_000,
    "an endless number": b'{"text": ' + b"9" * 20_000 + b"}",
    "a NUL byte": b'{"session": "x",\x00 "text": "hola"}',
}


@pytest.mark.parametrize("raw", BAD_JSON.values(), ids=BAD_JSON.keys())
def test_a_body_that_is_no_json_object_is_refused_with_a_reason(
    service: Service, raw: bytes
) -> None:
    response = post(service, raw=raw)
    assert response.status_code == 400
    assert response.json()["error"]


BAD_CONTENTS: dict[str, dict[str, Any]] = {
    "neither text nor option": {},
    "both null": {"text": None, "option": None},
    "both": {"text": "hola", "option": "1.0.0"},
    "text is a number": {"text": 7},
    "text is a list": {"text": ["hola"]},
    "text is an object": {"text": {"text": "hola"}},
    "text is true": {"text": True},
    "empty text": {"text": ""},
    "blank text": {"text": " \n\t  "},
    "only control characters": {"text": "\x00\x07\x1b\x7f"},
    "option is a number": {"option": 1},
    "option is a list": {"option": ["1.0.0"]},
    "empty option": {"option": ""},
    "unknown option": {"option": "1.0.0"},
    "endless option": {"option": "9" * 30 + ".0.0"},
    "endless ordinal": {"option": "1." + "9" * 22},
    "long option": {"option": "1.0." + "0" * 9000},
    "an intent as option": {"option": "/talk_to_agent"},
    "other digits as option": {"option": "١.٠.٠"},
    "a surrogate as option": {"option": "1.0.\ud800"},
    "SQL as option": {"option": "1.0.0; DROP TABLE inbox"},
    "key is a number": {"text": "hola", "key": 12345678},
    "key is short": {"text": "hola", "key": "abc"},
    "key is long": {"text": "hola", "key": "a" * 65},
    "key with other letters": {"text": "hola", "key": "abcdefgh\n"},
}


@pytest.mark.parametrize("content", BAD_CONTENTS.values(), ids=BAD_CONTENTS.keys())
def test_a_bad_message_is_refused_with_a_reason_and_leaves_nothing(
    service: Service, known: Chat, content: dict[str, Any]
) -> None:
    response = post(service, {"session": known.session, **content})
    assert response.status_code == 400, response.text
    assert response.json()["error"]
    assert known.messages() == []


@pytest.mark.parametrize("session", [None, "", 7, True, ["x"], {"a": 1}])
def test_a_session_of_the_wrong_type_is_refused(service: Service, session: object) -> None:
    assert post(service, {"session": session, "text": "hola"}).status_code == 400


def test_a_missing_session_is_refused(service: Service) -> None:
    assert post(service, {"text": "hola"}).status_code == 400
    assert get(service).status_code == 400


# --- long messages ----------------------------------------------------------------------------

LONGEST = {
    "letters": "a" * 4096,
    "ñ": "ñ" * 4096,
    "emoji": "😀" * 4096,  # four bytes each, twelve as JSON escapes
}


@pytest.mark.parametrize("text", LONGEST.values(), ids=LONGEST.keys())
def test_4096_characters_are_taken_whole(service: Service, text: str) -> None:
    chat = Chat(service.url)
    chat.send(text)
    assert texts(chat) == [text]


@pytest.mark.parametrize("text", [t + t[0] for t in LONGEST.values()], ids=LONGEST.keys())
def test_4097_characters_are_too_many(service: Service, known: Chat, text: str) -> None:
    response = post(service, {"session": known.session, "text": text})
    assert response.status_code == 413
    assert "4096" in response.json()["error"]
    assert known.messages() == []


def test_a_huge_body_is_refused(service: Service, known: Chat) -> None:
    raw = json.dumps({"session": known.session, "text": "hola", "more": "x" * 2_000_000}).encode()
    response = post(service, raw=raw)
    assert response.status_code == 413
    assert response.json()["error"]
    assert known.messages() == []


def test_a_huge_body_of_unknown_length_is_refused_before_it_ends(service: Service) -> None:
    connection = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=30)
    connection.putrequest("POST", MESSAGES)
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    connection.send(b"20000\r\n" + b"x" * 0x20000 + b"\r\n")  # and no last chunk
    assert connection.getresponse().status == 413
    connection.close()


# --- what is taken ----------------------------------------------------------------------------

TAKEN_AS = {
    "plain": ("hola", "hola"),
    "spaces around": ("  hola \n", "hola"),
    "two lines and a tab": ("a\n\tb", "a\n\tb"),
    "NUL inside": ("ho\x00la", "hola"),
    "escape sequence": ("\x1b[31mhola", "[31mhola"),
    "a lone surrogate": ("hola \ud83d", "hola ?"),
    "a joined emoji": ("👩‍👩‍👧 hola", "👩‍👩‍👧 hola"),
    "right to left": ("مرحبا", "مرحبا"),
    "markup": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "an intent": ("/talk_to_agent", "/talk_to_agent"),
    "a payload": ('/quota{"income": "1"}', '/quota{"income": "1"}'),
    "SQL": ("'); DROP TABLE inbox;--", "'); DROP TABLE inbox;--"),
}


@pytest.mark.parametrize(("sent", "kept"), TAKEN_AS.values(), ids=TAKEN_AS.keys())
def test_a_text_is_taken_as_text(service: Service, sent: str, kept: str) -> None:
    chat = Chat(service.url)
    response = post(service, {"session": chat.session, "text": sent})
    assert response.status_code == 202
    assert set(response.json()) == {"id"}
    assert texts(chat) == [kept]
    assert chat.replies(response.json()["id"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_may_come_in_any_of_its_encodings(service: Service, encoding: str) -> None:
    chat = Chat(service.url)
    body = json.dumps({"session": chat.session, "text": "señal"}, ensure_ascii=False)
    assert post(service, raw=body.encode(encoding)).status_code == 202
    assert texts(chat) == ["señal"]


def test_a_message_has_the_fields_of_the_contract(service: Service) -> None:
    chat = Chat(service.url)
    reply = chat.ask("hola")[0]
    mine = chat.messages()[0]
    fields = {"id", "from", "text", "options", "image", "file", "at", "by", "agent"}
    assert set(mine) == set(reply) == fields
    assert (mine["from"], reply["from"]) == ("user", "bot")
    assert mine["options"] == []
    assert reply["options"]
    assert all(set(option) == {"id", "title"} for option in reply["options"])
    assert mine["id"] < reply["id"]
    at = datetime.fromisoformat(reply["at"])
    assert abs(at - datetime.now(timezone.utc)) < timedelta(minutes=5)


def test_an_image_a_file_and_an_agent_are_given_as_they_were_written(
    service: Service, replies: Replies
) -> None:
    chat = Chat(service.url)
    position = replies.write(chat.session, "Tenga", author="agent", image="/a.png", file="/b.pdf")
    (message,) = chat.messages()
    assert message["id"] == position
    assert (message["from"], message["text"]) == ("agent", "Tenga")
    assert (message["image"], message["file"]) == ("/a.png", "/b.pdf")


# --- options ----------------------------------------------------------------------------------


def test_an_offered_option_is_taken_by_its_title(service: Service) -> None:
    chat = Chat(service.url)
    option = chat.ask("hola")[-1]["options"][0]
    answer = chat.replies(chat.choose(option["id"]))
    assert texts(chat) == ["hola", option["title"]]
    assert answer


def test_an_option_can_be_chosen_after_others_were_offered(service: Service) -> None:
    chat = Chat(service.url)
    option = chat.ask("hola")[-1]["options"][0]
    chat.ask("menu")
    assert chat.replies(chat.choose(option["id"]))


def test_an_option_of_another_session_was_not_offered(service: Service, known: Chat) -> None:
    option = Chat(service.url).ask("hola")[-1]["options"][0]
    response = post(service, {"session": known.session, "option": option["id"]})
    assert response.status_code == 400
    assert "offered" in response.json()["error"]
    assert known.messages() == []


# --- reading ----------------------------------------------------------------------------------

BAD_NUMBERS = ["-1", "1.5", "x", "1e3", " 1", "+1", "0x1", "١", "9" * 40, "null"]


@pytest.mark.parametrize("name", ["after", "wait"])
@pytest.mark.parametrize("value", BAD_NUMBERS)
def test_after_and_wait_are_whole_numbers(
    service: Service, known: Chat, name: str, value: str
) -> None:
    response = get(service, session=known.session, **{name: value})
    assert response.status_code == 400
    assert name in response.json()["error"]


def test_nobody_waits_longer_than_25_seconds(
    service: Service, known: Chat, replies: Replies
) -> None:
    assert get(service, session=known.session, wait="26").status_code == 400
    chat = Chat(service.url)
    replies.write(chat.session, "ya")
    assert get(service, session=chat.session, wait="25").status_code == 200


def test_after_leaves_out_what_was_seen(service: Service, replies: Replies) -> None:
    chat = Chat(service.url)
    ids = [replies.write(chat.session, f"mensaje {n}") for n in range(5)]
    assert [m["id"] for m in chat.messages()] == ids
    assert [m["id"] for m in chat.messages(after=ids[2])] == ids[3:]
    assert chat.messages(after=ids[-1]) == []
    assert chat.messages(after=2**53) == []


def test_a_long_conversation_is_read_in_parts_without_a_gap(
    service: Service, replies: Replies
) -> None:
    chat = Chat(service.url)
    written = replies.write_many(chat.session, [f"mensaje {n}" for n in range(450)])
    read: list[int] = []
    while part := chat.messages(after=read[-1] if read else 0):
        read += [message["id"] for message in part]
    assert read == written


def test_waiting_ends_empty_when_nothing_comes(service: Service, known: Chat) -> None:
    started = time.monotonic()
    assert known.messages(wait=1) == []
    assert time.monotonic() - started >= 1


def test_waiting_ends_when_a_reply_comes(service: Service, replies: Replies) -> None:
    chat = Chat(service.url)
    with ThreadPoolExecutor() as pool:
        # Without the reply's news this request would take longer than its own time limit.
        query = {"session": chat.session, "wait": "25"}
        waiting = pool.submit(requests.get, service.url + MESSAGES, params=query, timeout=15)
        replies.write(chat.session, "aquí está")
        messages = waiting.result().json()["messages"]
    assert [message["text"] for message in messages] == ["aquí está"]


def test_news_of_one_conversation_are_not_told_in_another(
    service: Service, known: Chat, replies: Replies
) -> None:
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(known.messages, 0, 1)
        replies.write(Chat(service.url).session, "para otra persona")
        assert waiting.result() == []


def test_many_wait_at_once_and_the_gateway_still_answers(
    service: Service, replies: Replies
) -> None:
    chat = Chat(service.url)
    query = {"session": chat.session, "wait": "25"}
    with ThreadPoolExecutor(60) as pool:
        waiting = [
            pool.submit(requests.get, service.url + MESSAGES, params=query, timeout=40)
            for _ in range(60)
        ]
        assert requests.get(service.url + "/health", timeout=10).status_code == 200
        replies.write(chat.session, "para todas las ventanas")
        found = [request.result().json()["messages"] for request in waiting]
    assert [len(messages) for messages in found] == [1] * 60


# --- sent again, and from several places ------------------------------------------------------


def test_a_message_sent_again_with_its_key_is_taken_once(service: Service) -> None:
    chat = Chat(service.url)
    body = {"session": chat.session, "text": "hola", "key": "0123456789abcdef"}
    first, second = post(service, body), post(service, body)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    chat.replies(first.json()["id"])
    assert post(service, body).json() == first.json()
    assert texts(chat) == ["hola"]


def test_a_message_sent_again_at_the_same_moment_is_taken_once(service: Service) -> None:
    chat = Chat(service.url)
    body = {"session": chat.session, "text": "hola", "key": "at-the-same-moment"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(service, body), range(8)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert texts(chat) == ["hola"]


def test_a_key_counts_in_its_own_conversation_only(service: Service) -> None:
    one, other = Chat(service.url), Chat(service.url)
    for chat in (one, other):
        body = {"session": chat.session, "text": "hola", "key": "the-same-key"}
        assert post(service, body).status_code == 202
    assert texts(one) == texts(other) == ["hola"]


def test_without_a_key_the_same_words_are_two_messages(service: Service) -> None:
    chat = Chat(service.url)
    assert chat.send("sí") != chat.send("sí")
    assert texts(chat) == ["sí", "sí"]


def test_two_tabs_write_in_one_conversation_and_see_the_same(service: Service) -> None:
    one, other = Chat(service.url), Chat(service.url)
    other.session = one.session
    with ThreadPoolExecutor(2) as pool:
        sent = pool.map(lambda tab: [tab.send(f"hola {n}") for n in range(6)], (one, other))
        ids = [number for numbers in sent for number in numbers]
    one.replies(max(ids))
    assert len(set(ids)) == 12
    seen = one.messages()
    assert other.messages()[: len(seen)] == seen  # answers go on coming meanwhile
    positions = [message["id"] for message in seen]
    assert positions == sorted(set(positions))
    assert set(ids) <= set(positions)


# --- limits -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A gateway with small limits, and no brain."""
    folder = tmp_path_factory.mktemp("strict")
    limits = {
        "PTI_CHAT_MESSAGES_BURST": "2",
        "PTI_CHAT_MESSAGES_PER_SECOND": "0.001",
        "PTI_CHAT_SESSIONS_BURST": "4",
        "PTI_CHAT_SESSIONS_PER_SECOND": "0.001",
    }
    running = Service(f"sqlite:///{folder / 'pti.db'}", folder / "none.tar.gz", folder, **limits)
    running.start("gateway")
    running.wait_until_ready(brains=False)
    yield running
    running.stop()


def test_too_many_messages_and_sessions_are_refused_with_the_wait(strict: Service) -> None:
    chat, neighbour = Chat(strict.url), Chat(strict.url)
    # What was refused for another reason does not count.
    assert post(strict, {"session": chat.session, "text": ""}).status_code == 400
    chat.send("uno")
    chat.send("dos")
    refused = post(strict, {"session": chat.session, "text": "tres"})
    assert refused.status_code == 429
    assert refused.json()["error"]
    assert 0 < int(refused.headers["Retry-After"]) <= 1000
    assert texts(chat) == ["uno", "dos"]
    neighbour.send("uno")

    Chat(strict.url), Chat(strict.url)
    refused = requests.post(strict.url + SESSIONS, timeout=30)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_without_a_brain_the_gateway_takes_messages_but_is_not_ready(strict: Service) -> None:
    assert requests.get(f"{strict.url}/health", timeout=10).status_code == 200
    ready = requests.get(f"{strict.url}/ready", timeout=10)
    assert (ready.status_code, ready.json()["brains"]) == (503, 0)


# --- around it --------------------------------------------------------------------------------


def test_health_and_ready(service: Service) -> None:
    health = requests.get(f"{service.url}/health", timeout=10)
    assert (health.status_code, health.json()) == (200, {"status": "ok"})
    ready = requests.get(f"{service.url}/ready", timeout=10)
    assert ready.status_code == 200
    assert ready.json()["brains"] >= 1


ANSWERS = [
    ("GET", "/", 200),
    ("HEAD", "/", 200),
    ("POST", "/", 405),
    ("DELETE", "/", 405),
    ("GET", "/?lang=en", 200),
    ("GET", "/static/chat.js", 200),
    ("HEAD", "/static/chat.css", 200),
    ("PUT", "/static/chat.js", 405),
    ("GET", "/static/", 404),
    ("GET", "/static/nothing.js", 404),
    ("GET", "/static/../page.py", 404),
    ("GET", "/static/%2e%2e/page.py", 404),
    ("GET", "/static/..%2fstrings.yml", 404),
    ("GET", "/static/%00", 404),
    ("GET", "//etc/passwd", 404),
    ("HEAD", "/health", 200),
    ("POST", "/health", 405),
    ("POST", "/ready", 405),
    ("GET", "/chat", 404),
    ("GET", "/chat/api", 404),
    ("GET", SESSIONS, 405),
    ("PUT", SESSIONS, 405),
    ("PUT", MESSAGES, 405),
    ("DELETE", MESSAGES, 405),
    ("PATCH", MESSAGES, 405),
    ("OPTIONS", MESSAGES, 405),
    ("GET", MESSAGES, 400),
    ("POST", MESSAGES, 400),
    ("GET", "/webhooks/rest/webhook", 404),
    ("GET", "/.env", 404),
    ("GET", "/docs", 404),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_has_its_status_and_the_security_headers(
    service: Service, method: str, path: str, status: int
) -> None:
    # http.client sends the path as it is; requests would tidy it.
    connection = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=30)
    connection.request(method, path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    assert response.status == status
    assert {name: response.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "server" not in response.headers
    if method == "HEAD":
        assert body == b""
    if status == 405:
        assert b"Traceback" not in body


def test_the_policy_lets_nothing_inline_run() -> None:
    policy = SECURITY_HEADERS["content-security-policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")


def test_conversations_are_not_kept_by_caches(service: Service, known: Chat) -> None:
    assert get(service, session=known.session).headers["cache-control"] == "no-store"


# --- the page as it is delivered --------------------------------------------------------------

LANGUAGES_ASKED = [
    ("", None, "es"),
    ("", "es-MX,es;q=0.9,en;q=0.8", "es"),
    ("", "en-US,en;q=0.9", "en"),
    ("", "fr-FR,fr;q=0.9,en;q=0.5", "en"),
    ("", "fr, de;q=0.3", "es"),
    ("", "*", "es"),
    ("?lang=en", "es-MX", "en"),
    ("?lang=es", "en-US", "es"),
    ("?lang=xx", "en-US", "en"),
    ("?lang=<script>", "es-MX", "es"),
    ("?lang=../../x", None, "es"),
]


@pytest.mark.parametrize(("query", "accepted", "language"), LANGUAGES_ASKED)
def test_the_page_comes_in_the_language_that_is_asked_for(
    service: Service, query: str, accepted: str | None, language: str
) -> None:
    response = requests.get(
        f"{service.url}/{query}", headers={"Accept-Language": accepted}, timeout=30
    )
    assert f'<html lang="{language}">' in response.text
    assert response.headers["content-language"] == language
    assert {"es": "Buen día.", "en": "Hello."}[language] in response.text.split("<ol")[1]
    assert "<script>" not in response.text


def test_the_page_has_nothing_inline_and_nothing_from_elsewhere(service: Service) -> None:
    page = requests.get(service.url, timeout=30).text
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert addresses
    assert all(address.startswith(("/static/", "tel:", "/privacy")) for address in addresses)


def test_static_files_change_their_address_with_their_content(service: Service) -> None:
    page = requests.get(service.url, timeout=30).text
    for address in re.findall(r'"(/static/[^"]+)"', page):
        assert re.search(r"\?v=[0-9a-f]{12}$", address), address
        assert requests.get(service.url + address, timeout=30).status_code == 200


def test_without_script_the_page_tells_the_call_centers_number(service: Service) -> None:
    page = requests.get(service.url, timeout=30).text
    noscript = page.split("<noscript>")[1].split("</noscript>")[0]
    assert re.search(r'href="tel:\+?\d{10,}"', noscript)


def test_what_people_write_is_in_no_log_and_not_readable_in_the_database(
    service: Service, tmp_path: Path
) -> None:
    chat = Chat(service.url)
    secret = "clavesecretadelaprueba"
    chat.ask(f"hola {secret}")
    assert secret not in service.logs()
    assert chat.session not in service.logs()
    folder = Path(service.database_url.removeprefix("sqlite:///")).parent
    stored = b"".join(path.read_bytes() for path in folder.glob("pti.db*"))
    assert stored
    assert secret.encode() not in stored
    assert chat.session.encode() not in stored
