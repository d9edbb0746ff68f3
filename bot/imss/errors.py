"""What can go wrong with a call of the institute's services, by what a caller does about it.

No message holds what was sent or answered, so each may be logged.
"""

from __future__ import annotations


class ServiceError(Exception):
    """A call did not give what it was made for; the kinds below say what to do."""


class ServiceUnavailable(ServiceError):
    """The service is not there, fails, or is too slow: try again later, with the same key.

    Whether a change was made is unknown; the same key finds out. `retry_after` is in seconds,
    where somebody knows it. `reason` is a word for logs: timeout, connection, status_503,
    circuit_open…
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        self.reason = reason
        self.retry_after = retry_after
        super().__init__(reason)


class NotFound(ServiceError):
    """There is no such registration or line; `code` is the contract's."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Rejected(ServiceError):
    """The service understood and says no: trying again changes nothing. Nothing was done.

    `code` is the contract's (openapi.yml lists them); `fields` are JSON pointers to what does not
    fit.
    """

    def __init__(self, code: str, fields: tuple[str, ...] = ()) -> None:
        self.code = code
        self.fields = fields
        super().__init__(code)


class Unauthorised(ServiceError):
    """The token is missing or wrong: a matter for the operator."""


class BadAnswer(ServiceError):
    """The answer is not what the contract says, so nothing in it is believed.

    `reason` names what is wrong without quoting it. A change may have been made.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
