"""The form every screen builds on, and the fields it may ask with.

Forms turn what was sent into plain typed values; the view hands those to an action by name.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict

from caseflow.kernel.choice_fields import (
    CheckboxesField,
    ChoiceField,
    Item,
    SelectField,
    YesNoField,
)
from caseflow.kernel.date_fields import (
    DateField,
    MomentField,
    PartialDateField,
    TimeField,
    not_before,
)
from caseflow.kernel.errors import Problem, TooOften
from caseflow.kernel.fields import (
    Asked,
    DecimalField,
    EmailField,
    FileField,
    HiddenField,
    IntegerField,
    NoteField,
    PasswordField,
    SubmitField,
    TextField,
    TickField,
    VersionField,
)
from caseflow.kernel.partial_date import PartialDate

__all__ = [
    "Asked",
    "CheckboxesField",
    "ChoiceField",
    "DateField",
    "DecimalField",
    "EmailField",
    "FileField",
    "Form",
    "HiddenField",
    "IntegerField",
    "Item",
    "MomentField",
    "NoteField",
    "OnceForm",
    "PartialDate",
    "PartialDateField",
    "PasswordField",
    "SelectField",
    "SubmitField",
    "TextField",
    "TickField",
    "TimeField",
    "VersionField",
    "YesNoField",
    "not_before",
]


@dataclass(frozen=True)
class Mistake:
    """One line of the error summary."""

    message: str
    focus_id: str = ""


class Form(FlaskForm):  # type: ignore[misc]
    is_stale = False
    """Set when somebody else changed the record first."""
    wait: timedelta | None = None
    """Set when nothing was tried, because too much was before."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Form fields and files only: JSON is no form, and an empty POST is still a POST."""
            if form.is_submitted() and not isinstance(formdata, dict | None):
                return CombinedMultiDict((request.files, request.form))
            return formdata if isinstance(formdata, dict) else None

    def add_problem(self, problem: Problem) -> None:
        """Put a domain error where it belongs: at its field, or at the head of the form."""
        self.wait = problem.wait if isinstance(problem, TooOften) else None
        field = self._fields.get(problem.field or "")
        if isinstance(field, Asked):
            field.errors = [*field.errors, problem.message]
        else:
            self.form_errors.append(problem.message)

    def leave_out(self, names: Iterable[str]) -> None:
        """Fields that this person may not see are not asked, and not taken when sent."""
        for name in names:
            del self[name]

    @property
    def mistakes(self) -> list[Mistake]:
        """For the error summary, in the order of the page."""
        found = [Mistake(str(message)) for message in self.form_errors]
        for field in self:
            found += [Mistake(str(e), getattr(field, "focus_id", "")) for e in field.errors[:1]]
        return found

    def hides(self, field: Asked) -> bool:
        """True when only choices that were not made reveal the field: its answer is ignored."""
        revealing = [
            (choice, item)
            for choice in self
            if isinstance(choice, ChoiceField)
            for item in choice.items
            if field.short_name in item.reveals
        ]
        return bool(revealing) and not any(c.is_chosen(item) for c, item in revealing)

    @property
    def sends_files(self) -> bool:
        return any(isinstance(field, FileField) for field in self)

    @property
    def asked(self) -> list[Asked]:
        """Visible fields that no choice reveals, in order, without buttons."""
        choices = [field for field in self if isinstance(field, ChoiceField)]
        revealed = {name for field in choices for item in field.items for name in item.reveals}
        return [
            field
            for field in self
            if isinstance(field, Asked)
            and not isinstance(field, SubmitField)
            and field.short_name not in revealed
        ]


class FormKeyField(HiddenField):
    """A new random key for each form opened; the same key for each time it is sent."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default=lambda: secrets.token_urlsafe(18), **kwargs)

    def process_formdata(self, valuelist: Any) -> None:
        fresh = self.data
        super().process_formdata(valuelist)
        if not re.fullmatch(r"[A-Za-z0-9_-]{16,64}", self.data):
            self.data = fresh


class OnceForm(Form):
    """A form that must count once however often its button is pressed: see ``form_key``."""

    form_key = FormKeyField()
