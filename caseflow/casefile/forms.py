from wtforms.validators import ValidationError

from caseflow.casefile.rules import Answer, DeclinedFor, StartWith, is_long_enough
from caseflow.cases.lifecycle import MOVES, Stage
from caseflow.kernel.forms import (
    ChoiceField,
    Form,
    HiddenField,
    MomentField,
    NoteField,
    OnceForm,
    TextField,
    VersionField,
    YesNoField,
)
from caseflow.people.rules import ConsentMethod, GivenBy


class SearchForm(Form):
    sought = TextField(
        "Search",
        hint="Names or their beginnings, in any order; what they are called; reference; "
        "date of birth; NHS number; phone",
        noun="what you are looking for",
        input_type="search",
    )
    page = HiddenField()

    def validate_sought(self, field: TextField) -> None:
        if not is_long_enough(field.data):
            raise ValidationError("Enter at least 3 letters or digits of what you look for")


def _needs_reason(form: "MoveForm") -> bool:
    move = MOVES.get((form.start, form.stage.data)) if form.start and form.stage.data else None
    return move is not None and move.needs_reason


class MoveForm(OnceForm):
    """The view says which stages may be chosen."""

    stage = ChoiceField("Move to", noun="where the case moves to")
    reason = NoteField(
        "Why?",
        hint="Every ending, and every step back, needs a reason",
        noun="a reason",
        rows=3,
        max_length=1000,
        required=_needs_reason,
    )
    version = VersionField()

    start: Stage | None = None


class ReasonForm(OnceForm):
    reason = NoteField("Why?", noun="a reason", rows=3, max_length=300)


class ReopenForm(OnceForm):
    reason = NoteField(
        "What has changed?",
        hint="For example: they rang back, a new number came, their family asked",
        noun="what has changed",
        rows=3,
        max_length=1000,
    )


class AnswerForm(OnceForm):
    answer = ChoiceField(
        "What did they say?",
        Answer,
        noun="what they said",
        look="big",
        reveals={
            Answer.AGREED: ("given_by", "method", "start_with"),
            Answer.DECLINED: ("declined_for", "words", "left_leaflet"),
            Answer.NOT_YET: ("ask_again_at",),
        },
    )
    given_by = ChoiceField("Who agreed?", GivenBy, noun="who agreed")
    competence_note = NoteField(
        "Why do they understand well enough to decide?",
        hint="Gillick, for 13 to 15: what they understood about the support, how they weighed it "
        "up, and whether their carer is involved",
        noun="why they understand well enough to decide",
        rows=3,
        max_length=1000,
    )
    method = ChoiceField("How did they say so?", ConsentMethod, noun="how they said so")
    start_with = ChoiceField("What support?", StartWith, noun="what support")
    declined_for = ChoiceField("Is that for now, or for good?", DeclinedFor, noun="for how long")
    words = NoteField(
        "What did they say?",
        hint="In their words where you can",
        noun="what they said",
        rows=3,
        max_length=1000,
    )
    left_leaflet = YesNoField(
        "Did you leave a leaflet or a number?", noun="whether you left a leaflet"
    )
    ask_again_at = MomentField(
        "When will you ask again?", noun="when you will ask again", future=True
    )

    def ask_about_understanding(self, age: str) -> None:
        """From 13 to 15 they may agree alone, and why they could is written down."""
        if age == "gillick":
            self.given_by.reveals = {GivenBy.YOUNG_PERSON: ("competence_note",)}
        else:
            del self.competence_note
        if age == "under_13":
            self.given_by.hint = (
                "Under 13 a parent or carer normally agrees. Where that is not safe, the "
                "safeguarding lead decides."
            )


class AllocateForm(OnceForm):
    worker = ChoiceField("Who takes this case?", noun="who takes this case")
    reason = TextField("Anything they should know first?", required=False, max_length=300)
    version = VersionField()
