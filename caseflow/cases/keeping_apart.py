"""Two young people who must not meet: by one worker, or in one place. Nobody is named by it.

The link is seen by who may know of both. Where one of the two is out of somebody's sight, every
page is to them as if there were no link; who may know of both hears of what they did.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, select
from sqlalchemy.orm import joinedload

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases.knowers import leads_who_may_know, may_know, safeguarding_leads_for
from caseflow.cases.lifecycle import TERMINAL
from caseflow.cases.models import Allocation, Case, KeepApart
from caseflow.cases.visibility import known_to
from caseflow.kernel import clock
from caseflow.kernel.database import db, lock
from caseflow.kernel.errors import Problem
from caseflow.notices.actions import tell
from caseflow.staff.models import User

CONCERN = "Keep-apart concern with somebody this worker supports: see who may know."
OWN_CONCERN = "Keep-apart concern with somebody you support: ask your supervisor."
SAY_WHY = "Keep-apart concern with somebody this worker supports. Write why you choose them."
NOT_FOUND = "There is no other young person you may know of with that reference."


@dataclass(frozen=True)
class Apart:
    """One link, as somebody who may know of both sees it. ``other``: the latest case of who is
    kept apart; ``worker``: who supports both now."""

    link: KeepApart
    other: Case
    worker: User | None


def keep_apart(case: Case, other: Case | None, *, by: User, why: str) -> KeepApart:
    """``other``: as ``by`` may know of it; what is out of sight is as if it were not there."""
    is_known = other is not None and may_know(by, other)
    if other is None or not is_known or other.person_id == case.person_id:
        raise Problem(NOT_FOUND, "reference")
    for person in sorted((case.person, other.person), key=lambda person: person.id):
        lock(person)
    if any(apart.link.is_between(case, other) for apart in links_about(case, by)):
        raise Problem("These two are kept apart already.", "reference")
    link = KeepApart(
        person_id=case.person_id, other_id=other.person_id, why=why.strip(), at=clock.now(),
        by_id=by.id,
    )  # fmt: skip
    db.session.add(link)
    db.session.flush()
    _record(Event.KEPT_APART, link)
    return link


def end(link: KeepApart, *, by: User, why: str) -> None:
    if link.ended_at is not None:
        raise Problem("Somebody has ended this already.")
    link.ended_at, link.ended_by_id, link.ended_why = clock.now(), by.id, why.strip()
    db.session.flush()
    _record(Event.KEPT_APART_ENDED, link)


def _record(event: Event, link: KeepApart) -> None:
    """On the trail of both."""
    for one, other in ((link.person_id, link.other_id), (link.other_id, link.person_id)):
        audit.record(event, person_id=one, other=str(other))


def links_about(case: Case, reader: User) -> list[Apart]:
    """For who may know of both; nothing of the others, nor that there are any."""
    return [
        Apart(link, other, _both(case, other))
        for link in _links(case.person_id)
        if (other := _latest(link.other_than(case.person_id), reader)) is not None
    ]


def link_in(case: Case, link_id: uuid.UUID, reader: User) -> KeepApart | None:
    links = (apart.link for apart in links_about(case, reader))
    return next((link for link in links if link.id == link_id), None)


def _links(person_id: uuid.UUID) -> Sequence[KeepApart]:
    return db.session.scalars(
        select(KeepApart)
        .where(
            (KeepApart.person_id == person_id) | (KeepApart.other_id == person_id),
            KeepApart.person_id != KeepApart.other_id,  # two records that were one young person
            KeepApart.ended_at.is_(None),
        )
        .order_by(KeepApart.at, KeepApart.id)
    ).all()


def _latest(person_id: uuid.UUID, reader: User) -> Case | None:
    return db.session.scalars(
        select(Case)
        .where(Case.person_id == person_id, known_to(reader))
        .options(joinedload(Case.person), joinedload(Case.worker))
        .order_by(Case.received_at.desc())
        .limit(1)
    ).first()


def _both(case: Case, other: Case) -> User | None:
    is_one = case.worker_id is not None and case.worker_id == other.worker_id
    return other.worker if is_one and case.is_open and other.is_open else None


def kept_from(person_id: uuid.UUID) -> CompoundSelect[Any]:
    """Ids of the people this one is kept apart from."""
    live = KeepApart.ended_at.is_(None)
    return (
        select(KeepApart.other_id)
        .where(KeepApart.person_id == person_id, KeepApart.other_id != person_id, live)
        .union(
            select(KeepApart.person_id).where(
                KeepApart.other_id == person_id, KeepApart.person_id != person_id, live
            )
        )
    )


def concerns(case: Case, workers: Iterable[uuid.UUID], reader: User) -> set[uuid.UUID]:
    """Those of the workers who support somebody to be kept apart, as far as ``reader`` may know
    of that somebody."""
    found = db.session.scalars(
        select(Case.worker_id).where(
            Case.person_id.in_(kept_from(case.person_id)),
            Case.worker_id.in_(list(workers)),
            Case.stage.not_in(TERMINAL),
            known_to(reader),
        )
    )
    return {worker_id for worker_id in found if worker_id is not None}


def check(case: Case, worker: User, *, by: User, reason: str) -> None:
    if not reason.strip() and concerns(case, [worker.id], by):
        raise Problem(SAY_WHY, "reason")


def tell_of(allocation: Allocation, case: Case, *, by: User) -> None:
    """Whoever gave the case may have known nothing: who may know of both is told."""
    rivals = db.session.scalars(
        select(Case).where(
            Case.person_id.in_(kept_from(case.person_id)),
            Case.worker_id == allocation.worker_id,
            Case.stage.not_in(TERMINAL),
        )
    ).all()
    if not rivals:
        return
    users = [*leads_who_may_know(case), *safeguarding_leads_for(case)]
    for user in {user.id: user for user in users if user.id != by.id}.values():
        if any(may_know(user, rival) for rival in rivals):
            tell(
                user,
                cause=f"apart {allocation.id}",
                text="A worker now supports two young people who are to be kept apart.",
                subject="A decision waits for you",
                lines=["A case was given to a worker. Look at it soon.", ""],
                case_id=case.id,
            )
