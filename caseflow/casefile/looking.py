"""The audit trail of one case, told as sentences."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases.lifecycle import Stage
from caseflow.kernel import clock

NOT_A_PERSON = "CaseFlow itself"

PAGES = {
    "casefile.show": "the overview",
    "casefile.person": "people and contact",
    "casefile.move": "moving the case",
    "casefile.answer": "recording their answer",
    "casefile.allocate": "who holds the case",
    "casefile.looks": "who has looked",
    "casefile.knowers": "who may know",
    "assessments.needs": "needs",
    "assessments.safety": "safety",
    "plans.plan": "the plan",
    "reviews.reviews": "reviews",
    "closing.closing": "closing",
    "contacts.log": "logging a contact",
    "contacts.safeguarding": "whom to ring about safeguarding",
    "contacts.show": "a contact",
    "intake.triage": "triage",
}
LISTS = {
    "caseload.my_day": "my day",
    "caseload.team": "the team’s board",
    "caseload.team_list": "a list of the team’s cases",
    "caseload.worker_cases": "a worker’s cases",
    "casefile.search": "a search",
    "casefile.show": "another of their episodes",
    "casefile.openings": "the emergency openings",
    "intake.referrals": "the referrals",
    "intake.upload": "what became of a message",
    "notices.inbox": "the inbox",
    "misfiled.queue": "what was set aside",
    "rights.audit_trail": "the audit trail, by its reference",
}
ROOMS = {
    "casefile": "the case",
    "contacts": "contacts",
    "assessments": "needs and safety",
    "plans": "the plan",
    "reviews": "reviews",
    "misfiled": "what was set aside",
    "closing": "closing",
    "intake": "the referral",
    "operations": "operations",
}
DONE = {
    Event.REFERRAL_RECEIVED: "took in the referral",
    Event.REFERRAL_UPDATED: "took in news about the referral",
    Event.REFERRAL_WITHDRAWN: "took in that the referral is withdrawn",
    Event.TRIAGED: "triaged the referral",
    Event.TRIAGE_CONFIRMED: "confirmed the triage",
    Event.ALLOCATED: "gave the case to a worker",
    Event.CASE_PAUSED: "paused the case",
    Event.CASE_RESUMED: "took the case up again",
    Event.CONTACT_LOGGED: "logged a contact",
    Event.CONTACT_WITHDRAWN: "withdrew a contact",
    Event.ENTRY_SET_ASIDE: "set an entry aside as being about somebody else",
    Event.ENTRY_LEFT_ASIDE: "left an entry set aside",
    Event.ENTRY_PUT_BACK: "put back an entry that was set aside",
    Event.ENTRY_MOVED: "moved an entry to where it belongs",
    Event.ENTRY_MOVE_UNDONE: "undid the move of an entry",
    Event.NEEDS_ASSESSED: "recorded needs",
    Event.RISK_ASSESSED: "recorded the risk",
    Event.SAFETY_PLAN_SAVED: "saved the safety plan",
    Event.GOAL_SAVED: "saved a goal",
    Event.GOAL_RATED: "recorded the rating of a goal",
    Event.ACTION_SAVED: "changed an action of the plan",
    Event.ONWARD_REFERRAL_MADE: "referred them on",
    Event.ONWARD_REFERRAL_CHANGED: "changed an onward referral",
    Event.OPERATION_LINKED: "linked the case to an operation",
    Event.SUPPORT_OFFERED: "recorded an offer of support",
    Event.INCIDENT_RECORDED: "recorded what happened",
    Event.REVIEW_HELD: "held a review",
    Event.REVIEW_RESCHEDULED: "moved a review",
    Event.DUE_ITEM_DONE: "ticked off something due",
    Event.REMINDER_TOLD: "sent a reminder",
    Event.CLOSURE_ASKED: "asked to close the case",
    Event.CLOSURE_APPROVED: "approved the closure",
    Event.CLOSURE_RETURNED: "sent the closure back",
    Event.SUMMARY_MADE: "made the outcome summary",
    Event.PRINTED: "printed from the case",
    Event.EXPORTED: "exported from the case",
    Event.PERSON_ADDED: "wrote down who they are",
    Event.PERSON_CHANGED: "changed who they are",
    Event.PEOPLE_MERGED: "merged this record with another of the same young person",
    Event.PEOPLE_UNMERGED: "undid a merge of this record",
    Event.CONTACT_POINT_CHANGED: "changed how to reach them",
    Event.CONSENT_RECORDED: "recorded a consent",
    Event.FLAG_SET: "set a flag",
    Event.FLAG_REMOVED: "removed a flag",
}
DONE |= {
    Event.RECORD_RESTRICTED: "restricted the record",
    Event.RESTRICTION_LIFTED: "lifted the restriction",
    Event.NAMED: "put somebody on the list of the record",
    Event.UNNAMED: "took somebody off the list of the record",
    Event.CONFLICT_SET: "recorded a conflict of interest",
    Event.CONFLICT_REMOVED: "ended a conflict of interest",
    Event.HANDED_BACK: "handed the case back because of a conflict of interest",
    Event.GLASS_BROKEN: "opened the case in an emergency",
    Event.GLASS_REFUSED: "asked to open the case in an emergency, and was refused",
    Event.GLASS_ENDED: "stopped reading what was opened in an emergency",
    Event.GLASS_REVIEWED: "reviewed an emergency opening",
    Event.GLASS_ESCALATED: "passed on an emergency opening that nobody had reviewed",
}
LOOKING = frozenset({Event.VIEWED, Event.LISTED, Event.PRINTED, Event.EXPORTED})


@dataclass(frozen=True)
class Look:
    """One sentence. ``times`` counts the same look, by the same person, in a row."""

    at: datetime
    who: str
    did: str
    is_change: bool
    times: int = 1
    is_emergency: bool = False


Day = tuple[date, list[Look]]


def looks_in_words(
    rows: Iterable[AuditRow],
    names: Mapping[uuid.UUID | None, str],
    *,
    of: uuid.UUID | None = None,
) -> list[Day]:
    """By day, newest first, as the service's calendar has it; ``of`` one case."""
    days: dict[date, list[Look]] = {}
    for row in rows:
        look = Look(
            at=row.at,
            who=names.get(row.actor_id) or NOT_A_PERSON,
            did=_in_list(row) if of and _only_lists(row, of) else _did(row),
            is_change=row.event not in LOOKING,
            is_emergency=row.event is Event.GLASS_BROKEN or bool(row.facts.get("by_glass")),
        )
        _add(days.setdefault(clock.local(row.at).date(), []), look)
    return list(days.items())


def _did(row: AuditRow) -> str:
    return in_words(row.event, row.endpoint, row.facts)


def _only_lists(row: AuditRow, case_id: uuid.UUID) -> bool:
    """The case stands among others in this row, which is about none of them or another."""
    return row.case_id != case_id and str(case_id) in row.facts.get("cases", ())


def _in_list(row: AuditRow) -> str:
    return f"saw the case in {LISTS.get(row.endpoint, 'a list')}"


def _add(day: list[Look], look: Look) -> None:
    last = day[-1] if day else None
    if last and not look.is_change and replace(last, at=look.at, times=1) == look:
        day[-1] = replace(last, times=last.times + 1)
    else:
        day.append(look)


def in_words(event: Event, endpoint: str, facts: dict[str, Any]) -> str:
    if event is Event.STAGE_MOVED:
        return f"moved the case to “{_stage(facts.get('end'))}”"
    if event in (Event.VIEWED, Event.LISTED):
        room = ROOMS.get(endpoint.partition(".")[0], "the case")
        return f"looked at {PAGES.get(endpoint, room)}"
    return DONE.get(event) or event.label[:1].lower() + event.label[1:]


def _stage(word: Any) -> str:
    return Stage(word).label if word in set(Stage) else "another stage"
