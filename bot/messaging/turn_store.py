"""Rasa's tracker store for one turn: it is given the snapshot before and asked for the snapshot
after.

Nothing is written here. The brain commits snapshot, replies and the message's end together.
"""

from __future__ import annotations

from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker

from bot.messaging.snapshot import LISTEN, compact
from bot.messaging.turn_tracker import TurnTracker

# Slots that are not the conversation's: what is known of the person, who may write elsewhere too,
# what the turn asks for outside of itself, and how it stands with the agents.
PERSON, EFFECTS, DESK = "person", "effects", "desk"
_NOT_KEPT = (PERSON, EFFECTS, DESK)


class TurnStore(TrackerStore):
    """Holds the trackers of the conversations that are being handled now."""

    def __init__(self, domain: Domain | None = None) -> None:
        super().__init__(domain)
        self._events: dict[str, list[dict[str, Any]]] = {}

    @property
    def domain(self) -> Domain:
        """The domain by which trackers are built; the agent sets it when it loads a model."""
        return self._domain

    @domain.setter
    def domain(self, domain: Domain | None) -> None:
        self._domain = domain or Domain.empty()

    def begin(
        self,
        conversation: str,
        snapshot: dict[str, Any] | None,
        person: dict[str, Any] | None = None,
        desk: dict[str, Any] | None = None,
    ) -> None:
        """Gives the conversation's state before the turn, what is known of the person, and of the
        agents (bot.messaging.queue)."""
        events = list(snapshot["events"]) if snapshot else []
        for name, value in ((PERSON, person), (DESK, desk)):
            if value is not None:
                known = {"event": "slot", "name": name, "value": value}
                # At the end: what is kept of the conversation may begin with a session, which
                # resets all slots.
                events = [*(events or [LISTEN]), known]
        self._events[conversation] = events

    def end(self, conversation: str) -> dict[str, Any]:
        """Takes the conversation's state after the turn."""
        events = self._events.pop(conversation)
        return {"events": compact([e for e in events if e.get("name") not in _NOT_KEPT])}

    def drop(self, conversation: str) -> None:
        """Forgets a turn that failed."""
        self._events.pop(conversation, None)

    def events(self, conversation: str) -> list[dict[str, Any]]:
        """The conversation's events so far, those before the turn first."""
        return self._events.get(conversation, [])

    def slots(self, conversation: str) -> dict[str, Any]:
        """What the conversation's slots were set to last."""
        return {
            e["name"]: e["value"]
            for e in self._events.get(conversation, ())
            if e["event"] == "slot"
        }

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker as it stands."""
        events = self._events.get(sender_id)
        if not events:
            return None
        parsed: list[Event] = deserialise_events(events)
        return TurnTracker.from_events(sender_id, parsed, self.domain.slots)

    def init_tracker(self, sender_id: str) -> DialogueStateTracker:
        """The tracker of a conversation that begins."""
        return TurnTracker(sender_id, self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps the tracker's events for the rest of the turn."""
        self._events[tracker.sender_id] = [event.as_dict() for event in tracker.events]
