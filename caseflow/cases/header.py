"""The young person's head, the same on each page of a case, and the tabs beneath it."""

from collections.abc import Sequence
from typing import Any

from flask import current_app, request, url_for

from caseflow.access.permissions import Permission
from caseflow.access.predicates import may
from caseflow.audit import actions as audit
from caseflow.cases import knowers, openings, queries
from caseflow.cases.lifecycle import TERMINAL, Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import Risk
from caseflow.cases.shown import Shown
from caseflow.kernel import clock
from caseflow.kernel.page import day
from caseflow.people import queries as people
from caseflow.people.models import ContactPoint
from caseflow.people.rules import BornPrecision, FlagLevel, Safe
from caseflow.staff.current import me

TABS = (
    ("casefile.show", "Overview"),
    ("casefile.person", "People and contact"),
    ("assessments.needs", "Needs"),
    ("plans.plan", "Plan"),
    ("assessments.safety", "Safety"),
    ("reviews.reviews", "Reviews"),
    ("closing.closing", "Closing"),
    ("casefile.looks", "Who has looked"),
)
NEEDS = {"casefile.looks": Permission.LOOKS_VIEW}  # the other tabs are for whoever may look
FLAG_TONE = {
    FlagLevel.INFORMATION: "info",
    FlagLevel.CAUTION: "notice",
    FlagLevel.DANGER: "alert",
}
RISK_TONE = {Risk.HIGH: "alert", Risk.IMMEDIATE: "alert", Risk.MEDIUM: "notice"}


def door(endpoint: str, **values: Any) -> str:
    """A screen of another room; nothing when it is not there, so that no dead link is shown."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def case_header(case: Case) -> dict[str, Any]:
    """What components/person.html shows."""
    person = case.person
    flags = [
        {"text": flag.kind, "tone": FLAG_TONE[flag.level]}
        for flag in Shown(me(), case).flags(people.live_flags(person))
    ]
    if case.risk in RISK_TONE:
        flags.insert(0, {"text": f"{case.risk.label} risk", "tone": RISK_TONE[case.risk]})
    if case.paused_at is not None:
        flags.append({"text": "Paused", "tone": "quiet"})
    known = person.born_precision is not BornPrecision.UNKNOWN
    return {
        "glass": _emergency(case),
        "restricted": _restricted(case),
        "covered": _covered(case),
        "name": person.display_name,
        "pronouns": person.pronouns,
        "age": person.age_words() if known else None,
        "reference": case.reference,
        "stage": case.stage.label,
        "stage_tone": stage_tone(case.stage),
        "flags": flags,
        "safe_contact": safe_contact(list(people.contact_points(person)), case),
        "held_by": case.worker.name if case.worker else "nobody yet",
        "told_apart": told_apart(queries.namesakes(case, me())),
        "url": url_for("casefile.show", case=case.id),
    }


def _emergency(case: Case) -> dict[str, Any] | None:
    """What every page says while only an emergency opening shows the case."""
    opening = openings.under_way(me(), case) if case.by_glass else None
    if opening is None:
        return None
    left = opening.until_at - clock.now()
    return {
        "minutes": max(1, -(-int(left.total_seconds()) // 60)),
        "reference": opening.reference,
        "stop_url": url_for("casefile.stop_reading", case=case.id),
    }


def _restricted(case: Case) -> dict[str, str] | None:
    if knowers.restriction_of(case) is None:
        return None
    is_theirs_to_change = may(me().actor, Permission.CASE_RESTRICT, case.held)
    return {"url": door("casefile.knowers", case=case.id) if is_theirs_to_change else ""}


def _covered(case: Case) -> str:
    cover = knowers.who_stands_in(case, clock.now())
    return f"Covered by {cover.user.name} until {day(cover.until_at)}" if cover else ""


def told_apart(others: Sequence[Case]) -> str:
    """Words beneath the name when somebody else the reader may see has the same one."""
    if not others:
        return ""
    first = others[0]
    audit.shown([first.id])
    known = first.person.born_precision is not BornPrecision.UNKNOWN
    age = f"aged {first.person.age_words()}" if known else "age not known"
    who = f"Somebody else has the same name: {age}, {first.reference}"
    holder = f"with {first.worker.name}" if first.worker else "with nobody yet"
    more = f" And {len(others) - 1} more." if len(others) > 1 else ""
    return f"{who}, {holder}.{more}"


def stage_tone(stage: Stage) -> str:
    if stage is Stage.COMPLETED:
        return "good"
    return "quiet" if stage in TERMINAL else "calm"


def safe_contact(points: list[ContactPoint], case: Case) -> dict[str, Any]:
    """One line: the number that is safe, or that none is known to be."""
    url = url_for("casefile.person", case=case.id)
    for point in points:
        if point.safe_to_call is Safe.YES:
            also = f" {point.who_else} also reads it." if point.who_else else ""
            texts = "" if point.safe_to_text is Safe.YES else " Do not text."
            text = f"Safe to call {point.value}.{texts}{also}"
            return {"text": text, "tone": "notice" if also or texts else "good", "url": url}
    if any(point.safe_to_call is Safe.NO for point in points):
        return {"text": "Not safe to call. See how to reach them.", "tone": "alert", "url": url}
    return {"text": "No number known to be safe. Ask.", "tone": "notice", "url": url}


def _is_offered(endpoint: str, case: Case) -> bool:
    needs = NEEDS.get(endpoint)
    return needs is None or may(me().actor, needs, case.held)


def case_tabs(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "text": text,
            "url": url_for(endpoint, case=case.id),
            "current": request.endpoint == endpoint,
        }
        for endpoint, text in TABS
        if endpoint in current_app.view_functions and _is_offered(endpoint, case)
    ]
