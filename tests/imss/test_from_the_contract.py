"""schemathesis makes calls from the contract, right and wrong ones, and checks every answer."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from bot.imss.contract import contract
from tests.imss.sandbox_process import TOKEN, Sandbox

EXAMPLES = 8
SESSION = requests.Session()


def _schema() -> Any:
    schema = schemathesis.openapi.from_dict(copy.deepcopy(contract()))
    schema.config.seed = 20260610
    schema.config.generation.update(max_examples=EXAMPLES)
    schema.config.generation.deterministic = True
    # Text that fits the schema may be no CURP, or an income of nothing: the contract says 422.
    accepted = schema.config.checks.positive_data_acceptance
    accepted.expected_statuses = [*accepted.expected_statuses, "422"]
    return schema


@_schema().parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_in_the_contract(case: schemathesis.Case, running_sandbox: Sandbox) -> None:
    case.call_and_validate(
        base_url=running_sandbox.url,
        headers={"Authorization": f"Bearer {TOKEN}"},
        session=SESSION,
        timeout=30,
    )


def test_the_search_would_find_something(running_sandbox: Sandbox) -> None:
    """A service that fails is noticed by the same checks."""
    running_sandbox.behave("status", status=500, operation="computeQuota")
    case = _schema()["/v1/quotas"]["POST"].Case(
        body={
            "monthly_income": "12000.00",
            "zone": "general",
            "contribution_period": 1,
            "infonavit": False,
        }
    )
    with pytest.raises(BaseException, match="Server error"):
        case.call_and_validate(
            base_url=running_sandbox.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30
        )
