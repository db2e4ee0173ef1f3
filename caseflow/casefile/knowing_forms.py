from datetime import date
from typing import Any

from wtforms.validators import ValidationError

from caseflow.cases.rules import SHORTEST_REASON, GlassFinding, GlassReason
from caseflow.kernel.forms import (
    CheckboxesField,
    ChoiceField,
    DateField,
    NoteField,
    OnceForm,
    SelectField,
    TextField,
)

MOST_REASON = 300


class RestrictForm(OnceForm):
    why = NoteField(
        "Why must so few people know?",
        hint="Those who stay on the list read this. For example: somebody in another team is "
        "related to a rival",
        noun="why so few people may know",
        rows=3,
        max_length=MOST_REASON,
    )
    names = CheckboxesField(
        "Who else needs to know?",
        hint="Besides you, whoever holds the case, and the safeguarding lead",
        noun="who else needs to know",
        required=False,
    )


class ReasonForm(OnceForm):
    why = NoteField("Why?", noun="a reason", rows=3, max_length=MOST_REASON)


class KeepApartForm(OnceForm):
    reference = TextField(
        "Case reference of the other young person",
        hint="Like CF-7K3M-Q2XW. Any of their cases will do",
        noun="the other case’s reference",
        max_length=20,
        width="10",
    )
    why = NoteField(
        "Why must they not meet?",
        hint="Only who may know of both reads this",
        noun="why they must not meet",
        rows=3,
        max_length=MOST_REASON,
    )


class SomebodyForm(OnceForm):
    """The view says who may be chosen."""

    user = SelectField("Who?", noun="a member of staff")


class EmergencyForm(OnceForm):
    reference = TextField(
        "Case reference",
        hint="Like CF-7K3M-Q2XW, when somebody can read it to you",
        max_length=40,
        required=False,
    )
    first_name = TextField("First name", max_length=120, required=False)
    last_name = TextField("Last name", max_length=120, required=False)
    born = DateField("Date of birth", past=True, required=False)
    code = ChoiceField("Why now?", GlassReason, noun="why it cannot wait")
    reason = NoteField(
        "What is happening?",
        hint=f"{SHORTEST_REASON} characters or more. Whoever reviews this reads it",
        noun="what is happening",
        rows=3,
        max_length=1000,
    )

    def validate_reason(self, field: NoteField) -> None:
        if len(field.data) < SHORTEST_REASON:
            raise ValidationError(f"Say it in {SHORTEST_REASON} characters or more")

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        if is_valid and not self.reference.data and not all(self.name_and_birthday):
            self.form_errors.append(
                "Enter the case reference, or the first name, last name and date of birth"
            )
            return False
        return is_valid

    @property
    def name_and_birthday(self) -> tuple[str, str, date | None]:
        return self.first_name.data, self.last_name.data, self.born.data


class ReviewOpeningForm(OnceForm):
    finding = ChoiceField("What did you find?", GlassFinding, noun="what you found")
    note = NoteField(
        "What was done about it?",
        hint="Whom you spoke to, and what follows",
        noun="what was done about it",
        rows=3,
        max_length=1000,
    )
