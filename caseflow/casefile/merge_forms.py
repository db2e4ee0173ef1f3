from caseflow.kernel.fields import VersionField
from caseflow.kernel.forms import CheckboxesField, NoteField, OnceForm, TextField

MOST_REASON = 300


class SameForm(OnceForm):
    reference = TextField(
        "Case reference of the other record", hint="Like CF-7K3M-Q2XW", max_length=40
    )


class MergeForm(OnceForm):
    """``take``: the view says in which fields the two differ."""

    version = VersionField()
    take = CheckboxesField(
        "Which of the other record’s answers are right?",
        hint="Tick what to take over. What is not ticked stays as it is here",
        noun="what to take over",
        required=False,
    )
    why = NoteField(
        "How do you know they are one person?",
        hint="For example: both gave the same number, and Amara has met them",
        noun="how you know",
        rows=3,
        max_length=MOST_REASON,
    )


class UnmergeForm(OnceForm):
    why = NoteField("Why are they two?", noun="why they are two", rows=3, max_length=MOST_REASON)
