"""Two people, or two schedulers, at the same moment, on two connections."""

import threading
from collections.abc import Callable

from sqlalchemy import func, select

from caseflow.caseload import handing
from caseflow.cases.models import Case
from caseflow.intake import actions as intake
from caseflow.intake import missed
from caseflow.intake.codes import IndexReason
from caseflow.intake.models import MissedMoment
from caseflow.kernel import clock as time
from caseflow.kernel.database import db, transaction
from caseflow.kernel.errors import Problem
from caseflow.people.rules import Safe
from caseflow.staff.models import User
from tests import builders


def at_once(*doings: Callable[[], None]) -> None:
    threads = [threading.Thread(target=doing) for doing in doings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def waiting(by) -> Case:
    return intake.add_referral(
        by=by, name="Ada Here", what=IndexReason.ASSAULT_SHARP, is_still_there=Safe.NO
    ).case


def test_of_two_who_take_a_case_one_has_it_and_one_is_told_who(app, session) -> None:
    workers = builders.worker(name="Ana"), builders.worker(name="Ben")
    case_id, ids = waiting(workers[0]).id, [worker.id for worker in workers]
    session.commit()
    said: dict[str, str] = {}

    def take(user_id) -> Callable[[], None]:
        def run() -> None:
            with app.app_context():
                user = db.session.get_one(User, user_id)
                name = user.name
                db.session.rollback()
                try:
                    with transaction():
                        mine = db.session.get_one(Case, case_id)
                        handing.take(mine, shown=None, by=db.session.get_one(User, user_id))
                    said[name] = "took it"
                except Problem as problem:
                    said[name] = problem.message

        return run

    session.rollback()
    at_once(*(take(user_id) for user_id in ids))
    (first,) = [name for name, words in said.items() if words == "took it"]
    (second,) = said.keys() - {first}
    assert said[second].startswith(f"{first} took this case at ")
    assert session.get_one(Case, case_id).worker.name == first


def test_two_schedulers_make_one_row(app, session) -> None:
    waiting(builders.worker())
    session.commit()
    now = time.now()
    made: list[int] = []

    def note() -> None:
        with app.app_context():
            made.append(missed.note_missed(now))

    at_once(note, note)
    assert sum(made) == 1
    assert session.scalar(select(func.count()).select_from(MissedMoment)) == 1
