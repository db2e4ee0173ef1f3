from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.intake import moment
from caseflow.intake.moment import Around, Facts, Limits, State, Step, WhyMissed
from caseflow.kernel import clock
from caseflow.staff.bank_holidays import bank_holidays
from caseflow.staff.working_time import Calendar, Hours, Interval, OtherDay, Span

CALENDAR = Calendar(holidays=bank_holidays())
LIMITS = Limits.of({})
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def at(words: str) -> datetime:
    day, hour = words.split()
    return clock.local_instant(date.fromisoformat(day), time.fromisoformat(hour))


def said(instant: datetime | None) -> str:
    return f"{clock.local(instant):%a %d %b %H:%M}" if instant else ""


def there(received: str, **known: str) -> Facts:
    return Facts(at(received), said_there=True, **{name: at(when) for name, when in known.items()})


def gone(received: str, **known: str) -> Facts:
    return Facts(at(received), said_gone=True, **{name: at(when) for name, when in known.items()})


def due(facts: Facts, calendar: Calendar = CALENDAR) -> dict[str, str]:
    return {t.step.value: said(t.at) for t in moment.targets(facts, LIMITS, calendar)}


def read(facts: Facts, now: str) -> moment.Moment:
    return moment.read(facts, LIMITS, CALENDAR, at(now))


# --- what is asked for, by when ---


def test_whoever_is_there_is_triaged_and_seen_in_the_same_shift():
    assert due(there("2026-11-24 14:00")) == {
        "triage": "Tue 24 Nov 19:00",
        "see": "Tue 24 Nov 19:00",
        "approach": "Wed 25 Nov 19:00",
    }


def test_whoever_leaves_in_the_shift_is_seen_before():
    assert due(there("2026-11-24 14:00", leaves_at="2026-11-24 16:00")) == {
        "see": "Tue 24 Nov 16:00",
        "triage": "Tue 24 Nov 16:00",
        "approach": "Wed 25 Nov 19:00",
    }


def test_a_long_stay_does_not_put_off_triage_or_the_first_approach():
    assert due(there("2026-11-24 14:00", leaves_at="2026-12-04 16:00")) == {
        "triage": "Tue 24 Nov 19:00",
        "approach": "Wed 25 Nov 19:00",
        "see": "Fri 04 Dec 16:00",
    }


def test_whoever_comes_at_night_is_seen_in_the_next_shift():
    assert due(there("2026-11-24 23:30"))["see"] == "Wed 25 Nov 19:00"


def test_whoever_has_left_is_rung_within_48_hours_and_approached_the_next_working_day():
    assert due(gone("2026-11-27 15:00")) == {
        "triage": "Sat 28 Nov 15:00",
        "phone": "Sun 29 Nov 15:00",
        "approach": "Mon 30 Nov 19:00",
    }


@pytest.mark.parametrize(
    ("received", "approach", "triage"),
    [
        ("2026-11-24 00:00", "Wed 25 Nov 19:00", "Wed 25 Nov 00:00"),  # midnight begins a day
        ("2026-11-24 23:59", "Wed 25 Nov 19:00", "Wed 25 Nov 23:59"),
        ("2026-12-24 12:00", "Tue 29 Dec 19:00", "Fri 25 Dec 12:00"),  # Christmas
        ("2027-03-25 12:00", "Tue 30 Mar 19:00", "Fri 26 Mar 12:00"),  # Easter, clocks forward
        ("2026-10-24 12:00", "Mon 26 Oct 19:00", "Sun 25 Oct 11:00"),  # back: 24 hours are 24
        ("2027-03-27 12:00", "Tue 30 Mar 19:00", "Sun 28 Mar 13:00"),
    ],
)
def test_midnights_bank_holidays_and_the_nights_the_clocks_change(received, approach, triage):
    found = due(gone(received))
    assert (found["approach"], found["triage"]) == (approach, triage)


def test_a_shift_that_ends_at_24_00_ends_at_midnight():
    late = Calendar(hours=(Hours(date(2000, 1, 1), (Span(960, 1440),) * 7),))
    assert due(there("2026-11-24 23:59"), late)["see"] == "Wed 25 Nov 00:00"
    assert due(there("2026-11-25 00:00"), late)["see"] == "Thu 26 Nov 00:00"


def test_a_closed_day_moves_the_shift_and_not_the_working_day():
    calendar = Calendar(days={date(2026, 11, 25): OtherDay(None, "Training")})
    assert due(there("2026-11-24 20:00"), calendar) == {
        "triage": "Wed 25 Nov 20:00",
        "approach": "Thu 26 Nov 00:00",
        "see": "Thu 26 Nov 19:00",
    }


def test_a_pause_stops_each_clock_but_nobody_is_kept_from_going_home():
    pause = Interval(at("2026-11-24 15:00"), at("2026-11-24 17:00"))
    facts = replace(there("2026-11-24 14:00", leaves_at="2026-11-24 18:00"), pauses=(pause,))
    assert due(facts) == {
        "see": "Tue 24 Nov 18:00",
        "triage": "Tue 24 Nov 18:00",
        "approach": "Wed 25 Nov 21:00",
    }
    assert due(replace(gone("2026-11-24 14:00"), pauses=(pause,)))["triage"] == "Wed 25 Nov 16:00"


# --- what is left ---


@pytest.mark.parametrize(
    ("now", "state", "left"),
    [
        ("2026-11-24 14:10", State.IN_TIME, "1 h 50 min left"),
        ("2026-11-24 15:00", State.CLOSE, "1 h left"),
        ("2026-11-24 15:57", State.CLOSE, "3 min left"),
    ],
)
def test_the_time_left_runs_down(now, state, left):
    found = read(there("2026-11-24 14:00", leaves_at="2026-11-24 16:00"), now)
    assert (found.state, found.left_in_words, found.is_there) == (state, left, True)


def test_at_the_instant_itself_it_is_late():
    facts = there("2026-11-24 14:00")
    assert read(facts, "2026-11-24 18:59").state is State.CLOSE
    found = read(facts, "2026-11-24 19:00")
    assert (found.state, found.next.step, found.left_in_words) == (
        State.BREACHED, Step.SEE, "0 min late",
    )  # fmt: skip


def test_little_time_is_counted_in_open_time():
    """At six in the evening eight the next morning is far; the service opens at nine."""
    facts = there("2026-11-24 18:00", leaves_at="2026-11-25 09:30", triaged_at="2026-11-24 18:05")
    assert read(facts, "2026-11-24 19:30").state is State.CLOSE


def test_when_they_have_left_the_next_thing_is_to_ring():
    facts = there("2026-11-24 14:00", leaves_at="2026-11-24 16:00", triaged_at="2026-11-24 14:05")
    found = read(facts, "2026-11-24 16:01")
    assert (found.is_there, found.next.step, said(found.missed_at)) == (
        False, Step.APPROACH, "Tue 24 Nov 16:00",
    )  # fmt: skip


def test_all_done_is_met():
    facts = there(
        "2026-11-24 14:00",
        triaged_at="2026-11-24 14:05", heard_at="2026-11-24 14:30", seen_at="2026-11-24 14:30",
    )  # fmt: skip
    assert read(facts, "2026-11-26 14:00")[:4] == (State.MET, None, None, None)


def test_while_it_is_paused_the_time_left_stands_still():
    since = at("2026-11-24 15:00")
    for now in ("2026-11-24 16:00", "2026-11-26 16:00"):
        facts = replace(
            gone("2026-11-24 14:00"), pauses=(Interval(since, at(now)),), is_paused=True
        )
        found = read(facts, now)
        assert (found.state, found.left) == (State.PAUSED, 23 * HOUR)


moments = st.integers(0, 60 * 24 * 30).map(
    lambda minutes: at("2026-10-10 00:00") + minutes * MINUTE
)
maybe = st.none() | moments
facts_of_any = st.builds(
    Facts,
    received_at=moments, attended_at=maybe, said_there=st.booleans(), said_gone=st.booleans(),
    leaves_at=maybe, triaged_at=maybe, tried_at=maybe, heard_at=maybe, seen_at=maybe,
)  # fmt: skip


@given(facts_of_any, moments)
def test_the_next_thing_is_the_first_that_is_not_done(facts, now):
    found = moment.read(facts, LIMITS, CALENDAR, now)
    waiting = [t for t in moment.targets(facts, LIMITS, CALENDAR) if t.done_at is None]
    possible = [t for t in waiting if t.step is not Step.SEE or facts.is_there(now)]
    assert found.next == next(iter(possible), None)
    if found.next:
        assert (found.left <= timedelta(0)) == (found.state is State.BREACHED)


@given(facts_of_any, moments, moments)
def test_a_moment_once_missed_stays_missed_at_that_time(facts, one, other):
    first, second = sorted((one, other))
    before = moment.missed_at(facts, LIMITS, CALENDAR, first)
    if before is not None:
        assert moment.missed_at(facts, LIMITS, CALENDAR, second) == before


@given(facts_of_any, moments)
def test_who_was_met_in_time_is_never_missed(facts, now):
    missed = moment.missed_at(facts, LIMITS, CALENDAR, now)
    if missed is not None and facts.seen_at is not None:
        assert facts.seen_at > missed


# --- missed, and why ---


@pytest.mark.parametrize(
    ("facts", "now", "missed"),
    [
        (there("2026-11-24 14:00"), "2026-11-24 18:59", ""),
        (there("2026-11-24 14:00"), "2026-11-24 19:00", "Tue 24 Nov 19:00"),
        (there("2026-11-24 14:00", seen_at="2026-11-24 19:00"), "2026-11-25 09:00", ""),
        (
            there("2026-11-24 14:00", seen_at="2026-11-24 19:01"),
            "2026-11-25 09:00",
            "Tue 24 Nov 19:00",
        ),
        (there("2026-11-24 14:00", leaves_at="2026-11-24 16:00"), "2026-11-24 15:59", ""),
        (there("2026-11-24 14:00", leaves_at="2026-11-24 16:00"), "2026-11-24 16:00",
         "Tue 24 Nov 16:00"),
        (there("2026-11-24 14:00", heard_at="2026-11-24 15:00"), "2026-11-24 19:00",
         "Tue 24 Nov 19:00"),
        (gone("2026-11-24 14:00"), "2026-11-24 14:00", "Tue 24 Nov 14:00"),
        (there("2026-11-24 14:00", ended_at="2026-11-24 15:00"), "2026-11-24 19:00", ""),
        (Facts(at("2026-11-24 14:00")), "2026-11-25 18:59", ""),
        (Facts(at("2026-11-24 14:00")), "2026-11-25 19:00", "Wed 25 Nov 19:00"),
    ],
)  # fmt: skip
def test_missed_is_gone_without_being_met_face_to_face(facts, now, missed):
    assert said(moment.missed_at(facts, LIMITS, CALENDAR, at(now))) == missed


def why(facts: Facts, gone_at: str, **around: object) -> WhyMissed | None:
    return moment.suggest(facts, at(gone_at), CALENDAR, Around(**around))


def test_why_somebody_was_missed_is_suggested():
    night = there("2026-11-24 22:00", leaves_at="2026-11-25 03:00")
    day = there("2026-11-24 12:00", leaves_at="2026-11-24 14:00")
    assert why(night, "2026-11-25 03:00") is WhyMissed.OUT_OF_HOURS
    told_later = gone(
        "2026-11-25 09:05", attended_at="2026-11-24 22:00", leaves_at="2026-11-25 03:00"
    )
    assert why(told_later, "2026-11-25 03:00") is WhyMissed.OUT_OF_HOURS
    assert why(gone("2026-11-25 09:05"), "2026-11-25 09:05") is WhyMissed.REFERRED_LATE
    at_once = there("2026-11-24 12:00", leaves_at="2026-11-24 12:00")
    assert why(at_once, "2026-11-24 12:00") is WhyMissed.REFERRED_LATE
    assert why(day, "2026-11-24 14:00", on_shift=False) is WhyMissed.NOBODY_ON_SHIFT
    assert why(day, "2026-11-24 14:00", on_shift=True) is WhyMissed.LEFT_BEFORE_SEEN
    assert why(day, "2026-11-24 14:00") is WhyMissed.LEFT_BEFORE_SEEN
    assert why(day, "2026-11-24 14:00", all_elsewhere=True) is WhyMissed.WORKER_ELSEWHERE
    assert why(day, "2026-11-24 14:00", is_unknown=True) is WhyMissed.IDENTITY_UNKNOWN
    assert why(night, "2026-11-25 03:00", has_declined=True) is WhyMissed.DECLINED
    assert why(there("2026-11-24 12:00"), "2026-11-24 19:00", on_shift=True) is None


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (90 * MINUTE, "1 h 30 min left"),
        (94 * MINUTE, "1 h 30 min left"),
        (9 * MINUTE, "9 min left"),
        (30 * timedelta(seconds=1), "0 min left"),
        (47 * HOUR, "47 h left"),
        (49 * HOUR, "2 days left"),
        (-3 * HOUR, "3 h late"),
    ],
)
def test_the_time_left_in_words_is_never_too_much(left, words):
    assert moment.in_words(left) == words


@pytest.mark.parametrize("value", [0, -1, True, "24", None, 2.5])
def test_a_limit_that_cannot_be_read_is_the_usual_one(value):
    assert Limits.of({"triage_hours": value}) == LIMITS
