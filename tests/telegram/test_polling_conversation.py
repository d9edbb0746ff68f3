"""A gateway that polls, started while Telegram cannot be reached."""

from __future__ import annotations

import time
from pathlib import Path

from bot.storage.database import Database
from tests.support.network import free_port
from tests.support.service import Service
from tests.telegram.bot_api import BotApiStandIn
from tests.telegram.conftest import telegram_settings
from tests.telegram.known import TOKEN
from tests.telegram.people import Person


def test_a_conversation_by_polling(model: Path, tmp_path: Path) -> None:
    url, port = f"sqlite:///{tmp_path / 'pti.db'}", free_port()
    service = Service(
        url,
        model,
        tmp_path,
        PTI_TELEGRAM_TOKEN=TOKEN,
        PTI_TELEGRAM_MODE="polling",
        PTI_TELEGRAM_API_URL=f"http://127.0.0.1:{port}",
    )
    database = Database.from_settings(telegram_settings(url))
    telegram = None
    try:
        service.start_all()  # nothing answers at that port yet
        time.sleep(1)
        telegram = BotApiStandIn(port=port)
        person = Person(telegram, database)
        (menu,) = person.says("/ayuda", times=2)
        assert person.taps(menu.titles[0])
        telegram.close()  # Telegram goes away
        time.sleep(1)
        kept, telegram = telegram.state, BotApiStandIn(port=port)
        telegram.state = kept
        person.telegram = telegram
        assert person.says("que cubre el seguro")
        assert telegram.state.broken == []
        assert all(telegram.state.taps.values())
        assert TOKEN not in service.logs()
        assert "cannot be reached" in service.logs()
    finally:
        service.stop()
        database.dispose()
        if telegram:
            telegram.close()
