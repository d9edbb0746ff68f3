"""At the end of a task, now and then: how content is the person?

Nobody has to answer, and whoever goes on with something else is not asked again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from actions.tasks.talk import Talk
from bot.programme.satisfaction import HIGHEST, LOWEST

SLOT = "satisfaction"
PAUSE = timedelta(days=7)
# There is nothing to tap on the phone, and who calls was not spared a call.
NEVER_ON = "voice"


def ask_satisfaction(talk: Talk, task: str) -> None:
    """Asks, where it is a good moment and a week has passed since the last time."""
    if talk.channel == NEVER_ON or is_busy(talk) or _asked_lately(talk):
        return
    asked = datetime.now(tz=timezone.utc).isoformat(timespec="seconds")
    talk.record = replace(talk.record, satisfaction_asked=asked)
    talk.keep(SLOT, {"task": task})
    talk.say("utter_satisfaction", lowest=str(LOWEST), highest=str(HIGHEST))


def is_busy(talk: Talk) -> bool:
    """Whether something else is under way: another task, or waiting for a person."""
    loop = (talk.tracker.active_loop or {}).get("name")
    waits = (talk.tracker.get_slot("desk") or {}).get("mode") == "waiting"
    begins_to_wait = any(effect["do"] == "wait" for effect in talk.effects)
    return bool(talk.stack or loop or waits or begins_to_wait)


def _asked_lately(talk: Talk) -> bool:
    asked = talk.record.satisfaction_asked
    if asked is None:
        return False
    return datetime.now(tz=timezone.utc) - datetime.fromisoformat(asked) < PAUSE
