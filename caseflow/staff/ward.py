"""What a page has to know so that it can leave the screen by itself. Nothing of it is secret."""

import hashlib
from datetime import timedelta
from typing import Any

from flask import url_for

from caseflow.kernel import clock
from caseflow.staff import sessions


def on_page() -> dict[str, Any]:
    """For a page that is about to be sent, which keeps the session alive."""
    return {
        "session": mark(),
        "seconds": _whole(min(sessions.idle_time(), sessions.most_time_left(clock.now()))),
        "lock_url": url_for("staff.lock"),
        "stay_url": url_for("staff.stay"),
        "keep_url": url_for("staff.keep"),
        "kept_url": url_for("staff.kept_form"),
        "time_url": url_for("staff.time_left"),
        "sign_in_url": url_for("staff.sign_in"),
    }


def time_left() -> dict[str, Any]:
    return {"session": mark(), "seconds": _whole(sessions.time_left(clock.now()))}


def mark() -> str:
    """Tells one session's pages from another's in the same browser, and opens nothing."""
    row = sessions.mine().row
    return hashlib.sha256(f"page of {row.id}".encode()).hexdigest()[:16] if row else ""


def _whole(span: timedelta) -> int:
    return max(int(span.total_seconds()), 0)
