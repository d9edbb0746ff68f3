"""Most statuses say what the gateway knows: that Twilio took what it just gave to it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from bot.messaging.contents import Reply
from bot.messaging.outbox import Outbox
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.tables import outbox
from tests.messaging.stand_in import claim
from tests.support.gateway import running_gateway
from tests.support.network import free_port
from tests.support.plans import watched
from tests.twilio.conftest import MESSAGES, STATUS, twilio_settings
from tests.twilio.house import wait_for
from tests.twilio.known import PUBLIC_URL
from tests.twilio.rest_api import TwilioStandIn
from tests.twilio.test_webhook_signature import message

OTHER = f"{'0' * 32}.1.1"


def state(database: Database) -> str:
    with database.reading() as connection:
        return str(connection.execute(select(outbox.c.state)).scalar_one())


def looks_after(twilio: TwilioStandIn, name: str, status: str) -> int:
    """How often a status has the outbox asked for its message."""
    fields = {"MessageSid": "SM1", "MessageStatus": status, "To": "+15550100001"}
    with watched() as statements:
        answer = twilio.post(f"{PUBLIC_URL}{STATUS}?message={name}", fields)
    assert answer.status_code == 200
    uuid = name.partition(".")[0]
    return sum(uuid in str(given) for _, given in statements)


@pytest.mark.parametrize("status", ["queued", "sending", "sent"])
def test_what_it_gave_to_twilio_it_does_not_look_up(
    database_url: str, twilio: TwilioStandIn, status: str
) -> None:
    twilio.statuses = ()
    port = {"PTI_GATEWAY_PORT": str(free_port())}
    settings = twilio_settings(database_url, PTI_TWILIO_API_URL=twilio.url, **port)
    migrate(database_url)
    database = Database.from_settings(settings)
    with running_gateway(settings) as twilio.callback_to:
        assert twilio.post(PUBLIC_URL + MESSAGES, message(Body="hola")).status_code == 200
        Outbox(database).finish(claim(database), "brain", [Reply("sí")], None)
        wait_for(lambda: twilio.taken and state(database) == "sent")
        (name,) = parse_qs(urlsplit(twilio.taken[0]["StatusCallback"]).query)["message"]
        wait_for(lambda: looks_after(twilio, name, status) == 0)
        assert state(database) == "sent"
        assert looks_after(twilio, OTHER, status)
        assert looks_after(twilio, name, "delivered")
        assert state(database) == "delivered"
        # Later than it came: nothing goes back.
        assert looks_after(twilio, name, status) == 0
        assert state(database) == "delivered"
    database.dispose()
