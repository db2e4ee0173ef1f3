"""What is asked about a contact: only what its outcome needs."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from wtforms.validators import ValidationError

from caseflow.contacts.rules import (
    FACE_TO_FACE,
    LONGEST_MINUTES,
    NOTE_LENGTH,
    THEIR_WORDS_LENGTH,
    TWO_WAY,
    Mode,
    Outcome,
    Purpose,
    With,
    Worry,
)
from caseflow.kernel import clock
from caseflow.kernel.forms import (
    CheckboxesField,
    ChoiceField,
    IntegerField,
    Item,
    MomentField,
    NoteField,
    OnceForm,
    SelectField,
    TextField,
    YesNoField,
)

MET_BY = (*sorted(FACE_TO_FACE, key=list(Mode).index), Mode.GROUP)
SHORT = {
    Mode.F2F_HOSPITAL: "In hospital",
    Mode.F2F_CUSTODY: "In custody",
    Mode.F2F_COMMUNITY: "Out and about",
    Mode.F2F_HOME: "At home",
    Mode.F2F_SCHOOL: "School or college",
    Mode.OFFICE: "Our office",
    Mode.TEXT: "Text or WhatsApp",
    Mode.LETTER: "Letter or e-mail",
    Mode.GROUP: "In a group",
    Mode.MULTI_AGENCY: "Meeting without them",
}
TALKED_BY = (Mode.PHONE, Mode.VIDEO, Mode.TEXT, *MET_BY, Mode.LETTER, Mode.MULTI_AGENCY)
TRIED_BY = (Mode.PHONE, Mode.VIDEO, *MET_BY[:-1])
TALK = ("minutes", "who", "purposes", "note", "their_words", "worried", "next_step", "next_when")
TRIED = ("note", "try_again")
NEXT = ("try_again", "try_again_at", "next_step", "next_when", "next_step_at")
REVEALS = {
    Outcome.TALKED: ("talked_by", *TALK),
    Outcome.NO_ANSWER: ("tried_by", *TRIED),
    Outcome.TEXTED: ("sent_by", *TRIED),
    Outcome.MET: ("met_at", *TALK, "second_worker"),
    Outcome.CANCELLED_BY_THEM: ("tried_by", *TRIED),
    Outcome.CANCELLED_BY_US: ("tried_by", *TRIED),
    Outcome.DID_NOT_ATTEND: ("met_at", *TRIED, "second_worker"),
    Outcome.REFUSED: ("talked_by", *TALK),
    Outcome.THEY_GOT_IN_TOUCH: ("talked_by", *TALK),
}
FIRST_ROW = (
    Outcome.TALKED,
    Outcome.NO_ANSWER,
    Outcome.TEXTED,
    Outcome.MET,
    Outcome.CANCELLED_BY_THEM,
)
IN_FEW_WORDS = {Outcome.TEXTED: "Text"}


def _modes(among: tuple[Mode, ...]) -> list[tuple[str, str]]:
    return [(mode.value, SHORT.get(mode, mode.label)) for mode in among]


def _outcomes() -> list[Item]:
    order = [*FIRST_ROW, *(outcome for outcome in Outcome if outcome not in FIRST_ROW)]
    return [
        Item(outcome.value, IN_FEW_WORDS.get(outcome, outcome.label), reveals=REVEALS[outcome])
        for outcome in order
    ]


def _was_held(form: Any) -> bool:
    return form.outcome.data in TWO_WAY - {Outcome.REFUSED}


def soon() -> dict[str, datetime]:
    """The times one tap can promise."""
    tomorrow = clock.today() + timedelta(days=1)
    return {
        "in_2_hours": clock.now() + timedelta(hours=2),
        "tomorrow": clock.local_instant(tomorrow, time(16)),
        "in_a_week": clock.local_instant(clock.today() + timedelta(days=7), time(10)),
    }


def _soon_choices(pick: str, *names: str) -> list[Item]:
    there = {name: clock.local(at) for name, at in soon().items()}
    words = {
        "in_2_hours": f"In 2 hours ({there['in_2_hours']:%H:%M})",
        "tomorrow": f"Tomorrow, {there['tomorrow']:%H:%M}",
        "in_a_week": f"In a week, {there['in_a_week']:%a %-d %b}",
    }
    picked = Item("pick", "Pick a time", reveals=(pick,))
    return [*(Item(name, words[name]) for name in names), picked, Item("none", "No date")]


class LogContactForm(OnceForm):
    outcome = ChoiceField("What happened?", _outcomes(), coerce=Outcome, noun="what happened")
    happened_at = MomentField("When it happened", noun="the time of the contact", past=True)
    met_at = ChoiceField("Where?", _modes(MET_BY), coerce=Mode, noun="where you met", look="chips")
    talked_by = ChoiceField("How?", _modes(TALKED_BY), coerce=Mode, noun="how", look="chips")
    tried_by = ChoiceField(
        "How?", _modes(TRIED_BY), coerce=Mode, noun="how you tried", look="chips"
    )
    sent_by = ChoiceField(
        "How?", _modes((Mode.TEXT, Mode.LETTER)), coerce=Mode, noun="how you sent it", look="chips"
    )
    minutes = IntegerField(
        "How long?",
        low=1,
        high=LONGEST_MINUTES,
        suffix="minutes",
        noun="how many minutes it took",
        required=_was_held,
    )
    who = CheckboxesField("Who with?", With, noun="who was there", look="chips")
    purposes = CheckboxesField(
        "What for?",
        Purpose,
        coerce=Purpose,
        noun="what it was for",
        look="chips",
        required=_was_held,
    )
    try_again = ChoiceField("Try again?", noun="when to try again", look="chips", required=False)
    try_again_at = MomentField("When?", noun="the time to try again", future=True)
    note = NoteField(
        "Note",
        hint="Fact · Their words · My view · Next. No full names of other people.",
        max_length=NOTE_LENGTH,
        rows=6,
        required=False,
    )
    their_words = NoteField(
        "In their own words", max_length=THEIR_WORDS_LENGTH, rows=2, required=False
    )
    worried = YesNoField(
        "Any worry about safety?",
        noun="whether there is any worry about safety",
        reveals={"yes": ("worry",)},
        required=_was_held,
    )
    worry = ChoiceField(
        "What has been done?",
        [word for word in Worry.choices() if word[0] != Worry.NONE],
        coerce=Worry,
        noun="what has been done about it",
        hints={
            Worry.NOTED: "Tell your safeguarding lead today, and say in the note what worries you.",
            Worry.LEAD_CONSULTED: "Say in the note what they advised.",
            Worry.REFERRED: "Under 18, social care answers within one working day. "
            "CaseFlow will remind you to chase it.",
        },
    )
    next_step = TextField("Next step", max_length=300, required=False)
    next_when = ChoiceField(
        "When is the next step?", noun="when the next step is", look="chips", required=False
    )
    next_step_at = MomentField("When?", noun="the time of the next step", future=True)
    second_worker = SelectField(
        "Was another worker with you?", blank="Nobody else", required=False, noun="another worker"
    )

    def __init__(self, *, is_open: bool = True, **data: Any) -> None:
        """A closed case has no next step: its follow-ups fall due by themselves."""
        super().__init__(**data)
        self.try_again.choices = _soon_choices("try_again_at", "in_2_hours", "tomorrow")
        self.next_when.choices = _soon_choices("next_step_at", "tomorrow", "in_a_week")
        self.worried.choices = [("no", "No"), ("yes", "Yes")]
        if not is_open:
            for name in NEXT:
                del self[name]

    def say_when_last(self, logged: Mapping[str, datetime]) -> None:
        """“Housing · last 3 Nov”."""
        last = {word: f" · last {clock.local(at):%-d %b}" for word, at in logged.items()}
        self.purposes.choices = [
            (word, label + last.get(word, "")) for word, label in Purpose.choices()
        ]

    def validate_who(self, field: CheckboxesField) -> None:
        if self.talked_by.data is Mode.MULTI_AGENCY and With.YOUNG_PERSON in field.data:
            raise ValidationError("Untick the young person: the meeting was without them")

    @property
    def mode_chosen(self) -> Mode:
        """Asked in the words that fit the outcome; the other fields are empty."""
        asked = (self.met_at, self.talked_by, self.tried_by, self.sent_by)
        found: Mode = next(field.data for field in asked if field.data)
        return found

    @property
    def was_talk(self) -> bool:
        return "purposes" in REVEALS[self.outcome.data]

    @property
    def step(self) -> str:
        return self.next_step.data if "next_step" in self else ""

    @property
    def next_at(self) -> datetime | None:
        if "next_when" not in self:
            return None
        choice = self.next_when if self.was_talk else self.try_again
        picked = self.next_step_at if self.was_talk else self.try_again_at
        if choice.data == "pick":
            at: datetime | None = picked.data
            return at
        return soon().get(choice.data or "")


class WithdrawForm(OnceForm):
    reason = TextField(
        "Why is it withdrawn?",
        hint="For example: written on the wrong person’s case.",
        noun="why it is withdrawn",
        max_length=300,
    )


def first_answers(last_mode: Callable[[Collection[Mode]], Mode | None]) -> dict[str, Any]:
    """What the form begins with: now, the young person, and the way chosen last."""
    return {
        "happened_at": clock.now(),
        "who": [With.YOUNG_PERSON],
        "met_at": last_mode(MET_BY),
        "talked_by": last_mode(TALKED_BY) or Mode.PHONE,
        "tried_by": last_mode(TRIED_BY) or Mode.PHONE,
        "sent_by": Mode.TEXT,
    }
