"""More steps of a story: goals, actions, onward referrals, and how support ends."""

from datetime import date, datetime
from typing import Any

from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain
from caseflow.closing import actions as closing
from caseflow.closing import queries as closures
from caseflow.closing.rules import Ending
from caseflow.demo.steps import worker_of
from caseflow.demo.teller import Teller, expect
from caseflow.plans import actions as plans
from caseflow.plans.models import Action, Goal, OnwardReferral
from caseflow.plans.rules import OnwardStatus, Owner


def goal(t: Teller, moment: datetime, case: Case, words: str, *, rating: int) -> Goal:
    by = worker_of(t, case)
    with t.at(moment, by):
        return plans.add_goal(case, by=by, their_words=words, rating=rating)


def rate(t: Teller, moment: datetime, made: Goal, rating: int) -> None:
    by = worker_of(t, made.case)
    with t.at(moment, by):
        plans.rate_goal(made, by=by, rating=rating)


def action(
    t: Teller, moment: datetime, case: Case, what: str, owner: Owner, due_on: date
) -> Action:
    by = worker_of(t, case)
    with t.at(moment, by):
        return plans.add_action(case, by=by, what=what, owner=owner, due_on=due_on)


def action_done(t: Teller, moment: datetime, made: Action) -> None:
    by = worker_of(t, made.case)
    with t.at(moment, by):
        plans.finish_action(made, by=by)


def onward(
    t: Teller, moment: datetime, case: Case, service: str, domain: NeedDomain
) -> OnwardReferral:
    by = worker_of(t, case)
    with t.at(moment, by):
        return plans.refer_onward(
            case, by=by, service=t.services[service], domain=domain, method="Phone, with them there"
        )


def onward_status(
    t: Teller, moment: datetime, made: OnwardReferral, status: OnwardStatus, reason: str = ""
) -> None:
    by = worker_of(t, made.case)
    with t.at(moment, by):
        plans.change_status(made, by=by, status=status, reason=reason)


def ask_to_close(
    t: Teller,
    moment: datetime,
    case: Case,
    ending: Ending,
    *,
    is_planned: bool = True,
    **told: Any,
) -> None:
    by = worker_of(t, case)
    with t.at(moment, by):
        closing.ask_to_close(case, by=by, ending=ending, is_planned=is_planned, **told)


def approve(t: Teller, moment: datetime, case: Case, note: str) -> None:
    by = t.cast.supervisor_of(case.team)
    with t.at(moment, by):
        waiting = expect(closures.waiting_request(case))
        closing.approve_closure(waiting, by=by, note=note)


def return_closure(t: Teller, moment: datetime, case: Case, note: str) -> None:
    by = t.cast.supervisor_of(case.team)
    with t.at(moment, by):
        waiting = expect(closures.waiting_request(case))
        closing.return_closure(waiting, by=by, note=note)
