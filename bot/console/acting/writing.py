"""What an agent writes becomes a message of the conversation: a text, a file, a template."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.console.access import Account
from bot.console.acting.channels import LONGEST_MESSAGE, way_to
from bot.console.acting.uploads import UnusableFileError, kind_of, plain_name
from bot.console.house import House
from bot.messaging.agent_messages import AgentMessages, AgentSilentError
from bot.messaging.contents import Reply
from bot.people.files import Files
from bot.storage.tables import conversations


@dataclass(frozen=True)
class Draft:
    """What the composer sent. `key` is the form's own."""

    key: str
    text: str = field(default="", repr=False)
    template: str = ""
    file_name: str = field(default="", repr=False)
    file: bytes = field(default=b"", repr=False)


class UnsendableError(Exception):
    """It was not sent; the message names the string that says why."""


def send(house: House, account: Account, conversation_id: int, draft: Draft) -> None:
    """Writes the message, for good or not at all. Raises UnsendableError."""
    kind = _kind(draft)
    try:
        with house.database.writing() as connection:
            _check(house, connection, conversation_id, draft)
            reply = _reply(house, connection, conversation_id, account, draft, kind)
            new = AgentMessages(house.database).write(
                connection, conversation_id, account.id, reply, draft.key
            )
            if not new:
                connection.get_transaction().rollback()
                return
            detail = {"kind": "template" if draft.template else kind or "text"}
            house.audit.record(
                connection, account.id, "write", f"conversation/{conversation_id}", detail
            )
    except AgentSilentError as error:
        raise UnsendableError("not_held") from error


def _kind(draft: Draft) -> str | None:
    if draft.template:
        return None
    if not draft.file and not draft.text.strip():
        raise UnsendableError("empty")
    if len(draft.text) > LONGEST_MESSAGE:
        raise UnsendableError("too_long")
    if not draft.file:
        return None
    try:
        return kind_of(draft.file)
    except UnusableFileError as error:
        raise UnsendableError(f"file_{error}") from error


def _check(house: House, connection: Connection, conversation_id: int, draft: Draft) -> None:
    way = way_to(connection, conversation_id, house.database.now(connection))
    if way.stopped:
        raise UnsendableError("stopped")
    if draft.template and draft.template not in templates(house):
        raise UnsendableError("unknown_template")
    if draft.template and way.channel != "whatsapp":
        raise UnsendableError("unknown_template")
    if way.closed and not draft.template:
        raise UnsendableError("window_closed")


def _reply(
    house: House,
    connection: Connection,
    conversation_id: int,
    account: Account,
    draft: Draft,
    kind: str | None,
) -> Reply:
    if draft.template:
        return Reply(by=account.name, template=draft.template)
    if kind is None:
        return Reply(draft.text.strip(), by=account.name)
    person_id = connection.execute(
        select(conversations.c.person_id).where(conversations.c.id == conversation_id)
    ).scalar_one()
    name = plain_name(draft.file_name, kind)
    file_id = Files(house.database).keep(connection, person_id, name, kind, draft.file)
    reference = f"file:{file_id}/{name}"
    if kind.startswith("image/"):
        return Reply(draft.text.strip(), image=reference, by=account.name)
    return Reply(draft.text.strip(), file=reference, by=account.name)


def templates(house: House) -> list[str]:
    """The names of WhatsApp's templates that may be chosen."""
    twilio = house.settings.twilio
    return sorted(twilio.whatsapp_templates) if twilio else []
