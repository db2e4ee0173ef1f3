"""What falls due follows the case: nobody has to remember to set it."""

from datetime import datetime

from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Facts, Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import Risk
from caseflow.kernel import clock as kernel_clock
from caseflow.reviews import queries
from caseflow.reviews.models import DueItem
from caseflow.reviews.rules import DueKind
from tests import builders


def due(case: Case, kind: DueKind) -> DueItem | None:
    return next((item for item in queries.open_items(case) if item.kind is kind), None)


def when(case: Case, kind: DueKind) -> str | None:
    item = due(case, kind)
    return f"{kernel_clock.local(item.due_at):%a %d %b %Y %H:%M}" if item else None


def kinds(case: Case) -> set[DueKind]:
    return {item.kind for item in queries.open_items(case)}


def test_a_new_referral_is_triaged_within_a_day(session, clock):
    clock("2026-11-03 10:00")
    case = builders.received_case()
    assert kinds(case) == {DueKind.TRIAGE}
    assert when(case, DueKind.TRIAGE) == "Wed 04 Nov 2026 10:00"


def test_each_stage_has_its_own_promise(session, clock):
    clock("2026-11-06 10:00")
    ana = builders.worker()
    case = builders.case_at(Stage.ELIGIBLE, held_by=ana)
    assert kinds(case) == {DueKind.FIRST_APPROACH}
    assert when(case, DueKind.FIRST_APPROACH) == "Mon 09 Nov 2026 09:00"
    cases.allocate(case, ana, by=ana)
    cases.move(case, Stage.ATTEMPTING, by=ana, facts=builders.ALL)
    assert kinds(case) == {DueKind.FIRST_APPROACH}
    cases.move(case, Stage.APPROACHED, by=ana, facts=builders.ALL)
    assert kinds(case) == set()
    builders.consent(case.person, by=ana)
    cases.move(case, Stage.AGREED, by=ana, facts=builders.ALL)
    assert when(case, DueKind.NEEDS_ASSESSMENT) == "Fri 20 Nov 2026 09:00"
    cases.move(case, Stage.LONG_TERM, by=ana, facts=builders.ALL)
    assert kinds(case) == {DueKind.NEEDS_ASSESSMENT, DueKind.REVIEW}
    assert when(case, DueKind.REVIEW) == "Fri 04 Dec 2026 09:00"
