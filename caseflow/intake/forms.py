"""What the front door asks: as little as will do, for somebody who stands at a bedside."""

from typing import Any

from caseflow.cases.rules import Arm
from caseflow.intake.codes import IndexReason
from caseflow.intake.eligibility import Ineligible
from caseflow.intake.rules import BY_HAND, Aware, Place, Source, Urgency
from caseflow.kernel import clock
from caseflow.kernel.errors import Problem
from caseflow.kernel.forms import (
    ChoiceField,
    FileField,
    Form,
    IntegerField,
    Item,
    MomentField,
    NoteField,
    OnceForm,
    PartialDateField,
    SelectField,
    SubmitField,
    TextField,
    TickField,
)
from caseflow.people.rules import Safe

MOST_FILES = 20
MOST_BYTES = 2 * 1024 * 1024
NOT_CLEAR = "not_clear"
SHORT = {
    IndexReason.ASSAULT_SHARP: "Knife or blade",
    IndexReason.ASSAULT_BODY: "Fists or feet",
    IndexReason.ASSAULT_BLUNT: "Bat, bottle, object",
    IndexReason.ASSAULT_GUN: "Gun",
    IndexReason.ROBBERY: "Robbery",
    IndexReason.WEAPON_CARRYING: "Had a weapon",
    IndexReason.EXPLOITATION: "Exploitation",
    IndexReason.ASSAULT_CORROSIVE: "Acid or corrosive",
    IndexReason.SEXUAL_ASSAULT: "Sexual assault",
    IndexReason.WITNESS_BEREAVED: "Saw it, or bereaved",
    IndexReason.REPEAT_ATTENDANCE: "Keeps coming back hurt",
    IndexReason.DOMESTIC_ABUSE: "Domestic abuse",
}
WHAT_HAPPENED = (
    *((reason.value, label) for reason, label in SHORT.items()),
    (NOT_CLEAR, "Not clear yet"),
)
AWARE = "Do they know you are asking for help, and agree?"


def index_reason(word: str) -> IndexReason | None:
    return None if word == NOT_CLEAR else IndexReason(word)


def _neither(_: Any) -> bool:
    """Neither box is needed by itself, and neither is called optional: WhoForm asks for one."""
    return False


class WhoForm(OnceForm):
    """Who it is, by name or by what they are called, and about how old."""

    name = TextField(
        "Who is it?",
        noun="their name, or what they are called",
        hint="Their name, or what they are called for now, like Trauma X.",
        max_length=120,
    )
    is_label = TickField("Nobody knows their name yet")
    age = IntegerField(
        "Age", hint="A guess will do.", noun="the age", required=_neither, high=120, width="3"
    )
    born = PartialDateField(
        "Or date of birth", noun="date of birth", required=_neither, past=True,
        hint="The year alone is enough.",
    )  # fmt: skip

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """An age or a date of birth, unless nobody knows who they are."""
        is_good = bool(super().validate_on_submit(extra_validators))
        if self.is_submitted() and not self.is_label.data and self._no_age():
            self.add_problem(Problem("Enter an age, or a date of birth", "age"))
            return False
        return is_good

    def _no_age(self) -> bool:
        fields = (self.age, self.born)
        return all(field.data is None and not field.errors for field in fields)


class KnownForm(WhoForm):
    """What of any of these forms says whether we know them."""

    postcode = TextField("Home postcode", required=False, max_length=10)
    phone = TextField("Their number", required=False, max_length=60)


class QuickAddForm(WhoForm):
    where = ChoiceField("Where are they now?", Place, noun="where they are now", look="big")
    bay = TextField("Which ward or bay?", noun="the ward or bay", required=False, max_length=80)
    what = ChoiceField("What happened?", WHAT_HAPPENED, noun="what happened", look="big")
    aware = ChoiceField(AWARE, Aware, noun="whether they know and agree", look="big")
    urgency = ChoiceField(
        "How soon should somebody see them?",
        [
            (Urgency.NOW.value, "Now: may leave soon, or is afraid"),
            (Urgency.URGENT.value, "Today"),
            (Urgency.ROUTINE.value, "Next shift is fine"),
        ],
        noun="how soon somebody should see them",
        coerce=Urgency,
    )
    postcode = TextField("Home postcode", required=False, max_length=10, width="10")
    phone = TextField(
        "Their number", noun="their number", required=False, max_length=60, input_type="tel",
        hint="Nobody calls or texts it until they say that it is safe.", width="20",
    )  # fmt: skip
    note = NoteField("Anything else", required=False, max_length=1000, rows=3)
    now = SubmitField("See them now")
    later = SubmitField("Next shift", tone="secondary")


class OutreachForm(WhoForm):
    source = SelectField(
        "How did they come to us?",
        [(source.value, source.label) for source in BY_HAND],
        coerce=Source,
        noun="how they came to us",
    )
    place = TextField("Where did you meet?", noun="where you met", max_length=120)
    met_at = MomentField("When", noun="when you met", past=True, default=clock.now)
    what = ChoiceField("What is it about?", WHAT_HAPPENED, noun="what it is about", look="big")
    how = NoteField(
        "How you met, and what they want", noun="how you met", required=False, max_length=2000,
        rows=4, hint="Their words are best.",
    )  # fmt: skip
    aware = ChoiceField(AWARE, Aware, noun="whether they know and agree", look="big")
    phone = TextField(
        "Their number", noun="their number", required=False, max_length=60, input_type="tel",
        width="20",
    )  # fmt: skip
    safe = ChoiceField(
        "Is it safe to call them on it?",
        [("yes", "Yes"), ("no", "No"), ("not_asked", "Not asked")],
        noun="whether it is safe to call",
        required=False,
        coerce=Safe,
        look="chips",
    )
    postcode = TextField("Home postcode", required=False, max_length=10, width="10")
    urgency = ChoiceField(
        "How soon should somebody see them?", Urgency, default=Urgency.ROUTINE,
        noun="how soon somebody should see them", look="chips",
    )  # fmt: skip
    referrer_name = TextField("Name", noun="the referrer’s name", required=False)
    referrer_role = TextField("Role", noun="the referrer’s role", required=False)
    referrer_phone = TextField(
        "Number", noun="the referrer’s number", required=False, max_length=60, input_type="tel"
    )
    operation_code = TextField(
        "Operation code, after a police operation", noun="the operation code", required=False,
        max_length=40, width="10",
    )  # fmt: skip


class UploadForm(OnceForm):
    files = FileField(
        "Referral messages",
        many=True,
        accept=".xml,.json,application/fhir+xml,application/fhir+json",
        noun="a message file",
        hint="BaRS or UK Core FHIR, XML or JSON. Each up to 2 MB, 3 MB together.",
    )


class TriageForm(OnceForm):
    decision = ChoiceField(
        "Is the service for them?",
        [
            Item("eligible", "Yes, eligible", reveals=("suggestion", "worker")),
            Item("ineligible", "No, not eligible", reveals=("code",)),
        ],
        noun="whether the service is for them",
    )
    suggestion = ChoiceField(
        "Which help looks right?",
        Arm,
        noun="which help looks right",
        hint="Chosen for good once they agree.",
        required=False,
    )
    worker = SelectField("Who takes the case?", noun="who takes the case", blank="Nobody yet",
                         required=False)  # fmt: skip
    code = SelectField("Why not?", Ineligible, noun="why they are not eligible")
    reason = NoteField(
        "Why you decide this way",
        noun="why you decide this way",
        hint="Needed when you go against the rules.",
        required=False,
        max_length=2000,
        rows=3,
    )


class ParkedForm(OnceForm):
    decision = ChoiceField(
        "Who is this message about?",
        [
            Item("same", "The same young person", "What it says is added to this case."),
            Item("other", "Somebody else", "A new referral is opened for them."),
            Item("aside", "Neither: set it aside", "It changes nothing, and is kept."),
        ],
        noun="who this message is about",
    )


class SystemForm(Form):
    name = TextField(
        "What is it called?", noun="what it is called", max_length=120,
        hint="The system and whose it is, like “Trust PAS, Leicester”.",
    )  # fmt: skip
    ods_codes = TextField(
        "ODS codes of the organisations it sends for", noun="an ODS code", max_length=200,
        hint="With spaces between them, like RWE RX1. A message from any other is refused.",
    )  # fmt: skip
