"""Corrections of Rasa 3.6.21 where it leaves no seam. Each says what it saves.

A test fails when the replaced code is not the one that was read here
(tests/messaging/test_rasa_corrections.py, which also holds the rules and the graph against it).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from rasa.core.actions.action import Action, RemoteAction
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import SHOULD_NOT_BE_SET, RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.constants import PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecutionRejected, Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.io import read_file, read_yaml
from ruamel.yaml.resolver import VersionedResolver

State = Mapping[str, Mapping[str, Any]]


def _take_action_result(_action: RemoteAction, _result: dict[str, Any]) -> bool:
    """Rasa checks a result against a schema, and the schema first, as if it came from a stranger:
    30 ms an action. Here the SDK makes it in this process."""
    return True


_resolve_by_type = Event.resolve_by_type
_known_types = lru_cache(maxsize=256)(_resolve_by_type)


def _resolve_by_type_once(type_name: str, default: Any = None) -> Any:
    """Rasa walks all kinds of events for every event that it reads; half of a turn's reading."""
    return _known_types(type_name, default)


def _possible_keys(policy: RulePolicy, lookup: dict[str, str], states: list[State]) -> set[str]:
    """Rasa tries every rule on the newest state, 800 times a turn: a tenth of it. Here only those
    that are for its last action and its topic, or for any."""
    if not states:
        return set(lookup)
    index = policy.__dict__.setdefault("pti_index", {})
    if id(lookup) not in index:
        index[id(lookup)] = (lookup, _by_newest_state(policy, lookup))
    known = index[id(lookup)][1]
    found: Iterable[str] = [key for need in _needs_met(states[-1]) for key in known.get(need, ())]
    for turn, state in enumerate(reversed(states)):
        found = [key for key in found if policy._is_rule_applicable(key, turn, state)]
    return set(found)


def _by_newest_state(
    policy: RulePolicy, lookup: Mapping[str, str]
) -> dict[tuple[Any, Any], list[str]]:
    """The rules by the last action and the topic that they ask for; None: any."""
    known: dict[tuple[Any, Any], list[str]] = {}
    for key in lookup:
        newest = policy._rule_key_to_state(key)[-1]
        known.setdefault((_asked(newest, PREVIOUS_ACTION), _asked(newest, USER)), []).append(key)
    return known


def _asked(state: State, part: str) -> Any:
    value = state.get(part, {}).get("action_name" if part == PREVIOUS_ACTION else "intent")
    return value if value and value != SHOULD_NOT_BE_SET else None


def _needs_met(state: State) -> set[tuple[Any, Any]]:
    action = state.get(PREVIOUS_ACTION, {}).get("action_name")
    topic = state.get(USER, {}).get("intent")
    return {(a, t) for a in (action, None) for t in (topic, None)}


def _run_graph(
    runner: DaskGraphRunner,
    inputs: Mapping[str, Any] | None = None,
    targets: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Rasa builds a graph for dask, prints all that goes into it for a log that nobody reads, and
    has it scheduled, three times a turn: a twelfth of it. The order is always the same."""
    wanted = tuple(targets or runner._graph_schema.target_names)
    plans = runner.__dict__.setdefault("pti_plans", {})
    if wanted not in plans:
        plans[wanted] = _plan(runner, wanted)
    done = {name: (name, value) for name, value in (inputs or {}).items()}
    try:
        for name, node, needs in plans[wanted]:
            done[name] = node(*(done.get(need, need) for need in needs))
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return dict(done[name] for name in wanted)


def _plan(runner: DaskGraphRunner, targets: Sequence[str]) -> list[tuple[str, Any, list[str]]]:
    """The nodes that the targets need, each after all that it needs."""
    nodes = runner._graph_schema.minimal_graph_schema(list(targets)).nodes
    ordered: dict[str, list[str]] = {}

    def add(name: str) -> None:
        needs = list(nodes[name].needs.values())
        for need in needs:
            if need in nodes and need not in ordered:
                add(need)
        ordered[name] = needs

    for name in nodes:
        if name not in ordered:
            add(name)
    return [(name, runner._instantiated_nodes[name], needs) for name, needs in ordered.items()]


def _load_domain(
    provider: type[DomainProvider],
    config: dict[str, Any],
    model_storage: ModelStorage,
    resource: Resource,
    *_context: Any,
    **_more: Any,
) -> DomainProvider:
    """Rasa reads the domain of a model four times over and checks it against a schema: most of a
    brain's start. It was checked when the model was made of it."""
    with model_storage.read_from(resource) as folder:
        domain = Domain.from_dict(read_yaml(read_file(folder / "domain.yml")))
    return provider(model_storage, resource, domain)


@lru_cache(maxsize=1)
def _empty_domain() -> dict[str, Any]:
    empty: dict[str, Any] = Domain.empty().as_dict()
    return empty


def _is_empty(domain: Domain) -> bool:
    """Rasa makes an empty domain to compare with, for every message that it reads: a thirtieth of a
    turn."""
    return bool(domain.as_dict() == _empty_domain())


def _number_of_action(domain: Domain, action_name: str) -> int:
    """Rasa looks through the list of all actions, thrice for a decision: a thirtieth of a turn."""
    actions = domain.action_names_or_texts
    listed, numbers = domain.__dict__.get("pti_numbers", (None, {}))
    if listed is not actions:
        numbers = {name: number for number, name in reversed(list(enumerate(actions)))}
        domain.__dict__["pti_numbers"] = (actions, numbers)
    if action_name not in numbers:
        domain.raise_action_not_found_exception(action_name)
    number: int = numbers[action_name]
    return number


def _note_action(
    processor: MessageProcessor,
    tracker: DialogueStateTracker,
    action: Action,
    events: list[Event] | None,
    prediction: PolicyPrediction,
) -> None:
    """Rasa copies all that an action said and set, in depth, for a log that nobody reads: a
    thirtieth of a turn."""
    events = events or []
    if not any(isinstance(event, ActionExecutionRejected) for event in events):
        tracker.update_with_events(prediction.events, processor.domain)
        tracker.update(action.event_for_successful_execution(prediction))
    tracker.update_with_events(events, processor.domain)


def _log_no_slots(_tracker: DialogueStateTracker) -> None:
    """Rasa writes out all slots, three times a turn, for a log that nobody reads, and in which what
    people told must not be."""


_resolvers: Any = VersionedResolver.versioned_resolver


def _unchanging_resolvers(resolver: VersionedResolver) -> Mapping[str, Sequence[Any]]:
    """Whenever it reads a word, ruamel.yaml adds to the list of what a word with its first letter
    may be: a long file takes with the square of its length. Tuples are not added to in place."""
    found: dict[str, Any] = _resolvers.fget(resolver)
    for first, kinds in found.items():
        if isinstance(kinds, tuple):
            break
        found[first] = tuple(kinds)
    return found


def components(runner: Any) -> list[Any]:
    """What the model is made of, as it was loaded."""
    return [node._component for node in runner._instantiated_nodes.values() if node._component]


REPLACED: dict[tuple[type, str], Any] = {
    (RemoteAction, "_validate_action_result"): _take_action_result,
    (Event, "resolve_by_type"): staticmethod(_resolve_by_type_once),
    (RulePolicy, "_get_possible_keys"): _possible_keys,
    (DaskGraphRunner, "run"): _run_graph,
    (DomainProvider, "load"): classmethod(_load_domain),
    (Domain, "is_empty"): _is_empty,
    (Domain, "index_for_action"): _number_of_action,
    (MessageProcessor, "_log_action_on_tracker"): _note_action,
    (MessageProcessor, "_log_slots"): staticmethod(_log_no_slots),
    (VersionedResolver, "versioned_resolver"): property(_unchanging_resolvers),
}


def apply() -> None:
    """Puts the corrections in place of Rasa's code, for this process."""
    for (owner, name), ours in REPLACED.items():
        setattr(owner, name, ours)
