"""How long figures and queues take with a million messages on PostgreSQL.

`python -m tests.console.measure_figures` fills a server of its own and prints a table.
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.console.figures.dashboard import read_dashboard
from bot.console.figures.period import Period
from bot.console.reviewing.filling import Filling
from bot.console.reviewing.queues import Queues
from bot.settings import read_settings
from bot.storage.console_tables import review_queues
from bot.storage.database import Database
from bot.storage.migrate import migrate
from tests.console.measure_reading import MESSAGES, NOW, fill
from tests.support.postgres import PostgresServer
from tests.support.service import SECRETS

ZONE = "America/Mexico_City"
TRIES = 3


def main(messages: int) -> None:
    """Fills, asks, prints."""
    server = PostgresServer()
    try:
        url = server.new_database()
        migrate(url)
        database = Database.from_settings(read_settings({**SECRETS, "PTI_DATABASE_URL": url}))
        fill(database, messages)
        last = datetime.fromtimestamp(NOW, ZoneInfo(ZONE)).date()
        for days in (1, 7, 30):
            period = Period(last - timedelta(days=days), last - timedelta(days=1), ZONE)
            times = []
            for _ in range(TRIES):
                begun = time.perf_counter()
                board = read_dashboard(database, period)
                times.append((time.perf_counter() - begun) * 1000)
            shown = f"{statistics.median(times):.0f} | {max(times):.0f}"
            print(f"| figures, {days} days, {board.talk.messages:,} messages | {shown} |")  # noqa: T201
        with database.writing() as connection:
            queue = Queues(database).make(connection, "x", "random", "2", blind=False)
            connection.execute(review_queues.update().values(filled_until=NOW - 7 * 86400))
        begun = time.perf_counter()
        added = Filling(database).fill(queue).added
        took = (time.perf_counter() - begun) * 1000
        print(f"| one go of a queue, {added} taken | {took:.0f} | {took:.0f} |")  # noqa: T201
        database.dispose()
    finally:
        server.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES)
