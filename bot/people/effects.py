"""What a turn asks for outside of itself, as plain values: they are committed with the turn.

An action names them; `bot.messaging.effects` writes them.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Literal

Effect = dict[str, Any]
ErrandKind = Literal[
    "register", "change", "capture_line", "status", "payment", "clinic", "remind", "link", "erase"
]
CaseKind = Literal["callback", "complaint", "erasure"]
Extent = Literal["none", "all", "without_income"]

# No letters and digits that are taken for each other when they are read out.
CHARACTERS = "ABCDEFGHJKLMNPQRTUVWXY346789"
CODE_LENGTH = 8
CODE_MINUTES = 15
CODE_TRIES = 5


def errand(kind: ErrandKind, request: dict[str, Any], at: datetime | None = None) -> Effect:
    """Work for the errand runner, at once or from a moment on."""
    return {"do": "errand", "kind": kind, "request": request, "at": at.timestamp() if at else None}


def cancelled(kind: ErrandKind) -> Effect:
    """The person's waiting errands of a kind are not wanted any more."""
    return {"do": "cancel", "kind": kind}


def case(
    kind: CaseKind, folio: str, content: dict[str, Any], due: datetime | None = None
) -> Effect:
    """Something for the people of the call center to see to."""
    due_at = due.timestamp() if due else None
    return {"do": "case", "kind": kind, "folio": folio, "content": content, "due_at": due_at}


def consent(version: str, extent: Extent) -> Effect:
    """Consent that was given, changed or refused: the proof of it."""
    return {"do": "consent", "version": version, "extent": extent}


def link_code(code: str) -> Effect:
    """A code with which the person goes on elsewhere."""
    return {"do": "link_code", "code": code}


def wait_for_agent(reason: Literal["asked", "distress", "complaint"]) -> Effect:
    """The person waits for somebody of the call center."""
    return {"do": "wait", "reason": reason}


def stop_waiting() -> Effect:
    """The person does not wait any more."""
    return {"do": "stop_waiting"}


def satisfaction_score(task: str, score: int, message: int | None) -> Effect:
    """How content somebody is with a task, 1 to 5. `message` said so before (its number in the
    inbox): the newer score takes its place."""
    return {"do": "score", "task": task, "score": score, "message": message}


def spared_a_call(message: int, spared: bool) -> Effect:
    """Whether it spared them a call; `message` is the one that had the score."""
    return {"do": "spared", "message": message, "spared": spared}


def new_code() -> str:
    """A code of eight letters and digits, some of each, so that it looks like no word."""
    while True:
        code = "".join(secrets.choice(CHARACTERS) for _ in range(CODE_LENGTH))
        if 2 <= sum(character.isdigit() for character in code) <= CODE_LENGTH - 2:
            return code


def new_folio(kind: CaseKind) -> str:
    """A folio that can be read out on the phone."""
    return f"{kind[0].upper()}-{''.join(secrets.choice(CHARACTERS) for _ in range(CODE_LENGTH))}"
