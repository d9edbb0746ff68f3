"""A brain whose assistant only repeats what it was told, and counts: it starts at once.

    python -m tests.faults.echo_brain brain

Its loop, its claims, its commits and what it reads are the product's. The count is the
conversation's state: a message that were handled twice, or not, would show in all later answers.
"""

from __future__ import annotations

from bot.cli.processes import _run_until_stopped, settings_or_exit
from bot.logs import set_up_logging
from bot.messaging.brain import Brain
from bot.storage.database import Database
from tests.messaging.stand_in import Echo, no_errands


def run() -> None:
    """Works until it is ended."""
    settings = settings_or_exit()
    set_up_logging(settings.log_level, "brain")
    database = Database.from_settings(settings)
    _run_until_stopped(Brain(settings, database, Echo(), no_errands).run())


if __name__ == "__main__":
    run()
