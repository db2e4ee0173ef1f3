"""Decide who may know of a young person. What is decided holds for all of their episodes."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases import glass, knowers
from caseflow.cases.actions import changed
from caseflow.cases.models import Case, Conflict, NamedAccess, Restriction
from caseflow.kernel import clock
from caseflow.kernel.database import db, lock
from caseflow.kernel.errors import Problem, Refused
from caseflow.notices.actions import tell
from caseflow.staff import queries as staff
from caseflow.staff.models import User

NOBODY_LEFT = (
    "Nobody would be left who may know of this record. Name another supervisor first, or ask "
    "that somebody is made safeguarding lead."
)


def restrict(case: Case, *, by: User, why: str, names: Iterable[User] = ()) -> Restriction:
    """Who restricts a record is on its list, so that it does not vanish under their hands."""
    _one_at_a_time(case)
    if knowers.restriction_of(case) is not None:
        raise Problem("This record is restricted already.")
    made = Restriction(
        person_id=case.person_id, why=why.strip(), at=clock.now(), by_id=by.id, lifted_why=""
    )
    db.session.add(made)
    _record(Event.RECORD_RESTRICTED, case)
    wanted = {user.id: user for user in (by, *names)}
    for user in wanted.values():
        if user.role is not Role.SAFEGUARDING_LEAD:
            name(case, user, by=by)
    glass.end_all(case, why="restricted")
    db.session.flush()
    return made


def lift(case: Case, *, by: User, why: str) -> None:
    """The record is known again to whom it would be known without a restriction."""
    _one_at_a_time(case)
    restriction = knowers.restriction_of(case)
    if restriction is None:
        raise Problem("This record is not restricted.")
    now = clock.now()
    restriction.lifted_at, restriction.lifted_by_id = now, by.id
    restriction.lifted_why = why.strip()
    for named in knowers.names_of(case):
        named.ended_at = now
    db.session.flush()
    _record(Event.RESTRICTION_LIFTED, case)


def name(case: Case, user: User, *, by: User) -> NamedAccess:
    """Put somebody on the list of a restricted record."""
    _one_at_a_time(case)
    if knowers.restriction_of(case) is None:
        raise Problem("Restrict the record first.")
    if not user.is_active or user.role not in knowers.CASE_WORKERS:
        raise Problem(f"{user.name} does not work with cases.", "user")
    if knowers.in_conflict(case.person_id, [user.id]):
        raise Problem(f"{user.name} cannot be named on this record.", "user")
    if any(named.user_id == user.id for named in knowers.names_of(case)):
        raise Problem(f"{user.name} is named already.", "user")
    named = NamedAccess(person_id=case.person_id, user=user, at=clock.now(), by_id=by.id)
    db.session.add(named)
    db.session.flush()
    _record(Event.NAMED, case, user=str(user.id))
    return named


def unname(case: Case, named: NamedAccess) -> None:
    _one_at_a_time(case)
    named.ended_at = clock.now()
    db.session.flush()
    _check_kept(case)
    _record(Event.UNNAMED, case, user=str(named.user_id))


def set_conflict(case: Case, user: User, *, by: User) -> Conflict:
    """From now on the young person does not exist for this user. What they hold is handed back."""
    _one_at_a_time(case)
    if knowers.in_conflict(case.person_id, [user.id]):
        raise Problem(f"{user.name} is on this list already.", "user")
    conflict = Conflict(
        person_id=case.person_id, user=user, at=clock.now(), by_id=by.id, removed_why=""
    )
    db.session.add(conflict)
    for named in knowers.names_of(case):
        if named.user_id == user.id:
            named.ended_at = clock.now()
    glass.end_all(case, why="conflict", of=user)
    handed_back = _hand_back(case, user)
    if knowers.restriction_of(case) is not None:
        _check_kept(case)
    _record(Event.CONFLICT_SET, case, user=str(user.id), declared=user.id == by.id)
    _tell_leads(case, conflict, handed_back)
    return conflict


def remove_conflict(case: Case, conflict: Conflict, *, by: User, why: str) -> None:
    if conflict.user_id == by.id:
        raise Refused("Somebody else decides whether your conflict of interest is over.")
    conflict.removed_at, conflict.removed_by_id = clock.now(), by.id
    conflict.removed_why = why.strip()
    db.session.flush()
    _record(Event.CONFLICT_REMOVED, case, user=str(conflict.user_id))


def _hand_back(case: Case, user: User) -> list[Case]:
    """Every episode they hold is with nobody, in its team; the ended ones for their follow-ups."""
    held = db.session.scalars(
        select(Case).where(Case.person_id == case.person_id, Case.worker_id == user.id)
    ).all()
    for episode in held:
        episode.worker = None
        changed(episode)
        _record(Event.HANDED_BACK, episode, worker=str(user.id))
    db.session.flush()
    return list(held)


def _tell_leads(case: Case, conflict: Conflict, handed_back: list[Case]) -> None:
    """Each team that works with them hears of it, without hearing who has the conflict."""
    episodes = {episode.team_id: episode for episode in [case, *handed_back]}
    returned = {episode.id for episode in handed_back if episode.is_open}
    for episode in episodes.values():
        needs_worker = episode.id in returned
        text = (
            "A case came back because of a conflict of interest. Choose another worker."
            if needs_worker
            else "Somebody has a conflict of interest about a case of the team."
        )
        for lead in knowers.leads_who_may_know(episode):
            if lead.id != conflict.by_id or needs_worker:
                _tell(lead, episode, conflict, text)
        _tell_if_no_supervisor(episode, conflict)


def _tell_if_no_supervisor(case: Case, conflict: Conflict) -> None:
    leads = [lead.id for lead in staff.supervisors_of(case.team_id)]
    refused = knowers.in_conflict(case.person_id, leads)
    if conflict.user_id not in leads or len(refused) < len(leads):
        return
    for lead in knowers.safeguarding_leads_for(case):
        text = "No supervisor of the team may know of this case. Decide who stands in for them."
        _tell(lead, case, conflict, text, about="unsupervised")


def _tell(lead: User, case: Case, conflict: Conflict, text: str, about: str = "conflict") -> None:
    tell(
        lead,
        cause=f"{about} {conflict.id} {case.id}",
        text=text,
        subject="A decision waits for you",
        lines=["A conflict of interest has been recorded.", ""],
        case_id=case.id,
    )


def _one_at_a_time(case: Case) -> None:
    """Two decisions about one young person are taken one after the other."""
    lock(case.person)


def _check_kept(case: Case) -> None:
    if not knowers.is_kept_by_somebody(case):
        raise Problem(NOBODY_LEFT)


def _record(event: Event, case: Case, **facts: Any) -> None:
    audit.record(event, case_id=case.id, person_id=case.person_id, **facts)
