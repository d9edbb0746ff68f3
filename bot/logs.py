"""Logging without personal data: what is logged is ids, names of things and places in the code."""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType

import structlog

QUIET = (
    "rasa",
    "rasa_sdk",
    "httpx",
    "httpcore",
    "telegram",
    "apscheduler",
    "matplotlib",
    "tensorflow",
    "alembic",
    "sqlalchemy",
    "asyncio",
)


class _WithoutMessages(logging.Formatter):
    """Prints where an exception came from, not what it says: its message may quote what a person
    wrote."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name == "asyncio" and record.exc_info:
            # After its first line come the task and the error in it, printed with its message.
            record.msg, record.args = record.getMessage().partition("\n")[0], None
        return super().format(record)

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        return describe(ei[1]) if ei[1] else ""


def describe(error: BaseException) -> str:
    """The error's kind and the places that it passed through, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))
    return f"{type(error).__name__} at {places}"


def set_up_logging(level: str, process: str) -> None:
    """One line an event on standard error; libraries only warn."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _WithoutMessages(f"%(asctime)s %(levelname)s {process} %(name)s: %(message)s")
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Its warnings of a retry quote the path, and the institute's paths hold folios.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    # Rasa's own log quotes what people write, at its debug level, unless told otherwise.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    sys.excepthook = _log_the_end


def _log_the_end(
    _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    """Instead of Python's own report, which says what the error says."""
    logging.getLogger(__name__).critical("ended by %s", describe(error))
