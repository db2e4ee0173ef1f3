"""What the outcome summary says, frozen: plain values only, so that it can be printed again.

Left out on purpose: notes of every kind, other people's names, anything from the police.
Codes are kept as their stored words, days as ISO dates.
"""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Self

from caseflow.assessments import queries as assessments
from caseflow.assessments.models import Assessment
from caseflow.cases.models import Case
from caseflow.closing import queries, rules
from caseflow.closing.models import Closure
from caseflow.contacts import queries as contacts
from caseflow.contacts.rules import counts_as_attempt, counts_as_engagement
from caseflow.kernel import clock
from caseflow.people.models import Person
from caseflow.plans import queries as plans


@dataclass(frozen=True)
class Need:
    """``then`` and ``now`` are 0 to 4, lower being better; None is "not discussed"."""

    domain: str
    then: int | None
    now: int | None


@dataclass(frozen=True)
class Goal:
    words: str
    first: int | None
    first_on: str | None
    last: int | None
    last_on: str | None
    ratings: int


@dataclass(frozen=True)
class Onward:
    agency: str
    service: str
    domain: str
    status: str
    since: str
    taken_up: bool


@dataclass(frozen=True)
class Mark:
    """One day on the strip of contacts."""

    on: str
    held: bool


@dataclass(frozen=True)
class Said:
    """The young person's own words and the occasion: baseline, latest or ending."""

    occasion: str
    on: str
    words: str


@dataclass(frozen=True)
class Dose:
    attended: int
    minutes: int
    face_to_face_minutes: int
    did_not_attend: int


@dataclass(frozen=True)
class Safety:
    plan_agreed_on: str | None
    plan_review_on: str | None
    risk_at_start: str | None
    risk_now: str | None


@dataclass(frozen=True)
class Handover:
    to: str
    accepted_on: str | None
    attended: str


@dataclass(frozen=True)
class Frozen:
    number: int
    reference: str
    who: str
    as_of: str
    stream: str
    arm: str | None
    stage: str
    has_begun: bool
    started_on: str
    referred_on: str
    ended_on: str | None
    ending: str | None
    is_planned: bool | None
    baseline_on: str | None
    latest_on: str | None
    latest_point: str | None
    dose: Dose
    safety: Safety
    handover: Handover | None
    may_follow_up: str | None
    needs: list[Need] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    onward: list[Onward] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    feedback: dict[str, int] = field(default_factory=dict)

    def as_plain(self) -> dict[str, Any]:
        """Fit for JSON."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Self:
        lists = {"needs": Need, "goals": Goal, "onward": Onward, "marks": Mark, "said": Said}
        handover = plain["handover"]
        parts: dict[str, Any] = {
            name: [kind(**row) for row in plain[name]] for name, kind in lists.items()
        }
        parts["dose"], parts["safety"] = Dose(**plain["dose"]), Safety(**plain["safety"])
        parts["handover"] = None if handover is None else Handover(**handover)
        return cls(**(plain | parts))


def freeze(case: Case, *, number: int) -> Frozen:
    """The case as it is now. What a closure says counts once a supervisor has approved it."""
    closure = queries.approved_request(case)
    baseline, latest = assessments.baseline_and_latest(case)
    dose = contacts.dosage(case)
    return Frozen(
        number=number,
        reference=case.reference,
        who=initials(case.person),
        as_of=clock.today().isoformat(),
        stream=case.stream.value,
        arm=case.arm.value if case.arm else None,
        stage=case.stage.value,
        has_begun=case.support_began_at is not None,
        started_on=queries.started_on(case).isoformat(),
        referred_on=_day(case.received_at),
        ended_on=_day(case.ended_at) if case.ended_at else None,
        ending=closure.ending.value if closure else None,
        is_planned=closure.is_planned if closure else None,
        baseline_on=_finished_on(baseline),
        latest_on=_finished_on(latest),
        latest_point=latest.point.value if latest else None,
        dose=Dose(dose.attended, dose.minutes, dose.face_to_face_minutes, dose.did_not_attend),
        safety=_safety(case, closure),
        handover=_handover(closure),
        may_follow_up=closure.may_follow_up.value if closure else None,
        needs=[
            Need(line.domain.value, line.then, line.now) for line in assessments.then_and_now(case)
        ],
        goals=[_goal(one) for one in plans.goals_of(case)],
        onward=_onward(case),
        marks=_marks(case),
        said=_said(closure, baseline, latest),
        feedback=_feedback(closure),
    )


def initials(person: Person) -> str:
    """Nothing for somebody whose name nobody knows: a stand-in label is not a name."""
    is_named = person.known_as or person.first_name or person.last_name
    return person.initials if is_named else ""


def _day(instant: datetime) -> str:
    return clock.local(instant).date().isoformat()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _finished_on(assessment: Assessment | None) -> str | None:
    if assessment is None or assessment.completed_at is None:
        return None
    return _day(assessment.completed_at)


def _goal(one: plans.GoalSoFar) -> Goal:
    days = [_day(rating.at) for rating in one.ratings]
    return Goal(
        words=one.goal.their_words,
        first=one.first,
        first_on=days[0] if days else None,
        last=one.latest,
        last_on=days[-1] if days else None,
        ratings=len(days),
    )


def _onward(case: Case) -> list[Onward]:
    seen = {one.id for one in plans.services_taken_up(case)}
    return [
        Onward(
            agency=one.service.agency,
            service=one.service.name,
            domain=one.domain.value,
            status=one.status.value,
            since=_day(one.status_at),
            taken_up=one.id in seen,
        )
        for one in reversed(plans.onward_of(case))
    ]


def _marks(case: Case) -> list[Mark]:
    """Days with the young person, and days on which somebody tried; no words of either."""
    marks = []
    for contact in contacts.standing(case):
        held = counts_as_engagement(contact.outcome, contact.people)
        if held or counts_as_attempt(contact.outcome, contact.mode):
            marks.append(Mark(_day(contact.happened_at), held))
    return marks


def _safety(case: Case, closure: Closure | None) -> Safety:
    plan = assessments.safety_plan_in_force(case)
    first, latest = queries.first_risk(case), assessments.latest_risk(case)
    now = closure.risk_at_exit if closure else latest.level if latest else None
    return Safety(
        plan_agreed_on=_day(plan.at) if plan else None,
        plan_review_on=_iso(plan.review_on) if plan else None,
        risk_at_start=first.level.value if first else None,
        risk_now=now.value if now else None,
    )


def _handover(closure: Closure | None) -> Handover | None:
    """The organisation only: the person who accepted is named on the case, not on paper."""
    if closure is None or not closure.handover_to:
        return None
    return Handover(
        to=closure.handover_to,
        accepted_on=_iso(closure.handover_accepted_on),
        attended=closure.handover_attended.value,
    )


def _said(
    closure: Closure | None, baseline: Assessment | None, latest: Assessment | None
) -> list[Said]:
    """At the start, and last: the closing words stand before those of the last assessment."""
    found = []
    if baseline is not None and baseline.their_words:
        found.append(Said("baseline", _day(baseline.started_at), baseline.their_words))
    if closure is not None and closure.their_words:
        found.append(Said("ending", _day(closure.asked_at), closure.their_words))
    elif latest is not None and latest.their_words:
        found.append(Said("latest", _day(latest.started_at), latest.their_words))
    return found


def _feedback(closure: Closure | None) -> dict[str, int]:
    if closure is None:
        return {}
    given = {name: getattr(closure, name) for name in rules.FEEDBACK}
    return {name: number for name, number in given.items() if number is not None}
