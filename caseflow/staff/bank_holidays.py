"""Bank holidays in England and Wales: as published, and by rule for the years after that.

The list comes with the govuk-bank-holidays package; nothing is asked of the network.
"""

from datetime import date, timedelta
from functools import cache

from govuk_bank_holidays.bank_holidays import BankHolidays

RULED_UNTIL = 2100
WARN_BEFORE = timedelta(days=366)
_MONDAY = 0


@cache
def published() -> frozenset[date]:
    known = BankHolidays(use_cached_holidays=True)
    return frozenset(
        holiday["date"] for holiday in known.get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    )


@cache
def bank_holidays() -> frozenset[date]:
    """What is published, then what the law says: a proclaimed one is added in the hours' rules."""
    after = max(published()).year + 1
    ruled = (day for year in range(after, RULED_UNTIL + 1) for day in by_rule(year))
    return published() | frozenset(ruled)


def published_until() -> date:
    """The last day of the last year that is published."""
    return date(max(published()).year, 12, 31)


def by_rule(year: int) -> list[date]:
    """Banking and Financial Dealings Act 1971, and the substitutes for weekends."""
    easter = easter_sunday(year)
    christmas, boxing = date(year, 12, 25), date(year, 12, 26)
    return [
        _moved_to_monday(date(year, 1, 1)),
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        _first_monday_from(date(year, 5, 1)),
        _first_monday_from(date(year, 5, 25)),
        _first_monday_from(date(year, 8, 25)),
        *_christmas(christmas, boxing),
    ]


def _christmas(christmas: date, boxing: date) -> tuple[date, date]:
    substitutes = {5: (boxing + timedelta(days=1), boxing + timedelta(days=2)),  # Saturday, Sunday
                   6: (boxing, christmas + timedelta(days=2)),  # Sunday, Monday
                   4: (christmas, boxing + timedelta(days=2))}  # Friday, Saturday  # fmt: skip
    return substitutes.get(christmas.weekday(), (christmas, boxing))


def _moved_to_monday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= 5 else day


def _first_monday_from(day: date) -> date:
    return day + timedelta(days=(_MONDAY - day.weekday()) % 7)


def easter_sunday(year: int) -> date:
    """The Gregorian calendar's rule, as Meeus, Jones and Butcher wrote it."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leap, left = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leap - shift + 15) % 30
    leaps, over = divmod(rest, 4)
    weekday = (32 + 2 * left + 2 * leaps - moon - over) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
