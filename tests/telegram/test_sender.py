"""What is sent to Telegram, and what its answers mean, against the stand-in of its interface."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from PIL import Image

from bot.channels.telegram.api import ApiError, BotApi, UnreachableError
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.sender import TelegramSender, delivery_error
from bot.messaging.contents import Option, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.sender import OperatorError, RefusedError, StoppedError, TryLaterError
from bot.people.files import Files
from bot.settings import TelegramSettings
from bot.storage.database import Database
from tests.messaging.stand_in import process_logging
from tests.people.known import known_of
from tests.support.network import free_port
from tests.telegram.bot_api import BotApiStandIn, Failure, Shown, refusal
from tests.telegram.known import TOKEN, WEBHOOK_SECRET
from tests.telegram.rules import LEAST_PAUSE

CHAT = "7000000001"
OPTIONS = tuple(
    Option(f"{10**17 + n}.123456789.{n}", title, "ask_menu", {})
    for n, title in enumerate(("Cómo pagar", "Qué cubre el seguro de salud para su familia", "Sí"))
)


def picture() -> bytes:
    """A PNG."""
    written = io.BytesIO()
    Image.new("RGB", (20, 10)).save(written, "PNG")
    return written.getvalue()


@pytest.fixture
def settings_of_the_bot(telegram: BotApiStandIn) -> TelegramSettings:
    telegram.state.chats.add(int(CHAT))
    return TelegramSettings(TOKEN, WEBHOOK_SECRET, api_url=telegram.url)


@pytest.fixture
async def sender(
    settings_of_the_bot: TelegramSettings, sqlite_database: Database
) -> AsyncIterator[TelegramSender]:
    made = TelegramSender(BotApi(settings_of_the_bot), Files(sqlite_database))
    yield made
    await made.close()


def keep(database: Database, name: str, content_type: str, content: bytes) -> str:
    """Keeps a file of somebody's; gives how a reply names it."""
    address = Inbox(database).open_address("telegram", CHAT)
    person = known_of(database, address.conversation_id).person_id
    with database.writing() as connection:
        file_id = Files(database).keep(connection, person, name, content_type, content)
    return f"file:{file_id}/{name}"


async def send_all(sender: TelegramSender, reply: Reply) -> None:
    """As delivery does it."""
    for part in sender.parts(reply):
        await sender.send(CHAT, part, "uuid")


async def shown_for(sender: TelegramSender, telegram: BotApiStandIn, reply: Reply) -> list[Shown]:
    before = len(telegram.state.shown)
    await send_all(sender, reply)
    return telegram.state.shown[before:]


async def test_a_text_with_its_options(sender: TelegramSender, telegram: BotApiStandIn) -> None:
    (shown,) = await shown_for(sender, telegram, Reply("¿Qué quiere saber?", OPTIONS))
    assert (shown.chat, shown.text) == (int(CHAT), "¿Qué quiere saber?")
    assert shown.titles == [option.title for option in OPTIONS]
    assert [button["callback_data"] for button in shown.buttons] == [o.id for o in OPTIONS]
    assert shown.parameters["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in shown.parameters


async def test_the_provider_s_name_of_the_message(
    sender: TelegramSender, telegram: BotApiStandIn
) -> None:
    sent = await sender.send(CHAT, Reply("hola"), "uuid")
    assert sent.provider_id == str(telegram.state.shown[-1].message_id)


@pytest.mark.parametrize("text", ["<b>", "*a* _b_ [c](d)", "100% ñ ¿¡ “á”", "a & b", "😀" * 2048])
async def test_any_text_is_shown_as_it_is(
    sender: TelegramSender, telegram: BotApiStandIn, text: str
) -> None:
    (shown,) = await shown_for(sender, telegram, Reply(text))
    assert shown.text == text


async def test_a_long_text_is_several_messages_and_the_options_are_under_the_last(
    sender: TelegramSender, telegram: BotApiStandIn
) -> None:
    text = "\n\n".join(f"Párrafo {n}. " + "Una oración más. " * 60 for n in range(6))
    shown = await shown_for(sender, telegram, Reply(text, OPTIONS))
    assert len(shown) == 2
    assert [bool(one.buttons) for one in shown] == [False, True]
    assert shown[1].text.startswith("Párrafo ")
    assert shown[1].at - shown[0].at >= LEAST_PAUSE


async def test_a_picture_with_its_text_under_it(
    sender: TelegramSender, telegram: BotApiStandIn, sqlite_database: Database
) -> None:
    image = keep(sqlite_database, "linea.png", "image/png", picture())
    (shown,) = await shown_for(sender, telegram, Reply("Su línea", OPTIONS, image=image))
    assert (shown.method, shown.text) == ("sendPhoto", "Su línea")
    assert shown.upload == ("linea.png", picture(), "image/png")
    assert shown.titles == [option.title for option in OPTIONS]


async def test_a_picture_whose_text_does_not_fit_under_it(
    sender: TelegramSender, telegram: BotApiStandIn, sqlite_database: Database
) -> None:
    image = keep(sqlite_database, "linea.png", "image/png", picture())
    shown = await shown_for(sender, telegram, Reply("ñ" * 1025, OPTIONS, image=image))
    assert [one.method for one in shown] == ["sendPhoto", "sendMessage"]
    assert [bool(one.buttons) for one in shown] == [False, True]
    assert shown[0].text == ""


async def test_picture_text_and_file(
    sender: TelegramSender, telegram: BotApiStandIn, sqlite_database: Database
) -> None:
    image = keep(sqlite_database, "linea.png", "image/png", picture())
    file = keep(sqlite_database, "linea.pdf", "application/pdf", b"%PDF-1.7")
    reply = Reply("Su línea", OPTIONS, image=image, file=file)
    shown = await shown_for(sender, telegram, reply)
    assert [one.method for one in shown] == ["sendPhoto", "sendDocument"]
    assert shown[1].upload == ("linea.pdf", b"%PDF-1.7", "application/pdf")
    assert [bool(one.buttons) for one in shown] == [False, True]


async def test_an_image_that_is_no_picture_to_telegram_is_a_file(
    sender: TelegramSender, telegram: BotApiStandIn, sqlite_database: Database
) -> None:
    image = keep(sqlite_database, "linea.svg", "image/svg+xml", b"<svg/>")
    (shown,) = await shown_for(sender, telegram, Reply("Su línea", image=image))
    assert (shown.method, shown.text) == ("sendDocument", "Su línea")


async def test_a_picture_that_telegram_does_not_take_is_a_file(
    sender: TelegramSender, telegram: BotApiStandIn, sqlite_database: Database
) -> None:
    image = keep(sqlite_database, "linea.png", "image/png", picture())
    refused = Failure(400, refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS"))
    telegram.state.failures.append(refused)
    (shown,) = await shown_for(sender, telegram, Reply("Su línea", OPTIONS, image=image))
    assert (shown.method, shown.text) == ("sendDocument", "Su línea")
    assert shown.buttons


async def test_a_picture_of_the_internet_is_named(
    sender: TelegramSender, telegram: BotApiStandIn
) -> None:
    (shown,) = await shown_for(sender, telegram, Reply("a", image="https://imss.example/a.png"))
    assert shown.parameters["photo"] == "https://imss.example/a.png"


async def test_a_file_that_was_erased(sender: TelegramSender, telegram: BotApiStandIn) -> None:
    gone = f"file:{'x' * 43}/linea.png"
    (shown,) = await shown_for(sender, telegram, Reply("Su línea", OPTIONS, image=gone))
    assert (shown.method, shown.text, len(shown.buttons)) == ("sendMessage", "Su línea", 3)
    with pytest.raises(RefusedError, match="file-gone"):
        await sender.send(CHAT, Reply(file=gone), "uuid")


def test_parts_are_the_same_each_time(sqlite_database: Database) -> None:
    sender = TelegramSender(BotApi(TelegramSettings(TOKEN)), Files(sqlite_database))
    reply = Reply("a " * 9000, OPTIONS, image="file:x", file="file:y")
    assert sender.parts(reply) == sender.parts(reply)
    assert sender.parts(Reply()) == ()


# --- what Telegram answers ----------------------------------------------------------------------


async def test_asked_to_wait(sender: TelegramSender, telegram: BotApiStandIn) -> None:
    telegram.state.failures.append(Failure.wait(17))
    with pytest.raises(TryLaterError) as later:
        await sender.send(CHAT, Reply("hola"), "uuid")
    assert (later.value.seconds, later.value.whole_channel) == (17, False)
    assert telegram.state.shown == []


async def test_blocked(sender: TelegramSender, telegram: BotApiStandIn) -> None:
    telegram.state.blocked.add(int(CHAT))
    with pytest.raises(StoppedError):
        await sender.send(CHAT, Reply("hola"), "uuid")


async def test_an_account_that_is_gone(sender: TelegramSender, telegram: BotApiStandIn) -> None:
    gone = refusal(403, "Forbidden: user is deactivated")
    telegram.state.failures.append(Failure(403, gone))
    with pytest.raises(StoppedError):
        await sender.send(CHAT, Reply("hola"), "uuid")


async def test_a_chat_that_is_not_there_is_refused(
    sender: TelegramSender, telegram: BotApiStandIn
) -> None:
    with pytest.raises(RefusedError) as refused:
        await sender.send("123", Reply("hola"), "uuid")
    assert refused.value.code == "400-chat-not-found"


async def test_the_wrong_token_stops_the_channel_and_loses_nothing(
    settings_of_the_bot: TelegramSettings, sqlite_database: Database
) -> None:
    wrong = replace(settings_of_the_bot, token=TOKEN[:-1] + "X")
    sender = TelegramSender(BotApi(wrong), Files(sqlite_database))
    with pytest.raises(OperatorError) as waits:
        await sender.send(CHAT, Reply("hola"), "uuid")
    assert waits.value.code == "401-unauthorized"
    await sender.close()


@pytest.mark.parametrize(
    "failure",
    [
        Failure(500, refusal(500, "Internal Server Error")),
        Failure(502),
        Failure(200, b"<html>Welcome to the hotel's network</html>"),
        Failure(200, b"[]"),
        Failure(200, b'{"ok": false}'),
        Failure(cut=True),
    ],
    ids=["500", "502", "another page", "a list", "half an answer", "cut"],
)
async def test_telegram_in_trouble_is_tried_later(
    sender: TelegramSender, telegram: BotApiStandIn, failure: Failure
) -> None:
    telegram.state.failures.append(failure)
    with pytest.raises(TryLaterError) as later:
        await sender.send(CHAT, Reply("hola"), "uuid")
    assert len(later.value.code) <= 32
    await sender.send(CHAT, Reply("hola"), "uuid")
    assert [shown.text for shown in telegram.state.shown] == ["hola"]


async def test_nobody_there(sqlite_database: Database) -> None:
    nowhere = TelegramSettings(TOKEN, api_url=f"http://127.0.0.1:{free_port()}")
    sender = TelegramSender(BotApi(nowhere), Files(sqlite_database))
    with process_logging() as printed, pytest.raises(TryLaterError) as later:
        await sender.send(CHAT, Reply("hola"), "uuid")
    assert later.value.code == "unreachable-ConnectError"
    assert TOKEN not in printed.getvalue()
    assert TOKEN not in repr((later.value, later.value.__cause__, later.value.__context__))


async def test_the_token_is_in_no_log_and_no_error(
    sender: TelegramSender, telegram: BotApiStandIn, settings_of_the_bot: TelegramSettings
) -> None:
    """Not even where everything is logged."""
    with process_logging("DEBUG") as printed:
        await sender.send(CHAT, Reply("hola secreta"), "uuid")
        telegram.state.failures += [Failure(502), Failure(403, refusal(403, "Forbidden: x"))]
        for _ in range(2):
            with pytest.raises((TryLaterError, StoppedError)) as raised:
                await sender.send(CHAT, Reply("hola secreta"), "uuid")
            assert TOKEN not in repr(raised.value)
    for secret in (TOKEN, "hola secreta", CHAT):
        assert secret not in printed.getvalue()
    assert TOKEN not in repr((settings_of_the_bot, BotApi(settings_of_the_bot)))


async def test_a_slow_answer_is_not_waited_for_without_end(
    settings_of_the_bot: TelegramSettings, telegram: BotApiStandIn
) -> None:
    api = BotApi(settings_of_the_bot)
    telegram.failing = lambda _method: True
    telegram.state.failures.append(Failure(200, b"{}", seconds=2))
    with pytest.raises(UnreachableError, match="ReadTimeout"):
        await api.call("getMe", seconds=0.2)
    await api.close()


async def test_a_closed_interface_opens_again(settings_of_the_bot: TelegramSettings) -> None:
    api = BotApi(settings_of_the_bot)
    for _ in range(2):
        assert (await api.call("getMe"))["is_bot"]
        await api.close()
    await api.close()


def test_the_word_of_an_error_fits_its_column_and_holds_no_digits_of_people() -> None:
    error = ApiError("sendMessage", 400, "Bad Request: chat 7000000001 is not for you, Ana", None)
    assert error.word == "400-chat-is-not-for-you-ana"
    long = ApiError("sendMessage", 400, "Bad Request: " + "very " * 30 + "long", None)
    assert len(delivery_error(long).args[0]) <= 32


# --- pace -----------------------------------------------------------------------------------------


async def test_one_message_a_while_to_a_chat_and_none_waits_for_another_chat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("bot.channels.telegram.pace.asyncio.sleep", wait)
    pace = Pace(1000.0)  # so long that how fast this machine is does not matter
    for chat in "abcde":
        await pace.turn(chat)
    assert waits == []
    await pace.turn("a")
    await pace.turn("a")
    assert [round(seconds, -2) for seconds in waits] == [1000, 2000]


async def test_the_pace_forgets_who_is_long_gone() -> None:
    pace = Pace(0.0)
    for number in range(3000):
        await pace.turn(str(number))
    assert len(pace._next) <= 1001
