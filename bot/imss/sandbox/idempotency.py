"""The same key, the same answer: the work and its answer are committed together."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from bot.imss.sandbox.problems import Problem
from bot.imss.sandbox.tables import answers
from bot.storage.encryption import Cipher


class Answer(NamedTuple):
    """A status of 2xx and its JSON body."""

    status: int
    body: Any
    location: str | None = None


def once(
    connection: Connection,
    cipher: Cipher,
    key: str,
    call: tuple[str, str, Any],
    now: datetime,
    work: Callable[[], Answer],
) -> Answer:
    """The answer kept under the key, or that of the work, which is then kept.

    `call` is method, path and body. `connection` holds the write lock, so that of two calls with
    one key the second finds the first's answer. Raises Problem, of its own (idempotency_key_reused)
    or of the work; then nothing is kept.
    """
    # Sorted, so that the order of members does not make another body of it.
    call_index = cipher.index(json.dumps(call, sort_keys=True, ensure_ascii=False))
    key_index = cipher.index(f"key:{key}")
    kept = connection.execute(
        select(answers.c.call_index, answers.c.status, answers.c.body_sealed).where(
            answers.c.key_index == key_index
        )
    ).one_or_none()
    if kept is not None:
        if kept.call_index != call_index:
            raise Problem("idempotency_key_reused")
        return Answer(kept.status, *cipher.open(kept.body_sealed))
    answer = work()
    connection.execute(
        insert(answers).values(
            key_index=key_index,
            call_index=call_index,
            status=answer.status,
            body_sealed=cipher.seal([answer.body, answer.location]),
            kept_at=now.isoformat(timespec="seconds"),
        )
    )
    return answer
