from datetime import UTC, datetime, timedelta

import pytest

from caseflow.staff.rules import BY_ACCOUNT, BY_SOURCE, Tries, one_more

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def tried_at(moments: list[datetime], limit=BY_ACCOUNT) -> list[datetime]:
    """Those of the moments at which a guess was really made."""
    tries, made = Tries(START), []
    for moment in moments:
        tries = one_more(tries, limit, moment)
        if not tries.wait(moment):
            made.append(moment)
    return made


@pytest.mark.parametrize("seconds", [0.1, 1, 7, 29, 31, 60, 149, 299, 301])
def test_no_five_minutes_hold_more_than_ten_guesses_however_they_are_spaced(seconds) -> None:
    made = tried_at([START + timedelta(seconds=seconds) * n for n in range(3_000)])
    for first in made:
        within = [moment for moment in made if first <= moment < first + 5 * MINUTE]
        assert len(within) <= 10


def test_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    tries, now, waits = Tries(START), START, []
    for _ in range(5):
        while not tries.wait(now):
            tries = one_more(tries, BY_ACCOUNT, now)
        waits.append(tries.wait(now) // MINUTE)
        now = tries.blocked_until or now
    assert waits == [5, 10, 15, 15, 15]


def test_asking_again_while_waiting_makes_the_wait_no_longer() -> None:
    tries = Tries(START)
    for _ in range(11):
        tries = one_more(tries, BY_ACCOUNT, START)
    until = tries.blocked_until
    for second in range(299):
        tries = one_more(tries, BY_ACCOUNT, START + timedelta(seconds=second))
    assert tries.blocked_until == until


def test_a_quiet_quarter_of_an_hour_forgets_earlier_waits() -> None:
    tries = Tries(START)
    for _ in range(11):
        tries = one_more(tries, BY_ACCOUNT, START)
    later = START + 20 * MINUTE
    assert one_more(tries, BY_ACCOUNT, later) == Tries(later, guesses=1)


@pytest.mark.parametrize("step", [timedelta(days=-400), timedelta(hours=-1), timedelta(days=400)])
def test_a_clock_that_steps_shuts_nobody_out_for_longer_than_the_rule(step) -> None:
    tries = Tries(START)
    for _ in range(11):
        tries = one_more(tries, BY_ACCOUNT, START)
    after = one_more(tries, BY_ACCOUNT, START + step)
    assert after.wait(START + step) <= BY_ACCOUNT.longest_wait


def test_honest_mistakes_of_a_whole_hospital_do_not_add_up_over_a_day() -> None:
    day = [START + timedelta(seconds=10) * n for n in range(8_640)]
    assert tried_at(day, BY_SOURCE) == day
