"""The one clock. Instants are aware UTC; days are the service's own calendar days."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_stopped_at: ContextVar[datetime | None] = ContextVar("stopped_at", default=None)
_zone: ZoneInfo = ZoneInfo("Europe/London")


def set_zone(name: str) -> None:
    """Called once, by create_app, from CASEFLOW_TIMEZONE."""
    global _zone
    _zone = ZoneInfo(name)


def now() -> datetime:
    return _stopped_at.get() or datetime.now(UTC)


def today() -> date:
    return local(now()).date()


def local(instant: datetime) -> datetime:
    return instant.astimezone(_zone)


def local_instant(day: date, at: time = time(9, 0)) -> datetime:
    """The UTC instant of a wall-clock time; a time the spring change skips moves on an hour."""
    return datetime.combine(day, at, _zone).astimezone(UTC)


def start_of(day: date) -> datetime:
    return local_instant(day, time(0, 0))


def end_of(day: date) -> datetime:
    """The first instant after the day."""
    return start_of(day + timedelta(days=1))


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Everything inside happens at this instant: tests, demo histories, ``remind --now``."""
    if instant.tzinfo is None:
        raise ValueError("the clock needs an instant with a time zone")
    token = _stopped_at.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _stopped_at.reset(token)
