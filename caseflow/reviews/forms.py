from caseflow.cases.rules import Risk
from caseflow.kernel.forms import (
    ChoiceField,
    DateField,
    NoteField,
    OnceForm,
    TextField,
    TimeField,
)

LEVELS = [(risk.value, risk.label) for risk in Risk if risk is not Risk.NOT_ASSESSED]
BY_RULE, OTHER_DAY = "by_rule", "other_day"


class HoldReviewForm(OnceForm):
    risk = ChoiceField(
        "How high is the risk now?", LEVELS, coerce=Risk, noun="how high the risk is now"
    )
    risk_reason = NoteField(
        "Why this level?",
        noun="why the risk is at this level",
        hint="What you saw or heard, and from whom. One or two sentences are enough.",
        rows=3,
    )
    what_changed = NoteField(
        "What has changed since last time?",
        noun="what has changed",
        hint="Safety, needs, goals, the plan. Only what is different.",
        required=False,
        rows=4,
    )
    their_words = NoteField(
        "In their words",
        noun="their words",
        hint="What they say about how it is going, as they said it.",
        required=False,
        rows=3,
    )
    decision = NoteField(
        "What we decided",
        noun="what was decided",
        hint="What goes on, what stops, who does what next.",
        rows=4,
    )
    next_by = ChoiceField(
        "When is the next review?",
        [(BY_RULE, "By the rule for this level of risk"), (OTHER_DAY, "On another day")],
        noun="when the next review is",
        reveals={OTHER_DAY: ("next_on", "next_reason")},
        default=BY_RULE,
    )
    next_on = DateField("Day of the next review", future=True)
    next_reason = TextField("Why another day?", noun="why it is another day", max_length=300)


class MoveForm(OnceForm):
    day = DateField("New day", noun="the new day", future=True)
    at = TimeField(
        "Time", noun="the time", hint="Leave empty for any time that day", required=False
    )
    reason = TextField("Why does it move?", noun="why it moves", max_length=300)
