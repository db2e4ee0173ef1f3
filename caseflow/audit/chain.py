"""How each row of the trail is bound to the one before it.

A row's ``mac`` is HMAC-SHA256 over the mac before it, its own number, and all of its columns as
one JSON list of the text that the database keeps. Without the key, which is never in the
database, no row can be changed, put in, taken out or moved without the chain breaking there.
"""

import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

PURPOSE = "audit"
GENESIS = "0" * 64  # what comes before the first row
COLUMNS = (
    "seq",
    "at",
    "event",
    "actor_id",
    "case_id",
    "person_id",
    "endpoint",
    "request_id",
    "session_id",
    "source",
    "facts",
)

_as_list = json.JSONEncoder(check_circular=False).encode


class Chain:
    def __init__(self, key: bytes) -> None:
        self._keyed = hmac.new(key, digestmod="sha256")

    def mac(self, before: str, values: Sequence[Any]) -> str:
        """``values``: the row's COLUMNS as they are kept, its number first."""
        link = self._keyed.copy()
        link.update(f"{before}{values[0]:020d}{_as_list(values)}".encode())
        return link.hexdigest()


def instant_as_kept(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def facts_as_kept(facts: dict[str, Any]) -> str:
    return json.dumps(facts)
