"""What `pti brain` does before it imports what it is made of, for those who replace parts of it."""

from __future__ import annotations

from bot.messaging.without_tensorflow import leave_out_tensorflow
from bot.settings.threads import take_one_thread


def prepare() -> None:
    """Keeps out what a brain keeps out."""
    take_one_thread()
    leave_out_tensorflow()
