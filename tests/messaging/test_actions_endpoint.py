"""Actions in the brain's process: one that fails is told to the person and logged without their
data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rasa.utils.endpoints import ClientResponseError
from rasa_sdk import Action
from rasa_sdk.interfaces import ActionExecutionRejection

from bot.messaging.actions_endpoint import FAILED_RESPONSE, STOP_HERE, InProcessActions
from tests.messaging.stand_in import process_logging

CURP = "GOMC960312HDFRRL04"


class Fails(Action):
    def name(self) -> str:
        return "action_fails"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> Any:
        dispatcher.utter_message(text="half an answer")
        raise ValueError(f"cannot do {tracker.latest_message['text']}")


class Rejects(Action):
    def name(self) -> str:
        return "action_rejects"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> Any:
        raise ActionExecutionRejection("action_rejects", "not now")


class Works(Action):
    def name(self) -> str:
        return "action_works"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> Any:
        dispatcher.utter_message(response="utter_greet")
        return [{"event": "slot", "name": "language", "value": "en"}]


@pytest.fixture
def endpoint() -> InProcessActions:
    made = InProcessActions()
    for action in (Fails(), Rejects(), Works()):
        made._executor.register_action(action)
    return made


def _call(action: str) -> dict[str, Any]:
    tracker = {"sender_id": "1", "latest_message": {"text": CURP}, "events": [], "slots": {}}
    return {"next_action": action, "sender_id": "1", "tracker": tracker, "domain": {}}


async def test_an_action_that_works(endpoint: InProcessActions) -> None:
    answer = await endpoint.request(json=_call("action_works"))
    assert answer["events"] == [{"event": "slot", "name": "language", "value": "en"}]
    assert [said["response"] for said in answer["responses"]] == ["utter_greet"]


async def test_an_action_that_fails_is_told_and_logged_without_personal_data(
    endpoint: InProcessActions,
) -> None:
    with process_logging() as stream:
        answer = await endpoint.request(json=_call("action_fails"))
    assert answer == {"events": [STOP_HERE], "responses": [{"response": FAILED_RESPONSE}]}
    printed = stream.getvalue()
    assert "action action_fails failed" in printed
    assert "ValueError at run:" in printed
    assert CURP not in printed


async def test_a_failing_step_of_a_form_is_asked_again(endpoint: InProcessActions) -> None:
    call = _call("validate_form_that_fails")
    call["tracker"]["slots"] = {"requested_slot": "income_period"}
    answer = await endpoint.request(json=call)
    assert [(event["name"], event["value"]) for event in answer["events"]] == [
        ("income_period", None),
        ("requested_slot", "income_period"),
    ]


async def test_an_action_that_is_not_there_is_told_too(endpoint: InProcessActions) -> None:
    answer = await endpoint.request(json=_call("action_of_nobody"))
    assert answer["responses"] == [{"response": FAILED_RESPONSE}]


async def test_a_rejection_is_what_an_action_server_answers(endpoint: InProcessActions) -> None:
    with pytest.raises(ClientResponseError) as caught:
        await endpoint.request(json=_call("action_rejects"))
    assert caught.value.status == 400
    assert json.loads(caught.value.text) == {"action_name": "action_rejects", "error": "not now"}


def test_the_projects_actions_are_registered(endpoint: InProcessActions) -> None:
    assert endpoint.has_action("action_clarify")
    assert not endpoint.has_action("action_of_nobody")
