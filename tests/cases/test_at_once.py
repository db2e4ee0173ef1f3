"""Two decisions about one young person at the same moment, on two connections."""

import threading

from caseflow.access.permissions import Role
from caseflow.cases import knowers, need_to_know
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.kernel.database import db, transaction
from caseflow.kernel.errors import Problem
from caseflow.staff.models import User
from tests import builders


def test_of_two_restrictions_at_once_one_stands_and_one_is_told(app, session) -> None:
    boss, second = builders.supervisor(), builders.supervisor()
    case = builders.case_at(Stage.AGREED)
    session.commit()
    said: list[str] = []

    def restrict(user_id) -> None:
        with app.app_context():
            try:
                with transaction():
                    mine = db.session.get_one(Case, case_id)
                    need_to_know.restrict(mine, by=db.session.get_one(User, user_id), why="Rival")
                said.append("restricted")
            except Problem as problem:
                said.append(problem.message)

    case_id, ids = case.id, [boss.id, second.id]
    session.rollback()
    threads = [threading.Thread(target=restrict, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["This record is restricted already.", "restricted"]


def test_two_cannot_leave_at_once_and_lose_the_record(app, session) -> None:
    """Each alone may leave while the other stays; together nobody would be left."""
    boss, second = builders.supervisor(), builders.supervisor()
    assert not builders.user(Role.ADMINISTRATOR).team_id
    case = builders.received_case(in_team=boss.team)
    need_to_know.restrict(case, by=boss, why="Rival", names=[second])
    session.commit()
    case_id, names = case.id, [named.id for named in knowers.names_of(case)]
    session.rollback()
    said: list[str] = []

    def leave(name_id) -> None:
        with app.app_context():
            try:
                with transaction():
                    mine = db.session.get_one(Case, case_id)
                    named = knowers.name_in(mine, name_id)
                    assert named is not None
                    need_to_know.unname(mine, named)
                said.append("left")
            except Problem:
                said.append("stays")

    threads = [threading.Thread(target=leave, args=(one,)) for one in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["left", "stays"]
