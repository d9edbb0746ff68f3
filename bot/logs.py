"""Logging without personal data: what is logged is ids, names of things and places in the code."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import datetime, timezone
from types import TracebackType
from typing import TextIO

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


# What ends a line or speaks to a terminal, as it is printed: whatever a library logs of a request,
# nobody writes a second line of our log, or paints over one.
_UNSEEN = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}
_UNSEEN |= {code: f"\\u{code:04x}" for code in (0x2028, 0x2029)}
_UNSEEN |= {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}


# The message that is being worked on, from the webhook that brings it to the delivery of its
# answers: its number in the inbox. It is no personal data.
_trace: ContextVar[int | None] = ContextVar("trace", default=None)


@contextlib.contextmanager
def traced(inbox_id: int | None) -> Iterator[None]:
    """What is logged in the block belongs to that message."""
    token = _trace.set(inbox_id)
    try:
        yield
    finally:
        _trace.reset(token)


class _WithTrace(logging.Filter):
    """Adds the message's number to a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        number = _trace.get()
        record.trace = "" if number is None else f" m{number}"
        return True


class _WithoutMessages(logging.Formatter):
    """Prints where an exception came from, not what it says: its message may quote what a person
    wrote. Each event is one line."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name == "asyncio" and record.exc_info:
            # After its first line come the task and the error in it, printed with its message.
            record.msg, record.args = record.getMessage().partition("\n")[0], None
        return super().format(record).translate(_UNSEEN)

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        return describe(ei[1]) if ei[1] else ""


class _AsJson(_WithoutMessages):
    """One object a line, for programs that collect logs."""

    def __init__(self, process: str) -> None:
        super().__init__("%(message)s")
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        said = super().format(record)
        line = {
            "at": datetime.fromtimestamp(record.created, timezone.utc).isoformat(),
            "level": record.levelname,
            "process": self._process,
            "where": record.name,
            "message": said,
        }
        trace = getattr(record, "trace", "").strip()
        return json.dumps({**line, "trace": trace} if trace else line, ensure_ascii=False)


def describe(error: BaseException) -> str:
    """The error's kind and the places that it passed through, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))
    return f"{type(error).__name__} at {places}"


def set_up_logging(level: str, process: str, log_format: str = "text") -> None:
    """One line an event on standard error, as text or as JSON; libraries only warn."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_WithTrace())
    as_text = f"%(asctime)s %(levelname)s {process} %(name)s%(trace)s: %(message)s"
    handler.setFormatter(_AsJson(process) if log_format == "json" else _WithoutMessages(as_text))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Its warnings of a retry quote the path, and the institute's paths hold folios.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    # Rasa's own log quotes what people write, at its debug level, unless told otherwise.
    # Kept once made: made anew for every line that is not logged, they took a hundredth of a turn.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        cache_logger_on_first_use=True,
    )
    sys.excepthook = _log_the_end
    warnings.showwarning = _log_warning


def _log_the_end(
    _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    """Instead of Python's own report, which says what the error says."""
    logging.getLogger(__name__).critical("ended by %s", describe(error))


def _log_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Instead of Python's own lines, which quote the message and the code. What libraries say of
    the old ways of others is for those who change libraries: the tests show it to them."""
    if not issubclass(category, (DeprecationWarning, PendingDeprecationWarning)):
        logging.getLogger(__name__).warning("%s at %s:%s", category.__name__, filename, lineno)
