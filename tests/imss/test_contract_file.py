"""The contract itself: its examples fit, and the client and the sandbox both follow it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timezone
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.imss import client
from bot.imss.contract import contract, misfits, operations, parse_instant
from bot.imss.sandbox.operations import HANDLERS
from bot.imss.sandbox.problems import PROBLEMS


def _with_schemas(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object with a schema and its example or examples."""
    if isinstance(node, dict):
        if "schema" in node:
            yield place, node
        for name, value in node.items():
            yield from _with_schemas(value, f"{place}/{name}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _with_schemas(value, f"{place}/{number}")


def _properties(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        for name, value in node.get("properties", {}).items():
            yield f"{place}.{name}", value
        for name, value in node.items():
            yield from _properties(value, f"{place}.{name}")


def _described(schema: dict[str, Any]) -> bool:
    if "description" in schema:
        return True
    target = schema.get("$ref") or schema.get("items", {}).get("$ref", "")
    name = target.rpartition("/")[2]
    return bool(name) and "description" in contract()["components"]["schemas"][name]


def test_every_schema_is_one() -> None:
    for schema in contract()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere() -> None:
    for target in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(contract())):
        node: Any = contract()
        for step in target.split("/"):
            node = node[step]


def test_every_example_fits_its_schema() -> None:
    checked = 0
    for place, holder in _with_schemas(contract()):
        for name, example in holder.get("examples", {}).items():
            schema = holder["schema"]["$ref"].rpartition("/")[2]
            assert misfits(schema, example["value"]) == [], (place, name)
            checked += 1
    assert checked >= 8


def test_every_operation_shows_an_example_of_what_is_sent() -> None:
    for operation in operations():
        if operation.body:
            entry = contract()["paths"][operation.path][operation.method.lower()]
            assert entry["requestBody"]["content"]["application/json"]["examples"], operation.id


def test_every_member_is_described() -> None:
    silent = [
        place
        for place, schema in _properties(contract()["components"]["schemas"])
        if not _described(schema)
    ]
    assert silent == []


def test_nothing_about_health_or_migration_is_a_member() -> None:
    members = {place.rpartition(".")[2] for place, _ in _properties(contract())}
    suspect = re.compile(r"health|illness|disab|diagnos|pregnan|visa|migrat|status_in|immigra|ssn")
    assert not [name for name in members if suspect.search(name)]


def test_what_is_sent_is_closed_and_what_is_answered_is_open() -> None:
    """A member that nobody knows is refused when sent and let pass when answered."""
    assert misfits("CurpQuestion", {"curp": "XEXA850315MNEXXA04", "more": 1})
    answer = {
        "status": "unknown",
        "birth_date": None,
        "sex": None,
        "state_of_birth": None,
        "test": True,
        "more": 1,
    }
    assert misfits("CurpValidation", answer) == []


def test_what_changes_something_carries_a_key() -> None:
    changes = {operation.id for operation in operations() if operation.changes}
    assert changes == {"register", "changeRegistration", "issueCaptureLine"}


def test_the_sandbox_and_the_client_have_every_operation() -> None:
    named = {operation.id for operation in operations()}
    assert set(HANDLERS) == named
    text = Path(client.__file__).read_text("utf-8")
    assert {name for name in named if f'"{name}"' not in text} == set()


def test_every_problem_of_the_sandbox_is_in_the_contract() -> None:
    listed = contract()["info"]["description"]
    assert [code for code in PROBLEMS if f"`{code}`" not in listed] == []


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-06-10T12:00:00-06:00", "2026-06-10T18:00:00+00:00"),
        ("2026-06-10t18:00:00z", "2026-06-10T18:00:00+00:00"),
        ("2026-06-10T18:00:00.5Z", "2026-06-10T18:00:00.500000+00:00"),
        ("2026-06-10T18:00:00.1234567Z", "2026-06-10T18:00:00.123456+00:00"),
    ],
)
def test_instants(text: str, utc: str) -> None:
    assert parse_instant(text).astimezone(timezone.utc).isoformat() == utc


@pytest.mark.parametrize(
    "text",
    ["", "2026-06-10", "2026-06-10T12:00:00", "2026-06-31T12:00:00Z", "２026-06-10T12:00:00Z"],
)
def test_what_is_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_instant(text)
