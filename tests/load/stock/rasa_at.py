"""`rasa`, with Twilio's client calling a stand-in instead of Twilio, which it has no setting for.

python -m tests.load.stock.rasa_at http://127.0.0.1:8000 run --port 5005
"""

from __future__ import annotations

import sys
from typing import Any

from twilio.http.http_client import TwilioHttpClient

TWILIO = "https://api.twilio.com"
_request = TwilioHttpClient.request


def main(stand_in: str, *arguments: str) -> None:
    """Runs Rasa's command line."""

    def request(client: TwilioHttpClient, method: str, url: str, **more: Any) -> Any:
        return _request(client, method, url.replace(TWILIO, stand_in, 1), **more)

    TwilioHttpClient.request = request
    sys.argv = ["rasa", *arguments]
    from rasa.__main__ import main as rasa_main

    rasa_main()


if __name__ == "__main__":
    main(*sys.argv[1:])
