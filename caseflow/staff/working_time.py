"""The one working-time calendar: service hours, days that are otherwise, bank holidays. Pure.

Hours are wall-clock hours of the service's own place, in minutes since midnight, so that a day may
end at 24:00; what lies between two of them is counted in instants, so that a night on which the
clocks change is an hour shorter or longer. Working days are Monday to Friday without bank
holidays: that the service is closed for a day puts off no promise. Source: domain.md §1.4, §10.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from caseflow.kernel import clock

A_DAY = timedelta(days=1)
NOTHING = timedelta(0)
MIDNIGHT = 24 * 60
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CLOSED, AS_USUAL = "closed", "as usual"
LAST_YEAR = 2199
SETTING = "working_time"

# Each row holds from its day; each day is "HH:MM-HH:MM" or "closed". ``days`` are single days on
# which it is otherwise, ``bank_holidays`` what was proclaimed after this version was made.
DEFAULT: dict[str, Any] = {
    "hours": [{"from": "2000-01-01", "week": ["09:00-19:00"] * 7, "bank_holidays": AS_USUAL}],
    "days": [],
    "bank_holidays": [],
}


class Span(NamedTuple):
    """From when to when on one day, in minutes since midnight; the end is outside."""

    opens: int
    closes: int

    @property
    def words(self) -> str:
        return f"{_clock(self.opens)}–{_clock(self.closes)}"

    @property
    def stored(self) -> str:
        return f"{_clock(self.opens)}-{_clock(self.closes)}"


class Interval(NamedTuple):
    """Two instants; the end is outside."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def stored_span(words: str) -> Span | None:
    """What a setting holds: a span, or None for closed. ValueError for anything else."""
    if words == CLOSED:
        return None
    found = re.fullmatch(r"([0-2]\d):([0-5]\d)-([0-2]\d):([0-5]\d)", words)
    if found is None:
        raise ValueError(f"not hours: {words}")
    first, last = (int(found[n]) * 60 + int(found[n + 1]) for n in (1, 3))
    if not first < last <= MIDNIGHT:
        raise ValueError(f"not hours: {words}")
    return Span(first, last)


def in_words(span: Span | None) -> str:
    return span.words if span else CLOSED


@dataclass(frozen=True)
class Hours:
    """What holds from a day on. ``on_bank_holidays``: None when they are days like others."""

    holds_from: date
    week: tuple[Span | None, ...]
    on_bank_holidays: tuple[Span | None] | None = None

    @property
    def words(self) -> str:
        """``09:00–19:00 daily``; ``Mon to Fri 09:00–17:00, Sat and Sun closed``."""
        said = _week_in_words(self.week)
        if self.on_bank_holidays is None:
            return said
        return f"{said}; bank holidays {in_words(self.on_bank_holidays[0])}"


def _week_in_words(week: Sequence[Span | None]) -> str:
    runs: list[list[int]] = []
    for number, span in enumerate(week):
        if runs and week[runs[-1][0]] == span:
            runs[-1].append(number)
        else:
            runs.append([number])
    if len(runs) == 1:
        return f"{in_words(week[0])} daily"
    return ", ".join(f"{_days_in_words(run)} {in_words(week[run[0]])}" for run in runs)


def _days_in_words(run: Sequence[int]) -> str:
    first, last = WEEKDAYS[run[0]][:3], WEEKDAYS[run[-1]][:3]
    if len(run) == 1:
        return first
    return f"{first} {'and' if len(run) == 2 else 'to'} {last}"


USUAL = Hours(date(2000, 1, 1), (Span(9 * 60, 19 * 60),) * 7)


class OtherDay(NamedTuple):
    """A day on which the service is closed, or open at other hours, and why."""

    span: Span | None
    why: str


@dataclass(frozen=True)
class Calendar:
    hours: tuple[Hours, ...] = (USUAL,)
    days: Mapping[date, OtherDay] = field(default_factory=dict)
    holidays: Collection[date] = frozenset()

    # --- days ---

    def hours_on(self, day: date) -> Hours:
        held = [row for row in self.hours if row.holds_from <= day]
        return held[-1] if held else USUAL

    def span_on(self, day: date) -> Span | None:
        """When the service is open on a day; None when it is not."""
        if day in self.days:
            return self.days[day].span
        hours = self.hours_on(day)
        if hours.on_bank_holidays is not None and day in self.holidays:
            return hours.on_bank_holidays[0]
        return hours.week[day.weekday()]

    def is_working_day(self, day: date) -> bool:
        return is_working_day(day, self.holidays)

    def working_days_after(self, day: date, count: int) -> date:
        return working_days_after(day, count, self.holidays)

    # --- instants ---

    def opening_on(self, day: date) -> Interval | None:
        span = self.span_on(day)
        if span is None:
            return None
        found = Interval(_instant(day, span.opens), _instant(day, span.closes))
        return found if found.start < found.end else None

    def is_open(self, instant: datetime) -> bool:
        opening = self.opening_on(clock.local(instant).date())
        return opening is not None and opening.start <= instant < opening.end

    def openings_from(
        self, instant: datetime, pauses: Sequence[Interval] = ()
    ) -> Iterator[Interval]:
        """Whatever is open from an instant on, in order, without what is paused."""
        day = clock.local(instant).date()
        while day.year <= LAST_YEAR:
            opening = self.opening_on(day)
            if opening is not None and opening.end > instant:
                yield from without(Interval(max(opening.start, instant), opening.end), pauses)
            day += A_DAY

    def open_time_between(
        self, start: datetime, end: datetime, pauses: Sequence[Interval] = ()
    ) -> timedelta:
        """How long the service was open; negative when the end comes first."""
        if end < start:
            return -self.open_time_between(end, start, pauses)
        total = NOTHING
        for opening in self.openings_from(start, pauses):
            if opening.start >= end:
                break
            total += min(opening.end, end) - opening.start
        return total

    def after_open_time(
        self, instant: datetime, length: timedelta, pauses: Sequence[Interval] = ()
    ) -> datetime:
        """The first instant by which the service was open for so long."""
        if length <= NOTHING:
            return instant
        for opening in self.openings_from(instant, pauses):
            if length <= opening.length:
                return opening.start + length
            length -= opening.length
        raise ValueError("the service never opens for so long")

    def next_opening(self, instant: datetime) -> datetime:
        """The instant itself while it is open; else the next time the door opens."""
        return self.shift_at(instant).start

    def shift_at(self, instant: datetime) -> Interval:
        """What is left of the opening an instant lies in; else the whole of the next one."""
        for opening in self.openings_from(instant):
            return opening
        raise ValueError("the service never opens")


def _instant(day: date, minutes: int) -> datetime:
    if minutes >= MIDNIGHT:
        return clock.end_of(day)
    return clock.local_instant(day, time(minutes // 60, minutes % 60))


# --- working days ---


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    return day.weekday() < 5 and day not in holidays


def working_days_after(day: date, count: int, holidays: Collection[date]) -> date:
    """The ``count``-th working day after ``day``, which itself never counts."""
    while count > 0:
        day += A_DAY
        count -= is_working_day(day, holidays)
    return day


# --- pauses ---


def without(interval: Interval, pauses: Iterable[Interval]) -> list[Interval]:
    """What is left of an interval; pauses may overlap, and come in any order."""
    left = [interval] if interval.start < interval.end else []
    for pause in pauses:
        left = [piece for one in left for piece in _cut(one, pause)]
    return left


def _cut(one: Interval, pause: Interval) -> list[Interval]:
    if pause.start >= pause.end:
        return [one]
    pieces = (
        Interval(one.start, min(one.end, pause.start)),
        Interval(max(one.start, pause.end), one.end),
    )
    return [piece for piece in pieces if piece.start < piece.end]


def put_off(since: datetime, at: datetime, pauses: Iterable[Interval]) -> datetime:
    """When it is due that was due at ``at``: the clock that began at ``since`` stands still in
    each pause."""
    length = at - since
    for pause in sorted(_joined(pauses)):
        if pause.end <= since:
            continue
        begins = max(pause.start, since)
        if begins >= since + length:
            break
        length += pause.end - begins
    return since + length


def _joined(pauses: Iterable[Interval]) -> list[Interval]:
    """None of them touches another."""
    found: list[Interval] = []
    for pause in sorted(pauses):
        if found and pause.start <= found[-1].end:
            found[-1] = Interval(found[-1].start, max(found[-1].end, pause.end))
        else:
            found.append(pause)
    return found


# --- as it is kept ---


def calendar_from(value: Mapping[str, Any], holidays: Collection[date]) -> Calendar:
    """What cannot be read is left out, so that one bad row does not close the service."""
    rows = [row for row in map(_hours_from, value.get("hours", ())) if row is not None]
    days = dict(filter(None, map(_day_from, value.get("days", ()))))
    more = (_date_from(words) for words in value.get("bank_holidays", ()))
    return Calendar(
        hours=tuple(sorted(rows, key=lambda row: row.holds_from)) or (USUAL,),
        days=days,
        holidays=frozenset(holidays) | {day for day in more if day is not None},
    )


def _hours_from(row: Mapping[str, Any]) -> Hours | None:
    try:
        week = tuple(stored_span(words) for words in row["week"])
        said = row.get("bank_holidays", AS_USUAL)
        on_bank_holidays = None if said == AS_USUAL else (stored_span(said),)
        holds_from = date.fromisoformat(row["from"])
    except (KeyError, TypeError, ValueError):
        return None
    is_whole = len(week) == 7 and any(week)
    return Hours(holds_from, week, on_bank_holidays) if is_whole else None


def _day_from(row: Mapping[str, Any]) -> tuple[date, OtherDay] | None:
    try:
        return date.fromisoformat(row["day"]), OtherDay(
            stored_span(row["open"]), str(row.get("why", ""))
        )
    except (KeyError, TypeError, ValueError):
        return None


def _date_from(words: object) -> date | None:
    try:
        return date.fromisoformat(str(words))
    except ValueError:
        return None


def stored_hours(hours: Hours) -> dict[str, Any]:
    return {
        "from": hours.holds_from.isoformat(),
        "week": [span.stored if span else CLOSED for span in hours.week],
        "bank_holidays": AS_USUAL
        if hours.on_bank_holidays is None
        else (hours.on_bank_holidays[0].stored if hours.on_bank_holidays[0] else CLOSED),
    }
