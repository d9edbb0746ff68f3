"""A gateway that ends while it takes a message."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import func, select, text

from bot.storage.database import Database
from bot.storage.tables import conversations, inbox
from tests.support.plans import waits_for_lock
from tests.support.service import Service
from tests.twilio.conftest import MESSAGES
from tests.twilio.house import wait_for
from tests.twilio.known import PUBLIC_URL, TWILIO
from tests.twilio.rest_api import TwilioStandIn
from tests.twilio.test_webhook_signature import message


def test_twilio_is_told_to_try_again_and_it_is_stored_once(
    postgres_database: Database, twilio: TwilioStandIn, tmp_path: Path
) -> None:
    """It waits for a lock, so the gateway, which waits for it for a while, ends before it does."""
    database = postgres_database
    service = Service(database.url, Path(), tmp_path, **TWILIO, PTI_PUBLIC_URL=PUBLIC_URL)
    twilio.callback_to = service.url

    def send(sid: str) -> int:
        fields = message(Body="hola", MessageSid=sid)
        return twilio.post(PUBLIC_URL + MESSAGES, fields).status_code

    try:
        gateway = service.start("gateway")
        service.wait_until_ready(brains=False)
        assert send("SM1") == 200
        with ThreadPoolExecutor(1) as pool, database.engine.connect() as held, held.begin():
            held.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            held.execute(select(conversations.c.id).with_for_update())
            sending = pool.submit(send, "SM2")
            wait_for(lambda: waits_for_lock(database))
            gateway.send_signal(signal.SIGTERM)
            assert sending.result(timeout=60) == 503
            gateway.wait(60)
        service.start("gateway")
        service.wait_until_ready(brains=False)
        assert send("SM2") == 200
        with database.reading() as connection:
            stored = select(func.count()).select_from(inbox)
            assert connection.execute(stored).scalar_one() == 2
    finally:
        service.stop()
