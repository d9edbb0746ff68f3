"""How replies are sent to the channels' providers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.settings.reading import SettingsError, above_zero, read_number


@dataclass(frozen=True)
class DeliverySettings:
    """What holds for every channel that messages are sent to."""

    at_once: int = 16
    """PTI_DELIVERY_AT_ONCE: messages that one gateway sends side by side."""
    send_seconds: float = 15.0
    """PTI_DELIVERY_SEND_SECONDS: how long one message's call to the provider may take. What a
    process that died was sending is sent again after twice that time."""

    @property
    def claim_seconds(self) -> float:
        """How long a claim on a message that is being sent lasts."""
        return 2 * self.send_seconds


def read_delivery(environ: Mapping[str, str]) -> DeliverySettings:
    """The settings of delivery, from their variables."""
    default = DeliverySettings
    at_once = read_number(environ, "PTI_DELIVERY_AT_ONCE", default.at_once, int)
    if at_once < 1:
        raise SettingsError("PTI_DELIVERY_AT_ONCE should be above zero.")
    return DeliverySettings(
        at_once=at_once,
        send_seconds=above_zero(environ, "PTI_DELIVERY_SEND_SECONDS", default.send_seconds),
    )
