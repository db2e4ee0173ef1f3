"""A reminder names nobody, and counts."""

from datetime import UTC, datetime

import pytest

from caseflow.reviews import digest
from caseflow.reviews.digest import Line
from caseflow.reviews.rules import DueKind, Step

NOW = datetime(2026, 11, 10, 10, tzinfo=UTC)
LATE = datetime(2026, 11, 3, 9, tzinfo=UTC)
SOON = datetime(2026, 11, 11, 9, tzinfo=UTC)


def line(kind: DueKind, due_at: datetime = SOON) -> Line:
    return Line(kind, Step.TODAY, due_at)


@pytest.mark.parametrize(
    ("kinds", "subject"),
    [
        ([DueKind.REVIEW], "You have 1 review due"),
        ([DueKind.REVIEW, DueKind.REVIEW], "You have 2 reviews due"),
        ([DueKind.FOLLOW_UP_3], "You have 1 follow-up due"),
        ([DueKind.TRIAGE, DueKind.SIGN_OFF], "You have 2 decisions due"),
        ([DueKind.FLAG, DueKind.REVIEW, DueKind.NEXT_STEP], "You have 3 things due"),
    ],
)
def test_the_subject_counts(kinds, subject):
    assert digest.subject(map(line, kinds)) == subject


def test_the_body_tells_late_from_soon_and_where_to_sign_in():
    lines = [line(DueKind.REVIEW, LATE), line(DueKind.REVIEW), line(DueKind.NEXT_STEP)]
    assert digest.body(lines, NOW, "https://x.example") == (
        "Hello,\n\nLate:\n- 1 review\n\nDue today or in the next week:\n- 1 review\n- 1 task\n\n"
        "Sign in to see them: https://x.example\n"
    )


@pytest.mark.parametrize("kind", DueKind)
def test_no_kind_says_in_a_mail_what_it_is_about(kind):
    words = digest.subject([line(kind)]) + digest.body([line(kind)], NOW, "")
    telling = ("safeguard", "consent", "flag", "risk", "18", "26", "triage", "safety", "closure")
    assert not [word for word in telling if word in words.lower()]


def test_the_inbox_says_what_when_and_how_late():
    assert digest.inbox_text(line(DueKind.REVIEW), NOW) == "Review: Wed 11 Nov 2026"
    late = digest.inbox_text(line(DueKind.REVIEW, LATE), NOW)
    assert late == "Review: was due Tue 3 Nov 2026, late by 7 days"
    timed = datetime(2026, 11, 10, 7, 30, tzinfo=UTC)
    text = digest.inbox_text(line(DueKind.NEXT_STEP, timed), NOW)
    assert text == "Next step: was due Tue 10 Nov 2026, 07:30, late by 2 hours"
