"""Logging: one JSON line per event, without personal data."""

import logging
import logging.config
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

Event = MutableMapping[str, Any]

REQUEST = "request"
"""The key of the request id in log lines and Celery headers."""
_REQUEST_ID = re.compile(r"[0-9a-f]{32}")
_LONG_NUMBER = re.compile(r"(?<![0-9a-f])\d{7,}[Xx]?(?![0-9a-f])")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_UNMASKED = frozenset({REQUEST, "timestamp", "level", "logger", "ms", "status", "user"})


def request_id() -> str:
    """Return the id of the current request or task, "" outside of one."""
    return str(structlog.contextvars.get_contextvars().get(REQUEST, ""))


def is_request_id(text: str) -> bool:
    """Return whether a text has the form of a request id."""
    return _REQUEST_ID.fullmatch(text) is not None


def drop_foreign_values(_logger: Any, _method: str, event: Event) -> Event:
    """Drop the values from the log records of libraries.

    The message of an error may quote a row (a violated constraint does), a warning an
    address or a name: of records of libraries only the template is logged, of errors only
    their type and traceback.
    """
    record: logging.LogRecord = event["_record"]
    event["logger"] = record.name
    if not event["_from_structlog"]:
        event["event"] = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"], event["at"] = type(error).__qualname__, _traceback_lines(error)
    event.pop("stack_info", None)
    return event


def _traceback_lines(error: BaseException) -> list[str]:
    return [
        f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-12:]
    ]


def mask_personal_data(_logger: Any, _method: str, event: Event) -> Event:
    """Mask what looks like an identity number, a telephone number or a mail address."""
    for name, value in event.items():
        if name not in _UNMASKED and not name.startswith("_"):
            event[name] = _mask(value)
    return event


def _mask(value: Any) -> Any:
    if isinstance(value, str):
        return _MAIL.sub("***@***", _LONG_NUMBER.sub("***", value))
    if isinstance(value, list | tuple):
        return [_mask(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**10:
        return "***"
    return value if isinstance(value, int | float | None) else _mask(str(value))


_SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
]

CONFIGURATION: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                drop_foreign_values,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                mask_personal_data,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
            "foreign_pre_chain": _SHARED_PROCESSORS,
            "use_get_message": False,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "loggers": {
        "redcross": {"level": "INFO"},
        # Django's own handlers would mail an error with the values of the form.
        "django": {"handlers": [], "level": "WARNING"},
        # Refusals are in the line of each request, without address or name.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        "axes": {"level": "ERROR"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}


def configure(configuration: dict[str, Any]) -> None:
    """Configure logging; events of structlog pass through the same handlers."""
    logging.config.dictConfig(configuration)
    structlog.configure(
        processors=[*_SHARED_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
