from hypothesis import given
from hypothesis import strategies as st

from caseflow.assessments import scoring
from caseflow.assessments.rules import NEED_LABELS, change_words, need_words
from caseflow.cases.rules import NeedDomain

D = NeedDomain
need = st.none() | st.integers(0, 4)
needs = st.dictionaries(st.sampled_from(NeedDomain), need)


def test_distance_is_counted_where_it_mattered_and_was_asked_again() -> None:
    then = {D.SAFETY: 4, D.HOUSING: 2, D.MONEY: 1, D.HEALTH: 3, D.PEERS: None}
    now = {D.SAFETY: 1, D.HOUSING: 3, D.MONEY: 0, D.HEALTH: None, D.PEERS: 0}

    far = scoring.distance_travelled(then, now)

    assert far.eligible == 3
    assert far.paired == 2
    assert sorted(far.moves) == [-1, 3]
    assert (far.better, far.same, far.worse) == (1, 0, 1)


@given(needs, needs)
def test_no_more_is_paired_than_was_eligible_and_each_pair_counts_once(then, now) -> None:
    far = scoring.distance_travelled(then, now)
    assert far.paired <= far.eligible <= len(then)
    assert far.better + far.same + far.worse == far.paired
    assert all(-4 <= move <= 4 for move in far.moves)


@given(needs, needs)
def test_what_was_not_discussed_changes_no_number(then, now) -> None:
    silent = {d: n for d, n in now.items() if n is not None}
    assert scoring.distance_travelled(then, now) == scoring.distance_travelled(then, silent)
    assert scoring.highest(now) == scoring.highest(silent)
    assert scoring.significant(now) == scoring.significant(silent)


@given(needs, st.sampled_from(NeedDomain))
def test_a_silence_is_never_read_as_no_need(then, domain) -> None:
    line = next(
        (x for x in scoring.lines(then, {**then, domain: None}) if x.domain is domain), None
    )
    assert line is None or line.now is None
    assert line is None or line.words == "not comparable"


@given(needs)
def test_the_highest_need_is_one_that_was_given(given_needs) -> None:
    numbers = [n for n in given_needs.values() if n is not None]
    assert scoring.highest(given_needs) == (max(numbers) if numbers else None)
    assert scoring.significant(given_needs) == sum(n >= 3 for n in numbers)


@given(needs, needs, st.sampled_from(NeedDomain))
def test_a_lower_need_at_the_end_never_makes_the_distance_shorter(then, now, domain) -> None:
    if not now.get(domain):
        return
    eased = {**now, domain: now[domain] - 1}
    before = scoring.distance_travelled(then, now)
    after = scoring.distance_travelled(then, eased)
    assert sum(after.moves) >= sum(before.moves)
    assert after.better >= before.better


@given(needs, needs)
def test_lines_run_from_the_worst_start_and_leave_no_scored_domain_out(then, now) -> None:
    lines = scoring.lines(then, now)
    starts = [line.now if line.then is None else line.then for line in lines]
    assert starts == sorted(starts, reverse=True)
    silent = scoring.not_discussed(then, now)
    assert {line.domain for line in lines}.isdisjoint(silent)
    assert len(lines) + len(silent) == len(NeedDomain)


def test_a_change_is_said_in_words() -> None:
    assert change_words(4, 1) == "better by 3"
    assert change_words(1, 2) == "worse by 1"
    assert change_words(2, 2) == "no change"
    assert change_words(None, 0) == "not comparable"
    assert change_words(3, None) == "not comparable"


def test_a_need_is_said_in_words() -> None:
    assert need_words(None) == "not discussed"
    assert [need_words(n) for n in range(5)] == list(NEED_LABELS.values())
