from caseflow.kernel.forms import ChoiceField, Item, NoteField, OnceForm, TextField
from caseflow.misfiled.rules import LONGEST_WHY

MOVE, BACK, LEAVE = "move", "back", "leave"


class WhyForm(OnceForm):
    why = NoteField("Why?", noun="a reason", rows=3, max_length=LONGEST_WHY)


class SetAsideForm(OnceForm):
    why = NoteField(
        "How do you know that it is about somebody else?",
        hint="Supervisors and the safeguarding lead read this. Do not name the other person",
        noun="how you know",
        rows=3,
        max_length=LONGEST_WHY,
    )


class DecideForm(OnceForm):
    """Moving asks why once it has shown where to."""

    what = ChoiceField(
        "What should happen with it?",
        [
            Item(
                MOVE,
                "Move it to the record it is about",
                "You see first what moves with it",
                reveals=("reference",),
            ),
            Item(BACK, "Put it back: it is about this young person", reveals=("why_back",)),
            Item(LEAVE, "Leave it set aside", reveals=("why_leave",)),
        ],
        coerce=str,
        noun="what should happen with it",
    )
    reference = TextField(
        "Case reference of the record it is about",
        hint="Like CF-7K3M-Q2XW. Search finds it by name",
        max_length=40,
    )
    why_back = NoteField("Why?", noun="why it goes back", rows=3, max_length=LONGEST_WHY)
    why_leave = NoteField("Why?", noun="why it stays", rows=3, max_length=LONGEST_WHY)

    @property
    def why(self) -> str:
        said: str = self.why_back.data or self.why_leave.data
        return said
