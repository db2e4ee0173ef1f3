from caseflow.access.permissions import Role
from caseflow.kernel.forms import (
    EmailField,
    Form,
    HiddenField,
    OnceForm,
    PasswordField,
    SelectField,
    TextField,
    TickField,
)


class SignInForm(Form):
    email = EmailField("E-mail address", autocomplete="username")
    password = PasswordField("Password", autocomplete="current-password")
    next = HiddenField()


class PasswordForm(OnceForm):
    current = PasswordField("Your password now", autocomplete="current-password")
    new = PasswordField(
        "New password",
        hint="12 characters or more. Three words work well.",
        autocomplete="new-password",
    )


class UserForm(OnceForm):
    name = TextField("Name", max_length=120)
    role = SelectField("Role", Role)
    team = SelectField("Team", required=False, blank="No team")
    deputises = TickField("Stands in for the team’s supervisor")


class NewUserForm(UserForm):
    email = EmailField("E-mail address")
    password = PasswordField(
        "First password", hint="12 characters or more. They change it after signing in."
    )
