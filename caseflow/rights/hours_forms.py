"""Service hours as an administrator types them: 09:00–19:00, closed, or all day."""

import re
from typing import Any

from caseflow.kernel import clock
from caseflow.kernel.date_fields import time_of_day
from caseflow.kernel.forms import DateField, HiddenField, OnceForm, SubmitField, TextField
from caseflow.staff.working_time import CLOSED, MIDNIGHT, WEEKDAYS, Hours, Span

ALL_DAY = Span(0, MIDNIGHT)
SAID_CLOSED = frozenset({"closed", "shut", "none", "-", "–"})
SAID_ALL_DAY = frozenset({"all day", "24 hours", "24h"})


class SpanField(TextField):
    """``data`` is (span,), with None inside for closed; None when nothing was typed."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        usual: dict[str, Any] = {"width": "10", "max_length": 40}
        super().__init__(label, **(usual | kwargs))

    @property
    def shown(self) -> str:
        if self.typed is not None and (self.errors or self.data is None):
            return self.typed
        if self.data is None:
            return ""
        (span,) = self.data
        return span.words if span else CLOSED

    def understood(self, text: str) -> Any:
        words = text.lower().strip()
        if not words:
            return None
        if words in SAID_CLOSED:
            return (None,)
        if words in SAID_ALL_DAY:
            return (ALL_DAY,)
        try:
            opens, closes = (_minutes(part) for part in re.split(r"\s*(?:–|—|-|to)\s*", words))
        except ValueError:
            raise ValueError(
                f"{self.subject} must be two times like 09:00–19:00, or “closed”"
            ) from None
        closes = MIDNIGHT if closes == 0 else closes
        if opens >= closes:
            raise ValueError(
                f"{self.subject} must end after they begin, on the same day or at 24:00"
            )
        return (Span(opens, closes),)


def _minutes(words: str) -> int:
    if words in ("24:00", "24.00", "2400"):
        return MIDNIGHT
    at = time_of_day(words)
    return at.hour * 60 + at.minute


def _day_field(name: str) -> SpanField:
    return SpanField(name, noun=f"the hours of {name}")


class HoursForm(OnceForm):
    from_day = DateField("From which day?", noun="the first day", future=True, default=clock.today)
    monday = SpanField(
        "Monday", noun="the hours of Monday", hint="Like 09:00–19:00, “closed” or “all day”"
    )
    tuesday = _day_field("Tuesday")
    wednesday = _day_field("Wednesday")
    thursday = _day_field("Thursday")
    friday = _day_field("Friday")
    saturday = _day_field("Saturday")
    sunday = _day_field("Sunday")
    bank_holidays = SpanField(
        "Bank holidays",
        hint="Leave it empty when they are days like others",
        required=False,
        noun="the hours of bank holidays",
    )
    save = SubmitField("Save these hours")

    @classmethod
    def showing(cls, hours: Hours) -> "HoursForm":
        shown: dict[str, Any] = {
            name.lower(): (span,) for name, span in zip(WEEKDAYS, hours.week, strict=True)
        }
        return cls(data=shown | {"bank_holidays": hours.on_bank_holidays})

    @property
    def hours(self) -> Hours:
        return Hours(
            self.from_day.data,
            tuple(self[name.lower()].data[0] for name in WEEKDAYS),
            self.bank_holidays.data,
        )


class OtherDayForm(OnceForm):
    day = DateField("Which day?", noun="the day", future=True)
    hours = SpanField("Open when?", hint="Like 09:00–12:00, or “closed”", noun="the hours")
    why = TextField("Why?", max_length=120, noun="why")


class HolidayForm(OnceForm):
    day = DateField("Which day was proclaimed a bank holiday?", noun="the day")


class RemoveDayForm(OnceForm):
    day = HiddenField(max_length=10)
