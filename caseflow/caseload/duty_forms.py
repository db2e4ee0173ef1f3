from datetime import timedelta

from caseflow.intake.moment import WhyMissed
from caseflow.kernel import clock
from caseflow.kernel.forms import (
    CheckboxesField,
    ChoiceField,
    DateField,
    HiddenField,
    OnceForm,
    SelectField,
    TextField,
    TimeField,
)
from caseflow.staff.working_time import WEEKDAYS


class HandOverForm(OnceForm):
    """The view says who may be chosen; ``holder``: who had the case when the page was made."""

    worker = SelectField("Who takes over?", noun="who takes over")
    words = TextField(
        "What they need to know",
        hint="A line. It stays with the case.",
        max_length=300,
        required=False,
    )
    holder = HiddenField(max_length=36)


class MissedForm(OnceForm):
    why = ChoiceField("Why was nobody there in time?", WhyMissed, noun="why")
    in_words = TextField("In a few words", max_length=300, required=False, noun="why, in words")


class ShiftForm(OnceForm):
    """The view says who may be chosen."""

    user = SelectField("Who?", noun="who works")
    first = DateField("First day", noun="the first day", default=clock.today)
    last = DateField(
        "Last day", noun="the last day", default=lambda: clock.today() + timedelta(days=6)
    )
    weekdays = CheckboxesField(
        "On which days?",
        [(str(number), name) for number, name in enumerate(WEEKDAYS)],
        noun="the days",
        default=lambda: [str(number) for number in range(7)],
        coerce=int,
    )
    starts = TimeField("From", noun="when the shift begins")
    ends = TimeField(
        "Until", hint="A shift that ends after midnight ends the next day", noun="when it ends"
    )
