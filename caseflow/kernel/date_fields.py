"""Dates and times in separate boxes: whatever is sent, a message at the field or a value."""

import calendar
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

from wtforms.utils import unset_value
from wtforms.validators import ValidationError

from caseflow.kernel import clock
from caseflow.kernel.cleaning import showable
from caseflow.kernel.fields import Asked, TextField, strings
from caseflow.kernel.partial_date import PartialDate

EARLIEST = date(1900, 1, 1)
LATEST = date(2199, 12, 31)
_MONTHS = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}


class Unclear(ValueError):
    """A message, and which of the boxes it is about."""

    def __init__(self, message: str, *parts: str) -> None:
        super().__init__(message)
        self.parts = parts


def small_number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,2}", text) else None


def month_number(text: str) -> int | None:
    return _MONTHS.get(text.lower().rstrip("."), small_number(text))


def time_of_day(text: str) -> time:
    """``16:00``, ``16.00``, ``1600``, ``4pm``, ``4:30 pm``, ``midday``; else ValueError."""
    text = text.lower().strip()
    named = {"midday": time(12), "noon": time(12), "midnight": time(0)}
    if text in named:
        return named[text]
    found = re.fullmatch(r"([0-9]{1,2})[:.]?([0-9]{2})?\s*(am|pm|a\.m\.|p\.m\.)?", text)
    if not found or not (found[2] or found[3]):
        raise ValueError("not a time")
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "")[:1]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("not a time")
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute)


class BoxesField(Asked):
    """Several inputs named ``<field>-<part>`` that make one value."""

    macro = "boxes"
    parts: ClassVar[tuple[str, ...]] = ("day", "month", "year")

    def __init__(
        self, label: str, validators: Sequence[Callable[..., None]] = (), **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.typed = dict.fromkeys(self.parts, "")
        self.wrong: tuple[str, ...] = ()

    @property
    def focus_id(self) -> str:
        return f"{self.id}-{(self.wrong or self.parts)[0]}"

    def is_wrong(self, part: str) -> bool:
        return bool(self.errors) and part in (self.wrong or self.parts)

    def is_empty(self) -> bool:
        return not any(self.typed.values()) and self.data is None

    def shown(self, part: str) -> str:
        return self.typed[part]

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(None, data, extra_filters)
        self.typed = self.boxes_for(self.data)
        if formdata is None:
            return
        self.typed = {part: self.sent(formdata, part) for part in self.parts}
        self.data = None
        if any(self.typed.values()):
            try:
                self.data = self.understood(self.typed)
            except Unclear as unclear:
                self.wrong = unclear.parts
                self.process_errors.append(str(unclear))

    def sent(self, formdata: Any, part: str) -> str:
        values = strings(formdata.getlist(f"{self.name}-{part}"))
        return showable(values[0]).strip()[:40] if values else ""

    def boxes_for(self, value: Any) -> dict[str, str]:
        raise NotImplementedError

    def understood(self, typed: dict[str, str]) -> Any:
        """The value, or Unclear."""
        raise NotImplementedError


class DateField(BoxesField):
    """``data`` is a date, or None. ``past=True`` refuses tomorrow, ``future=True`` yesterday."""

    def __init__(
        self, label: str, *, past: bool = False, future: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(label, **kwargs)
        self.past, self.future = past, future

    def boxes_for(self, value: Any) -> dict[str, str]:
        if value is None:
            return dict.fromkeys(self.parts, "")
        return {"day": str(value.day), "month": str(value.month), "year": str(value.year)}

    def year(self, typed: dict[str, str]) -> int:
        if not re.fullmatch(r"[0-9]{4}", typed["year"]):
            raise Unclear(f"{self.subject} must have a year of 4 numbers, like 2009", "year")
        return int(typed["year"])

    def require(self, typed: dict[str, str], *parts: str) -> None:
        absent = [part for part in parts if not typed[part]]
        if absent:
            raise Unclear(f"{self.subject} must include a {' and '.join(absent)}", *absent)

    def real(self, year: int, month: int | None, day: int | None) -> date:
        try:
            value = date(year, month or 0, day or 0)
        except ValueError:
            raise Unclear(f"{self.subject} must be a real date") from None
        self.in_range(value, value)
        return value

    def in_range(self, first: date, last: date) -> None:
        if first > LATEST or last < EARLIEST:
            raise Unclear(f"{self.subject} must be a year from 1900 on", "year")
        if self.past and first > clock.today():
            raise Unclear(f"{self.subject} must be today or in the past")
        if self.future and last < clock.today():
            raise Unclear(f"{self.subject} must be today or in the future")

    def understood(self, typed: dict[str, str]) -> Any:
        self.require(typed, "day", "month", "year")
        year, month, day = self.year(typed), month_number(typed["month"]), typed["day"]
        return self.real(year, month, small_number(day))


class PartialDateField(DateField):
    """``data`` is a PartialDate, or None: the year is enough, the month may be known."""

    def boxes_for(self, value: Any) -> dict[str, str]:
        if value is None:
            return dict.fromkeys(self.parts, "")
        return {part: str(getattr(value, part, None) or "") for part in self.parts}

    def understood(self, typed: dict[str, str]) -> Any:
        self.require(typed, *(("year", "month") if typed["day"] else ("year",)))
        year = self.year(typed)
        month = month_number(typed["month"]) if typed["month"] else None
        if typed["day"]:
            self.real(year, month, small_number(typed["day"]))
            return PartialDate(year, month, small_number(typed["day"]))
        try:
            value = PartialDate(year, month if month or not typed["month"] else 13)
        except ValueError:
            raise Unclear(f"{self.subject} must have a real month", "month") from None
        self.in_range(value.earliest, value.latest)
        return value


class MomentField(DateField):
    """Date and time. ``data`` is an aware UTC datetime, or None."""

    parts = ("day", "month", "year", "time")

    def boxes_for(self, value: Any) -> dict[str, str]:
        if value is None:
            return dict.fromkeys(self.parts, "")
        there = clock.local(value)
        return super().boxes_for(there) | {"time": f"{there:%H:%M}"}

    def understood(self, typed: dict[str, str]) -> Any:
        self.require(typed, *self.parts)
        day = super().understood(typed)
        try:
            at = time_of_day(typed["time"])
        except ValueError:
            raise Unclear(f"{self.subject} must have a time like 16:00 or 4pm", "time") from None
        instant = clock.local_instant(day, at)
        # Five minutes of grace: a phone's clock and ours may differ.
        if self.past and instant > clock.now() + timedelta(minutes=5):
            raise Unclear(f"{self.subject} must be now or in the past")
        if self.future and instant < clock.now() - timedelta(minutes=5):
            raise Unclear(f"{self.subject} must be in the future", "time")
        return instant.astimezone(UTC)


class TimeField(TextField):
    """``data`` is a time of day, or None."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        usual: dict[str, Any] = {"width": "5", "max_length": 20}
        super().__init__(label, **(usual | kwargs))

    @property
    def shown(self) -> str:
        if self.typed is not None and (self.errors or self.data is None):
            return self.typed
        return f"{self.data:%H:%M}" if isinstance(self.data, time) else ""

    def understood(self, text: str) -> Any:
        if not text:
            return None
        try:
            return time_of_day(text)
        except ValueError:
            raise ValueError(f"{self.subject} must be a time like 16:00 or 4pm") from None


def not_before(other: str, words: str) -> Callable[[Any, Any], None]:
    """A validator: this date must not be earlier than the field ``other``."""

    def check(form: Any, field: Any) -> None:
        start: date | datetime | None = form[other].data
        if start is not None and field.data is not None and field.data < start:
            raise ValidationError(f"{field.subject} must be the same as or after {words}")

    return check
