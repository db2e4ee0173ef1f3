"""Missed moments by hour and weekday, against when the service is there. Pure."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from caseflow.intake.moment import WhyMissed
from caseflow.kernel import clock
from caseflow.kernel.counts import SMALLEST_SHOWN, suppressed
from caseflow.staff.working_time import WEEKDAYS, Calendar, Interval

A_DAY = timedelta(days=1)
HALF_AN_HOUR = timedelta(minutes=30)
NOT_SAID = "Nobody has said yet"
PERIODS = (13, 26, 52)
BAND = 4  # hours; where only counts may be known, single hours would be nobody's


@dataclass(frozen=True)
class Cell:
    weekday: str
    shown: str
    level: int
    """0 to 3: how dark it is."""
    is_staffed: bool


@dataclass(frozen=True)
class Row:
    label: str
    cells: list[Cell]


Slot = tuple[int, int]
"""Weekday, hour."""


def slot_of(instant: datetime) -> Slot:
    there = clock.local(instant)
    return there.weekday(), there.hour


def by_hour(arrivals: Iterable[datetime], staffed: Collection[Slot]) -> list[Row]:
    counts = Counter(map(slot_of, arrivals))
    return _rows(counts, staffed, hours=1, show=str, level=lambda count: min((count + 1) // 2, 3))


def by_band(arrivals: Iterable[datetime], staffed: Collection[Slot]) -> list[Row]:
    """For whoever may see counts only: small ones are not told apart, in words or in darkness."""
    counts = Counter(map(slot_of, arrivals))
    return _rows(counts, staffed, hours=BAND, show=suppressed, level=_coarse)


def _coarse(count: int) -> int:
    return 0 if count == 0 else 1 if count < SMALLEST_SHOWN else 3


def _rows(
    counts: Counter[Slot],
    staffed: Collection[Slot],
    *,
    hours: int,
    show: Callable[[int], str],
    level: Callable[[int], int],
) -> list[Row]:
    found = []
    for first in range(0, 24, hours):
        slots = [[(day, hour) for hour in range(first, first + hours)] for day in range(7)]
        totals = [sum(counts[slot] for slot in group) for group in slots]
        cells = [
            Cell(WEEKDAYS[day], show(total), level(total), any(s in staffed for s in slots[day]))
            for day, total in enumerate(totals)
        ]
        found.append(
            Row(f"{first:02}:00" if hours == 1 else f"{first:02}–{first + hours:02}", cells)
        )
    return found


def reasons(whys: Iterable[WhyMissed | None]) -> list[tuple[str, int]]:
    """The most frequent first; what nobody has said is last."""
    counts = Counter(whys)
    nobody = counts.pop(None, 0)
    ordered = sorted(
        ((why.label, count) for why, count in counts.items() if why), key=lambda r: (-r[1], r[0])
    )
    return [*ordered, (NOT_SAID, nobody)] if nobody else ordered


def staffed_by(
    calendar: Calendar, shifts: Collection[Interval], first: date, last: date
) -> set[Slot]:
    """The hours in which somebody was there on at least half of such days: by the rota where one
    was kept, from its first shift on; else by the service's hours."""
    if shifts:
        first = max(first, min(clock.local(shift.start).date() for shift in shifts))
        seen = {(day, hour) for shift in shifts for day, hour in _hours_of(shift)}

        def was_there(day: date, hour: int) -> bool:
            return (day, hour) in seen
    else:

        def was_there(day: date, hour: int) -> bool:
            span = calendar.span_on(day)
            return span is not None and span.opens <= hour * 60 + 30 < span.closes

    days = [first + A_DAY * n for n in range((last - first).days + 1)]
    each, there = (
        Counter(day.weekday() for day in days),
        Counter(
            (day.weekday(), hour) for day in days for hour in range(24) if was_there(day, hour)
        ),
    )
    return {slot for slot, count in there.items() if count * 2 >= each[slot[0]]}


def _hours_of(shift: Interval) -> Iterable[tuple[date, int]]:
    """The hours whose middle lies in a shift."""
    start = clock.local(shift.start).replace(minute=0, second=0, microsecond=0)
    middle = start.astimezone(shift.start.tzinfo) + HALF_AN_HOUR
    while middle < shift.end:
        if middle >= shift.start:
            there = clock.local(middle)
            yield there.date(), there.hour
        middle += timedelta(hours=1)
