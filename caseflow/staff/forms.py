from typing import Any

from caseflow.access.permissions import Role
from caseflow.kernel.forms import (
    DateField,
    EmailField,
    Form,
    HiddenField,
    OnceForm,
    PasswordField,
    SelectField,
    TextField,
    TickField,
)

PASSWORD_HINT = (
    "12 characters or more, and any you like. Three words that do not belong together work well."
)


def credential_field() -> HiddenField:
    """What a passkey answers, as the browser puts it."""
    return HiddenField(max_length=20_000)


def when_used(_: object) -> bool:
    """One of several ways on: not asked of everybody, and not optional either."""
    return False


class CodeField(TextField):
    def __init__(self, label: str = "Code from your app", **kwargs: Any) -> None:
        usual: dict[str, Any] = {
            "hint": "6 digits",
            "max_length": 20,
            "width": "10",
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
        }
        super().__init__(label, **(usual | kwargs))


class RecoveryField(TextField):
    def __init__(self, label: str = "Recovery code", **kwargs: Any) -> None:
        usual: dict[str, Any] = {"max_length": 60, "width": "20", "required": when_used}
        super().__init__(label, **(usual | kwargs))


class SignInForm(Form):
    email = EmailField("E-mail address", autocomplete="username")
    password = PasswordField("Password", autocomplete="current-password")
    recovery = RecoveryField()
    next = HiddenField()


class ForgotForm(Form):
    email = EmailField("E-mail address", autocomplete="username")


class PasskeySignInForm(Form):
    credential = credential_field()
    next = HiddenField()


class SecondFactorForm(Form):
    code = CodeField(required=when_used)
    recovery = RecoveryField(hint="One of the ten you were given. It counts once.")
    own_device = TickField(
        "This is my own device",
        hint="Not on a ward’s computer. For 90 days nobody else’s wrong guesses can slow you down "
        "here. It keeps nobody signed in.",
    )
    credential = credential_field()
    next = HiddenField()


class LinkForm(Form):
    """An invitation, a new password, a new second factor: a page asks for what it needs."""

    password = PasswordField(
        "Choose a password", hint=PASSWORD_HINT, autocomplete="new-password", required=when_used
    )
    code = CodeField("Code your app shows", required=when_used)
    label = TextField(
        "What do you call this device?",
        noun="what you call this device",
        hint="For example: my work phone",
        max_length=80,
        width="20",
        required=when_used,
    )
    credential = credential_field()


class PasswordForm(OnceForm):
    current = PasswordField("Your password now", autocomplete="current-password")
    new = PasswordField("New password", hint=PASSWORD_HINT, autocomplete="new-password")


class AppForm(OnceForm):
    code = CodeField("Code your app shows")


class UserForm(OnceForm):
    name = TextField("Name", max_length=120)
    role = SelectField("Role", Role)
    team = SelectField("Team", required=False, blank="No team")
    deputises = TickField("Stands in for the team’s supervisor")
    ends_on = DateField(
        "When does their access end?",
        hint="Needed for an evaluator. From this day on they cannot sign in.",
        future=True,
        required=False,
        noun="the day their access ends",
    )


class NewUserForm(UserForm):
    email = EmailField("E-mail address", hint="The invitation goes there.")


class ConfirmForm(Form):
    code = CodeField(required=when_used)
    credential = credential_field()
    next = HiddenField()


class PasskeyForm(OnceForm):
    label = TextField(
        "What do you call this device?",
        noun="what you call this device",
        hint="For example: my work phone",
        max_length=80,
        width="20",
    )
    credential = credential_field()
