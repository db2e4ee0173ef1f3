"""The reachable moment: what is to happen by when after a referral, and what is left of the time.

Pure. Triage within 24 hours, in the same shift while they are there; seen while they are there;
otherwise approached by the end of the next working day, and rung within 48 hours. A pause stops
each of these clocks; nothing stops somebody going home. Source: domain.md §1.4.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from caseflow.kernel import clock
from caseflow.kernel.words import Words
from caseflow.reviews.cadence import DEFAULT
from caseflow.staff.working_time import NOTHING, Calendar, Interval, put_off

MINUTE = timedelta(minutes=1)
EXACT_BELOW = 10  # minutes; longer is said in steps of five, so that a list stays as it is


class Step(Words):
    SEE = "see", "See them before they leave"
    TRIAGE = "triage", "Triage"
    PHONE = "phone", "Ring them"
    APPROACH = "approach", "First approach"


class State(Words):
    IN_TIME = "in_time"
    CLOSE = "close", "Little time left"
    BREACHED = "breached", "Late"
    PAUSED = "paused", "Clock stands still"
    MET = "met", "Seen"
    MISSED = "missed", "Missed"


class WhyMissed(Words):
    OUT_OF_HOURS = "out_of_hours", "Came while the service was closed"
    NOBODY_ON_SHIFT = "nobody_on_shift"
    REFERRED_LATE = "referred_late", "Referred after they had left"
    WORKER_ELSEWHERE = "worker_elsewhere", "The worker was with somebody else"
    LEFT_BEFORE_SEEN = "left_before_seen", "Left before they were seen"
    DECLINED = "declined", "Did not want to be seen"
    IDENTITY_UNKNOWN = "identity_unknown", "Nobody knew who they were"
    OTHER = "other", "Something else"


@dataclass(frozen=True)
class Limits:
    """What the rules in force when somebody was referred ask for."""

    triage: timedelta
    working_days: int
    phone: timedelta
    close: timedelta

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> "Limits":
        """What cannot be read is as usual."""
        said = {name: _count(table, name) for name in ("triage_hours", "phone_hours",
                "first_approach_working_days", "close_minutes")}  # fmt: skip
        return cls(
            triage=timedelta(hours=said["triage_hours"]),
            working_days=said["first_approach_working_days"],
            phone=timedelta(hours=said["phone_hours"]),
            close=timedelta(minutes=said["close_minutes"]),
        )


def _count(table: Mapping[str, Any], name: str) -> int:
    value = table.get(name)
    is_count = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return int(value) if is_count and value is not None else int(DEFAULT[name])


@dataclass(frozen=True)
class Facts:
    """What is known of one referral. ``leaves_at``: expected, or when they left; ``heard_at`` and
    ``seen_at``: when they first answered, and first face to face; ``ended_at``: the episode's."""

    received_at: datetime
    attended_at: datetime | None = None
    said_there: bool = False
    said_gone: bool = False
    leaves_at: datetime | None = None
    triaged_at: datetime | None = None
    tried_at: datetime | None = None
    heard_at: datetime | None = None
    seen_at: datetime | None = None
    ended_at: datetime | None = None
    pauses: tuple[Interval, ...] = ()
    is_paused: bool = False

    @property
    def arrived_at(self) -> datetime:
        """From when they could have been met."""
        return min(self.attended_at or self.received_at, self.received_at)

    @property
    def came_late(self) -> bool:
        """They had left before anybody told us."""
        if self.leaves_at is not None:
            return self.leaves_at <= self.received_at
        return self.said_gone

    @property
    def was_there(self) -> bool:
        """As far as we were told, they were there when we were told."""
        return not self.came_late and (
            self.said_there or self.attended_at is not None or self.leaves_at is not None
        )

    def left_at(self, now: datetime) -> datetime | None:
        if self.leaves_at is not None:
            return self.leaves_at if self.leaves_at <= now else None
        return self.received_at if self.said_gone else None

    def is_there(self, now: datetime) -> bool:
        return self.was_there and self.left_at(now) is None


class Target(NamedTuple):
    step: Step
    at: datetime
    done_at: datetime | None


class Moment(NamedTuple):
    """``next``: what is asked for first; ``left``: until then, negative when it is late."""

    state: State
    next: Target | None
    left: timedelta | None
    missed_at: datetime | None
    is_there: bool

    @property
    def left_in_words(self) -> str:
        return "" if self.left is None else in_words(self.left)


def targets(facts: Facts, limits: Limits, calendar: Calendar) -> list[Target]:
    """All that is asked for, in the order in which it is due."""
    found = [
        Target(Step.TRIAGE, _triage_by(facts, limits, calendar), facts.triaged_at),
        Target(Step.APPROACH, _approach_by(facts, limits, calendar), facts.heard_at),
    ]
    if facts.was_there:
        found.append(Target(Step.SEE, _see_by(facts, calendar), facts.seen_at))
    else:
        tried = min((at for at in (facts.tried_at, facts.heard_at) if at), default=None)
        phone_by = put_off(facts.received_at, facts.received_at + limits.phone, facts.pauses)
        found.append(Target(Step.PHONE, phone_by, tried))
    return sorted(found, key=lambda target: (target.at, list(Step).index(target.step)))


def _triage_by(facts: Facts, limits: Limits, calendar: Calendar) -> datetime:
    by = put_off(facts.received_at, facts.received_at + limits.triage, facts.pauses)
    if not facts.was_there:
        return by
    return min(by, _shift_end(facts, calendar), facts.leaves_at or by)


def _see_by(facts: Facts, calendar: Calendar) -> datetime:
    return facts.leaves_at or _shift_end(facts, calendar)


def _shift_end(facts: Facts, calendar: Calendar) -> datetime:
    """Of the shift in which we were told, or of the next one."""
    end = calendar.shift_at(facts.received_at).end
    return put_off(facts.received_at, end, facts.pauses)


def _approach_by(facts: Facts, limits: Limits, calendar: Calendar) -> datetime:
    """The end of that working day, as the service keeps it."""
    told_on = clock.local(facts.received_at).date()
    day = calendar.working_days_after(told_on, limits.working_days)
    opening = calendar.opening_on(day)
    by = opening.end if opening else clock.end_of(day)
    return put_off(facts.received_at, by, facts.pauses)


def read(facts: Facts, limits: Limits, calendar: Calendar, now: datetime) -> Moment:
    there, missed = facts.is_there(now), missed_at(facts, limits, calendar, now)
    waiting = [
        target
        for target in targets(facts, limits, calendar)
        if target.done_at is None and (target.step is not Step.SEE or there)
    ]
    if not waiting or facts.ended_at is not None:
        return Moment(State.MISSED if missed else State.MET, None, None, missed, there)
    first = waiting[0]
    left = first.at - now
    return Moment(_state(facts, limits, calendar, first.at, now), first, left, missed, there)


def _state(facts: Facts, limits: Limits, calendar: Calendar, at: datetime, now: datetime) -> State:
    if facts.is_paused:
        return State.PAUSED
    if now >= at:
        return State.BREACHED
    is_close = calendar.open_time_between(now, at) <= limits.close
    return State.CLOSE if is_close else State.IN_TIME


def missed_at(facts: Facts, limits: Limits, calendar: Calendar, now: datetime) -> datetime | None:
    """When the moment was gone: they had left, or the time was up, and nobody had met them."""
    ends = [target.at for target in targets(facts, limits, calendar)
            if target.step is (Step.SEE if facts.was_there else Step.APPROACH)]  # fmt: skip
    left = facts.left_at(now)
    gone = min([at for at in ends if at <= now] + ([left] if left else []), default=None)
    if gone is None or (facts.seen_at is not None and facts.seen_at <= gone):
        return None
    return None if facts.ended_at is not None and facts.ended_at <= gone else gone


def in_words(left: timedelta) -> str:
    """``1 h 20 min left``, ``3 days late``; never more than there is."""
    is_late, minutes = left <= NOTHING, int(abs(left) / MINUTE)
    if minutes >= EXACT_BELOW:
        minutes -= minutes % 5
    days = minutes // (24 * 60)
    if days >= 2:
        words = f"{days} days"
    else:
        hours, few = divmod(minutes, 60)
        parts = [f"{hours} h" if hours else "", f"{few} min" if few or not hours else ""]
        words = " ".join(filter(None, parts))
    return f"{words} {'late' if is_late else 'left'}"


# --- why somebody was missed ---


class Around(NamedTuple):
    """What else was the case then. ``on_shift``: None when no rota is kept."""

    is_unknown: bool = False
    has_declined: bool = False
    on_shift: bool | None = None
    all_elsewhere: bool = False


def suggest(
    facts: Facts, gone_at: datetime, calendar: Calendar, around: Around
) -> WhyMissed | None:
    """The likeliest reason; a person decides."""
    has_left = facts.left_at(gone_at) is not None
    until = min(facts.leaves_at or gone_at, gone_at)
    is_known = not facts.came_late or facts.leaves_at is not None
    was_closed = not calendar.is_open(facts.arrived_at) and (
        calendar.open_time_between(facts.arrived_at, max(until, facts.arrived_at)) == NOTHING
    )
    reasons: Sequence[tuple[bool, WhyMissed]] = (
        (around.has_declined, WhyMissed.DECLINED),
        (is_known and was_closed, WhyMissed.OUT_OF_HOURS),
        (facts.came_late, WhyMissed.REFERRED_LATE),
        (around.is_unknown, WhyMissed.IDENTITY_UNKNOWN),
        (around.on_shift is False, WhyMissed.NOBODY_ON_SHIFT),
        (around.all_elsewhere, WhyMissed.WORKER_ELSEWHERE),
        (has_left, WhyMissed.LEFT_BEFORE_SEEN),
    )
    return next((why for holds, why in reasons if holds), None)
