"""What the audit trail is searched for. Pure."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from caseflow.audit.rules import Event

NO_DAY = "Write a day like 2026-11-23."


@dataclass(frozen=True)
class Asked:
    """``typed``: what the page shows again. ``problems``: field → what is wrong with it."""

    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    actor_id: uuid.UUID | None = None
    reference: str = ""
    event: Event | None = None
    first: date | None = None
    last: date | None = None
    refused: bool = False

    def as_facts(self) -> dict[str, Any]:
        """For the row that says what was looked for; without what could not be read."""
        return {name: words for name, words in self.typed.items() if name not in self.problems}


def asked(sent: Mapping[str, str]) -> Asked:
    names = ("who", "case", "event", "first", "last", "refused")
    typed = {name: words for name in names if (words := sent.get(name, "").strip()[:40])}
    reader = _Reader(typed)
    return Asked(
        typed=typed,
        actor_id=reader.read("who", uuid.UUID, "Choose somebody from the list."),
        reference=typed.get("case", "").upper(),
        event=reader.read("event", Event, "Choose something from the list."),
        first=reader.read("first", date.fromisoformat, NO_DAY),
        last=reader.read("last", date.fromisoformat, NO_DAY),
        refused="refused" in typed,
        problems=reader.problems,
    )


class _Reader:
    def __init__(self, typed: Mapping[str, str]) -> None:
        self._typed = typed
        self.problems: dict[str, str] = {}

    def read(self, name: str, kind: Any, problem: str) -> Any:
        if not (words := self._typed.get(name)):
            return None
        try:
            return kind(words)
        except ValueError:
            self.problems[name] = problem
            return None


def day_asked(words: str, today: date) -> date:
    """Yesterday, unless another day before today was asked for."""
    yesterday = today - timedelta(days=1)
    try:
        return min(max(date.fromisoformat(words), date(2000, 1, 1)), today)
    except ValueError:
        return yesterday


def details(facts: Mapping[str, Any]) -> str:
    """A row's facts in a few words; of what holds more than one thing, how many or which."""
    return "; ".join(f"{name.replace('_', ' ')}: {_short(value)}" for name, value in facts.items())


def _short(value: Any) -> str:
    if isinstance(value, list):
        return f"{len(value):,}"
    if isinstance(value, dict):
        return ", ".join(value)
    return str(value)
