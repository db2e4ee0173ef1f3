"""When a service suits somebody, and when what we know of it has gone stale. Pure."""

from collections.abc import Collection
from datetime import date

STALE_AFTER_DAYS = 90


def is_stale(verified_on: date | None, today: date) -> bool:
    """Nobody has checked it in the last 90 days, or ever."""
    return verified_on is None or (today - verified_on).days > STALE_AFTER_DAYS


def suits_age(youngest: int, oldest: int, age: int | None) -> bool:
    """An age that is not known rules nothing out."""
    return age is None or youngest <= age <= oldest


def suits_area(area: str, wanted: str) -> bool:
    """A service that names no area serves everywhere."""
    return not area or not wanted or wanted.casefold() in area.casefold()


def suits_need(domains: Collection[str], need: str | None) -> bool:
    return need is None or need in domains


def preference(*, stale: bool, wait_days: int | None, name: str) -> tuple[bool, float, str]:
    """The order of suggestions: checked lately, then the shorter wait; an unknown wait is long."""
    return stale, float("inf") if wait_days is None else wait_days, name.casefold()


def wait_words(wait_days: int | None) -> str:
    if wait_days is None:
        return "Not known"
    if wait_days == 0:
        return "No wait"
    weeks, days = divmod(wait_days, 7)
    if weeks and not days:
        return "1 week" if weeks == 1 else f"{weeks} weeks"
    return "1 day" if wait_days == 1 else f"{wait_days} days"
