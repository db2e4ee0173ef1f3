"""Due and not in the ledger: told once, whatever slept, moved or broke in between."""

from datetime import timedelta

from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Facts, Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import Risk
from caseflow.kernel import clock as time
from caseflow.kernel.database import db
from caseflow.notices import queries as notices
from caseflow.notices.models import InboxItem, Outgoing
from caseflow.people import actions as people
from caseflow.reviews import actions, queries
from caseflow.reviews.models import DueItem, Told
from caseflow.reviews.reminders import remind, send_due
from caseflow.reviews.rules import DueKind, Step
from caseflow.staff import actions as staff
from caseflow.staff.models import User
from tests import builders


def review_of(case: Case) -> DueItem:
    item = queries.open_item(case, DueKind.REVIEW, case.id)
    assert item is not None
    return item


def supported(worker: User, stage: Stage = Stage.BRIEF) -> Case:
    """In support since now, with its needs assessment done: only the review is due."""
    case = builders.case_at(stage, held_by=worker)
    actions.finish_due(DueKind.NEEDS_ASSESSMENT, case.id, by=worker)
    db.session.commit()
    return case


def inbox(user: User) -> list[str]:
    return [item.text for item in notices.inbox_of(user)]


def steps() -> list[Step]:
    rows = db.session.query(Told).filter_by(channel="inbox").order_by(Told.at, Told.due_at).all()
    return [row.step for row in rows]


def test_each_step_is_told_on_its_day_and_once(session, clock):
    clock("2026-11-03 10:00")
    ana, sam = builders.worker(), builders.supervisor()
    supported(ana)
    for _ in range(40):
        clock.forward(days=1)
        remind(time.now())
        remind(time.now())
    assert steps() == [Step.EARLY, Step.TOMORROW, Step.TODAY, Step.OVERDUE]
    assert inbox(ana) == ["x"]
    assert inbox(sam) == ["x"]
