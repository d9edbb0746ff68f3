"""How our web servers are run, all of them alike."""

from __future__ import annotations

from typing import Any

# A proxy keeps its idle lines to us for a minute at most, as a rule. Had we closed one while it is
# writing on it, that request would be lost, and most are webhooks, which it may not send again. So
# it has to be the proxy that closes.
IDLE_SECONDS = 75
# What is being answered as a process ends has so long; see bot.stopping.
ENDING_SECONDS = 2

SERVED: dict[str, Any] = {
    "log_config": None,
    "access_log": False,  # paths hold folios, queries the names of sessions
    "server_header": False,
    "ws": "none",
    "timeout_keep_alive": IDLE_SECONDS,
    "timeout_graceful_shutdown": ENDING_SECONDS,
}
