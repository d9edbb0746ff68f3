"""What the assistant says becomes replies; a button that means nothing fails the turn."""

from __future__ import annotations

import pytest

from bot.messaging.contents import Option, Reply
from bot.messaging.replies_channel import RepliesChannel


def _said(**message: object) -> Reply:
    channel = RepliesChannel("web", 7)
    channel.add({"text": "¿Qué?", **message})
    return channel.replies[0]


async def test_rasa_sends_whole_responses() -> None:
    channel = RepliesChannel("web", 7)
    await channel.send_response(
        "x",
        {
            "text": " Hola \n",
            "image": "/i.png",
            "attachment": "/f.pdf",
            "utter_action": "utter_greet",
        },
    )
    assert channel.replies == [Reply("Hola", (), "/i.png", "/f.pdf", "utter_greet")]


def test_the_channels_name_chooses_its_variants() -> None:
    assert RepliesChannel("sms", 7).name() == "sms"


def test_options_are_numbered_by_message_reply_and_place() -> None:
    channel = RepliesChannel("web", 7)
    channel.add({"text": "uno"})
    channel.add(
        {
            "text": "dos",
            "buttons": [
                {"title": "A", "payload": "/ask_cost"},
                {"title": "B", "payload": '/inform{"income_period": "hour"}'},
            ],
        }
    )
    assert channel.replies[1].options == (
        Option("7.1.1", "A", "ask_cost", {}),
        Option("7.1.2", "B", "inform", {"income_period": "hour"}),
    )


@pytest.mark.parametrize(
    "payload",
    ["", "ask_cost", "/", "//ask_cost", "/Ask Cost", "/ask_cost hola", "/ask_cost{", "/ask_cost{]}",
     "/ask_cost{'a': 1}", "/ask_cost@0.5", "hola"],
)  # fmt: skip
def test_a_payload_that_is_none_is_an_error(payload: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  JSON's own error is one too
        _said(buttons=[{"title": "A", "payload": payload}])


def test_the_error_names_the_button_and_quotes_no_payload() -> None:
    with pytest.raises(ValueError, match=r"button 7\.0\.1") as caught:
        _said(buttons=[{"title": "A", "payload": "GOMC960312HDFRRL04"}])
    assert "GOMC" not in str(caught.value)


def test_no_text_is_an_empty_text() -> None:
    assert _said(text=None, image="/i.png") == Reply("", (), "/i.png")
