import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from caseflow.access.permissions import Permission
from caseflow.access.predicates import may
from caseflow.cases import queries as cases
from caseflow.cases.lifecycle import TERMINAL, Stage
from caseflow.cases.models import Case, Triage
from caseflow.cases.rules import Stream
from caseflow.cases.visibility import known_to
from caseflow.incidents import queries as incidents
from caseflow.incidents.models import Incident
from caseflow.intake.codes import IndexReason
from caseflow.intake.draft import Draft
from caseflow.intake.eligibility import DEFAULT, Facts, Reason, Verdict, judge
from caseflow.intake.merging import born_of, merged
from caseflow.intake.models import Message, Referral
from caseflow.intake.plain import draft_from
from caseflow.intake.rules import URGENCY_ORDER, Outcome, Urgency
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.names import fold
from caseflow.kernel.nhs_number import read_nhs_number
from caseflow.kernel.settings import setting
from caseflow.people import queries as people
from caseflow.people.models import ContactPoint, Person, RelatedPerson
from caseflow.people.places import district_of, home_district
from caseflow.people.rules import BornPrecision
from caseflow.staff.models import User

RECENT_DAYS = 7


# --- referrals of a case ---


def referrals_of(case: Case) -> Sequence[Referral]:
    """The first one first: the one that opened the episode."""
    return db.session.scalars(
        select(Referral)
        .where(Referral.case_id == case.id)
        .order_by(Referral.received_at, Referral.id)
    ).all()


def referral_of(case: Case) -> Referral | None:
    return next(iter(referrals_of(case)), None)


def referral_known_as(sender: str, focus: str) -> Referral | None:
    """Held for this transaction, so that two messages about it take turns."""
    return db.session.scalar(
        select(Referral).where(Referral.sender == sender, Referral.focus == focus).with_for_update()
    )


# --- messages ---


def message_with_digest(sha256: str) -> Message | None:
    return db.session.scalar(
        select(Message).where(Message.sha256 == sha256).options(joinedload(Message.referral))
    )


def messages_of(referral: Referral) -> Sequence[Message]:
    """In the order of what the sender said: by its own clock, ties by arrival."""
    return _in_order(select(Message).where(Message.referral_id == referral.id))


def messages_of_case(case: Case) -> Sequence[Message]:
    """All that was said of what happened, whoever said it; nothing that is parked."""
    return applied(
        _in_order(select(Message).join(Message.referral).where(Referral.case_id == case.id))
    )


def messages_about(person: Person) -> Sequence[Message]:
    """Whoever sent them, about whichever episode; nothing that is parked."""
    theirs = select(Case.id).where(Case.person_id == person.id)
    return applied(
        _in_order(select(Message).join(Message.referral).where(Referral.case_id.in_(theirs)))
    )


def _in_order(question: Select[Message]) -> list[Message]:
    found = db.session.scalars(question).all()
    return sorted(found, key=lambda message: (said_at(message), message.arrived_at, message.id))


def said_at(message: Message) -> datetime:
    return message.updated_at or message.arrived_at


def applied(messages: Sequence[Message]) -> list[Message]:
    """Those that say something about this referral: not the parked ones, until somebody decides."""
    return [message for message in messages if message.outcome != Outcome.PARKED]


def draft_of(message: Message) -> Draft:
    return draft_from(message.draft)


def told_before(message: Message) -> Draft:
    """Who the sender's other messages said this was."""
    return merged(draft_of(m) for m in applied(messages_of(message.referral)))


def parked_in(case: Case, message_id: uuid.UUID) -> Message | None:
    return db.session.scalar(_parked().where(Referral.case_id == case.id, Message.id == message_id))


def parked(user: User) -> Sequence[Message]:
    """Messages about cases in this user's sight that wait for somebody to decide."""
    return db.session.scalars(
        _parked()
        .join(Case, Case.id == Referral.case_id)
        .where(known_to(user), Message.decided_at.is_(None))
        .order_by(Message.arrived_at)
    ).all()


def _parked() -> Select[Message]:
    return (
        select(Message)
        .join(Message.referral)
        .where(Message.parked_because != "")
        .options(contains_eager(Message.referral).joinedload(Referral.case))
    )


# --- who this may be ---


def person_recognised(nhs_identity: str | None, born: object) -> Person | None:
    """Recognised only by the same verified NHS number and the same exact date of birth."""
    if nhs_identity is None or born is None:
        return None
    for person in people.people_with_nhs_number(nhs_identity):
        is_exact = person.born_precision is BornPrecision.DAY
        if is_exact and person.born_on == born and read_nhs_number(person.nhs_number).is_identity:
            return person
    return None


def open_episode(person: Person, stream: Stream) -> Case | None:
    return db.session.scalars(
        select(Case)
        .where(Case.person_id == person.id, Case.stream == stream, Case.stage.not_in(TERMINAL))
        .order_by(Case.received_at.desc())
        .limit(1)
    ).first()


def contact_values(person: Person) -> set[str]:
    """Every number and address ever held for them: one that was removed is not put back."""
    found = db.session.scalars(select(ContactPoint).where(ContactPoint.person_id == person.id))
    return {point.folded for point in found}


def relatives_by_name(person: Person) -> dict[str, RelatedPerson]:
    """Also whoever was removed: they are not put back."""
    found = db.session.scalars(
        select(RelatedPerson)
        .where(RelatedPerson.person_id == person.id)
        .order_by(RelatedPerson.removed_at.is_(None), RelatedPerson.id)
    )
    return {fold(related.name): related for related in found}


# --- the queue ---


@dataclass(frozen=True)
class Waiting:
    """One line of the queue. A case may have come without a referral of its own."""

    case: Case
    referral: Referral | None
    incident: Incident | None
    triage: Triage | None = None

    @property
    def urgency(self) -> Urgency:
        return self.referral.urgency if self.referral else Urgency.ROUTINE

    @property
    def where(self) -> str:
        """Where they are, or were."""
        if self.referral is None:
            return ""
        places = dict.fromkeys(filter(None, (self.referral.site, self.referral.ward)))
        return ", ".join(places)

    @property
    def what(self) -> str:
        if self.referral and self.referral.reason:
            return self.referral.reason
        return self.incident.nature.label if self.incident else ""


def queue(user: User) -> list[Waiting]:
    """New referrals of my team, the most urgent first, then who has waited longest."""
    lines = _lines(cases.waiting_for_triage(user))
    return sorted(lines, key=lambda w: (URGENCY_ORDER.index(w.urgency), w.case.received_at))


def to_confirm(user: User) -> list[Waiting]:
    """Provisional triages that this user may confirm, the first due first."""
    rows = db.session.execute(
        cases.visible_cases(user)
        .join(Triage, Triage.case_id == Case.id)
        .where(Triage.confirmed_at.is_(None), Triage.confirm_by.is_not(None))
        .order_by(Triage.confirm_by, Triage.at)
        .add_columns(Triage)
    ).all()
    found = {case.id: (case, triage) for case, triage in rows}
    return [
        Waiting(line.case, line.referral, line.incident, found[line.case.id][1])
        for line in _lines([case for case, _ in found.values()])
        if may(user.actor, Permission.TRIAGE_CONFIRM, line.case.held)
    ]


def recent(user: User, limit: int = 10) -> list[Waiting]:
    """The last week's referrals that have been triaged, newest first."""
    found = db.session.scalars(
        cases.visible_cases(user)
        .where(
            Case.stage.not_in([Stage.RECEIVED, Stage.TRIAGED]),
            Case.received_at >= clock.now() - timedelta(days=RECENT_DAYS),
        )
        .order_by(Case.received_at.desc())
        .limit(limit)
    ).all()
    return _lines(found)


def _lines(found: Sequence[Case]) -> list[Waiting]:
    ids = [case.id for case in found]
    referrals: dict[uuid.UUID, Referral] = {}
    for referral in db.session.scalars(
        select(Referral).where(Referral.case_id.in_(ids)).order_by(Referral.received_at.desc())
    ):
        referrals[referral.case_id] = referral
    happened = {
        incident.case_id: incident
        for incident in db.session.scalars(select(Incident).where(Incident.case_id.in_(ids)))
    }
    return [Waiting(case, referrals.get(case.id), happened.get(case.id)) for case in found]


# --- eligibility ---


def verdict_on(case: Case) -> Verdict:
    """What the rules that hold now say of this referral."""
    return judge(facts_of(case), setting("eligibility", DEFAULT))


def facts_of(case: Case) -> Facts:
    person, incident, referrals = case.person, incidents.incident_of(case), referrals_of(case)
    said, happened_in = incident.district if incident else "", _incident_postcode(referrals)
    return Facts(
        referred_on=clock.local(case.received_at).date(),
        born=born_of({"born_on": person.born_on, "born_precision": person.born_precision}),
        is_estimated=person.born_precision is BornPrecision.ESTIMATED,
        home_district=home_district(person),
        home_postcode=person.postcode,
        school_district=person.school_district,
        incident_district=said or district_of(happened_in),
        incident_postcode=happened_in,
        reasons=tuple(reason for referral in referrals for reason in reasons_of(referral)),
        has_died=person.died_on is not None,
    )


def _incident_postcode(referrals: Sequence[Referral]) -> str:
    for referral in referrals:
        for message in reversed(applied(messages_of(referral))):
            address = draft_of(message).incident.address
            if address and address.postcode:
                return address.postcode
    return ""


def reasons_of(referral: Referral) -> list[Reason]:
    known = {reason.value: reason for reason in IndexReason}
    return [
        Reason(known[row["reason"]], row.get("basis", "person"), row.get("evidence", ""))
        for row in referral.reasons
        if row.get("reason") in known
    ]
