"""The closed vocabulary of the audit trail: past-tense events and the facts each declares.

Facts are ids, codes, field names and counts. Names and note text never come here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from caseflow.kernel.words import Words


class Event(Words):
    # looking
    VIEWED = "viewed"
    LISTED = "listed"
    SEARCHED = "searched"
    PRINTED = "printed"
    EXPORTED = "exported"
    REFUSED = "refused"
    # signing in
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    PASSWORD_CHANGED = "password_changed"
    PASSKEY_COUNTED_BACK = "passkey_counted_back"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    FACTOR_SHOWN = "factor_shown"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    DEVICE_ADDED = "device_added"
    DEVICE_FORGOTTEN = "device_forgotten"
    SESSION_ENDED = "session_ended"
    LINK_MADE = "link_made"
    LINK_APPROVED = "link_approved"
    LINK_USED = "link_used"
    # administration
    USER_ADDED = "user_added"
    USER_CHANGED = "user_changed"
    WORKER_PROFILE_SET = "worker_profile_set"
    SETTING_CHANGED = "setting_changed"
    SYSTEM_ADDED = "system_added"
    SYSTEM_CHANGED = "system_changed"
    SYSTEM_SECRET_MADE = "system_secret_made"
    SYSTEM_REVOKED = "system_revoked"
    BACKUP_MADE = "backup_made"
    DATA_KEYS_ROTATED = "data_keys_rotated"
    TRAIL_CHECKED = "trail_checked"
    # the young person
    PERSON_ADDED = "person_added"
    PERSON_CHANGED = "person_changed"
    PEOPLE_MERGED = "people_merged"
    PEOPLE_UNMERGED = "people_unmerged"
    CONTACT_POINT_CHANGED = "contact_point_changed"
    CONSENT_RECORDED = "consent_recorded"
    FLAG_SET = "flag_set"
    FLAG_REMOVED = "flag_removed"
    # the episode
    REFERRAL_RECEIVED = "referral_received"
    REFERRAL_UPDATED = "referral_updated"
    REFERRAL_WITHDRAWN = "referral_withdrawn"
    LEFT_HOSPITAL = "left_hospital"
    MOMENT_MISSED = "moment_missed"
    MISSED_CONFIRMED = "missed_confirmed"
    MESSAGE_REFUSED = "message_refused"
    SHEET_BROUGHT_IN = "sheet_brought_in"
    PUBLIC_REFERRAL_SENT = "public_referral_sent"
    PUBLIC_REFERRAL_ACCEPTED = "public_referral_accepted"
    PUBLIC_REFERRAL_REJECTED = "public_referral_rejected"
    TRIAGED = "triaged"
    TRIAGE_CONFIRMED = "triage_confirmed"
    ALLOCATED = "allocated"
    STAGE_MOVED = "stage_moved"
    CASE_PAUSED = "case_paused"
    CASE_RESUMED = "case_resumed"
    # the work
    CONTACT_LOGGED = "contact_logged"
    CONTACT_WITHDRAWN = "contact_withdrawn"
    ENTRY_SET_ASIDE = "entry_set_aside"
    ENTRY_LEFT_ASIDE = "entry_left_aside"
    ENTRY_PUT_BACK = "entry_put_back"
    ENTRY_MOVED = "entry_moved"
    ENTRY_MOVE_UNDONE = "entry_move_undone"
    NEEDS_ASSESSED = "needs_assessed"
    RISK_ASSESSED = "risk_assessed"
    SAFETY_PLAN_SAVED = "safety_plan_saved"
    GOAL_SAVED = "goal_saved"
    GOAL_RATED = "goal_rated"
    ACTION_SAVED = "action_saved"
    ONWARD_REFERRAL_MADE = "onward_referral_made"
    ONWARD_REFERRAL_CHANGED = "onward_referral_changed"
    SERVICE_SAVED = "service_saved"
    OPERATION_SAVED = "operation_saved"
    OPERATION_LINKED = "operation_linked"
    SUPPORT_OFFERED = "support_offered"
    INCIDENT_RECORDED = "incident_recorded"
    REVIEW_HELD = "review_held"
    REVIEW_RESCHEDULED = "review_rescheduled"
    REMINDER_TOLD = "reminder_told"
    DUE_ITEM_DONE = "due_item_done"
    CLOSURE_ASKED = "closure_asked"
    CLOSURE_APPROVED = "closure_approved"
    CLOSURE_RETURNED = "closure_returned"
    SUMMARY_MADE = "summary_made"
    # who may know of it
    RECORD_RESTRICTED = "record_restricted"
    RESTRICTION_LIFTED = "restriction_lifted"
    NAMED = "named"
    UNNAMED = "unnamed"
    CONFLICT_SET = "conflict_set"
    CONFLICT_REMOVED = "conflict_removed"
    KEPT_APART = "kept_apart"
    KEPT_APART_ENDED = "kept_apart_ended"
    HANDED_BACK = "handed_back"
    COVER_SET = "cover_set"
    COVER_ENDED = "cover_ended"
    ROTA_SET = "rota_set"
    SHIFT_REMOVED = "shift_removed"
    GLASS_BROKEN = "glass_broken"
    GLASS_REFUSED = "glass_refused"
    GLASS_ENDED = "glass_ended"
    GLASS_REVIEWED = "glass_reviewed"
    GLASS_ESCALATED = "glass_escalated"


# On the trail, and not among who looked at a case: its worker reads that, and may not know of it.
NOT_AMONG_LOOKS = frozenset({Event.KEPT_APART, Event.KEPT_APART_ENDED})


@dataclass(frozen=True)
class Limit:
    """So many within so long, by one person: the trail itself counts them.

    ``of_cases``: different cases are counted, not rows. ``words`` follow "You have".
    """

    most: int
    within: timedelta
    words: str
    of_cases: bool = False

    def again_at(self, moments: Sequence[datetime]) -> datetime | None:
        """``moments``: what counts, newest first. None while there is room for one more."""
        if len(moments) < self.most:
            return None
        return moments[self.most - 1] + self.within


LIMITS = {
    Event.SEARCHED: Limit(30, timedelta(minutes=1), "searched {most} times within a minute"),
    Event.VIEWED: Limit(
        60, timedelta(hours=1), "opened {most} different cases within an hour", of_cases=True
    ),
    Event.EXPORTED: Limit(5, timedelta(days=1), "exported {most} times within a day"),
    Event.SUMMARY_MADE: Limit(10, timedelta(hours=1), "made {most} summaries within an hour"),
}


def limits(chosen: Mapping[str, Any]) -> dict[Event, Limit]:
    """The table, with the numbers that the service has chosen: ``{"viewed": 80}``."""
    return {
        event: replace(limit, most=max(1, int(chosen.get(event.value, limit.most))))
        for event, limit in LIMITS.items()
    }
