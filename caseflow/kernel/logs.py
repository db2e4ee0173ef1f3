"""Log lines: JSON with the keys below and no others, so that no name or note can slip in.

Words of our own are written as they are. Of a library's words only the template stays, without
what was put into it; of an error its kind and the lines it came through, never its text.
Source: security.md R59.
"""

import json
import logging
import logging.config
import os
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import Any

from flask import Flask, Response, g, has_request_context, request

KEYS = (
    "time", "level", "event", "request", "user", "route", "method", "status", "ms",
    "directive", "on", "error", "where",
)  # fmt: skip
OURS = Path(__file__).parents[1]
# Their templates without anything put in are sentences of their own, not of a record.
PLAIN_SPOKEN = ("gunicorn", "apscheduler")
requests = logging.getLogger("caseflow.requests")


class Line(logging.Formatter):
    """One line of JSON each; JSON itself writes line ends as \\r and \\n."""

    def format(self, record: logging.LogRecord) -> str:
        found = {
            "time": _instant(record.created),
            "level": record.levelname.lower(),
            "event": _event(record),
            "request": _of_request("request_id"),
            "user": _of_request("actor_id"),
            **_said(record),
        }
        kept = {key: found[key] for key in KEYS if found.get(key) is not None}
        return json.dumps(kept, ensure_ascii=True, default=str)


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _event(record: logging.LogRecord) -> str:
    if Path(record.pathname).is_relative_to(OURS):
        return record.getMessage()
    if record.args or record.name.startswith(PLAIN_SPOKEN):
        return f"{record.name}: {record.msg}" if isinstance(record.msg, str) else record.name
    return record.name


def _said(record: logging.LogRecord) -> dict[str, Any]:
    said = {key: getattr(record, key) for key in KEYS if hasattr(record, key)}
    if record.exc_info and record.exc_info[0]:
        said |= {"error": record.exc_info[0].__name__, "where": frames(record.exc_info[2])}
    return said


def _of_request(name: str) -> Any:
    return g.get(name) if has_request_context() else None


def frames(trace: TracebackType | None) -> list[str]:
    """``caseflow/gate.py:78 _admit``, outermost first: where, and not what."""
    return [
        f"{_short(Path(frame.filename))}:{frame.lineno} {frame.name}" for frame in extract_tb(trace)
    ]


def _short(file: Path) -> str:
    is_ours = file.is_relative_to(OURS)
    return str(file.relative_to(OURS.parent)) if is_ours else "/".join(file.parts[-2:])


def note_mistake(error: BaseException) -> None:
    """An error nobody foresaw, without its own words: they may quote what was typed."""
    kind, where = type(error).__name__, frames(error.__traceback__)
    requests.error(
        "mistake %s at\n%s",
        kind,
        "\n".join(where),
        extra={"event": "mistake", "error": kind, "where": where},
    )


def configuration() -> dict[str, Any]:
    """For ``logging.config``: everything that logs goes to stderr through ``Line``."""
    level = os.environ.get("CASEFLOW_LOG_LEVEL", "info").upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "caseflow.kernel.logs.Line"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {
            "caseflow": {"level": level},
            "gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True},
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }


def start() -> None:
    """For a process of its own: the web application's or the scheduler's."""
    logging.config.dictConfig(configuration())
    logging.captureWarnings(True)


def init_logs(app: Flask) -> None:
    """The first of all that a request passes, and the last."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.request_id = str(uuid.uuid4())
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    rule = request.url_rule
    requests.info(
        "answered",
        extra={
            "route": rule.rule if rule else None,
            "method": request.method if request.method.isalpha() else "another",
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.began) * 1_000),
        },
    )
    return response
