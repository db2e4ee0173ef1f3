"""What the public page asks: plain enough for somebody of thirteen, and no more than is needed."""

from typing import Any

from caseflow.intake.rules import Source
from caseflow.kernel.errors import Problem
from caseflow.kernel.forms import (
    ChoiceField,
    EmailField,
    Form,
    HiddenField,
    IntegerField,
    NoteField,
    OnceForm,
    TextField,
)

WHO = (
    (Source.SELF.value, "For me"),
    (Source.PARENT.value, "For my child, or a child I look after"),
    (Source.PEER.value, "For a friend"),
    (Source.SCHOOL.value, "I work at their school or college"),
    (Source.SOCIAL_CARE.value, "I work in children’s social care"),
    (Source.OTHER_NHS.value, "I work in health"),
    (Source.VOLUNTARY.value, "I work with them somewhere else"),
)
SURE = (("yes", "Yes"), ("no", "No"), ("not_asked", "Not sure"))
REACH = "Enter a phone number or an e-mail address, so that we can answer"
BOTH = ("source", "safe_to_text", "safe_to_call", "knows")


class ReferForm(Form):
    """The safe ways to answer come first. ``website`` is for machines that fill in every box."""

    stamped = HiddenField()
    phone = TextField(
        "Phone number we can use", noun="the phone number", required=False, max_length=60,
        input_type="tel", width="20",
    )  # fmt: skip
    safe_to_text = ChoiceField(
        "Is it safe to text you on it?", SURE, noun="whether it is safe to text",
        required=False, look="inline",
    )  # fmt: skip
    safe_to_call = ChoiceField(
        "Is it safe to call you on it?", SURE, noun="whether it is safe to call",
        required=False, look="inline",
    )  # fmt: skip
    who_else = TextField(
        "Who else reads or answers it?", noun="who else reads it", required=False, max_length=120,
        hint="For example: Mum, my brother, nobody.",
    )  # fmt: skip
    email = EmailField("E-mail address", noun="the e-mail address", required=False)
    source = ChoiceField("Who is this for?", WHO, noun="who this is for")
    name = TextField(
        "What is the young person called?", noun="what the young person is called", max_length=120,
        hint="A first name or a nickname is enough. If it is for you: your own.",
    )  # fmt: skip
    age = IntegerField(
        "How old are they?", noun="how old they are", high=120, width="3", hint="A guess will do.",
    )  # fmt: skip
    words = NoteField(
        "What has happened, and what would help?", noun="what has happened", max_length=2000,
        hint="A few words are enough. You do not have to tell us everything.",
    )  # fmt: skip
    knows = ChoiceField(
        "Do they know that you are asking?", SURE, noun="whether they know", required=False,
        look="inline",
    )  # fmt: skip
    their_phone = TextField(
        "Their own number, if you have it", noun="their number", required=False, max_length=60,
        input_type="tel", width="20",
    )  # fmt: skip
    referrer_name = TextField("Your name", noun="your name", required=False, max_length=120)
    referrer_role = TextField("Your job", noun="your job", required=False, max_length=120)
    website = TextField(
        "Leave this empty", noun="this box", required=False, max_length=200, classes="cf-unasked"
    )

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        is_good = bool(super().validate_on_submit(extra_validators))
        if not self.is_submitted():
            return False
        if not (self.phone.data or self.email.data or self.phone.errors or self.email.errors):
            self.add_problem(Problem(REACH, "phone"))
        if self.website.data or self.website.errors:
            self.website.classes = ""  # Whoever filled it in by mistake has to see it.
            self.add_problem(Problem("Leave this box empty: it is there for machines", "website"))
        return is_good and not self.mistakes

    @property
    def told(self) -> dict[str, str]:
        """What they wrote, by name, as words."""
        left_out = ("csrf_token", "stamped", "website")
        return {f.short_name: str(f.data or "") for f in self if f.short_name not in left_out}


class StatusForm(Form):
    code = TextField(
        "Your code", max_length=40, width="20", noun="your code", hint="Like RF-7K3M-Q2XW."
    )
    reach = TextField(
        "The phone number or e-mail address you gave us", max_length=254, noun="what you gave us"
    )


class DecideForm(OnceForm):
    decision = ChoiceField(
        "Is this for us?",
        [("accept", "Yes: make it a referral"), ("reject", "No")],
        noun="whether this is for us",
        reveals={"reject": ("why",)},
    )
    why = NoteField("Why not?", noun="why not", max_length=500, rows=3)
