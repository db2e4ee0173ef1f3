from collections.abc import Mapping
from typing import Any

from caseflow.assessments.rules import (
    NEED_LABELS,
    NOT_DISCUSSED,
    PROMPTS,
    Point,
    Score,
    within_words,
)
from caseflow.cases.rules import NeedDomain, Risk
from caseflow.kernel.forms import (
    ChoiceField,
    DateField,
    NoteField,
    OnceForm,
    SubmitField,
    TextField,
    TickField,
    VersionField,
    YesNoField,
)

STARTABLE = (Point.BASELINE, Point.REVIEW, Point.EXIT)
NEED_CHOICES = [
    *((str(need), label) for need, label in NEED_LABELS.items()),
    (NOT_DISCUSSED, "Not discussed"),
]


def _need(word: str) -> int | str:
    return word if word == NOT_DISCUSSED else int(word)


class StartForm(OnceForm):
    """One button for each point; no field is drawn."""

    point = ChoiceField(
        "Which assessment?", [(point.value, point.label) for point in STARTABLE], coerce=Point
    )


class NeedsForm(OnceForm):
    """Fourteen domains with four fields each, added below; nothing is compulsory until the end."""

    version = VersionField()
    their_words = NoteField(
        "In their own words", hint="What they want to be different, as they say it", required=False
    )
    save_for_now = SubmitField("Save for now", tone="secondary")
    finish = SubmitField("Finish")

    def part(self, domain: NeedDomain, name: str) -> Any:
        return self[f"{domain.value}_{name}"]

    def scores(self) -> list[Score]:
        """What was reached. A domain with nothing chosen, ticked or noted is left out."""
        found = []
        for domain in NeedDomain:
            need = self.part(domain, "need").data
            strength, priority = (self.part(domain, n).data for n in ("strength", "priority"))
            note = self.part(domain, "note").data
            if need is not None or strength or priority or note:
                known = need if isinstance(need, int) else None
                found.append(Score(domain, known, strength, priority, note))
        return found

    @staticmethod
    def filled(scores: Mapping[NeedDomain, Score]) -> dict[str, Any]:
        """What the fields show to begin with."""
        shown: dict[str, Any] = {}
        for domain, score in scores.items():
            shown[f"{domain.value}_need"] = NOT_DISCUSSED if score.need is None else score.need
            shown[f"{domain.value}_strength"] = score.is_strength
            shown[f"{domain.value}_priority"] = score.is_priority
            shown[f"{domain.value}_note"] = score.note
        return shown


for _domain in NeedDomain:
    _name = _domain.label[:1].lower() + _domain.label[1:]
    _fields = {
        "need": ChoiceField(
            _domain.label,
            NEED_CHOICES,
            hint=PROMPTS[_domain],
            coerce=_need,
            required=False,
            noun=f"the need in {_name}",
        ),
        "strength": TickField("Strength"),
        "priority": TickField("Priority"),
        "note": NoteField("Note", rows=3, required=False, noun=f"the note on {_name}"),
    }
    for _part, _field in _fields.items():
        setattr(NeedsForm, f"{_domain.value}_{_part}", _field)


class RiskForm(OnceForm):
    level = ChoiceField(
        "How high is the risk, all in all?",
        [(level.value, level.label) for level in Risk if level is not Risk.NOT_ASSESSED],
        hint=f"Low and medium are looked at again within {within_words(Risk.LOW)}, "
        f"high within {within_words(Risk.HIGH)}, immediate within {within_words(Risk.IMMEDIATE)}",
        coerce=Risk,
        look="big",
        noun="the level of risk",
    )
    evidence = NoteField(
        "What does that rest on?",
        hint="Who said or saw what, and when. Harm from others, to others, to themselves; "
        "exploitation; missing; weapons; home; safety of workers",
        noun="what the level rests on",
    )
    protective = NoteField("What keeps them safe?", rows=3, required=False)
    plan = NoteField(
        "What will be done, by whom?",
        rows=3,
        hint="Always for a high or immediate risk",
        required=lambda form: form.level.data in (Risk.HIGH, Risk.IMMEDIATE),
        noun="what will be done about a risk this high",
    )
    review_on = DateField(
        "Look at it again sooner, on",
        hint="Leave empty to keep to the rule",
        future=True,
        required=False,
        noun="the day to look at it again",
    )


def if_it_applies(_: Any) -> bool:
    """Never asked for, and not said to be optional on every line of a page that says so above."""
    return False


class SafetyPlanForm(OnceForm):
    avoid = NoteField(
        "Times and places to stay away from", hint="What sets it off, where and when", rows=3,
        required=if_it_applies,
    )  # fmt: skip
    travel = NoteField(
        "Getting about", hint="Routes, who with, lifts", rows=3, required=if_it_applies
    )
    safe_people = NoteField(
        "Safe people and places", hint="First names or “my aunt”, nothing more", rows=3,
        required=if_it_applies,
    )  # fmt: skip
    if_followed = NoteField("What they do if followed or cornered", rows=3, required=if_it_applies)
    online = NoteField(
        "Online", hint="Location off, who sees posts, blocking", rows=3, required=if_it_applies
    )
    school = NoteField("School, college or work", rows=3, required=if_it_applies)
    home = NoteField("At home", rows=3, required=if_it_applies)
    worker_number = TextField(
        "The worker's number for their sheet",
        max_length=60,
        input_type="tel",
        required=if_it_applies,
    )
    copy_held_by = TextField("Who else holds a copy?", max_length=300, required=if_it_applies)
    paper_is_safe = YesNoField(
        "Is it safe for them to keep this on paper?",
        hint="Who could find it? If in doubt, no",
        noun="whether paper is safe",
    )
    agreed_with = TextField(
        "Who agreed it?",
        hint="“Them”, “them and their mum”",
        noun="who agreed the plan",
    )
    review_on = DateField("Look at it again on", future=True, noun="the day to look at it again")


class PrintAnywayForm(OnceForm):
    checked = TickField(
        "They have told me where they will keep it, and I think that is safe",
        required="Tick to say that you asked them where they will keep it",
    )
