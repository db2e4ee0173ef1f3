from typing import Any

from caseflow.cases.rules import NeedDomain
from caseflow.kernel.forms import (
    CheckboxesField,
    DateField,
    Form,
    IntegerField,
    NoteField,
    OnceForm,
    SelectField,
    TextField,
    VersionField,
)


def if_wanted(_: Any) -> bool:
    """A filter never says "(optional)"."""
    return False


class FilterForm(Form):
    """Asked by GET: the address holds a kind of need, an age and a place, and nobody."""

    class Meta(Form.Meta):
        csrf = False

    need = SelectField("Helps with", NeedDomain, blank="Anything", required=if_wanted)
    age = IntegerField("Age", low=0, high=120, width="3", required=if_wanted)
    area = SelectField("Area", blank="Anywhere", required=if_wanted)


class ServiceForm(OnceForm):
    version = VersionField()
    agency = TextField("Agency")
    name = TextField("What the service is called", noun="the name of the service")
    domains = CheckboxesField(
        "What does it help with?", NeedDomain, look="chips", noun="what it helps with"
    )
    youngest = IntegerField("Youngest age", low=0, high=120, width="3")
    oldest = IntegerField("Oldest age", low=0, high=120, width="3")
    area = TextField(
        "Area", max_length=120, hint="Such as Leicester or Rutland. Empty if everywhere",
        required=False,
    )  # fmt: skip
    wait_days = IntegerField(
        "Usual wait", low=0, high=2_000, width="4", suffix="days", required=False,
        hint="0 if there is none",
    )  # fmt: skip
    route = NoteField(
        "How to refer", hint="Number, address, form; opening times; what they ask for",
        required=False,
    )  # fmt: skip
    verified_on = DateField(
        "Last checked with them", past=True, required=False, noun="the day it was last checked"
    )
