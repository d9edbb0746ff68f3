"""What people send by SMS and WhatsApp is stored as what it is, once."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from bot.messaging.contents import Incoming, Option, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import Outbox
from bot.messaging.outgoing import OutgoingMessages
from bot.messaging.statuses import name_of_part
from bot.storage.tables import addresses, inbox, outbox
from tests.messaging.stand_in import process_logging
from tests.twilio.conftest import STATUS, Gateway
from tests.twilio.test_webhook_signature import message

_numbers = itertools.count(1)
PLACE = {"Latitude": "32.52", "Longitude": "-117.03"}
STOPPED = "ya no le enviaremos mensajes"


def phone() -> str:
    """A number that nobody had."""
    return f"+1555{next(_numbers):07d}"


def whatsapp(**more: str) -> dict[str, str]:
    """A message of WhatsApp; from somebody new unless told."""
    given = {"From": f"whatsapp:{phone()}", "To": "whatsapp:+525550100000", "ProfileName": "Ana"}
    return message(**{**given, **more})


def media(kind: str, number: int = 1) -> dict[str, str]:
    return {
        "NumMedia": str(number),
        "MediaContentType0": kind,
        "MediaUrl0": "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
    }


STORED = {
    "a text": ({"Body": "hola"}, Incoming("hola")),
    "blanks around": ({"Body": " hola \n"}, Incoming("hola")),
    "a slash is text": ({"Body": "/restart"}, Incoming("/restart")),
    "an intent is text": ({"Body": '/deny{"a":1}'}, Incoming('/deny{"a":1}')),
    "JSON is text": ({"Body": '{"intent":"x"}'}, Incoming('{"intent":"x"}')),
    "control characters": ({"Body": "ho\x00la\x07"}, Incoming("hola")),
    "two lines": ({"Body": "uno\ndos"}, Incoming("uno\ndos")),
    "emoji": ({"Body": "👨‍👩‍👧🇲🇽"}, Incoming("👨‍👩‍👧🇲🇽")),
    "right to left": ({"Body": "مرحبا ‮abc"}, Incoming("مرحبا ‮abc")),
    "1600 characters": ({"Body": "ñ" * 1600}, Incoming("ñ" * 1600)),
    "4096 characters": ({"Body": "a" * 4096}, Incoming("a" * 4096)),
    "more than that": ({"Body": "a" * 5000}, Incoming("a" * 4096)),
    "a US social security number": ({"Body": "es 123-45-6789"}, None),
    "a photo": ({"Body": "", **media("image/jpeg")}, Incoming(media="photo")),
    "a photo with a text": (
        {"Body": "mi CURP", **media("image/png")},
        Incoming("mi CURP", media="photo"),
    ),
    "a voice note": ({"Body": "", **media("audio/ogg")}, Incoming(media="voice")),
    "a video": ({"Body": "", **media("video/mp4")}, Incoming(media="video")),
    "a document": ({"Body": "", **media("application/pdf")}, Incoming(media="document")),
    "a sticker": ({"Body": "", **media("image/webp")}, Incoming(media="sticker")),
    "a contact": ({"Body": "", **media("text/vcard")}, Incoming(media="contact")),
    "of no type": ({"Body": "", **media("")}, Incoming(media="document")),
    "ten photos": ({"Body": "", **media("image/jpeg", 10)}, Incoming(media="photo")),
    "media that are not counted": ({"Body": "x", "NumMedia": "many"}, Incoming("x")),
    "media without a body field": ({**media("image/jpeg")}, Incoming("hola", media="photo")),
    "nothing at all": ({"Body": ""}, Incoming(media="other")),
    "only blanks": ({"Body": " \n "}, Incoming(media="other")),
    "a place": ({"Body": "", **PLACE}, Incoming(media="location")),
    "a place with a name": (
        {"Body": "", **PLACE, "Label": "Casa", "Address": "Calle 1"},
        Incoming(media="location"),
    ),
    "half a place": ({"Body": "aqui", "Latitude": "1", "Longitude": ""}, Incoming("aqui")),
    "a button of a template": (
        {"Body": "Sí", "ButtonText": "Sí", "ButtonPayload": "yes"},
        Incoming("Sí"),
    ),
    "a button with a command": (
        {"Body": "Sí", "ButtonText": "Sí", "ButtonPayload": "/deny"},
        Incoming("Sí"),
    ),
    "a button with an option nobody offered": (
        {"Body": "Sí", "ButtonText": "Sí", "ButtonPayload": "1.0.1"},
        Incoming("Sí"),
    ),
    "a list": ({"Body": "", "ListTitle": "Pagar", "ListId": "pay"}, Incoming("Pagar")),
    "cancelar is no opt-out": ({"Body": "Cancelar"}, Incoming("Cancelar")),
    "baja of a wife": (
        {"Body": "quiero dar de baja a mi esposa"},
        Incoming("quiero dar de baja a mi esposa"),
    ),
    "baja alone": ({"Body": "baja"}, Incoming("baja")),
    "stop in a sentence": ({"Body": "when does it stop?"}, Incoming("when does it stop?")),
    "alto in a sentence": ({"Body": "es muy alto el costo"}, Incoming("es muy alto el costo")),
    "start of who did not stop": ({"Body": "START"}, Incoming("START")),
}


@pytest.mark.parametrize(("more", "content"), STORED.values(), ids=STORED)
@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_stored_as_what_it_is(
    gateway: Gateway, channel: str, more: dict[str, str], content: Incoming | None
) -> None:
    fields = whatsapp(**more) if channel == "whatsapp" else message(From=phone(), **more)
    assert gateway.post(fields).status_code == 200
    found, state = gateway.last()
    assert state == "waiting"
    if content is None:
        assert "6789" not in found.text
    else:
        assert found == content


def test_a_body_that_is_not_there(gateway: Gateway) -> None:
    fields = {**whatsapp(), **media("image/jpeg")}
    del fields["Body"]
    assert gateway.post(fields).status_code == 200
    assert gateway.last()[0] == Incoming(media="photo")


SENDERS = {
    "a number": ({"From": "whatsapp:+15559990001"}, ["+15559990001"]),
    "a Mexican number": ({"From": "whatsapp:+5215559990001"}, ["+5215559990001"]),
    "a number and a user id": (
        {"From": "whatsapp:+15559990002", "ExternalUserId": "US.1349"},
        ["+15559990002", "US.1349"],
    ),
    "a user id alone": ({"From": "", "ExternalUserId": "US.1350"}, ["US.1350"]),
    "a user id as From": ({"From": "whatsapp:US.1351"}, ["US.1351"]),
    "both the same": (
        {"From": "whatsapp:US.1352", "ExternalUserId": "US.1352"},
        ["US.1352"],
    ),
    "no number after the prefix": (
        {"From": "whatsapp:", "ExternalUserId": "MX.1353"},
        ["MX.1353"],
    ),
    "a short code": ({"From": "40404", "To": "+15550100000"}, ["40404"]),
}


@pytest.mark.parametrize(("more", "names"), SENDERS.values(), ids=SENDERS)
def test_who_wrote(gateway: Gateway, more: dict[str, str], names: list[str]) -> None:
    assert gateway.post(whatsapp(**more)).status_code == 200
    known = gateway.addresses()
    assert len({known[name] for name in names}) == 1


def test_a_person_stays_the_same_with_and_without_a_number(gateway: Gateway) -> None:
    number, user = phone(), f"US.{next(_numbers):09d}"
    gateway.post(whatsapp(From="", ExternalUserId=user))
    gateway.post(whatsapp(From=f"whatsapp:{number}", ExternalUserId=user))
    gateway.post(whatsapp(From=f"whatsapp:{number}"))
    known = gateway.addresses()
    assert known[number] == known[user]


def test_two_conversations_stay_two(gateway: Gateway) -> None:
    """Nothing is put together that was apart: data of one might be shown to the other."""
    number, user = phone(), f"US.{next(_numbers):09d}"
    gateway.post(whatsapp(From="", ExternalUserId=user))
    gateway.post(whatsapp(From=f"whatsapp:{number}"))
    gateway.post(whatsapp(From=f"whatsapp:{number}", ExternalUserId=user))
    known = gateway.addresses()
    assert known[number] != known[user]


def test_sms_and_whatsapp_of_one_number_are_two_conversations(gateway: Gateway) -> None:
    number = phone()
    gateway.post(message(From=number))
    gateway.post(whatsapp(From=f"whatsapp:{number}"))
    with gateway.database.reading() as connection:
        index = gateway.database.cipher.index(number)
        rows = connection.execute(
            select(addresses.c.conversation_id).where(addresses.c.address_index == index)
        ).all()
    assert len({row.conversation_id for row in rows}) == 2


NOT_OURS = {
    "no sid": {"MessageSid": "", "SmsMessageSid": ""},
    "a sid of signs": {"MessageSid": "SM'; --", "SmsMessageSid": ""},
    "nobody": {"From": ""},
    "a word": {"From": "IMSS"},
    "a user id by SMS": {"From": "US.123"},
    "Messenger": {"From": "messenger:123456"},
    "a number that is none": {"From": "whatsapp:+0x1234"},
    "a long number": {"From": "+" + "1" * 60},
}


@pytest.mark.parametrize("more", NOT_OURS.values(), ids=NOT_OURS)
def test_what_nobody_here_answers_leaves_no_row(gateway: Gateway, more: dict[str, str]) -> None:
    before = gateway.rows()
    with process_logging() as printed:
        assert gateway.post(message(**more)).status_code == 422
    assert gateway.rows() == before
    assert "hola" not in printed.getvalue()


def test_a_retry_is_acknowledged_and_dropped(gateway: Gateway) -> None:
    fields, before = whatsapp(), gateway.rows()
    answers = [gateway.post(fields).status_code for _ in range(3)]
    assert (answers, gateway.rows()) == ([200, 200, 200], before + 1)


def test_retries_at_the_same_moment(gateway: Gateway) -> None:
    fields, before = whatsapp(), gateway.rows()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: gateway.post(fields).status_code, range(4)))
    assert (answers, gateway.rows()) == ([200] * 4, before + 1)


def test_a_burst_of_ten(gateway: Gateway) -> None:
    """Also of somebody new, whose address ten requests would open at once."""
    sender, before = f"whatsapp:{phone()}", gateway.rows()
    texts = [f"mensaje {number}" for number in range(10)]
    with ThreadPoolExecutor(5) as pool:
        answers = list(
            pool.map(lambda text: gateway.post(whatsapp(From=sender, Body=text)).status_code, texts)
        )
    assert (answers, gateway.rows()) == ([200] * 10, before + 10)


def test_nothing_of_a_message_is_logged(gateway: Gateway) -> None:
    with process_logging() as printed:
        gateway.post(whatsapp(From="whatsapp:+15551234567", Body="soy Ana"))
        gateway.post(whatsapp(From="whatsapp:+15551234567", Body="STOP"))
        gateway.post(whatsapp(From="whatsapp:+15551234567"), signature="wrong")
    for word in ("5551234567", "Ana", "STOP", "ProfileName"):
        assert word not in printed.getvalue()


def offered_to(gateway: Gateway, sender: str) -> Option:
    """An option that somebody was offered, whose title does not fit a row of a list."""
    gateway.post(whatsapp(From=sender))
    database, option = gateway.database, None
    while (found := Inbox(database).claim("brain", 60)) is not None:
        option = Option(f"{found.inbox_id}.0.1", "Sí, pagar con mi tarjeta de débito", "affirm", {})
        Outbox(database).finish(found, "brain", [Reply("¿Paga?", (option,))], None)
    assert option
    return option


CUT = "Sí, pagar con mi…"
TAPS = {
    "a button": {"Body": CUT, "ButtonText": CUT, "ButtonPayload": "{id}"},
    "a row": {"Body": CUT, "ListTitle": CUT, "ListId": "{id}"},
    "a row without a body": {"Body": "", "ListTitle": CUT, "ListId": "{id}"},
    "a button of which only the id is known": {"Body": "", "ButtonPayload": "{id}"},
}


@pytest.mark.parametrize("fields", TAPS.values(), ids=TAPS)
def test_a_tap_means_the_option_that_was_offered(gateway: Gateway, fields: dict[str, str]) -> None:
    sender = whatsapp()["From"]
    option = offered_to(gateway, sender)
    more = {name: value.format(id=option.id) for name, value in fields.items()}
    gateway.post(whatsapp(From=sender, **more))
    assert gateway.last()[0] == Incoming(option.title, option.id)


@pytest.mark.parametrize("name", ["ButtonPayload", "ListId"])
@pytest.mark.parametrize(
    "forged",
    ["/restart", '/inform{"income_amount": "1"}', "{id}.1", "{id} ", "0{id}", "person", "9.9.9",
     "affirm", "{id}\n", "' OR 1=1 --", "٧.0.1"],
)  # fmt: skip
def test_an_id_that_nobody_was_offered_is_only_what_stands_on_it(
    gateway: Gateway, name: str, forged: str
) -> None:
    sender = whatsapp()["From"]
    option = offered_to(gateway, sender)
    tapped = forged.replace("{id}", option.id)
    title = {"ButtonPayload": "ButtonText", "ListId": "ListTitle"}[name]
    gateway.post(whatsapp(From=sender, Body="Pagar", **{name: tapped, title: "Pagar"}))
    assert gateway.last()[0] == Incoming("Pagar")


def test_an_option_of_somebody_else_is_only_what_stands_on_it(gateway: Gateway) -> None:
    option = offered_to(gateway, whatsapp()["From"])
    gateway.post(whatsapp(Body="Pagar", ButtonText="Pagar", ButtonPayload=option.id))
    assert gateway.last()[0] == Incoming("Pagar")


# --- words that end and begin messages -----------------------------------------------------------

STOP_WORDS = (
    "STOP", "stop", "Stop.", "¡STOP!", "stopall", "STOP ALL", "unsubscribe", "cancel", "end",
    "quit", "revoke", "opt out", "OPT-OUT", "optout", "alto", "ALTO", "Alto por favor"[:4], "parar",
    "no más mensajes", "No mas mensajes.", "darme de baja de mensajes", " stop 🛑", "ＳＴＯＰ",
)  # fmt: skip


@pytest.mark.parametrize("text", STOP_WORDS)
def test_a_word_that_ends_messages(gateway: Gateway, text: str) -> None:
    sender = phone()
    before = len(gateway.channel_replies())
    assert gateway.post(message(From=sender, Body=text)).status_code == 200
    assert gateway.last()[1] == "done"
    replies = gateway.channel_replies()[before:]
    assert len(replies) == 1
    gateway.post(message(From=sender, Body=text))
    gateway.post(message(From=sender, Body="hola"))
    assert gateway.last() == (Incoming("hola"), "stopped")
    assert len(gateway.channel_replies()) == before + 1


@pytest.mark.parametrize(
    ("text", "said"), [("ALTO", STOPPED), ("STOP", "no more messages"), ("parar", STOPPED)]
)
def test_confirmed_in_the_language_of_the_word(gateway: Gateway, text: str, said: str) -> None:
    gateway.post(whatsapp(Body=text))
    answer = gateway.channel_replies()[-1]
    assert said in answer
    assert "55 4166 5415" in answer


@pytest.mark.parametrize("text", ["START", "unstop", "INICIAR", "iniciar."])
@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_they_come_back(gateway: Gateway, channel: str, text: str) -> None:
    number = phone()
    fields = whatsapp if channel == "whatsapp" else message
    sender = f"whatsapp:{number}" if channel == "whatsapp" else number
    gateway.post(fields(From=sender, Body="stop"))
    before = len(gateway.channel_replies())
    gateway.post(fields(From=sender, Body=text))
    assert len(gateway.channel_replies()) == before + 1
    gateway.post(fields(From=sender, Body="hola"))
    assert gateway.last() == (Incoming("hola"), "waiting")


@pytest.mark.parametrize("text", ["HELP", "help!", "INFO", "AYUDA", "ayuda"])
def test_help_by_sms_is_answered_at_once(gateway: Gateway, text: str) -> None:
    before = len(gateway.channel_replies())
    gateway.post(message(From=phone(), Body=text))
    answer = gateway.channel_replies()[before:]
    assert len(answer) == 1
    assert ("ALTO" if text.lower() == "ayuda" else "STOP") in answer[0]


def test_help_by_whatsapp_is_the_assistants(gateway: Gateway) -> None:
    sender = f"whatsapp:{phone()}"
    gateway.post(whatsapp(From=sender, Body="ayuda"))
    assert gateway.last() == (Incoming("ayuda"), "waiting")
    gateway.post(whatsapp(From=sender, Body="alto"))
    before = len(gateway.channel_replies())
    gateway.post(whatsapp(From=sender, Body="ayuda"))
    assert len(gateway.channel_replies()) == before + 1


@pytest.mark.parametrize("kind", ["STOP", "START", "HELP"])
def test_what_twilio_answered_is_not_answered_again(gateway: Gateway, kind: str) -> None:
    """Advanced Opt-Out, whatever word it was."""
    sender, before = phone(), len(gateway.channel_replies())
    gateway.post(message(From=sender, Body="BASTA", OptOutType=kind))
    assert gateway.last() == (Incoming("BASTA"), "done")
    assert len(gateway.channel_replies()) == before
    gateway.post(message(From=sender, Body="hola"))
    assert gateway.last()[1] == ("stopped" if kind == "STOP" else "waiting")


def test_a_photo_under_which_stop_is_written_is_no_opt_out(gateway: Gateway) -> None:
    gateway.post(whatsapp(Body="stop", **media("image/jpeg")))
    assert gateway.last()[1] == "waiting"


def test_who_stopped_by_number_is_stopped_by_user_id_too(gateway: Gateway) -> None:
    number, user = phone(), f"US.{next(_numbers):09d}"
    gateway.post(whatsapp(From=f"whatsapp:{number}", Body="alto"))
    gateway.post(whatsapp(From=f"whatsapp:{number}", ExternalUserId=user))
    gateway.post(whatsapp(From="", ExternalUserId=user))
    assert gateway.last()[1] == "stopped"


# --- statuses ------------------------------------------------------------------------------------


@pytest.fixture
def sending(gateway: Gateway) -> str:
    """Our name for a message that is being sent."""
    database = gateway.database
    with database.writing() as connection:
        connection.execute(update(inbox).values(state="done"))
        connection.execute(update(outbox).values(state="kept"))
    gateway.post(whatsapp())
    claimed = Inbox(database).claim("brain", 60)
    assert claimed
    Outbox(database).finish(claimed, "brain", [Reply("Sí")], None)
    found = OutgoingMessages(database).claim("gateway", ["whatsapp"], 60)
    assert found
    return name_of_part(found.uuid, 1, 1)


def state_of(gateway: Gateway, name: str) -> tuple[str, str | None]:
    statement = select(outbox.c.state, outbox.c.error).order_by(outbox.c.id.desc()).limit(1)
    with gateway.database.reading() as connection:
        row = connection.execute(statement).one()
    return row.state, row.error


STATUSES = {
    "accepted": ("sent", None), "queued": ("sent", None), "sending": ("sent", None),
    "sent": ("sent", None), "delivered": ("delivered", None), "read": ("read", None),
    "failed": ("failed", "0"), "undelivered": ("failed", "0"), "canceled": ("failed", "0"),
    "receiving": ("sending", None), "": ("sending", None), "unheard of": ("sending", None),
}  # fmt: skip


@pytest.mark.parametrize("status", STATUSES)
def test_a_status(gateway: Gateway, sending: str, status: str) -> None:
    fields = {"MessageSid": "SM1", "MessageStatus": status, "To": "whatsapp:+15550100001"}
    answer = gateway.post(fields, path=f"{STATUS}?message={sending}")
    assert answer.status_code == 200
    assert state_of(gateway, sending) == STATUSES[status]


CODES = {
    "21610": ("failed", "stopped"), "63016": ("waiting", "outside_window"),
    "63018": ("waiting", "63018"), "20429": ("waiting", "20429"), "30003": ("failed", "30003"),
    "": ("failed", "0"), "many": ("failed", "0"), "9" * 30: ("failed", "0"),
}  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_a_failure_with_a_code(gateway: Gateway, sending: str, code: str) -> None:
    fields = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": code}
    gateway.post(fields, path=f"{STATUS}?message={sending}")
    assert state_of(gateway, sending) == CODES[code]


@pytest.mark.parametrize("order", list(itertools.permutations(("sent", "delivered", "read"))))
def test_statuses_in_every_order(gateway: Gateway, sending: str, order: tuple[str, ...]) -> None:
    for status in order:
        fields = {"MessageSid": "SM1", "MessageStatus": status}
        gateway.post(fields, path=f"{STATUS}?message={sending}")
    assert state_of(gateway, sending) == ("read", None)


@pytest.mark.parametrize("query", ["", "?message=", "?message=x", "?message=" + "0" * 32 + ".1.1"])
def test_a_status_of_no_message_of_ours(gateway: Gateway, sending: str, query: str) -> None:
    fields = {"MessageSid": "SM1", "MessageStatus": "read"}
    assert gateway.post(fields, path=STATUS + query).status_code == 200
    assert state_of(gateway, sending) == ("sending", None)


def test_a_forged_status_changes_nothing(gateway: Gateway, sending: str) -> None:
    fields = {"MessageSid": "SM1", "MessageStatus": "read"}
    path = f"{STATUS}?message={sending}"
    assert gateway.post(fields, path=path, signature="x").status_code == 403
    assert state_of(gateway, sending) == ("sending", None)
