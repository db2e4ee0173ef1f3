"""What can fall due, and when somebody is told. Sources: domain.md §1.4, §8; design.md §8."""

from caseflow.kernel.words import Words


class DueKind(Words):
    REVIEW = "review"
    FIRST_APPROACH = "first_approach"
    TRIAGE = "triage"
    TRIAGE_CONFIRM = "triage_confirm", "Confirm a triage"
    NEEDS_ASSESSMENT = "needs_assessment"
    SAFETY_PLAN = "safety_plan", "Safety plan review"
    RISK = "risk", "Risk review"
    FLAG = "flag", "Flag runs out"
    CONSENT = "consent", "Consent runs out"
    NEXT_STEP = "next_step"
    ACTION = "action", "Plan action"
    ONWARD_REFERRAL = "onward_referral", "Chase an onward referral"
    SAFEGUARDING_CHASE = "safeguarding_chase"
    SIGN_OFF = "sign_off", "Closure to decide"
    FOLLOW_UP_3 = "follow_up_3", "Follow-up at 3 months"
    FOLLOW_UP_6 = "follow_up_6", "Follow-up at 6 months"
    FOLLOW_UP_12 = "follow_up_12", "Follow-up at 12 months"
    TURNS_18 = "turns_18", "18th birthday"
    TURNS_26 = "turns_26", "26th birthday"


class Step(Words):
    """One telling. The day offset is against the due day; ``OVERDUE`` goes to the supervisor."""

    EARLY = "early", "A week before"
    TOMORROW = "tomorrow", "The day before"
    TODAY = "today", "On the day"
    OVERDUE = "overdue", "Three days late, to the supervisor"


STEP_DAYS = {Step.EARLY: -7, Step.TOMORROW: -1, Step.TODAY: 0, Step.OVERDUE: 3}


class DueState(Words):
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


FOLLOW_UPS = frozenset({DueKind.FOLLOW_UP_3, DueKind.FOLLOW_UP_6, DueKind.FOLLOW_UP_12})

# Whoever holds the case, these wait for the supervisor.
SUPERVISED = frozenset({DueKind.TRIAGE_CONFIRM, DueKind.SIGN_OFF})

# What may still fall due on a case that has ended. Somebody looks twice at a "not eligible".
AFTER_ENDING = FOLLOW_UPS | {DueKind.TRIAGE_CONFIRM}

# What a pause does not silence: it stops the young person's clock, not a decision that waits for
# a supervisor, nor the chase of a safeguarding referral.
WHILE_PAUSED = FOLLOW_UPS | SUPERVISED | {DueKind.SAFEGUARDING_CHASE}

# Dates that come true by themselves: nobody completes them, they lapse this many days later.
LAPSING = frozenset({DueKind.FLAG, DueKind.CONSENT, DueKind.TURNS_18, DueKind.TURNS_26})
LAPSE_DAYS = 14

# Dates that rest on a judgement, so that a person may choose another and say why.
MOVABLE = FOLLOW_UPS | {
    DueKind.REVIEW,
    DueKind.FIRST_APPROACH,
    DueKind.NEEDS_ASSESSMENT,
    DueKind.NEXT_STEP,
    DueKind.ONWARD_REFERRAL,
    DueKind.SAFEGUARDING_CHASE,
}

# Days of warning before a birthday counts as something that falls due.
BIRTHDAY_AHEAD_DAYS = 365
