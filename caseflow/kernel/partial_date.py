"""A date known to the day, the month or only the year, and ages worked out from it honestly."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from caseflow.kernel.words import Words

_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


class DatePrecision(Words):
    YEAR = "year", "Year only"
    MONTH = "month", "Month and year"
    DAY = "day", "Exact day"


class NotADateError(ValueError):
    """The text is not a date that exists; the message says why in plain words."""


@dataclass(frozen=True, order=True)
class PartialDate:
    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.year <= 9999:
            raise NotADateError(f"there is no year {self.year:04d}")
        if self.month is None:
            if self.day is not None:
                raise NotADateError("a day without a month is not a date")
            return
        if not 1 <= self.month <= 12:
            raise NotADateError(f"there is no month {self.month:02d}")
        last = calendar.monthrange(self.year, self.month)[1]
        if self.day is not None and not 1 <= self.day <= last:
            name = calendar.month_name[self.month]
            raise NotADateError(f"there is no day {self.day} in {name} {self.year}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """``2010``, ``2010-05`` or ``2010-05-14``; anything else raises NotADateError."""
        found = _ISO.fullmatch(text.strip())
        if not found:
            raise NotADateError("not a date in the form 2010, 2010-05 or 2010-05-14")
        year, month, day = found.groups()
        return cls(int(year), int(month) if month else None, int(day) if day else None)

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month, day.day)

    @property
    def precision(self) -> DatePrecision:
        if self.day is not None:
            return DatePrecision.DAY
        return DatePrecision.MONTH if self.month is not None else DatePrecision.YEAR

    @property
    def earliest(self) -> date:
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def exact(self) -> date | None:
        return self.earliest if self.day is not None else None

    def age_on(self, day: date) -> tuple[int, int]:
        """Youngest and oldest age in whole years the person can be on that day."""
        return age_in_years(self.latest, day), age_in_years(self.earliest, day)

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    @property
    def label(self) -> str:
        month = calendar.month_name[self.month] if self.month else None
        return " ".join(str(part) for part in (self.day, month, self.year) if part)


def age_in_years(born: date, day: date) -> int:
    """Someone born on 29 February has a birthday on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
