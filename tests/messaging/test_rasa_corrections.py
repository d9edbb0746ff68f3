"""The corrections of Rasa do what they replace, only faster; and what they replace is what was
read when they were written."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import dask
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import Event, SlotSet

from bot.messaging import rasa_corrections
from bot.messaging.assistant import Assistant

# Of Rasa 3.6.21, by class and name.
READ = {
    "RemoteAction._validate_action_result": "f8cdb4be68123961",
    "Event.resolve_by_type": "b5cf570fa7f286c7",
    "RulePolicy._get_possible_keys": "2915fd81711e194c",
    "DaskGraphRunner.run": "45f0f52f574f3aa9",
}
# In a process in which nothing was replaced.
DIGESTS = """
import hashlib, importlib, inspect
from bot.messaging.rasa_corrections import REPLACED
for owner, name in REPLACED:
    source = inspect.getsource(inspect.getattr_static(owner, name))
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
