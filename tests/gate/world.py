"""A small service full of canaries, and everybody who must not see them."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.assessments import actions as assessments
from caseflow.assessments.models import Assessment, SafetyPlan
from caseflow.assessments.rules import Point
from caseflow.cases.models import BreakGlass, Case, Conflict, KeepApart, NamedAccess, Restriction
from caseflow.cases.rules import GlassReason
from caseflow.closing.models import Closure, Summary
from caseflow.contacts.actions import log_contact
from caseflow.contacts.models import Contact
from caseflow.contacts.rules import Mode, Outcome
from caseflow.intake.models import Delivery, Message, MissedMoment, Referral
from caseflow.kernel import clock
from caseflow.kernel.database import Base, db
from caseflow.kernel.ids import new_reference
from caseflow.misfiled import actions as misfiled
from caseflow.misfiled.models import Misfiled
from caseflow.misfiled.queries import entry_in
from caseflow.operations.models import Operation, OperationLink
from caseflow.people import actions as people
from caseflow.people import merges
from caseflow.people.models import ContactPoint, Flag, Merge, RelatedPerson
from caseflow.people.rules import Relation
from caseflow.plans.models import Action, Goal, OnwardReferral
from caseflow.reviews.models import DueItem
from caseflow.reviews.rules import DueState
from caseflow.services.models import Service
from caseflow.staff.models import Cover, Team, User
from tests import builders
from tests.casefile.rich import rich_case

CHILDREN: dict[str, Callable[[Case], Any]] = {
    "action": lambda case: first(Action, case_id=case.id),
    "assessment": lambda case: first(Assessment, case_id=case.id),
    "closure": lambda case: first(Closure, case_id=case.id),
    "contact": lambda case: first(Contact, case_id=case.id),
    "entry": lambda case: first(Contact, case_id=case.id),
    "misfiled": lambda case: first(Misfiled, case_id=case.id),
    "target": lambda case: first(Case, team_id=case.team_id, worker_id=None),
    "flag": lambda case: first(Flag, person_id=case.person_id),
    "goal": lambda case: first(Goal, case_id=case.id),
    "item": lambda case: first(DueItem, case_id=case.id, state=DueState.OPEN),
    "link": lambda case: first(OperationLink, case_id=case.id),
    "merge": lambda case: first(Merge, kept_id=case.person_id),
    "twin": lambda case: first(Case, team_id=case.team_id, worker_id=None),
    "message": lambda case: first(Message, referral_id=getattr(referral_of(case), "id", None)),
    "missed": lambda case: first(MissedMoment, case_id=case.id),
    "apart": lambda case: first(KeepApart, person_id=case.person_id),
    "conflict": lambda case: first(Conflict, person_id=case.person_id),
    "named": lambda case: first(NamedAccess, person_id=case.person_id),
    "onward": lambda case: first(OnwardReferral, case_id=case.id),
    "plan": lambda case: first(SafetyPlan, case_id=case.id),
    "point": lambda case: first(ContactPoint, person_id=case.person_id),
    "related": lambda case: first(RelatedPerson, person_id=case.person_id),
    "sent": lambda case: first(Delivery, referral_id=getattr(referral_of(case), "id", None)),
    "service": lambda case: first(Service),
    "summary": lambda case: first(Summary, case_id=case.id),
}
"""How each name in a case's address is found, for a case. A new name has to be added here."""


def referral_of(case: Case) -> Base | None:
    return first(Referral, case_id=case.id)


def first(model: type[Base], **by: Any) -> Base | None:
    return db.session.scalars(select(model).filter_by(**by).limit(1)).first()


@dataclass
class World:
    """``own`` is held by ``holder``; each of the others must be absent for the strangers."""

    holder: User
    own: Case
    foreign: Case
    restricted: Case
    strangers: dict[str, User] = field(default_factory=dict)
    operation: Operation | None = None

    def ids(self, case: Case) -> dict[str, uuid.UUID]:
        found = {name: find(case) for name, find in CHILDREN.items()}
        return {name: row.id for name, row in found.items() if row} | {"case": case.id}


def canary_case(mark: str, held_by: User) -> Case:
    """``mark`` is in every text a screen may show of this young person."""
    case = rich_case(held_by, (f"CANARY{mark}FIRST", f"CANARY{mark}LAST"))
    person = case.person
    person.address, person.school = f"1 CANARY{mark}ROAD", f"CANARY{mark}SCHOOL"
    person.staying_at, person.gp = f"CANARY{mark}SOFA", f"CANARY{mark}GP"
    people.save_related_person(person, name=f"CANARY{mark}AUNT", relation=next(iter(Relation)))
    assessments.start_assessment(case, by=held_by, point=Point.REVIEW)
    for contact in db.session.scalars(select(Contact).filter_by(case_id=case.id)):
        contact.note = f"CANARY{mark}NOTE"
    for flag in db.session.scalars(select(Flag).filter_by(person_id=person.id)):
        flag.detail = f"CANARY{mark}FLAG"
    kept_apart(case, builders.received_case(in_team=held_by.team), mark)
    twin = builders.person(first_name=f"CANARY{mark}TWIN", last_name="Twin")
    merges.merge(person, twin, by=held_by.id, why=f"CANARY{mark}WHY", take=[])
    set_aside(case, held_by, mark)
    db.session.add(
        Message(
            referral=referral_of(case),
            sha256=uuid.uuid4().hex * 2,
            arrived_at=clock.now(),
            outcome="parked",
            draft={},
            parked_because="It is plainly about somebody else",
        )
    )
    db.session.add(
        Delivery(
            referral=referral_of(case),
            door="by hand",
            sha256=uuid.uuid4().hex * 2,
            arrived_at=clock.now(),
            size=9,
            outcome="created",
            raw=f"CANARY{mark}MESSAGE".encode(),
            answer={"why": "taken"},
        )
    )
    db.session.add(
        MissedMoment(
            case_id=case.id,
            referral=referral_of(case),
            arrived_at=clock.now(),
            missed_at=clock.now(),
            has_left=True,
            made_at=clock.now(),
            in_words=f"CANARY{mark}MISSED",
        )
    )
    db.session.flush()
    return case


def kept_apart(case: Case, other: Case, mark: str) -> None:
    by = case.worker_id
    db.session.add(
        KeepApart(
            person_id=case.person_id, other_id=other.person_id, why=f"CANARY{mark}APART",
            at=clock.now(), by_id=by,
        )
    )  # fmt: skip


def set_aside(case: Case, by: User, mark: str) -> Misfiled:
    note = log_contact(
        case, by=by, happened_at=clock.now(), outcome=Outcome.TALKED, mode=Mode.PHONE, minutes=5,
        note=f"CANARY{mark}ASIDE",
    )  # fmt: skip
    entry = entry_in(case, note.id)
    assert entry is not None
    return misfiled.set_aside(case, entry, by=by, why=f"CANARY{mark}WHYASIDE")


def make() -> World:
    home, away = builders.team("Hospital team"), builders.team("Away team", ())
    holder = builders.worker(home, "Holder")
    world = World(
        holder=holder,
        own=canary_case("O", holder),
        foreign=canary_case("F", builders.worker(away, "Away holder")),
        restricted=canary_case("R", builders.worker(home, "Restricted holder")),
    )
    now = clock.now()
    db.session.add(
        Restriction(person_id=world.restricted.person_id, why="x", at=now, by_id=holder.id)
    )
    kept_apart(world.foreign, world.own, "F")
    kept_apart(world.restricted, world.own, "R")
    for case in (world.own, world.foreign, world.restricted):
        elsewhere = builders.worker(away)
        db.session.add(
            NamedAccess(person_id=case.person_id, user_id=elsewhere.id, at=now, by_id=holder.id)
        )
        db.session.add(_conflict(builders.worker(away), case))
    world.strangers = _strangers(world, home)
    db.session.flush()
    return world


def _strangers(world: World, home: Team) -> dict[str, User]:
    """Each of them knows neither the foreign nor the restricted case."""
    known = {role.value: builders.user(role, in_team=home) for role in Role if role not in LEADS}
    expired = builders.worker(home, "Opened it an hour ago")
    covered = builders.worker(home, "Covered until yesterday")
    related = builders.supervisor(builders.team("Away team"), "Cousin who supervises")
    now = clock.now()
    for case in (world.foreign, world.restricted):
        db.session.add(
            BreakGlass(
                reference=new_reference(),
                case_id=case.id,
                user_id=expired.id,
                code=GlassReason.THREAT,
                reason="made for a test",
                at=now - timedelta(minutes=61),
                until_at=now - timedelta(minutes=1),
                review_by=now + timedelta(hours=71),
            )
        )
        db.session.add(_conflict(related, case))
        db.session.add(
            Cover(
                user_id=covered.id,
                for_id=case.worker_id,
                from_at=now - timedelta(days=9),
                until_at=now - timedelta(days=1),
                set_at=now,
                set_by_id=world.holder.id,
            )
        )
    lead = builders.user(Role.SAFEGUARDING_LEAD, name="Lead who is an uncle")
    glass = builders.worker(home, "Opened it and is a neighbour")
    for case in (world.foreign, world.restricted):
        db.session.add_all([_conflict(lead, case), _conflict(glass, case)])
        db.session.add(
            BreakGlass(
                reference=new_reference(),
                case_id=case.id,
                user_id=glass.id,
                code=GlassReason.THREAT,
                reason="made for a test",
                at=now,
                until_at=now + timedelta(minutes=60),
                review_by=now + timedelta(hours=72),
            )
        )
    return known | {
        "opened_it_an_hour_ago": expired,
        "covered_until_yesterday": covered,
        "supervisor_with_conflict": related,
        "lead_with_conflict": lead,
        "opened_it_with_conflict": glass,
    }


LEADS = {Role.SAFEGUARDING_LEAD}


def _conflict(user: User, case: Case) -> Conflict:
    return Conflict(person_id=case.person_id, user_id=user.id, at=clock.now(), by_id=user.id)


def address(rule: str, ids: dict[str, uuid.UUID]) -> str:
    return re.sub(r"<uuid:(\w+)>", lambda found: str(ids[found[1]]), rule)


def masked(page: bytes) -> bytes:
    """Without what is random in every page."""
    page = re.sub(rb'nonce="[^"]+"', b"", page)
    return re.sub(rb'name="(csrf_token|form_key)"[^>]*value="[^"]+"', b"", page)
