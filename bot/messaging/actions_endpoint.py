"""Runs the custom actions in the brain's own process instead of over HTTP."""

from __future__ import annotations

import json
import logging
from typing import Any

from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

log = logging.getLogger(__name__)

FAILED_RESPONSE = "utter_action_failed"
STOP_HERE = {"event": "followup", "name": "action_listen"}


class InProcessActions(EndpointConfig):
    """An action endpoint which calls the SDK's executor.

    Rasa swallows a failing action and goes on as if it had succeeded. Here the person is told and
    the turn ends.
    """

    def __init__(self, package: str = "actions") -> None:
        # The domain is large; an action that wants it says so in domain.yml.
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    def has_action(self, name: str) -> bool:
        """Whether the package registered an action of that name."""
        return name in self._executor.actions

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """What the action server would answer to the call in `json`."""
        call = kwargs["json"]
        try:
            return await self._executor.run(call)
        except ActionExecutionRejection as rejection:
            body = json.dumps({"action_name": rejection.action_name, "error": str(rejection)})
            raise ClientResponseError(400, "rejected", body) from rejection
        except Exception:
            log.exception("action %s failed", call.get("next_action"))
            return {"events": _after_failure(call), "responses": [{"response": FAILED_RESPONSE}]}


def _after_failure(call: dict[str, Any]) -> list[dict[str, Any]]:
    """What happens next: nothing, except that a form asks its step again.

    A form that gets no slot from its validation steps back for other actions, and what was said
    with it is lost.
    """
    asked = (call["tracker"].get("slots") or {}).get("requested_slot")
    if asked and str(call.get("next_action")).startswith("validate_"):
        return [
            {"event": "slot", "name": asked, "value": None},
            {"event": "slot", "name": "requested_slot", "value": asked},
        ]
    return [STOP_HERE]
