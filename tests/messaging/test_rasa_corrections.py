"""The corrections of Rasa do what they replace, only faster; and what they replace is what was
read when they were written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import warnings
from datetime import date
from pathlib import Path
from typing import Any

import dask
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.actions.action import ActionBotResponse
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import ActionNotFoundException, Domain
from rasa.shared.core.events import (
    ActionExecutionRejected,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    SlotSet,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.io import read_yaml

from bot.messaging import rasa_corrections
from bot.messaging.assistant import Assistant

# Of Rasa 3.6.21 and ruamel.yaml 0.17.21, by class and name.
READ = {
    "RemoteAction._validate_action_result": "f8cdb4be68123961",
    "Event.resolve_by_type": "b5cf570fa7f286c7",
    "RulePolicy._get_possible_keys": "2915fd81711e194c",
    "DaskGraphRunner.run": "45f0f52f574f3aa9",
    "DomainProvider.load": "75a21f7228a83368",
    "Domain.is_empty": "884be90ef485f1d2",
    "Domain.index_for_action": "3cfe291c52c2b6b8",
    "MessageProcessor._log_action_on_tracker": "d973d12a6d0a3623",
    "MessageProcessor._log_slots": "cfc60d6857d3466d",
    "VersionedResolver.versioned_resolver": "463971febd44bea2",
}
# Before the first assistant is loaded.
RASAS_NOTE_OF_AN_ACTION = MessageProcessor._log_action_on_tracker
# In a process in which nothing was replaced.
DIGESTS = """
import hashlib, importlib, inspect
from bot.messaging.rasa_corrections import REPLACED
for owner, name in REPLACED:
    found = inspect.getattr_static(owner, name)
    source = inspect.getsource(getattr(found, "fget", found))
    print(f"{owner.__name__}.{name}", hashlib.sha256(source.encode()).hexdigest()[:16])
"""


def test_what_is_replaced_is_what_was_read() -> None:
    printed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DIGESTS], capture_output=True, text=True, check=True
    )
    assert dict(line.split() for line in printed.stdout.splitlines()) == READ


@pytest.fixture(scope="module")
def runner(assistant: Assistant) -> DaskGraphRunner:
    """The runner of the model's graph."""
    found: Any = assistant._processor.graph_runner
    assert isinstance(found, DaskGraphRunner)
    return found


@pytest.fixture(scope="module")
def policy(runner: DaskGraphRunner) -> RulePolicy:
    """The policy with its rules."""
    (found,) = [one for one in rasa_corrections.components(runner) if isinstance(one, RulePolicy)]
    return found


@pytest.mark.parametrize("table", [RULES, RULES_FOR_LOOP_UNHAPPY_PATH])
@given(data=st.data())
def test_the_rules_that_apply_are_the_same(policy: RulePolicy, table: str, data: Any) -> None:
    lookup: dict[str, str] = policy.lookup[table]
    of_rules = [state for key in sorted(lookup) for state in json.loads(key)]
    likely = st.sampled_from(sorted(lookup)).map(json.loads)
    mixed = st.lists(st.sampled_from([*of_rules, {}]), max_size=4)
    states: list[Any] = data.draw(st.one_of(likely, mixed))
    expected = {
        key
        for key in lookup
        if all(
            policy._is_rule_applicable(key, turn, state)
            for turn, state in enumerate(reversed(states))
        )
    }
    assert rasa_corrections._possible_keys(policy, lookup, states) == expected


def test_every_rule_is_found_by_its_own_states(policy: RulePolicy) -> None:
    lookup = policy.lookup[RULES]
    for key in lookup:
        assert key in rasa_corrections._possible_keys(policy, lookup, json.loads(key))


@pytest.mark.parametrize("text", ["cuanto cuesta", "hola", "asdkjh", "my curp please"])
def test_the_graph_gives_the_same(assistant: Assistant, runner: DaskGraphRunner, text: str) -> None:
    targets = [assistant._processor.model_metadata.nlu_target]
    inputs = {"__message__": [UserMessage(text)]}
    graph = runner._build_dask_graph(runner._graph_schema.minimal_graph_schema(targets))
    runner._add_inputs_to_graph(inputs, graph)
    ((_, expected),) = dask.get(graph, targets)
    found = rasa_corrections._run_graph(runner, inputs, targets)[targets[0]]
    assert [message.as_dict() for message in found] == [m.as_dict() for m in expected]


def test_kinds_of_events_are_the_same() -> None:
    assert Event.resolve_by_type("slot") is SlotSet
    assert rasa_corrections._resolve_by_type_once("slot") is SlotSet


def test_an_empty_domain_is_known_as_before(assistant: Assistant) -> None:
    with_an_intent = Domain.from_dict({"intents": ["greet"]})
    for domain in (assistant._processor.domain, Domain.empty(), with_an_intent):
        expected = domain.as_dict() == Domain.empty().as_dict()
        assert rasa_corrections._is_empty(domain) is expected


def test_actions_have_the_same_numbers(assistant: Assistant) -> None:
    domain = assistant._processor.domain
    for name in domain.action_names_or_texts:
        found = rasa_corrections._number_of_action(domain, name)
        assert found == domain.action_names_or_texts.index(name)
    for other in (domain, Domain.from_dict({"actions": ["action_b"]})):
        with pytest.raises(ActionNotFoundException):
            rasa_corrections._number_of_action(other, "action_a")
    other.action_names_or_texts = ["action_b", "action_a", "action_b"]
    assert rasa_corrections._number_of_action(other, "action_a") == 1
    assert rasa_corrections._number_of_action(other, "action_b") == 0


@pytest.mark.parametrize(
    "events",
    [
        None,
        [BotUttered("Hola"), SlotSet("language", "en")],
        [SlotSet("language", "en"), ActionExecutionRejected("utter_greet")],
    ],
)
def test_an_action_is_noted_as_before(assistant: Assistant, events: list[Event] | None) -> None:
    assert RASAS_NOTE_OF_AN_ACTION is not rasa_corrections._note_action
    processor, domain = assistant._processor, assistant._processor.domain
    action = ActionBotResponse("utter_greet")
    noted = []
    for note in (rasa_corrections._note_action, RASAS_NOTE_OF_AN_ACTION):
        tracker = DialogueStateTracker("1", domain.slots)
        prediction = PolicyPrediction.for_action_name(domain, "utter_greet", "RulePolicy", 0.9)
        prediction.events = [DefinePrevUserUtteredFeaturization(False)]
        note(processor, tracker, action, events, prediction)
        told = [event.as_dict() | {"timestamp": None} for event in tracker.events]
        noted.append((told, tracker.current_slot_values(), tracker.latest_action_name))
    assert noted[0] == noted[1]


def test_the_domain_of_a_model_is_the_same(
    assistant: Assistant, model: Path, tmp_path: Path
) -> None:
    with tarfile.open(model) as archive:
        (name,) = [one for one in archive.getnames() if one.endswith("domain_provider/domain.yml")]
        content = archive.extractfile(name)
        assert content is not None
        (tmp_path / "domain.yml").write_bytes(content.read())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what Rasa wrote itself
        expected = Domain.from_path(tmp_path)
    found = assistant._processor.domain
    assert found.as_dict() == expected.as_dict()
    assert found.fingerprint() == expected.fingerprint()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("hola", "hola"),
        ("'1'", "1"),
        ("1", 1),
        ("-2.5e3", -2500.0),
        ("true", True),
        ("yes", "yes"),
        ("~", None),
        ("${HOME}", os.environ.get("HOME", "")),
        ("2026-01-31", date(2026, 1, 31)),
    ],
)
def test_words_are_read_as_before(assistant: Assistant, written: str, read: Any) -> None:
    """Each kind after a word that begins as it does."""
    text = f"before: [h, '1', '-', t, yy, ~, $, '2']\nword: {written}"
    assert read_yaml(text)["word"] == read
