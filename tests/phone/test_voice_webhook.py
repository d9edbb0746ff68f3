"""Calls that Twilio signs, step by step: each is done once and told the same again."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.channels.voice import dialogue
from bot.messaging.contents import Incoming, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import Outbox
from bot.messaging.subscriptions import Subscriptions
from bot.storage.call_tables import voice_calls
from bot.storage.tables import inbox, outbox
from tests.phone.conftest import Gateway
from tests.phone.known import line_settings, new_number
from tests.phone.twiml import PATH, PhoneCaller, Told, read
from tests.twilio.conftest import sign
from tests.twilio.known import PUBLIC_URL

SAID = f"{PATH}/said?step=1"
CALL_CENTER = "+525541665415"


@pytest.fixture(autouse=True)
def hasty(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are not held, since no brain works meanwhile; nobody else waits for an answer."""
    monkeypatch.setattr(dialogue, "HOLD_SECONDS", 0.0)
    with gateway.database.writing() as connection:
        connection.execute(update(inbox).values(state="done"))


@pytest.fixture
def caller(gateway: Gateway) -> PhoneCaller:
    """Somebody who calls for the first time."""
    return caller_of(gateway)


def caller_of(gateway: Gateway, **more: Any) -> PhoneCaller:
    def post(path: str, fields: dict[str, str]) -> str:
        response = gateway.voice(path, fields)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].startswith("text/xml")
        return response.text

    return PhoneCaller(post, **more)


def answer_next(gateway: Gateway, *replies: Reply) -> str:
    """Answers what the caller said, in the brain's place; gives what that was."""
    claimed = Inbox(gateway.database).claim("test", 60)
    assert claimed
    assert claimed.content
    Outbox(gateway.database).finish(claimed, "test", replies, None)
    return claimed.content.text


def say_and_answer(gateway: Gateway, caller: PhoneCaller, words: str, *replies: Reply) -> Told:
    """The caller says something, waits, and hears the replies."""
    gather = caller.heard[-1].gather
    assert gather
    told = caller.step(gather["action"].removeprefix(PUBLIC_URL), SpeechResult=words)
    assert told.redirect
    answer_next(gateway, *replies)
    return caller.step(told.redirect)


# --- the signature ---

FIELDS = PhoneCaller(lambda _path, _fields: "", sid="CA" + "f" * 32).fields()
VECTORS = {
    "as it is": {},
    "Spanish": {"SpeechResult": "¿Cuánto cuesta? Ñandú", "Confidence": "0.91"},
    "a key": {"Digits": "1"},
    "a star": {"Digits": "*"},
    "blanks": {"SpeechResult": "", "Digits": "", "Confidence": ""},
    "blanks around": {"SpeechResult": "  hola  "},
    "plus and percent": {"SpeechResult": "50% + 3 & más = ?"},
    "emoji": {"SpeechResult": "👋🏽"},
    "hidden number": {"From": "anonymous"},
    "no number": {"From": ""},
    "a client": {"From": "client:ana"},
    "capitals": {"aaa": "1", "AAA": "2"},
    "long": {"SpeechResult": "hola " * 500},
    "a line's end": {"SpeechResult": "uno\ndos"},
}


@pytest.mark.parametrize("more", VECTORS.values(), ids=VECTORS)
@pytest.mark.parametrize(
    "path", [PATH, SAID, f"{PATH}/wait?step=1&times=0", f"{PATH}/dialled?step=1"]
)
def test_what_twilio_signs_gets_an_answer(
    gateway: Gateway, path: str, more: dict[str, str]
) -> None:
    """Signed by the validator of Twilio's own library."""
    fields = caller_of(gateway).fields(**more)
    response = gateway.voice(path, fields)
    assert response.status_code == 200
    read(response.text)


WRONG: dict[str, str | None] = {
    "none": None,
    "blank word": " ",
    "of another address": sign(f"{PUBLIC_URL}{PATH}/other", FIELDS),
    "of plain http": sign(f"http://imss.example.org{SAID}", FIELDS),
    "of another step": sign(f"{PUBLIC_URL}{PATH}/said?step=2", FIELDS),
    "without the step": sign(f"{PUBLIC_URL}{PATH}/said", FIELDS),
    "of other fields": sign(PUBLIC_URL + SAID, {**FIELDS, "Digits": "1"}),
    "without the blank fields": sign(PUBLIC_URL + SAID, {k: v for k, v in FIELDS.items() if v}),
    "cut short": sign(PUBLIC_URL + SAID, FIELDS)[:-1],
    "in small letters": sign(PUBLIC_URL + SAID, FIELDS).lower(),
}


@pytest.mark.parametrize("signature", WRONG.values(), ids=WRONG)
def test_what_twilio_did_not_sign_leaves_no_row(gateway: Gateway, signature: str | None) -> None:
    before = gateway.rows()
    assert gateway.voice(SAID, FIELDS, signature).status_code == 403
    assert gateway.rows() == before


@pytest.mark.parametrize(
    ("path", "more"),
    [
        (PATH, {"CallSid": ""}),
        (PATH, {"CallSid": "CA/../x"}),
        (f"{PATH}/said?step=x", {}),
        (f"{PATH}/said?step=99999", {}),
        (f"{PATH}/wait?step=1&times=-1", {}),
    ],
)
def test_what_is_no_step_of_a_call(gateway: Gateway, path: str, more: dict[str, str]) -> None:
    before = gateway.rows()
    assert gateway.voice(path, {**FIELDS, **more}).status_code == 422
    assert gateway.rows() == before


def test_a_body_that_is_too_long(gateway: Gateway) -> None:
    assert gateway.voice(SAID, {**FIELDS, "SpeechResult": "x" * 70_000}).status_code == 413


def test_without_voice_there_is_no_route(gateway: Gateway) -> None:
    off = Gateway(line_settings(gateway.settings.database_url, PTI_VOICE="off"), gateway.database)
    assert off.voice(PATH, FIELDS).status_code == 404


# --- listening ---


def test_the_welcome_listens_in_mexican_spanish(caller: PhoneCaller) -> None:
    told = caller.calls()
    assert told.languages == ("es-MX", "en-US")
    assert told.gather
    assert told.gather["input"] == "dtmf speech"
    assert told.gather["language"] == "es-MX"
    assert told.gather["actionOnEmptyResult"] == "true"
    assert told.gather["numDigits"] == "1"
    assert "línea de captura" in told.gather["hints"]
    assert 'voice="Polly.Mia"' in told.xml


def test_what_is_said_goes_to_the_assistant_once(gateway: Gateway, caller: PhoneCaller) -> None:
    caller.calls()
    before = gateway.rows()["inbox"]
    told = say_and_answer(gateway, caller, "cuánto cuesta", Reply("Depende de lo que gana."))
    assert gateway.rows()["inbox"] == before + 1
    assert told.text.startswith("Depende de lo que gana.")
    assert told.gather
    with gateway.database.reading() as connection:
        row = connection.execute(select(inbox).order_by(inbox.c.id.desc())).first()
        reply = connection.execute(select(outbox).order_by(outbox.c.id.desc())).first()
    assert (row.channel, row.kind) == ("voice", "message")
    # The call comes for it: it is sent to nobody.
    assert reply.state == "kept"


@pytest.mark.parametrize(
    "words", ["/restart", '/inform{"income_period": "week"}', "‮hola", "a\x00b"]
)
def test_words_are_words(gateway: Gateway, caller: PhoneCaller, words: str) -> None:
    caller.calls()
    caller.step(SAID, SpeechResult=words)
    assert answer_next(gateway, Reply("Sí.")) == words.replace("\x00", "")


def test_the_keys_are_explained_once(gateway: Gateway, caller: PhoneCaller) -> None:
    caller.calls()
    first = say_and_answer(gateway, caller, "hola", Reply("Hola."))
    second = say_and_answer(gateway, caller, "requisitos", Reply("Estos."))
    assert "oprima uno" in first.text
    assert "oprima" not in second.text


def test_nothing_is_said_after_a_question(gateway: Gateway, caller: PhoneCaller) -> None:
    caller.calls()
    asked = Reply("¿Cuánto gana?", answer="utter_ask_income_amount")
    assert say_and_answer(gateway, caller, "calcular mi cuota", asked).text == "¿Cuánto gana?"


def test_silence_and_noise(caller: PhoneCaller) -> None:
    caller.calls()
    assert "No le escuché" in caller.is_silent().text
    assert "no le entendí" in caller.says("mmm", confidence="0.1").text
    third = caller.presses("5")
    assert "oprima cero" in third.text
    assert "oprima cero" in caller.is_silent().text
    last = caller.is_silent()
    assert last.hangs_up
    assert "Hasta luego" in last.text


def test_silence_is_forgiven_when_they_speak(gateway: Gateway, caller: PhoneCaller) -> None:
    caller.calls()
    caller.is_silent()
    caller.is_silent()
    say_and_answer(gateway, caller, "hola", Reply("Hola."))
    assert "No le escuché" in caller.is_silent().text


def test_a_confidence_that_is_none_is_believed(gateway: Gateway, caller: PhoneCaller) -> None:
    caller.calls()
    assert caller.step(SAID, SpeechResult="hola", Confidence="high").redirect
    answer_next(gateway, Reply("Hola."))


# --- waiting ---


def test_an_answer_that_does_not_come_is_apologised_for(
    gateway: Gateway, caller: PhoneCaller
) -> None:
    caller.calls()
    told = caller.says("hola")
    assert "Perdón" in told.text
    assert told.gather
    waits = [one for one in caller.heard if one.redirect]
    assert "Un momento" in waits[0].text
    assert [one.text for one in waits[1:]] == [""] * (len(waits) - 1)
    # It comes: they hear it the next time.
    answer_next(gateway, Reply("Hola, dígame."))
    assert say_and_answer(gateway, caller, "bueno", Reply("Aquí sigo.")).text.startswith(
        "Hola, dígame. Aquí sigo."
    )


# --- a person ---


def test_zero_leads_to_the_call_center(caller: PhoneCaller) -> None:
    caller.calls()
    told = caller.presses("0")
    assert told.dial == CALL_CENTER
    assert told.dial_action


def test_zero_leads_where_the_setting_says(gateway: Gateway) -> None:
    number = {"PTI_VOICE_TRANSFER_NUMBER": "+525500000000"}
    other = Gateway(line_settings(gateway.settings.database_url, **number), gateway.database)
    caller = caller_of(other)
    caller.calls()
    assert caller.presses("0").dial == "+525500000000"


def test_who_asks_for_a_person_is_connected(gateway: Gateway, caller: PhoneCaller) -> None:
    caller.calls()
    asked = Reply("Marque…", answer="utter_talk_to_agent")
    assert say_and_answer(gateway, caller, "una persona", asked).dial == CALL_CENTER


def test_who_says_goodbye_is_let_go(gateway: Gateway, caller: PhoneCaller) -> None:
    caller.calls()
    told = say_and_answer(gateway, caller, "adiós", Reply("Adiós.", answer="utter_goodbye"))
    assert (told.text, told.hangs_up) == ("Adiós.", True)


@pytest.mark.parametrize(
    ("status", "over"),
    [("completed", True), ("busy", False), ("no-answer", False), ("failed", False), ("", False)],
)
def test_after_the_transfer(caller: PhoneCaller, status: str, over: bool) -> None:
    caller.calls()
    action = caller.presses("0").dial_action
    assert action
    told = caller.step(action, DialCallStatus=status)
    assert told.hangs_up is over
    assert (told.gather is None) is over


# --- the language ---


@pytest.mark.parametrize("key", ["9", "*"])
def test_the_other_language(gateway: Gateway, caller: PhoneCaller, key: str) -> None:
    caller.calls()
    caller.step(SAID, Digits=key)
    assert answer_next(gateway, Reply("Of course.")) == "in english"
    told = caller.step(f"{PATH}/wait?step=1&times=1")
    assert set(told.languages) == {"en-US"}
    assert told.gather
    assert told.gather["language"] == "en-US"
    assert 'voice="Polly.Joanna"' in told.xml
    assert "did not hear" in caller.is_silent().text


# --- the rest by message ---


def test_one_sends_a_message_once(gateway: Gateway, caller: PhoneCaller) -> None:
    caller.calls()
    paying = Reply("En el banco.", answer="utter_ask_how_to_pay")
    say_and_answer(gateway, caller, "cómo pago", paying)
    told = caller.presses("1")
    assert "le mandé un mensaje" in told.text
    sent = [message for message in gateway.outgoing() if message[1] == caller.number]
    assert [channel for channel, _, _ in sent] == ["sms"]
    assert "wa.me" in sent[0][2].text
    # Nothing of the call is in it but the code.
    assert "banco" not in sent[0][2].text


def test_a_step_that_is_asked_for_many_times_at_once(gateway: Gateway) -> None:
    caller = caller_of(gateway)
    caller.calls()
    with ThreadPoolExecutor(6) as threads:
        fields = caller.fields(Digits="1")
        told = list(threads.map(lambda _n: caller.post(SAID, fields), range(6)))
    assert len(set(told)) == 1
    assert [address for _, address, _ in gateway.outgoing()].count(caller.number) == 1


@pytest.mark.parametrize("number", ["anonymous", "", "+266696687", "client:ana", "5550100"])
def test_who_hides_the_number_hears_the_code(gateway: Gateway, number: str) -> None:
    caller = caller_of(gateway, number=number)
    caller.calls()
    before = gateway.rows()["outbox"]
    told = caller.presses("1")
    assert "código" in told.text
    assert told.text.count(", ") >= 14
    assert gateway.rows()["outbox"] == before


def test_who_wants_no_messages_hears_the_code(gateway: Gateway, caller: PhoneCaller) -> None:
    address = Inbox(gateway.database).open_address("sms", caller.number)
    stop = f"stop-{caller.number}"
    Subscriptions(gateway.database).stop(address, stop, Incoming("alto"), None)
    caller.calls()
    assert "código" in caller.presses("1").text


def test_without_any_channel_nothing_is_promised(gateway: Gateway) -> None:
    bare = dataclasses.replace(
        gateway.settings,
        handoff=dataclasses.replace(gateway.settings.handoff, whatsapp_number="", telegram_bot=""),
    )
    caller = caller_of(Gateway(bare, gateway.database), number="anonymous")
    caller.calls()
    assert "no puedo mandar" in caller.presses("1").text


# --- who calls ---


def test_the_same_number_is_another_conversation(gateway: Gateway) -> None:
    """It is no proof: what was said in an earlier call, or by SMS, is not there."""
    number = new_number()
    texted = Inbox(gateway.database).open_address("sms", number)
    conversations = {texted.conversation_id}
    for _ in range(2):
        caller = caller_of(gateway, number=number)
        caller.calls()
        address = Inbox(gateway.database).find_address("voice", caller.sid)
        assert address
        conversations.add(address.conversation_id)
    assert len(conversations) == 3
    assert Inbox(gateway.database).find_address("voice", number) is None


def test_a_line_is_never_read_out(gateway: Gateway, caller: PhoneCaller) -> None:
    caller.calls()
    line = Reply("PRUEBA-NO-PAGAR-123", answer="utter_line")
    slip = Reply("Aquí está", image="file:a/b.png", answer="utter_line_slip")
    told = say_and_answer(gateway, caller, "mi línea", line, slip)
    assert "PRUEBA" not in told.text
    assert "Oprima uno" in told.text


def test_number_and_words_are_sealed(gateway: Gateway, caller: PhoneCaller) -> None:
    caller.calls()
    caller.step(SAID, SpeechResult="me llamo Xochitlquetzal")
    answer_next(gateway, Reply("Mucho gusto."))
    with gateway.database.reading() as connection:
        for table in (inbox, voice_calls):
            rows = str([tuple(row) for row in connection.execute(select(table))])
            assert "Xochitlquetzal" not in rows
            assert caller.number not in rows
            assert caller.sid not in rows or table is inbox
