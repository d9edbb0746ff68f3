"""What `pti brain` does before it imports what it is made of, for those who replace parts of it."""

from __future__ import annotations

from bot.cli import take_one_thread
from bot.messaging.without_tensorflow import leave_out_tensorflow


def prepare() -> None:
    """Keeps out what a brain keeps out."""
    take_one_thread()
    leave_out_tensorflow()
