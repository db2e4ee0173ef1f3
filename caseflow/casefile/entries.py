"""One line of the timeline for each kind of thing that happens, in plain words."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import url_for

from caseflow.access.permissions import Permission
from caseflow.assessments.models import Assessment, RiskAssessment, SafetyPlan
from caseflow.cases.lifecycle import TERMINAL, Stage
from caseflow.cases.models import Allocation, StageChange, Triage
from caseflow.cases.rules import Risk
from caseflow.cases.shown import Shown
from caseflow.closing.models import Closure, Summary
from caseflow.closing.rules import ClosureState
from caseflow.contacts.models import Contact
from caseflow.contacts.rules import TWO_WAY, With, Worry
from caseflow.intake.models import Referral
from caseflow.kernel import clock
from caseflow.kernel.page import day, moment, plural
from caseflow.misfiled.models import Misfiled
from caseflow.operations.models import OperationLink
from caseflow.people.models import Consent, Flag
from caseflow.people.rules import ConsentPurpose, Decision, FlagLevel
from caseflow.plans.models import Action, Goal, GoalRating, OnwardReferral, OnwardStatusChange
from caseflow.plans.rules import TAKEN_UP, OnwardStatus
from caseflow.reviews.models import Review
from caseflow.services.models import Service

Names = dict[uuid.UUID | None, str]

STAGE_TITLES = {
    Stage.RECEIVED: "Referral received",
    Stage.TRIAGED: "Triaged",
    Stage.ELIGIBLE: "Found eligible",
    Stage.INELIGIBLE: "Found not eligible",
    Stage.ATTEMPTING: "Started trying to reach them",
    Stage.APPROACHED: "Approached: they answered",
    Stage.DECLINED: "Declined support",
    Stage.UNABLE_TO_CONTACT: "Could not be reached",
    Stage.AGREED: "Agreed to support",
    Stage.BRIEF: "Brief support began",
    Stage.LONG_TERM: "Long-term support began",
    Stage.COMPLETED: "Support completed",
}
RISK_TONE = {Risk.HIGH: "alert", Risk.IMMEDIATE: "alert", Risk.MEDIUM: "notice"}


@dataclass(frozen=True)
class Entry:
    """``lines`` are our words; ``text`` and ``quote`` are what people typed."""

    when: datetime
    title: str
    tag: str
    tone: str = "calm"
    by: str = ""
    lines: tuple[str, ...] = ()
    text: str = ""
    quote: str = ""
    door: tuple[str, dict[str, Any]] | None = None
    is_struck: bool = False
    set_aside: tuple[str, dict[str, Any]] | None = None

    @property
    def url(self) -> str:
        return url_for(self.door[0], **self.door[1]) if self.door else ""

    @property
    def set_aside_url(self) -> str:
        return url_for(self.set_aside[0], **self.set_aside[1]) if self.set_aside else ""

    @property
    def month(self) -> str:
        return f"{clock.local(self.when):%B %Y}"


def as_shown(entry: Entry, row: Any, shown: Shown) -> Entry:
    """That there is a flag, or a link to an operation, may be read by all who work with the case;
    what it says only by those who are granted that part."""
    if isinstance(row, OperationLink):
        return _linked(entry, shown)
    if isinstance(row, Flag) and not shown.is_whole(row):
        flag = shown.flag(row)
        return replace(entry, title=f"Flag set: {flag.kind}", lines=(), text=flag.detail)
    return entry


def moved_here(entry: Entry, how: Misfiled) -> Entry:
    """Not from where: that is somebody else's record."""
    return replace(entry, lines=(*entry.lines, f"Moved here {moment(how.at)} by {how.by.name}"))


def _linked(entry: Entry, shown: Shown) -> Entry:
    if not shown.may(Permission.POLICE_PROVIDED_VIEW):
        kept_back = (shown.note(Permission.POLICE_PROVIDED_VIEW),)
        return replace(entry, lines=kept_back, text="", door=None, by="")
    return entry if shown.may(Permission.OPERATION_VIEW) else replace(entry, door=None)


def of_stage(row: StageChange, names: Names) -> Entry:
    title = STAGE_TITLES.get(row.to_stage, row.to_stage.label)
    if row.from_stage in TERMINAL:
        title = "Taken up again: trying to reach them"
    tone = "quiet" if row.to_stage in TERMINAL else "calm"
    good = row.to_stage is Stage.COMPLETED
    return Entry(
        when=row.at,
        title=title,
        tag="Stage",
        tone="good" if good else tone,
        by=names[row.by_id],
        text=row.reason,
    )


def of_referral(row: Referral, _: Names) -> Entry:
    place = ", ".join(part for part in (row.site, row.ward) if part)
    return Entry(
        when=row.received_at,
        title="Referral received",
        tag="Referral",
        tone="info",
        lines=tuple(part for part in (row.source.label, place) if part),
        text=row.reason,
    )


def of_allocation(row: Allocation, names: Names) -> Entry:
    taken = row.by_id == row.worker_id
    return Entry(
        when=row.at,
        title=f"{'Taken by' if taken else 'Given to'} {names[row.worker_id]}",
        tag="Worker",
        by="" if taken else names[row.by_id],
        text=row.reason,
    )


def of_confirmation(row: Triage, names: Names) -> Entry:
    return Entry(
        when=_known(row.confirmed_at), title="Triage confirmed", tag="Stage",
        by=names[row.confirmed_by_id],
    )  # fmt: skip


def of_consent(row: Consent, names: Names) -> Entry:
    said = {
        Decision.GIVEN: "Agreed",
        Decision.REFUSED: "Did not agree",
        Decision.WITHDRAWN: "Took back their agreement",
    }[row.decision]
    purpose = row.purpose.label[:1].lower() + row.purpose.label[1:]
    if row.purpose is ConsentPurpose.SHARE:
        purpose = f"to share with {row.agency}"
    if row.purpose is ConsentPurpose.CONTACT:
        purpose = "about how to stay in touch"
    until = (f"Until {day(row.until)}",) if row.until else ()
    return Entry(
        when=row.decided_at,
        title=f"{said} {purpose}",
        tag="Agreement",
        tone="good" if row.decision is Decision.GIVEN else "quiet",
        by=names[row.recorded_by],
        lines=(row.given_by.label, row.method.label, *until),
        text=row.competence_note,
    )


def of_contact(row: Contact, names: Names) -> Entry:
    return Entry(
        when=row.happened_at,
        title=f"{row.outcome.label}: {_small(row.mode)}",
        tag="Withdrawn" if row.withdrawn_at else "Contact",
        tone="quiet" if row.withdrawn_at or row.outcome not in TWO_WAY else "info",
        by=" and ".join(filter(None, (names[row.by_id], names[row.second_worker_id]))),
        lines=tuple(_contact_lines(row)),
        text=row.note,
        quote=row.their_words,
        door=("contacts.show", {"case": row.case_id, "contact": row.id}),
        is_struck=row.withdrawn_at is not None,
    )


def _contact_lines(row: Contact) -> list[str]:
    others = [With(who).label.lower() for who in row.people if who != With.YOUNG_PERSON]
    lines = [plural(row.minutes, "minute")] if row.minutes else []
    if others and row.outcome in TWO_WAY:
        lines.append(f"With {', '.join(others)}")
    if row.purposes:
        lines.append(", ".join(row.purpose_labels))
    if row.worry is not Worry.NONE:
        lines.append(f"Worry about safety: {row.worry.label.lower()}")
    if row.next_step:
        when = f", {moment(row.next_step_at)}" if row.next_step_at else ""
        lines.append(f"Next: {row.next_step}{when}")
    if row.is_late:
        lines.append(f"Written up late, {moment(row.recorded_at)}")
    if row.withdrawn_at:
        lines.append(f"Withdrawn {moment(row.withdrawn_at)}: {row.withdrawn_reason}")
    return lines


def of_assessment(row: Assessment, names: Names) -> Entry:
    done = row.completed_at is not None
    return Entry(
        when=row.started_at,
        title=f"Needs assessment, {row.point.label.lower()}",
        tag="Needs" if done else "Not finished",
        tone="calm" if done else "notice",
        by=names[row.by_id],
        lines=(f"Completed {moment(row.completed_at)}",) if done else (),
        quote=row.their_words,
        door=("assessments.needs", {"case": row.case_id}),
    )


def of_risk(row: RiskAssessment, names: Names) -> Entry:
    return Entry(
        when=row.at,
        title=f"Risk: {row.level.label.lower()}",
        tag="Risk",
        tone=RISK_TONE.get(row.level, "calm"),
        by=names[row.by_id],
        lines=(f"Look again by {moment(row.review_by)}",),
        text=row.evidence,
        door=("assessments.safety", {"case": row.case_id}),
    )


def of_safety_plan(row: SafetyPlan, names: Names) -> Entry:
    agreed = (f"Agreed with {row.agreed_with}",) if row.agreed_with else ()
    return Entry(
        when=row.at,
        title="Safety plan saved",
        tag="Safety",
        by=names[row.by_id],
        lines=(*agreed, f"Look again by {day(row.review_on)}"),
        door=("assessments.safety", {"case": row.case_id}),
    )


def of_flag(row: Flag, names: Names) -> Entry:
    tones = {FlagLevel.DANGER: "alert", FlagLevel.CAUTION: "notice"}
    ends = f"Runs out {day(row.expires_on)}" if row.expires_on else "Does not run out"
    if row.removed_at:
        ends = f"Removed {day(row.removed_at)}: {row.removed_reason}"
    return Entry(
        when=row.set_at,
        title=f"Flag set: {row.kind.label}",
        tag="Flag",
        tone="quiet" if row.removed_at else tones.get(row.level, "info"),
        by=names[row.set_by_id],
        lines=(row.source.label, ends),
        text=row.detail,
    )


def of_goal(row: Goal, names: Names) -> Entry:
    return Entry(
        when=row.set_at, title="Goal set", tag="Plan", by=names[row.by_id],
        quote=row.their_words, door=("plans.plan", {"case": row.case_id}),
    )  # fmt: skip


def of_rating(row: tuple[GoalRating, Goal], names: Names) -> Entry:
    rating, goal = row
    return Entry(
        when=rating.at, title=f"They rated their goal {rating.rating} of 10", tag="Plan",
        by=names[rating.by_id], quote=goal.their_words,
    )  # fmt: skip


def of_action(row: Action, _: Names) -> Entry:
    return Entry(
        when=_known(row.done_at), title="Done from the plan", tag="Plan", tone="good",
        lines=(f"Who: {row.owner.label.lower()}",), text=row.what,
    )  # fmt: skip


def of_onward(row: OnwardReferral, names: Names) -> Entry:
    return Entry(
        when=row.made_at,
        title=f"Referred on to {_service(row.service)}",
        tag="Onward referral",
        tone="info",
        by=names[row.by_id],
        lines=(f"For {_small(row.domain)}", f"Now: {row.status.label.lower()}"),
        door=("plans.plan", {"case": row.case_id}),
    )


def of_onward_status(row: tuple[OnwardStatusChange, Service], names: Names) -> Entry:
    change, service = row
    ended_badly = change.status in (OnwardStatus.REFUSED, OnwardStatus.DID_NOT_ATTEND)
    return Entry(
        when=change.at,
        title=f"{_service(service)}: {_small(change.status)}",
        tag="Onward referral",
        tone="good" if change.status in TAKEN_UP else "quiet" if ended_badly else "info",
        by=names[change.by_id],
        text=change.reason,
    )


def of_review(row: Review, names: Names) -> Entry:
    late = (f"Was due {day(row.was_due_at)}",) if row.was_late else ()
    coming = (f"Next review {day(row.next_due_at)}",) if row.next_due_at else ()
    return Entry(
        when=row.held_at,
        title="Review held",
        tag="Review",
        by=names[row.by_id],
        lines=(f"Risk {row.risk.label.lower()}", *late, *coming),
        text="\n".join(part for part in (row.what_changed, row.decision) if part),
        quote=row.their_words,
        door=("reviews.reviews", {"case": row.case_id}),
    )


def of_closure_asked(row: Closure, names: Names) -> Entry:
    return Entry(
        when=row.asked_at,
        title=f"Closure asked for: {_small(row.ending)}",
        tag="Closing",
        by=names[row.asked_by_id],
        text=row.reason,
        door=("closing.closing", {"case": row.case_id}),
    )


def of_closure_decided(row: Closure, names: Names) -> Entry:
    approved = row.state is ClosureState.APPROVED
    return Entry(
        when=_known(row.decided_at),
        title="Closure approved" if approved else "Closure sent back for more work",
        tag="Closing",
        tone="good" if approved else "notice",
        by=names[row.decided_by_id],
        text=row.decision_note,
    )


def of_operation(row: OperationLink, names: Names) -> Entry:
    return Entry(
        when=row.offered_at,
        title="Linked to an operation",
        tag="Operation",
        tone="wall",
        by=names[row.by_id],
        lines=(f"{row.operation.code}, {row.operation.name}", row.offer.label),
        text=row.support,
        door=("operations.show", {"operation": row.operation_id}),
    )


def of_summary(row: Summary, names: Names) -> Entry:
    return Entry(
        when=row.made_at,
        title=f"Outcome summary {row.number} made",
        tag="Document",
        tone="good",
        by=names[row.by_id],
        door=("closing.closing", {"case": row.case_id}),
    )


def _service(service: Service) -> str:
    return f"{service.name} ({service.agency})" if service.agency else service.name


def _small(word: Any) -> str:
    """A label in the middle of a sentence: "face to face, home", "GP" stays."""
    label: str = word.label
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _known(when: datetime | None) -> datetime:
    """For what is only listed once it has happened."""
    if when is None:
        raise ValueError("listed before it happened")
    return when
