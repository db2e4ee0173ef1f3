"""The table of moves, every pair of stages of it."""

from dataclasses import replace
from itertools import pairwise, product

import pytest

from caseflow.access.permissions import Permission
from caseflow.cases.lifecycle import (
    BEFORE_SUPPORT,
    ENDED_SUPPORT,
    MOVES,
    SUPPORT,
    TERMINAL,
    Facts,
    Stage,
    is_open,
    moves_from,
    obstacles,
)

ALL = Facts(
    attempts=3,
    attempt_modes=2,
    days_of_attempts=14,
    support_agreed=True,
    has_two_way_contact=True,
    closure_approved=True,
    is_allocated=True,
)
NONE = Facts()
# domain.md §1.5, written out again by hand.
EARLY_ENDINGS = "transferred deceased moved no_longer_safe"
SUPPORT_ENDINGS = "completed disengaged transferred custody moved deceased no_longer_safe"
EXPECTED = {
    "received": "triaged withdrawn",
    "triaged": "eligible ineligible withdrawn",
    "eligible": f"attempting withdrawn {EARLY_ENDINGS}",
    "attempting": f"approached unable_to_contact withdrawn {EARLY_ENDINGS}",
    "approached": f"agreed declined unable_to_contact withdrawn {EARLY_ENDINGS}",
    "agreed": f"brief long_term {SUPPORT_ENDINGS}",
    "brief": f"long_term {SUPPORT_ENDINGS}",
    "long_term": SUPPORT_ENDINGS,
    "declined": "attempting",
    "unable_to_contact": "attempting",
}


@pytest.mark.parametrize(("start", "end"), list(product(Stage, Stage)))
def test_a_pair_of_stages_is_a_move_exactly_when_the_table_says(start: Stage, end: Stage) -> None:
    allowed = end.value in EXPECTED.get(start.value, "").split()
    said = obstacles(start, end, reason="a reason", facts=ALL)
    assert said == ([] if allowed else [f"A case cannot go from “{start.label}” to “{end.label}”."])
    assert (end in moves_from(start)) is allowed


@pytest.mark.parametrize(("start", "end"), sorted(MOVES))
def test_a_move_without_its_reason_is_refused_in_words(start: Stage, end: Stage) -> None:
    said = obstacles(start, end, reason="  ", facts=ALL)
    assert said == (["Give a reason."] if MOVES[start, end].needs_reason else [])


def test_every_ending_needs_a_reason_but_the_triage_says_its_own() -> None:
    without = {pair for pair, move in MOVES.items() if not move.needs_reason}
    assert {end for _, end in without} == {
        Stage.TRIAGED, Stage.ELIGIBLE, Stage.ATTEMPTING, Stage.APPROACHED, Stage.AGREED,
        Stage.BRIEF, Stage.LONG_TERM,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "missing", "words"),
    [
        ("eligible", "attempting", {"is_allocated": False}, "a worker first"),
        ("attempting", "approached", {"has_two_way_contact": False}, "voicemail"),
        ("approached", "agreed", {"support_agreed": False}, "agreement"),
        ("attempting", "unable_to_contact", {"attempts": 2}, "So far 2"),
        ("attempting", "unable_to_contact", {"attempt_modes": 1}, "by 1"),
        ("approached", "unable_to_contact", {"days_of_attempts": 13}, "13 days"),
        ("long_term", "completed", {"closure_approved": False}, "supervisor"),
        ("agreed", "custody", {"closure_approved": False}, "supervisor"),
    ],
)
def test_what_stands_in_the_way_is_said(
    start: str, end: str, missing: dict[str, object], words: str
) -> None:
    facts = replace(ALL, **missing)
    said = obstacles(Stage(start), Stage(end), reason="a reason", facts=facts)
    assert len(said) == 1
    assert words in said[0]


def test_everything_that_is_missing_is_said_at_once() -> None:
    said = obstacles(Stage.ATTEMPTING, Stage.UNABLE_TO_CONTACT, reason="", facts=NONE)
    assert len(said) == 2


@pytest.mark.parametrize("stage", Stage)
def test_only_declined_and_unable_to_contact_may_be_taken_up_again(stage: Stage) -> None:
    if stage in TERMINAL:
        again = stage in (Stage.DECLINED, Stage.UNABLE_TO_CONTACT)
        assert moves_from(stage) == ([Stage.ATTEMPTING] if again else [])
    else:
        assert moves_from(stage)


def test_ended_support_is_only_reached_through_a_closure() -> None:
    for (start, end), move in MOVES.items():
        if start in SUPPORT | {Stage.AGREED} and end in ENDED_SUPPORT:
            assert move.permission is Permission.CLOSURE_DECIDE, (start, end)


def test_a_sender_may_withdraw_only_before_anybody_agreed() -> None:
    withdrawable = {start for start, end in MOVES if end is Stage.WITHDRAWN}
    assert withdrawable == set(BEFORE_SUPPORT) - {Stage.AGREED}


def test_the_whole_way_can_be_walked() -> None:
    way = "received triaged eligible attempting approached agreed brief long_term completed"
    for start, end in pairwise(map(Stage, way.split())):
        assert obstacles(start, end, reason="a reason", facts=ALL) == []
    assert not is_open(Stage.COMPLETED)
    assert is_open(Stage.LONG_TERM)
