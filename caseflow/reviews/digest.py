"""What a reminder says. Pure. It names nobody and nothing: an e-mail is read over shoulders."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from caseflow.kernel import clock
from caseflow.reviews.cadence import MORNING, in_words, is_late
from caseflow.reviews.rules import FOLLOW_UPS, LAPSING, SUPERVISED, DueKind, Step


@dataclass(frozen=True)
class Line:
    """One thing that somebody is told."""

    kind: DueKind
    step: Step
    due_at: datetime


def inbox_text(line: Line, now: datetime) -> str:
    """For the inbox, behind the sign-in; still without a name or a reference."""
    there = clock.local(line.due_at)
    words = in_words(there.date()) + ("" if there.time() == MORNING else f", {there:%H:%M}")
    if not is_late(line.due_at, now):
        return f"{line.kind.label}: {words}"
    return f"{line.kind.label}: was due {words}, late by {_span(now - line.due_at)}"


def _span(gap: timedelta) -> str:
    hours = max(int(gap.total_seconds()) // 3600, 1)
    return _count(hours // 24, "day") if hours >= 24 else _count(hours, "hour")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _noun(kind: DueKind) -> str:
    if kind in FOLLOW_UPS:
        return "follow-up"
    if kind in SUPERVISED or kind is DueKind.TRIAGE:
        return "decision"
    if kind in LAPSING:
        return "date"
    is_review = kind in (DueKind.REVIEW, DueKind.RISK, DueKind.SAFETY_PLAN)
    return "review" if is_review else "task"


def subject(lines: Iterable[Line]) -> str:
    nouns = Counter(_noun(line.kind) for line in lines)
    if len(nouns) == 1:
        noun, number = nouns.popitem()
        return f"You have {_count(number, noun)} due"
    return f"You have {_count(nouns.total(), 'thing')} due"


def body(lines: Iterable[Line], now: datetime, address: str) -> str:
    all_lines = list(lines)
    late = [line for line in all_lines if is_late(line.due_at, now)]
    ahead = [line for line in all_lines if line not in late]
    told = [*_listed("Late", late), *_listed("Due today or in the next week", ahead)]
    return "\n".join(["Hello,", "", *told, f"Sign in to see them: {address}", ""])


def _listed(heading: str, lines: list[Line]) -> list[str]:
    if not lines:
        return []
    nouns = Counter(_noun(line.kind) for line in lines)
    return [f"{heading}:", *(f"- {_count(nouns[noun], noun)}" for noun in sorted(nouns)), ""]
