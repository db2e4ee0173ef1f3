"""Form fields that render GOV.UK markup, keep what was typed, and never raise on what is sent.

Labels build the messages: "Enter …", "Select …". A question needs ``noun``:
``ChoiceField("How did you make contact?", noun="how you made contact", …)``.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from flask import current_app
from markupsafe import Markup
from wtforms import Field
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import HiddenInput

from caseflow.kernel.cleaning import Unsavable, clean, showable

NOTE_LENGTH = 5_000
Needed = bool | str | Callable[[Any], bool]


class GovukWidget:
    """Renders a field by the macro of its name in components/fields.html."""

    def __init__(self, macro: str) -> None:
        self.macro = macro

    def __call__(self, field: "Asked", **look: Any) -> Markup:
        macros = current_app.jinja_env.get_template("components/fields.html").module
        return Markup(getattr(macros, self.macro)(field, look))


def strings(values: Iterable[object]) -> list[str]:
    """A crafted request may send a file, or anything, where text belongs."""
    return [value for value in values if isinstance(value, str)]


def in_a_sentence(label: str) -> str:
    """``Date of birth`` → ``date of birth``; ``NHS number`` stays."""
    label = label.rstrip("?").strip()
    first = label.split(" ", 1)[0]
    return label if len(first) > 1 and first.isupper() else label[:1].lower() + label[1:]


class Asked(Field):  # type: ignore[misc]
    """What every visible field shares.

    ``required`` may be True, False (the label then says "(optional)"), the message to give,
    or a function of the form, for what is needed only after another answer.
    """

    macro: ClassVar[str] = "text"
    verb: ClassVar[str] = "Enter"

    def __init__(
        self,
        label: str,
        validators: Sequence[Callable[..., None]] = (),
        *,
        hint: str = "",
        required: Needed = True,
        noun: str = "",
        classes: str = "",
        autocomplete: str = "off",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.widget = GovukWidget(self.macro)
        self.title = label
        self.hint = hint
        self.required = required
        self.noun = noun or in_a_sentence(label)
        self.classes = classes
        self.autocomplete = autocomplete

    @property
    def optional(self) -> bool:
        return self.required is False

    @property
    def focus_id(self) -> str:
        """The control that an error-summary link moves to."""
        return str(self.id)

    @property
    def subject(self) -> str:
        return self.noun[:1].upper() + self.noun[1:]

    @property
    def error(self) -> str:
        return str(self.errors[0]) if self.errors else ""

    @property
    def described_by(self) -> str:
        ids = [f"{self.id}-hint"] if self.hint else []
        return " ".join([*ids, f"{self.id}-error"] if self.errors else ids)

    def is_empty(self) -> bool:
        return self.data is None or self.data == "" or self.data == []

    def missing_message(self) -> str:
        return self.required if isinstance(self.required, str) else f"{self.verb} {self.noun}"

    def is_needed(self, form: Any) -> bool:
        return self.required(form) if callable(self.required) else bool(self.required)

    def nothing(self) -> Any:
        return None

    def pre_validate(self, form: Any) -> None:
        if form.hides(self):
            self.data = self.nothing()
            self.errors.clear()
            raise StopValidation()
        if self.process_errors:
            raise StopValidation()
        if self.is_empty():
            raise StopValidation(self.missing_message() if self.is_needed(form) else "")
        self.check(form)

    def check(self, form: Any) -> None:
        """Raise ValidationError when the value, which is there, will not do."""


class TextField(Asked):
    """One line of text; ``data`` is cleaned text, ``""`` when nothing was given."""

    one_line: ClassVar[bool] = True

    def __init__(
        self,
        label: str,
        validators: Sequence[Callable[..., None]] = (),
        *,
        max_length: int = 200,
        width: str = "",
        input_type: str = "text",
        inputmode: str = "",
        prefix: str = "",
        suffix: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.max_length = max_length
        self.width = width
        self.input_type = input_type
        self.inputmode = inputmode
        self.prefix, self.suffix = prefix, suffix
        self.typed: str | None = None

    @property
    def shown(self) -> str:
        if self.typed is not None and (self.errors or self.data == self.nothing()):
            return self.typed  # also what stands under a choice that was not made
        return "" if self.data is None else str(self.data)

    def nothing(self) -> Any:
        return self.understood("")

    def process_data(self, value: Any) -> None:
        self.data = self.nothing() if value is None else value

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        typed = (strings(valuelist) or [""])[0]
        self.typed = showable(typed)
        self.data = self.nothing()
        try:
            self.data = self.understood(clean(typed, one_line=self.one_line))
        except Unsavable:
            raise ValueError(f"{self.subject} has characters that cannot be saved") from None

    def understood(self, text: str) -> Any:
        """The value of cleaned text; ValueError says what is wrong with it."""
        return text

    def check(self, form: Any) -> None:
        if isinstance(self.data, str) and len(self.data) > self.max_length:
            over = len(self.data) - self.max_length
            raise ValidationError(
                f"{self.subject} must be {self.max_length:,} characters or fewer. "
                f"You have {over:,} too many"
            )


class NoteField(TextField):
    """Several lines with a count of what is left. Text that is too long stays in the box."""

    macro = "note"
    one_line = False

    def __init__(
        self,
        label: str,
        validators: Sequence[Callable[..., None]] = (),
        *,
        max_length: int = NOTE_LENGTH,
        rows: int = 5,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, max_length=max_length, **kwargs)
        self.rows = rows


class EmailField(TextField):
    def __init__(self, label: str, **kwargs: Any) -> None:
        usual: dict[str, Any] = {"input_type": "email", "max_length": 254}
        super().__init__(label, **(usual | kwargs))

    def check(self, form: Any) -> None:
        super().check(form)
        name, _, domain = self.data.rpartition("@")
        if not name or "." not in domain or " " in self.data or domain.startswith("."):
            raise ValidationError(f"{self.subject} must look like name@example.org")


class PasswordField(Asked):
    """Kept exactly as typed, never shown again."""

    macro = "password"

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        self.data = (strings(valuelist) or [""])[0]
        if showable(self.data) != self.data or len(self.data) > 1_000:
            self.data = ""
            raise ValueError(f"{self.subject} has characters that cannot be used")


class IntegerField(TextField):
    """``data`` is an int, or None."""

    def __init__(self, label: str, *, low: int = 0, high: int = 1_000_000, **kwargs: Any) -> None:
        usual: dict[str, Any] = {"inputmode": "numeric", "width": "5"}
        super().__init__(label, **(usual | kwargs))
        self.low, self.high = low, high

    def understood(self, text: str) -> Any:
        if not text:
            return None
        try:
            if len(text) > 20 or not text.isascii():
                raise ValueError
            return int(text.replace(",", "").replace(" ", ""))
        except ValueError:
            raise ValueError(f"{self.subject} must be a whole number, like 15") from None

    def check(self, form: Any) -> None:
        if not self.low <= self.data <= self.high:
            raise ValidationError(f"{self.subject} must be between {self.low:,} and {self.high:,}")


class DecimalField(IntegerField):
    """``data`` is a Decimal with at most ``places`` places, or None."""

    def __init__(self, label: str, *, places: int = 2, **kwargs: Any) -> None:
        usual: dict[str, Any] = {"inputmode": "decimal"}
        super().__init__(label, **(usual | kwargs))
        self.places = places

    def understood(self, text: str) -> Any:
        if not text:
            return None
        try:
            value = Decimal(text.replace(",", "")) if len(text) <= 20 else Decimal("NaN")
            if not value.is_finite() or not text.isascii():
                raise InvalidOperation
        except InvalidOperation:
            raise ValueError(f"{self.subject} must be a number, like 7.5") from None
        if -int(value.as_tuple().exponent) > self.places:
            raise ValueError(f"{self.subject} must have {self.places} decimal places or fewer")
        return value


class TickField(Asked):
    """One box: "I have read …". ``data`` is True or False; optional unless required=…"""

    macro = "tick"
    verb = "Tick"

    def __init__(self, label: str, *, required: Needed = False, **kwargs: Any) -> None:
        super().__init__(label, required=required, **kwargs)

    @property
    def optional(self) -> bool:
        return False

    def is_empty(self) -> bool:
        return not self.data

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        self.data = bool(strings(valuelist))


class FileField(Asked):
    """``data`` is a Werkzeug FileStorage, or None. What is inside is for the action to judge."""

    macro = "file"
    verb = "Choose"

    def __init__(self, label: str, *, accept: str = "", many: bool = False, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.accept = accept
        self.many = many

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        sent = [value for value in valuelist if getattr(value, "filename", "")]
        self.data = sent if self.many else (sent[0] if sent else None)


class HiddenField(Field):  # type: ignore[misc]
    """``data`` is short plain text, or ``""``: never trusted, never an error of the person's."""

    widget = HiddenInput()

    def __init__(self, *, max_length: int = 200, **kwargs: Any) -> None:
        super().__init__("", **kwargs)
        self.max_length = max_length

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        sent = (strings(valuelist) or [""])[0]
        fits = len(sent) <= self.max_length and showable(sent) == sent
        self.data: Any = sent if fits else ""

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)


class VersionField(HiddenField):
    """The record's version when the form was opened; None when it was not sent or is no number."""

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        super().process_formdata(valuelist)
        self.data = int(self.data) if re.fullmatch(r"[0-9]{1,9}", self.data) else None


class SubmitField(Asked):
    """A button. ``data`` is True when this one was pressed. ``tone``: "", secondary, warning."""

    macro = "submit"

    def __init__(self, label: str, *, tone: str = "", **kwargs: Any) -> None:
        super().__init__(label, required=False, **kwargs)
        self.tone = tone

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        self.data = bool(valuelist)

    def pre_validate(self, form: Any) -> None:
        """Nothing to check."""
