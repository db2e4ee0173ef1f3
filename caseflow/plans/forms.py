from caseflow.cases.rules import NeedDomain
from caseflow.kernel.forms import (
    ChoiceField,
    DateField,
    Form,
    HiddenField,
    NoteField,
    OnceForm,
    SelectField,
    TextField,
)
from caseflow.plans.rules import HIGHEST_RATING, LOWEST_RATING, OnwardStatus, Owner

RATINGS = [(str(n), str(n)) for n in range(LOWEST_RATING, HIGHEST_RATING + 1)]
SCALE = "0 is nowhere near it, 10 is there. They say the number"


class GoalForm(OnceForm):
    their_words = NoteField(
        "The goal, in their words",
        hint="“I want college back”, as they say it",
        max_length=300,
        rows=3,
        noun="the goal in their words",
    )
    rating = ChoiceField(
        "How close are they today?", RATINGS, hint=SCALE, coerce=int, look="chips",
        required=False, noun="how close they are",
    )  # fmt: skip


class RateForm(OnceForm):
    rating = ChoiceField(
        "How close are they today?", RATINGS, hint=SCALE, coerce=int, look="chips",
        noun="how close they are",
    )  # fmt: skip


class ActionForm(OnceForm):
    what = NoteField(
        "What will be done?", hint="“Ring the college about Monday”", max_length=300, rows=3,
        noun="what will be done",
    )  # fmt: skip
    owner = ChoiceField("Who does it?", Owner, look="big", noun="who does it")
    due_on = DateField("By when?", future=True, required=False, noun="the day it is due")
    goal = SelectField("For which goal?", blank="None in particular", required=False)


class NeedForm(Form):
    """Asked by GET."""

    class Meta(Form.Meta):
        csrf = False

    need = SelectField("For which need?", NeedDomain, noun="the need")


class ReferForm(OnceForm):
    domain = SelectField("For which need?", NeedDomain, noun="the need")
    method = TextField(
        "How did you refer?", hint="By phone, their web form, an e-mail", max_length=120,
        required=False,
    )  # fmt: skip


class StatusForm(OnceForm):
    was = HiddenField()
    status = ChoiceField(
        "What has happened?",
        OnwardStatus,
        look="big",
        reveals={OnwardStatus.REFUSED.value: ("reason",)},
        noun="what has happened",
    )
    reason = NoteField("Why did they refuse?", rows=3, noun="why they refused")
