"""Rasa's tracker for the length of one turn: it remembers what Rasa works out anew each time.

For every decision, twice for the first of a turn, Rasa's own tracker plays the whole conversation
again from its beginning, and once more for every action: an eighth of a turn. Here a replay goes on
where the last one ended. What comes of it is the same (a test compares).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from itertools import islice
from operator import is_
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, USER
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    EntitiesAdded,
    Event,
    FollowupAction,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

State = dict[str, dict[str, Any]]
# After these, other events count than counted before.
_TAKE_BACK = (Restarted, SessionStarted, ActionReverted, UserUtteranceReverted)
# Most events: with them it goes on. Rasa's events are abstract, of which isinstance is slow.
_PLAIN = frozenset({SlotSet, UserUttered, BotUttered, DefinePrevUserUtteredFeaturization})


class TurnTracker(DialogueStateTracker):
    """A tracker with the domain's slots, to which events are only added."""

    def __init__(
        self,
        sender_id: str,
        slots: Iterable[Slot],
        max_event_history: int | None = None,
        sender_source: str | None = None,
        is_rule_tracker: bool = False,
    ) -> None:
        super().__init__(sender_id, (), max_event_history, sender_source, is_rule_tracker)
        self.slots = {slot.name: _twin(slot) for slot in slots}
        self._reset_slots()
        self._applied = _Applied()
        self._replay: _Replay | None = None

    def init_copy(self) -> TurnTracker:
        """A tracker in the state before all events."""
        slots = self.slots.values()
        return TurnTracker(
            self.sender_id, slots, self._max_event_history, is_rule_tracker=self.is_rule_tracker
        )

    def copy(self) -> DialogueStateTracker:
        """A tracker in the state that the events lead to: this one's, except for a followup action
        that the processor took off to have it run."""
        last = next(filter(_decides_followup, reversed(self.events)), None)
        if isinstance(last, _TAKE_BACK):
            return super().copy()
        twin = copy(self)
        twin.events = self._create_events(self.events)
        twin.slots = {name: _twin(slot) for name, slot in self.slots.items()}
        twin.active_loop = copy(self.active_loop)
        twin.followup_action = last.action_name if isinstance(last, FollowupAction) else None
        if last is None:
            twin.followup_action = ACTION_LISTEN_NAME
        twin.sender_source = twin.model_id = twin.assistant_id = None
        twin._applied, twin._replay = _Applied(), None
        return twin

    def applied_events(self) -> list[Event]:
        """The events without those that were taken back."""
        if not self._applied.goes_on(self.events):
            self._applied = _Applied(self.events, super().applied_events())
        return list(self._applied.events)

    def past_states(
        self,
        domain: Domain,
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        """The state before each action, and that of now."""
        events = self.applied_events()
        if omit_unset_slots or ignore_rule_only_turns or any(map(_changes_earlier_states, events)):
            states: list[State] = super().past_states(
                domain, omit_unset_slots, ignore_rule_only_turns, rule_only_data
            )
            return states
        if self._replay is None or not self._replay.leads_to(events, domain):
            self._replay = _Replay(self.init_copy(), domain)
        return self._replay.states(events)


class _Applied:
    """The events that count, of those that were looked through."""

    def __init__(self, all_events: Sequence[Event] = (), applied: Sequence[Event] = ()) -> None:
        self.events = list(applied)
        self._seen = len(all_events)
        self._last = all_events[-1] if all_events else None
        self._loops = {e.name for e in all_events if isinstance(e, ActiveLoop)}

    def goes_on(self, all_events: Sequence[Event]) -> bool:
        """Adds what is new; false where that changes what counted before."""
        if self._seen and (
            len(all_events) < self._seen or all_events[self._seen - 1] is not self._last
        ):
            return False
        new = list(islice(all_events, self._seen, None))
        if any(map(self._changes_what_counts, new)):
            return False
        if new:
            self.events += new
            self._seen, self._last = len(all_events), new[-1]
        return True

    def _changes_what_counts(self, event: Event) -> bool:
        if type(event) in _PLAIN:
            return False
        if isinstance(event, ActiveLoop):
            return event.name is not None and event.name not in self._loops
        if isinstance(event, ActionExecuted):
            return event.action_name in self._loops
        return isinstance(event, _TAKE_BACK)


class _Replay:
    """The states that a tracker passed through, and the tracker where it is now."""

    def __init__(self, tracker: TurnTracker, domain: Domain) -> None:
        self._tracker = tracker
        self._domain = domain
        self._events: list[Event] = []
        # Each state with the message it was made of, and how that was to be read then.
        self._states: list[tuple[State, UserUttered | None, Any]] = []

    def leads_to(self, events: Sequence[Event], domain: Domain) -> bool:
        """Whether the replay can go on to the end of these events."""
        reached = len(self._events)
        return (
            domain is self._domain
            and reached <= len(events)
            and all(map(is_, self._events, events))
        )

    def states(self, events: Sequence[Event]) -> list[State]:
        """Goes on to the end of the events; the states on the way are the caller's to change."""
        self._states = [self._as_read_now(*state) for state in self._states]
        for event in events[len(self._events) :]:
            if isinstance(event, ActionExecuted):
                self._states.append(self._here())
            self._tracker.update(event)
            self._events.append(event)
        passed = [state for state, _, _ in (*self._states, self._here())]
        return [{part: dict(values) for part, values in state.items()} for state in passed]

    def _here(self) -> tuple[State, UserUttered | None, Any]:
        message = self._tracker.latest_message
        state = self._domain.get_active_state(self._tracker)
        return state, message, message and message.use_text_for_featurization

    def _as_read_now(
        self, state: State, message: UserUttered | None, read: Any
    ) -> tuple[State, UserUttered | None, Any]:
        """A decision says afterwards whether a message's text or its topic counted."""
        if message is None or message.use_text_for_featurization == read:
            return state, message, read
        now = self._tracker.latest_message
        self._tracker.latest_message = message
        user = self._domain._get_user_sub_state(self._tracker)
        self._tracker.latest_message = now
        changed = self._domain._clean_state({**state, USER: user})
        return changed, message, message.use_text_for_featurization


def _twin(slot: Slot) -> Slot:
    """A copy, as copy.copy makes it, without its search for another way."""
    twin: Slot = object.__new__(type(slot))
    twin.__dict__.update(slot.__dict__)
    return twin


def _decides_followup(event: Event) -> bool:
    return isinstance(event, (ActionExecuted, UserUttered, FollowupAction, *_TAKE_BACK))


def _changes_earlier_states(event: Event) -> bool:
    """Whether a replay makes of a message what it was not before."""
    if type(event) is DefinePrevUserUtteredFeaturization:
        return event.use_text_for_featurization is not False
    return type(event) is EntitiesAdded
