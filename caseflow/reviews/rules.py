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
