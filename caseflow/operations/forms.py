from caseflow.kernel.forms import (
    ChoiceField,
    DateField,
    NoteField,
    OnceForm,
    SelectField,
    TextField,
)
from caseflow.operations.rules import Offer, OperationKind


class OperationForm(OnceForm):
    code = TextField("Code", hint="As the police write it, like OP-HARBOUR.", max_length=40)
    name = TextField("Name", max_length=120)
    kind = ChoiceField("What kind of operation is it?", OperationKind, noun="the kind of operation")
    starts_on = DateField("First day")
    ends_on = DateField("Last day", required=False)
    area = TextField("Areas", hint="Wards or districts. No addresses.", required=False)
    lead_agency = TextField("Lead agency", required=False, max_length=120)
    about = NoteField(
        "What it is about",
        hint="In general words. No names, no intelligence.",
        required=False,
        max_length=1_000,
    )


class LinkForm(OnceForm):
    operation = SelectField("Which operation?", noun="the operation")
    support = TextField(
        "What support was offered?",
        hint="For example: a support call to the family, a place on the outreach project.",
        noun="what support was offered",
        max_length=300,
    )
    offer = ChoiceField("What did they say?", Offer, noun="what they said")


class AnswerForm(OnceForm):
    offer = ChoiceField("What did they say?", Offer, noun="what they said")
