"""The top of the case page: what matters now, each line with its words, its tone and its door."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from caseflow.access.permissions import Permission
from caseflow.access.predicates import may
from caseflow.casefile import queries
from caseflow.cases.lifecycle import BEFORE_SUPPORT, SUPPORT, Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import Risk
from caseflow.incidents.models import Incident
from caseflow.incidents.rules import Injury, Knife, PlaceKind, Weapon
from caseflow.intake.models import Referral
from caseflow.kernel import clock
from caseflow.kernel.page import ago, day, moment
from caseflow.people.models import Consent
from caseflow.people.rules import Decision, Safe
from caseflow.plans.models import OnwardReferral
from caseflow.reviews.models import DueItem
from caseflow.staff.current import me

# Nobody has been spoken with yet, so nothing is missing yet.
TOO_EARLY = frozenset({Stage.RECEIVED, Stage.TRIAGED, Stage.ELIGIBLE})

MOST_SHOWN = 4


@dataclass(frozen=True)
class Line:
    """``headline`` is said in its tone; ``details`` are plain words beneath it."""

    headline: str
    details: tuple[str, ...] = ()
    tone: str = ""
    when: str = ""


@dataclass(frozen=True)
class Matter:
    label: str
    lines: tuple[Line, ...]
    url: str = ""
    action: str = ""


def matters_now(case: Case, due: Sequence[DueItem]) -> list[Matter]:
    found: list[Matter | None] = [_risk(case), _safety_plan(case)]
    if not case.is_open:
        found = [_ending(case)]
    found.append(_next(case, due[:MOST_SHOWN]))
    if case.is_open:
        found.append(_agreement(case, queries.answer_to_support(case)))
    helpers = queries.who_else_helps(case)
    if helpers or case.stage in SUPPORT:
        found.append(_helpers(case, helpers))
    return [matter for matter in found if matter is not None]


def _risk(case: Case) -> Matter | None:
    latest = queries.latest_risk(case)
    url = url_for("assessments.safety", case=case.id)
    if latest is None:
        if case.stage in TOO_EARLY and case.risk is Risk.NOT_ASSESSED:
            return None
        return Matter(
            "Risk", (Line("Not assessed yet", tone="notice"),), url, _asked(case, "Assess")
        )
    late = latest.review_by < clock.now()
    again = f"Was to be looked at again by {moment(latest.review_by)}"
    detail = again if late else f"Look again by {moment(latest.review_by)}"
    who = f"Assessed {day(latest.at)} by {latest.by.name}"
    tones = {Risk.HIGH: "alert", Risk.IMMEDIATE: "alert", Risk.MEDIUM: "notice"}
    line = Line(latest.level.label, (detail, who), tones.get(latest.level, "calm"))
    return Matter("Risk", (line,), url, _asked(case, "Assess again") if late else "Open")


def _asked(case: Case, action: str) -> str:
    """Who may only read is not asked to do it."""
    return action if may(me().actor, Permission.ASSESS, case.held) else "Open"


def _safety_plan(case: Case) -> Matter | None:
    plan = queries.safety_plan_in_force(case)
    url = url_for("assessments.safety", case=case.id)
    if plan is None:
        if case.stage in TOO_EARLY:
            return None
        return Matter(
            "Safety plan", (Line("None yet", tone="notice"),), url, _asked(case, "Make one")
        )
    if plan.review_on < clock.today():
        line = Line(
            "Out of date", (f"Was to be looked at again by {day(plan.review_on)}",), "notice"
        )
        return Matter("Safety plan", (line,), url, "Look at it again")
    line = Line("In date", (f"Look again by {day(plan.review_on)}",), "good")
    return Matter("Safety plan", (line,), url, "Open")


def _next(case: Case, items: Sequence[DueItem]) -> Matter | None:
    url = url_for("reviews.reviews", case=case.id)
    if not items:
        if not case.is_open:
            return None
        return Matter("Next", (Line("Nothing is due", ("A contact can say what comes next.",)),))
    return Matter("Next", tuple(_due(item) for item in items), url, "All dates")


def _due(item: DueItem) -> Line:
    late = item.is_late(clock.now())
    return Line(
        item.what or item.kind.label,
        (item.why[:1].upper() + item.why[1:],),
        "late" if late else "plain",
        when=moment(item.due_at) + (f", {ago(item.due_at)}" if late else ""),
    )


def _agreement(case: Case, answer: Consent | None) -> Matter | None:
    url = url_for("casefile.person", case=case.id)
    if answer is None:
        if case.stage not in (*SUPPORT, Stage.AGREED):
            return None
        line = Line("No agreement to support is recorded", tone="notice")
        return Matter("Agreement", (line,), url, "Record it")
    how = f"{answer.given_by.label}, {answer.method.label.lower()}, {day(answer.decided_at)}"
    if answer.decision is Decision.GIVEN:
        over = answer.until is not None and answer.until < clock.today()
        line = Line("Ran out" if over else "Wants support", (how,), "notice" if over else "good")
    else:
        line = Line(f"{answer.decision.label} support", (how,), "quiet")
    return Matter("Agreement", (line,), url, "Open")


def _helpers(case: Case, referrals: Sequence[OnwardReferral]) -> Matter:
    lines = tuple(_helper(referral) for referral in referrals)
    url = url_for("plans.plan", case=case.id)
    return Matter(
        "Who else helps", lines or (Line("Nobody yet", tone="plain"),), url, "Open the plan"
    )


def _helper(referral: OnwardReferral) -> Line:
    name = referral.service.agency or referral.service.name
    status = f"{referral.status.label}, {day(referral.status_at)}"
    return Line(name, (f"{referral.domain.label}: {status[:1].lower()}{status[1:]}",), "plain")


def _ending(case: Case) -> Matter:
    return Matter(
        "Ended",
        (Line(case.stage.label, (day(case.ended_at),), "quiet"),),
        url_for("closing.closing", case=case.id),
        "Open",
    )


def how_they_came(case: Case) -> list[dict[str, str]]:
    """Where they were, since when, and what happened: rows for a summary list."""
    referral, incident = queries.referral_of(case), queries.incident_of(case)
    rows = [("Came through", case.stream.label), ("Received", moment(case.received_at))]
    if referral is not None:
        rows += _referral_rows(referral, before_support=case.stage in BEFORE_SUPPORT)
    if incident is not None:
        rows += _incident_rows(incident)
    return [{"key": key, "value": value} for key, value in rows if value]


def _referral_rows(referral: Referral, *, before_support: bool) -> list[tuple[str, str]]:
    who = ", ".join(part for part in (referral.referrer_name, referral.referrer_role) if part)
    place = ", ".join(part for part in (referral.site, referral.ward) if part)
    still = {Safe.YES: "Still there", Safe.NO: "Has left"}.get(referral.is_still_there, "")
    leaving = f"May leave {moment(referral.discharge_at)}" if referral.discharge_at else ""
    told = {
        (Safe.YES, Safe.YES): "Knows, and agrees to be contacted",
        (Safe.YES, Safe.NO): "Knows, and did not want it",
        (Safe.NO, Safe.NOT_ASKED): "Does not know of the referral yet",
        (Safe.YES, Safe.NOT_ASKED): "Knows; not asked whether they agree",
    }.get((referral.knows, referral.agrees), "")
    rows = [
        ("From", referral.source.label),
        ("Referred by", ", ".join(filter(None, (who, referral.referrer_phone)))),
        ("Where", place),
        ("Since", moment(referral.attended_at) if referral.attended_at else ""),
    ]
    if before_support:
        rows += [("Now", "; ".join(filter(None, (still, leaving)))), ("Told?", told)]
    return rows


def _incident_rows(incident: Incident) -> list[tuple[str, str]]:
    weapon = "" if incident.weapon in (Weapon.UNKNOWN, Weapon.NONE) else incident.weapon.label
    if not weapon and incident.knife in (Knife.YES, Knife.BELIEVED):
        weapon = "Knife" if incident.knife is Knife.YES else "Knife, believed"
    injury = "" if incident.injury is Injury.UNKNOWN else incident.injury.label
    place = "" if incident.place_kind is PlaceKind.UNKNOWN else incident.place_kind.label
    what = ". ".join(filter(None, (incident.nature.label, weapon)))
    return [
        ("What happened", what),
        ("Injury", injury),
        ("Happened", ", ".join(filter(None, (day(incident.happened_at), place)))),
    ]
