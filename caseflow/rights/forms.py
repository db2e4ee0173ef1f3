from collections.abc import Mapping
from typing import Any

from caseflow.cases.rules import FEWEST_MINUTES, MOST_MINUTES, Risk
from caseflow.intake.codes import IndexReason
from caseflow.intake.eligibility import DEFAULT as ELIGIBILITY
from caseflow.kernel import clock
from caseflow.kernel.forms import (
    CheckboxesField,
    DateField,
    IntegerField,
    OnceForm,
    SubmitField,
    TextField,
)
from caseflow.people.districts import DISTRICTS
from caseflow.reviews.cadence import DEFAULT as CADENCE
from caseflow.staff.cover import MOST_DAYS


class EligibilityForm(OnceForm):
    from_day = DateField("From which day?", noun="the first day", future=True, default=clock.today)
    youngest = IntegerField("Youngest age", low=0, high=30, suffix="years")
    oldest = IntegerField("Oldest age", low=0, high=30, suffix="years")
    districts = CheckboxesField(
        "Districts served", list(DISTRICTS.items()), noun="the districts served"
    )
    postcode_areas = TextField(
        "Postcode areas served", hint="Letters by commas, like LE. Used when no district is known."
    )
    reasons = CheckboxesField(
        "Reasons that make somebody eligible", IndexReason, noun="the reasons that count"
    )
    domestic_abuse_from = IntegerField("Domestic abuse route from age", low=0, high=30)
    save = SubmitField("Save these rules")

    @classmethod
    def showing(cls, value: Mapping[str, Any]) -> "EligibilityForm":
        table = {**ELIGIBILITY, **value}
        shown = {**table, "postcode_areas": ", ".join(table["postcode_areas"])}
        return cls(data=shown)

    def as_setting(self) -> dict[str, Any]:
        return {
            "youngest": self.youngest.data,
            "oldest": self.oldest.data,
            "districts": self.districts.data,
            "postcode_areas": [
                part.strip().upper() for part in self.postcode_areas.data.split(",") if part.strip()
            ],
            "reasons": [str(reason) for reason in self.reasons.data],
            "domestic_abuse_from": self.domestic_abuse_from.data,
        }


def _days(level: Risk) -> IntegerField:
    return IntegerField(f"Review every, when risk is {level.label.lower()}", low=1, high=366,
                        suffix="days")  # fmt: skip


class CadenceForm(OnceForm):
    """Immediate risk stays at 24 hours: it is not a choice."""

    not_assessed = _days(Risk.NOT_ASSESSED)
    low = _days(Risk.LOW)
    medium = _days(Risk.MEDIUM)
    high = _days(Risk.HIGH)
    triage_hours = IntegerField("Triage within", low=1, high=240, suffix="hours")
    first_approach_working_days = IntegerField(
        "First approach within", low=1, high=30, suffix="working days"
    )
    needs_assessment_working_days = IntegerField(
        "Needs assessment within", low=1, high=60, suffix="working days"
    )

    phone_hours = IntegerField(
        "Rung, when they have left hospital, within", low=1, high=240, suffix="hours"
    )
    close_minutes = IntegerField(
        "“Little time left” on the duty board, from", low=5, high=600, suffix="minutes"
    )

    PLAIN = (
        "triage_hours",
        "first_approach_working_days",
        "needs_assessment_working_days",
        "phone_hours",
        "close_minutes",
    )
    LEVELS = ("not_assessed", "low", "medium", "high")

    @classmethod
    def showing(cls, value: Mapping[str, Any]) -> "CadenceForm":
        table = {**CADENCE, **value}
        every = table["review"]["every stream"]
        shown = {name: int(every[name].split()[0]) for name in cls.LEVELS}
        return cls(data=shown | {name: table[name] for name in cls.PLAIN})

    def as_setting(self) -> dict[str, Any]:
        every = {name: f"{self[name].data} days" for name in self.LEVELS}
        rest = {name: self[name].data for name in self.PLAIN}
        immediate = CADENCE["review"]["every stream"]["immediate"]
        return {**CADENCE, "review": {"every stream": every | {"immediate": immediate}}, **rest}


class NeedToKnowForm(OnceForm):
    """Shorter than these is the service's choice; longer is nobody's."""

    glass_minutes = IntegerField(
        "An emergency opening lasts",
        low=FEWEST_MINUTES,
        high=MOST_MINUTES,
        suffix="minutes",
        noun="how long an emergency opening lasts",
    )
    cover_days = IntegerField(
        "Cover may be set for at most",
        low=1,
        high=MOST_DAYS,
        suffix="days",
        noun="how long cover may be set for",
    )
