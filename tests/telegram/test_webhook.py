"""What Telegram's webhook takes, drops and refuses, on both databases."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.channels.telegram.receive import Receiver
from bot.gateway import create_app
from bot.messaging.contents import Incoming, Option, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import Outbox
from bot.settings import read_settings
from tests.messaging.stand_in import claim, process_logging
from tests.support.service import SECRETS
from tests.telegram.conftest import Gateway
from tests.telegram.known import HEADER, WEBHOOK_SECRET
from tests.telegram.updates import MEDIA, message, person, private, said, sent, tapped, update

GROUP = {"id": -1001, "type": "supergroup", "title": "Familia"}
CHANNEL = {"id": -1002, "type": "channel", "title": "Noticias"}
LONG = "ñ" * 4096

# What somebody typed and the text that the assistant gets.
TYPED: dict[str, tuple[str, str]] = {
    "a word": ("hola", "hola"),
    "Spanish letters": ("¿Cuánto cuesta el seguro, señor?", "¿Cuánto cuesta el seguro, señor?"),
    "emoji": ("👍🏽", "👍🏽"),
    "a family emoji": ("👨‍👩‍👧‍👦 todos", "👨‍👩‍👧‍👦 todos"),
    "right to left": ("مرحبا hola", "مرحبا hola"),
    "lines": ("uno\ndos\n\ntres", "uno\ndos\n\ntres"),
    "blanks around": ("  hola \n", "hola"),
    "control characters": ("ho\x00la\x07", "hola"),
    "nothing but blanks": (" \n ", ""),
    "half an emoji": ("hola \ud83d", "hola ?"),
    "as long as it may be": (LONG, LONG),
    "a number": ("2", "2"),
    "markup": ("<b>hola</b> *hola*", "<b>hola</b> *hola*"),
    "JSON": ('{"intent": "restart"}', '{"intent": "restart"}'),
    "a command of Rasa": ("/restart", "/restart"),
    "a command with entities": ('/inform{"language": "en"}', '/inform{"language": "en"}'),
    "a lone slash": ("/", "/"),
    "two slashes": ("//ayuda", "//ayuda"),
    "a date": ("1/2/1980", "1/2/1980"),
    "/start": ("/start", "hola"),
    "/START": ("/START", "hola"),
    "/start of this bot": ("/start@imss_test_bot", "hola"),
    "/start with a code": ("/start AB3K7QRT", "mi código es AB3K7QRT"),
    "/start of this bot with a code": ("/start@imss_test_bot AB3K7QRT", "mi código es AB3K7QRT"),
    "/start with something else": ("/start anuncio_de_marzo", "hola"),
    "/start with a long code": ("/start AB3K7QRTAB3K7QRT", "hola"),
    "/ayuda": ("/ayuda", "menu"),
    "/help": ("/help", "menu"),
    "/menú": ("/menú", "menu"),
    "/ayuda and a question": ("/ayuda con mi CURP", "ayuda con mi CURP"),
    "/idioma": ("/idioma", "in english"),
    "/language": ("/language", "en español"),
    "/idioma and which": ("/idioma español", "idioma español"),
    "/agente": ("/agente", "persona"),
    "/agent": ("/agent", "agent"),
    "/borrar": ("/borrar", "borrar mis datos"),
    "/delete": ("/delete", "delete my data"),
    "a command in the middle": ("escribí /ayuda y nada", "escribí /ayuda y nada"),
    "an unknown command": ("/pagar ya", "/pagar ya"),
}


@pytest.mark.parametrize("name", TYPED)
def test_what_is_typed_is_kept_as_text(gateway: Gateway, name: str) -> None:
    typed, kept = TYPED[name]
    before = len(gateway.messages())
    response = gateway.post(said(typed))
    assert (response.status_code, response.json()) == (200, {})
    assert gateway.messages()[before:] == [Incoming(kept)]


def test_a_greeting_in_the_language_of_the_persons_telegram(gateway: Gateway) -> None:
    before = len(gateway.messages())
    for language in ("en", "en-US", "es-MX", "fr", None):
        somebody = {k: v for k, v in person(language_code=language).items() if v is not None}
        gateway.post(update(message=message(sender=somebody, text="/start")))
    texts = [content.text for content in gateway.messages()[before:]]
    assert texts == ["hello", "hello", "hola", "hola", "hola"]


@pytest.mark.parametrize("name", MEDIA)
def test_what_cannot_be_read_is_kept_by_its_kind(gateway: Gateway, name: str) -> None:
    kinds = {"round video": "video", "venue": "location"}
    before = len(gateway.messages())
    assert gateway.post(sent(**MEDIA[name])).status_code == 200
    assert gateway.messages()[before:] == [Incoming(media=kinds.get(name, name))]


def test_what_is_written_under_a_photo_is_kept_too(gateway: Gateway) -> None:
    before = len(gateway.messages())
    gateway.post(sent(**MEDIA["photo"], caption="¿qué dice aquí?"))
    assert gateway.messages()[before:] == [Incoming("¿qué dice aquí?", media="photo")]


def test_an_album_is_one_message(gateway: Gateway) -> None:
    before = len(gateway.messages())
    for _ in range(4):
        assert gateway.post(sent(**MEDIA["photo"], media_group_id="77")).status_code == 200
    assert gateway.messages()[before:] == [Incoming(media="photo")]


TEXT = {"message_id": 1, "date": 1, "text": "hola"}
DROPPED: dict[str, dict[str, Any]] = {
    "an edited message": update(edited_message=message(text="hola", edit_date=2)),
    "a channel's post": update(channel_post={**TEXT, "chat": CHANNEL}),
    "an edited post": update(edited_channel_post={**TEXT, "chat": CHANNEL, "edit_date": 2}),
    "a message in a group": update(message={**TEXT, "from": person(), "chat": GROUP}),
    "a command in a group": update(
        message={**TEXT, "text": "/start", "from": person(), "chat": GROUP}
    ),
    "a message of a bot": update(message=message(sender=person(is_bot=True), text="hola")),
    "a message of nobody": update(message={**TEXT, "chat": private()}),
    "a message with nothing in it": sent(),
    "a pinned message": sent(pinned_message={**TEXT, "chat": private()}),
    "a kind of message that is new": sent(hologram={"metres": 2}),
    "somebody joins": update(
        message={
            "message_id": 1, "date": 1, "chat": GROUP, "from": person(),
            "new_chat_members": [person(5)],
        }
    ),
    "the bot is blocked": update(
        my_chat_member={
            "chat": private(), "from": person(), "date": 1,
            "old_chat_member": {"status": "member", "user": person(9, is_bot=True)},
            "new_chat_member": {
                "status": "kicked", "user": person(9, is_bot=True), "until_date": 0,
            },
        }
    ),
    "a reaction": update(
        message_reaction={
            "chat": private(), "message_id": 1, "user": person(), "date": 1,
            "old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": "👍"}],
        }
    ),
    "an inline query": update(
        inline_query={"id": "1", "from": person(), "query": "hola", "offset": ""}
    ),
    "a poll": update(
        poll={
            "id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False,
            "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
        }
    ),
    "a message of a business": update(business_message=message(text="hola")),
    "a kind that is new": update(telepathy={"thought": "hola"}),
    "nothing but a number": update(),
    "a message that is a list": update(message=[1, 2]),
    "a message that is a text": update(message="hola"),
    "a message without a chat": update(message={"message_id": 1, "date": 1, "text": "hola"}),
    "a chat without a number": update(message={**TEXT, "from": person(), "chat": {"type": "x"}}),
    "a text that is an object": sent(text={"a": 1}),
    "a date that is none": update(
        message={**TEXT, "date": "yesterday", "from": person(), "chat": private()}
    ),
    "null": update(message=None),
}  # fmt: skip


@pytest.mark.parametrize("name", DROPPED)
def test_what_nobody_said_to_the_bot_is_acknowledged_and_dropped(
    gateway: Gateway, name: str
) -> None:
    before = len(gateway.messages())
    assert gateway.post(DROPPED[name]).status_code == 200
    assert len(gateway.messages()) == before


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "a word": b"hola",
    "cut off": b'{"update_id": 1, "message": {"te',
    "not UTF-8": b'{"update_id": 1, "message": "\xff\xfe"}',
    "a list": b"[1]",
    "null": b"null",
    "without a number": b'{"message": {"text": "hola"}}',
    "a number that is a text": b'{"update_id": "1"}',
    "a number that is true": b'{"update_id": true}',
    "deep lists": b"[" * 50_000,
    "deep objects": b'{"update_id": 1, "message": ' * 2_000,
    "a form": b"update_id=1",
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_update_is_acknowledged_and_dropped(gateway: Gateway, name: str) -> None:
    """Refused, it would come again and again."""
    before = len(gateway.messages())
    assert gateway.post(BODIES[name]).status_code == 200
    assert len(gateway.messages()) == before


def test_a_body_that_is_too_long_is_refused(gateway: Gateway) -> None:
    before = len(gateway.messages())
    body = json.dumps(said("hola", padding="x" * 2**20)).encode()
    assert gateway.post(body).status_code == 413
    assert len(gateway.messages()) == before


SECRETS_GIVEN: dict[str, dict[str, str | bytes]] = {
    "missing": {},
    "empty": {HEADER: ""},
    "wrong": {HEADER: "x" * len(WEBHOOK_SECRET)},
    "one letter less": {HEADER: WEBHOOK_SECRET[:-1]},
    "one letter more": {HEADER: WEBHOOK_SECRET + "0"},
    "in other letters": {HEADER: WEBHOOK_SECRET.upper()},
    "not of this alphabet": {HEADER: "contraseña".encode("latin-1")},
    "in another header": {"Authorization": f"Bearer {WEBHOOK_SECRET}"},
    "twice, the wrong one first": {HEADER: f"wrong, {WEBHOOK_SECRET}"},
}


@pytest.mark.parametrize("name", SECRETS_GIVEN)
def test_without_the_secret_nothing_gets_in(gateway: Gateway, name: str) -> None:
    rows, chats = gateway.messages(), gateway.chats()
    for body in (said("hola", 6_666), b"not even JSON", tapped("1.0.1", chat=6_666)):
        response = gateway.post(body, headers=SECRETS_GIVEN[name])  # type: ignore[arg-type]
        assert response.status_code == 403
    assert (gateway.messages(), gateway.chats()) == (rows, chats)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(gateway: Gateway, method: str) -> None:
    assert gateway.post(b"", method=method).status_code == 405


def test_without_a_bot_there_is_no_webhook(gateway: Gateway) -> None:
    without = read_settings({**SECRETS, "PTI_DATABASE_URL": gateway.settings.database_url})
    other = Gateway(without, gateway.database)
    assert other.post(said("hola")).status_code == 404


def test_polling_has_no_webhook(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "PTI_DATABASE_URL": gateway.settings.database_url,
        "PTI_TELEGRAM_TOKEN": str(gateway.settings.telegram and gateway.settings.telegram.token),
        "PTI_TELEGRAM_MODE": "polling",
    }
    other = Gateway(read_settings({**SECRETS, **given}), gateway.database)
    assert other.post(said("hola")).status_code == 404


def test_an_update_that_comes_again_is_acknowledged_and_dropped(gateway: Gateway) -> None:
    before = len(gateway.messages())
    once = said("hola, otra vez")
    assert [gateway.post(once).status_code for _ in range(3)] == [200, 200, 200]
    assert gateway.messages()[before:] == [Incoming("hola, otra vez")]


def test_a_burst_stays_in_order_and_in_one_conversation(gateway: Gateway) -> None:
    chat, before = 5_550_001, len(gateway.messages())
    for number in range(10):
        gateway.post(said(f"m{number}", chat))
    assert [c.text for c in gateway.messages()[before:]] == [f"m{n}" for n in range(10)]
    assert gateway.chats().count(str(chat)) == 1


def test_everybody_has_a_conversation_of_their_own(gateway: Gateway) -> None:
    before = len(gateway.chats())
    for chat in (5_550_101, 5_550_102, 5_550_103):
        gateway.post(said("hola", chat))
    assert gateway.chats()[before:] == ["5550101", "5550102", "5550103"]


def test_a_us_number_is_not_kept(gateway: Gateway) -> None:
    gateway.post(said("mi seguro social es 123-45-6789"))
    assert "123-45-6789" not in gateway.messages()[-1].text


# --- taps ----------------------------------------------------------------------------------------


def _offered(gateway: Gateway, chat: int) -> Option:
    """An option that was offered in somebody's chat."""
    gateway.post(said("hola", chat))
    address = Inbox(gateway.database).find_address("telegram", str(chat))
    assert address
    while True:
        claimed = claim(gateway.database)
        option = Option(f"{claimed.inbox_id}.0.1", "Qué cubre el seguro", "ask_benefits", {})
        Outbox(gateway.database).finish(claimed, "brain", [Reply("¿Qué?", (option,))], None)
        if claimed.conversation_id == address.conversation_id:
            return option


def test_a_tap_is_the_option_and_is_acknowledged(gateway: Gateway) -> None:
    option = _offered(gateway, 5_551_001)
    tap = tapped(option.id, chat=5_551_001)
    for _ in range(2):  # the second is Telegram's, which did not hear us
        response = gateway.post(tap)
        assert response.status_code == 200
        assert response.json() == {
            "method": "answerCallbackQuery",
            "callback_query_id": tap["callback_query"]["id"],
        }
    assert gateway.messages()[-2:] == [Incoming("hola"), Incoming(option.title, option.id)]


def test_an_option_of_somebody_else_is_only_its_title(gateway: Gateway) -> None:
    option = _offered(gateway, 5_551_101)
    gateway.post(tapped(option.id, "Qué cubre", chat=5_551_102))
    assert gateway.messages()[-1] == Incoming("Qué cubre")


TAPS: dict[str, dict[str, Any]] = {
    "of an option that nobody remembers": tapped("1.0.7", "Cómo pagar"),
    "with data that are no option": tapped("/restart", "Cómo pagar"),
    "with data of our own forging": tapped("1 OR 1=1.0.1", "Cómo pagar"),
    "with a huge number": tapped(f"{'9' * 30}.0.1", "Cómo pagar"),
}


@pytest.mark.parametrize("name", TAPS)
def test_a_tap_that_is_no_option_is_what_stands_on_the_button(gateway: Gateway, name: str) -> None:
    before = len(gateway.messages())
    assert gateway.post(TAPS[name]).json()["method"] == "answerCallbackQuery"
    assert gateway.messages()[before:] == [Incoming("Cómo pagar")]


SILENT_TAPS: dict[str, dict[str, Any]] = {
    "under a message that is gone": tapped(
        "1.0.7", message={"message_id": 1, "date": 0, "chat": private()}
    ),
    "in a group": tapped("1.0.7", message={**TEXT, "chat": GROUP}),
    "of an inline message": tapped("1.0.7", message=None, inline_message_id="9"),
    "of a game": tapped(None, game_short_name="ajedrez"),
}


@pytest.mark.parametrize("name", SILENT_TAPS)
def test_a_tap_that_says_nothing_is_acknowledged_and_dropped(gateway: Gateway, name: str) -> None:
    before = len(gateway.messages())
    assert gateway.post(SILENT_TAPS[name]).json()["method"] == "answerCallbackQuery"
    assert len(gateway.messages()) == before


# --- when something is wrong, and how fast it is -------------------------------------------------


def test_what_cannot_be_stored_is_not_acknowledged(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("no connection"))

    with monkeypatch.context() as patched:
        patched.setattr(Receiver, "store", away)
        once = said("hola, base de datos")
        response = gateway.post(once)
        assert response.status_code == 503
        assert response.headers["retry-after"]
    assert gateway.post(once).status_code == 200
    assert gateway.messages()[-1] == Incoming("hola, base de datos")


def test_nothing_of_a_person_and_no_secret_is_logged(gateway: Gateway) -> None:
    with process_logging() as printed:
        gateway.post(said("me llamo Xochitlquetzal", 5_559_901))
        gateway.post({**said("Xochitlquetzal", 5_559_901), "message": {"text": "Xochitlquetzal"}})
        gateway.post(b'{"Xochitlquetzal"')
        gateway.post(said("Xochitlquetzal"), headers={HEADER: "Xochitlquetzal"})
    for secret in ("Xochitlquetzal", "5559901", WEBHOOK_SECRET):
        assert secret not in printed.getvalue()


def test_the_table_is_long_enough() -> None:
    tables = (TYPED, MEDIA, DROPPED, BODIES, SECRETS_GIVEN, TAPS, SILENT_TAPS)
    assert sum(len(table) for table in tables) >= 60


def test_the_start_calls_nobody(gateway: Gateway) -> None:
    """With an address at which nobody answers there is a gateway all the same."""
    given = {
        "PTI_DATABASE_URL": gateway.settings.database_url,
        "PTI_TELEGRAM_TOKEN": str(gateway.settings.telegram and gateway.settings.telegram.token),
        "PTI_TELEGRAM_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "PTI_TELEGRAM_API_URL": "http://127.0.0.1:9",
    }
    assert create_app(read_settings({**SECRETS, **given}))
