"""Logs; the same for every service."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import stamina.instrumentation
import structlog

from lectern.contracts.plain_text import clean_text
from lectern.tracing import acting_service, find_trace_id

_BEGINNING, _END = 2_000, 6_000  # characters of a value in a log line that are kept of one that is too long


def configure_logs(log_format: str = "auto", level: str = "INFO", *, to: TextIO | None = None) -> None:
    """Sends structured logs to stderr, or `to` a file: JSON in a cluster, readable lines on a terminal.

    What libraries warn of comes in the same shape. Called from `__main__`.
    """
    to = to or sys.stderr
    console = log_format == "console" or (log_format == "auto" and to.isatty())
    renderer = structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _add_place,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _shorten_values,
            *([_clean_values] if console else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(level.upper(), 20)),
        logger_factory=structlog.PrintLoggerFactory(to),
    )
    stamina.instrumentation.set_on_retry_hooks([_log_retry])
    root = logging.getLogger()
    root.handlers = [
        *(each for each in root.handlers if not isinstance(each, _OfLibraries)),
        _OfLibraries(logging.WARNING),
    ]


class _OfLibraries(logging.Handler):
    """Passes on what libraries log by the standard library, such as asyncio's tasks that failed with nobody waiting."""

    def emit(self, record: logging.LogRecord) -> None:
        logger = structlog.get_logger(record.name)
        logger.log(record.levelno, record.getMessage(), action="library", logger=record.name, exc_info=record.exc_info)


def _add_place(_: object, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Which service wrote the line, and in which trace: both are the task's."""
    for name, value in (("service", acting_service()), ("trace_id", find_trace_id())):
        if value:
            entry.setdefault(name, value)
    return entry


def _shorten_values(_: object, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leaves out the middle of what is too long to be read: an error may quote megabytes, and its end says most."""
    return {
        name: f"{value[:_BEGINNING]}\n… {len(value) - _BEGINNING - _END} characters …\n{value[-_END:]}"
        if isinstance(value, str) and len(value) > 2 * (_BEGINNING + _END)
        else value
        for name, value in entry.items()
    }


def _clean_values(_: object, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A scene's words may stand in an entry: none may act on the terminal. JSON escapes them by itself."""
    return {name: clean_text(value) if isinstance(value, str) else value for name, value in entry.items()}


def _log_retry(details: stamina.instrumentation.RetryDetails) -> None:
    """Logs a retry without its arguments or the error's text, which may hold what a user wrote or a key."""
    structlog.get_logger("lectern.retries").info(
        "retrying",
        action="retry",
        attempt=details.retry_num + 1,
        seconds=round(details.wait_for, 2),
        error=type(details.caused_by).__name__,
    )
