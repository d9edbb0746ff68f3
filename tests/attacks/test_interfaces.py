"""schemathesis makes calls from the documents of the gateway's own interfaces, right and wrong
ones, and checks every answer."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, settings

from bot.channels.handoff.requests import SCHEMA
from bot.settings import PROJECT_ROOT
from bot.storage.migrate import migrate
from tests.phone.known import line_settings, signed
from tests.support.gateway import running_gateway
from tests.support.network import free_port

DOCUMENT = PROJECT_ROOT / "bot" / "channels" / "openapi.yml"
EXAMPLES = 25
SESSION = requests.Session()


def document() -> dict[str, Any]:
    """The interfaces as they are written down."""
    written: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text("utf-8"))
    return written


def _schema() -> Any:
    schema = schemathesis.openapi.from_dict(copy.deepcopy(document()))
    schema.config.seed = 20260610
    schema.config.generation.update(max_examples=EXAMPLES)
    schema.config.generation.deterministic = True
    # A session that fits the pattern is nobody's, a signature that fits it is wrong.
    accepted = schema.config.checks.positive_data_acceptance
    accepted.expected_statuses = [*accepted.expected_statuses, "400", "403", "404", "409", "422"]
    return schema


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gateway on the network."""
    folder: Path = tmp_path_factory.mktemp("interfaces")
    database_url = f"sqlite:///{folder / 'pti.db'}"
    migrate(database_url)
    room = {"PTI_CHAT_SESSIONS_BURST": "10000", "PTI_CHAT_MESSAGES_BURST": "10000"}
    port = str(free_port())
    with running_gateway(line_settings(database_url, PTI_GATEWAY_PORT=port, **room)) as address:
        yield address


@_schema().parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_in_the_document(case: schemathesis.Case, url: str) -> None:
    if isinstance(case.query, dict) and case.query.get("wait"):
        case.query["wait"] = 0
    case.call_and_validate(base_url=url, session=SESSION, timeout=30)
    if case.path == "/webhooks/handoff" and case.meta and case.meta.generation.mode.is_positive:
        # What is behind the signature is met too.
        case.headers = {**(case.headers or {}), **signed(json.dumps(case.body).encode())}
        case.call_and_validate(base_url=url, session=SESSION, timeout=30)


def test_the_document_and_the_schema_of_the_line_are_one() -> None:
    """The document leaves out most topics, and what only another kind of schema can say."""
    ours = document()["components"]["schemas"]["Call"]
    theirs = json.loads(SCHEMA.read_text("utf-8"))
    assert set(ours["required"]) == set(theirs["required"])
    assert set(ours["properties"]) == set(theirs["properties"])
    for name in ("language", "channel", "reason"):
        assert set(ours["properties"][name]["enum"]) <= set(theirs["properties"][name]["enum"])
