"""Operations keep their links and their codes when the database goes one step back and forth."""

from datetime import date

from flask import Flask
from sqlalchemy import text

from caseflow.access.permissions import Role
from caseflow.cases.lifecycle import Stage
from caseflow.kernel.database import db
from caseflow.operations import actions
from caseflow.operations.rules import Offer, OperationKind
from caseflow.staff.models import User
from tests import builders
from tests.harness.migrate import downgrade, upgrade


def enter(by: User) -> object:
    return actions.save_operation(
        by=by, code="OP-SAME", name="Same", kind=OperationKind.OTHER, starts_on=date(2026, 11, 1)
    )


def codes() -> list[str]:
    found = db.session.execute(text("SELECT code FROM operation ORDER BY entered_at, id"))
    rows = [row.code for row in found]
    db.session.rollback()
    return rows


def test_two_operations_of_one_code_go_back_and_forth(session, app: Flask, clock) -> None:
    clock("2026-11-01 10:00")
    case = builders.case_at(Stage.LONG_TERM)
    first = enter(builders.user(Role.POLICE_LIAISON))
    clock.forward(hours=1)
    enter(builders.user(Role.POLICE_LIAISON))
    actions.link(case, first, by=case.worker, support="A call", offer=Offer.OFFERED)
    session.commit()
    assert codes() == ["OP-SAME", "OP-SAME"]
    downgrade(app, "0019")
    assert codes() == ["OP-SAME", "OP-SAME-2"]
    upgrade(app)
    assert codes() == ["OP-SAME", "OP-SAME-2"]
    linked = text("SELECT code FROM operation_link JOIN operation ON operation.id = operation_id")
    assert session.scalar(linked) == "OP-SAME"
