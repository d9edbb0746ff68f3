"""What Twilio's error codes mean to delivery, whether they come with the answer to a call or later,
with a status."""

from __future__ import annotations

from bot.messaging.sender import (
    DeliveryError,
    NotShownError,
    OperatorError,
    OutsideWindowError,
    RefusedError,
    StoppedError,
    TryLaterError,
)

OPTED_OUT = 21610
OUTSIDE_WINDOW = 63016
# WhatsApp does not take the content: its form, its values, or what it is.
NOT_SHOWN = frozenset({63005, 63013, 63021, 63027, 63028, 63030})
# The token is not the account's, the account is closed, the sender is not the account's.
OF_THE_ACCOUNT = frozenset({20003, 20005, 63007})
# Too many messages at once: of the account, the number, the queue, WhatsApp, US carriers.
TOO_MANY = frozenset({14107, 20429, 21611, 30001, 30022, 63017, 63018})


def problem_of(code: int, seconds: float | None = None) -> DeliveryError:
    """The error of a code. `seconds` is how long Twilio asks to wait."""
    if code == OPTED_OUT:
        return StoppedError(str(code))
    if code == OUTSIDE_WINDOW:
        return OutsideWindowError(str(code))
    if code in NOT_SHOWN:
        return NotShownError(str(code))
    if code in OF_THE_ACCOUNT:
        return OperatorError(str(code))
    if code in TOO_MANY:
        return TryLaterError(str(code), seconds, whole_channel=True)
    return RefusedError(str(code))
