"""The closed vocabulary of the audit trail: past-tense events and the facts each declares.

Facts are ids, codes, field names and counts. Names and note text never come here.
"""

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
    # administration
    USER_ADDED = "user_added"
    USER_CHANGED = "user_changed"
    SETTING_CHANGED = "setting_changed"
    # the young person
    PERSON_ADDED = "person_added"
    PERSON_CHANGED = "person_changed"
    CONTACT_POINT_CHANGED = "contact_point_changed"
    CONSENT_RECORDED = "consent_recorded"
    FLAG_SET = "flag_set"
    FLAG_REMOVED = "flag_removed"
    # the episode
    REFERRAL_RECEIVED = "referral_received"
    REFERRAL_UPDATED = "referral_updated"
    REFERRAL_WITHDRAWN = "referral_withdrawn"
    TRIAGED = "triaged"
    TRIAGE_CONFIRMED = "triage_confirmed"
    ALLOCATED = "allocated"
    STAGE_MOVED = "stage_moved"
    CASE_PAUSED = "case_paused"
    CASE_RESUMED = "case_resumed"
    # the work
    CONTACT_LOGGED = "contact_logged"
    CONTACT_WITHDRAWN = "contact_withdrawn"
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
