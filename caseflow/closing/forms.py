"""What is asked when support ends. After a death only the reason is."""

from typing import Any

from wtforms.validators import ValidationError

from caseflow.cases.rules import Risk
from caseflow.closing.rules import FEEDBACK, FEEDBACK_WORDS, REASON_LENGTH, Ending, NoExit
from caseflow.kernel.forms import (
    ChoiceField,
    DateField,
    Item,
    NoteField,
    OnceForm,
    TextField,
    YesNoField,
)
from caseflow.people.rules import Safe

ENDINGS: dict[str, str] = {
    Ending.COMPLETED: "Goals were looked at together, and the exit assessment was tried",
    Ending.DISENGAGED: "They agreed, then no contact for 28 days in spite of 3 attempts",
    Ending.TRANSFERRED: "Somebody else takes over",
    Ending.CUSTODY: "Only when support ends; a short stay pauses the clock instead",
}
LEVELS = [(risk.value, risk.label) for risk in Risk if risk is not Risk.NOT_ASSESSED]
WHY_NO_EXIT = [(why.value, why.label) for why in NoExit if why is not NoExit.DIED]
MAY_WE = [
    Item("yes", "Yes", reveals=("follow_up_how",)),
    Item("no", "No"),
    Item("not_asked", "Not asked"),
]
TURNED_UP = [("yes", "Yes"), ("no", "No"), ("not_asked", "Not yet, or not known")]
ONE_TO_FIVE = [(str(number), f"{number} {words}") for number, words in FEEDBACK_WORDS.items()]


def not_after_a_death(form: Any) -> bool:
    return form.ending.data is not Ending.DECEASED


def _feedback(name: str) -> ChoiceField:
    return ChoiceField(
        FEEDBACK[name], ONE_TO_FIVE, coerce=int, look="chips", required=False, noun="a number"
    )


class AskForm(OnceForm):
    ending = ChoiceField("Why does support end?", Ending, hints=ENDINGS, noun="why support ends")
    reason = NoteField(
        "What happened",
        hint="The supervisor reads this first",
        max_length=REASON_LENGTH,
        rows=3,
        noun="what happened",
    )
    is_planned = YesNoField(
        "Was the ending planned with them?",
        required=not_after_a_death,
        noun="whether the ending was planned",
    )
    goals_reviewed = YesNoField(
        "Did you look at the goals together?",
        required=not_after_a_death,
        noun="whether you looked at the goals together",
    )
    no_exit = ChoiceField(
        "Why is there no exit assessment?",
        WHY_NO_EXIT,
        coerce=NoExit,
        required=not_after_a_death,
        noun="why there is no exit assessment",
    )
    risk_at_exit = ChoiceField(
        "Risk as support ends",
        LEVELS,
        coerce=Risk,
        look="chips",
        required=not_after_a_death,
        noun="the risk as support ends",
    )
    handover = YesNoField(
        "Does somebody else take over?",
        required=not_after_a_death,
        noun="whether somebody else takes over",
        reveals={
            "yes": (
                "handover_to",
                "handover_person",
                "handover_accepted_on",
                "handover_attended",
            )
        },
    )
    handover_to = TextField("Which service", noun="which service takes over")
    handover_person = TextField(
        "Who there has agreed to take over",
        max_length=120,
        required=False,
        noun="the name of who takes over",
        hint="A handover counts when a named person accepts it",
    )
    handover_accepted_on = DateField(
        "When they accepted", past=True, required=False, noun="the day they accepted"
    )
    handover_attended = ChoiceField(
        "Have they been to the first appointment?",
        TURNED_UP,
        coerce=Safe,
        look="chips",
        noun="whether they have been to the first appointment",
        default=Safe.NOT_ASKED,
    )
    may_follow_up = ChoiceField(
        "May we get in touch after 3, 6 and 12 months?",
        MAY_WE,
        coerce=Safe,
        required=not_after_a_death,
        noun="whether we may get in touch",
    )
    follow_up_how = TextField(
        "A safe way to reach them",
        hint="For example a number, and the time of day",
        noun="a safe way to reach them",
    )
    felt_listened = _feedback("felt_listened")
    felt_safer = _feedback("felt_safer")
    would_recommend = _feedback("would_recommend")
    their_words = NoteField(
        "In their own words",
        hint="Printed on the outcome summary as they said it. Leave other people’s names out",
        required=False,
        rows=4,
        max_length=2_000,
    )
    learning = NoteField(
        "What we learned",
        hint="For the team. Not printed on the summary",
        required=False,
        rows=3,
        noun="what we learned",
    )

    def validate_handover(self, field: YesNoField) -> None:
        if self.ending.data is Ending.TRANSFERRED and not field.data:
            raise ValidationError("Transferred means another service takes over. Say which")


class DecideForm(OnceForm):
    decision = ChoiceField(
        "Your decision",
        [
            Item("approve", "Approve. The case closes now"),
            Item("return", "Send back. Support goes on", reveals=("note",)),
        ],
        noun="your decision",
    )
    note = NoteField(
        "What is missing",
        hint="Whoever asked reads this on the case",
        rows=4,
        noun="what is missing",
    )


class MakeSummaryForm(OnceForm):
    """A button, pressed once."""
