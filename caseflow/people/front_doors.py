"""Children's social care by the authority where a child lives: its numbers and hours. Pure.

The defaults are as published by each council; nobody of the service has rung them, so each says
that it was not checked until an administrator gives the day of the last check.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from caseflow.people.districts import Authority, authority_of

SETTING = "front_doors"
CHECK_EVERY = timedelta(days=182)
DEFAULT: dict[str, dict[str, str]] = {
    Authority.LEICESTER.value: {
        "phone": "0116 454 1004",
        "hours": "At any hour",
        "out_of_hours": "0116 454 1004",
        "checked": "",
    },
    Authority.LEICESTERSHIRE.value: {
        "phone": "0116 305 0005",
        "hours": "At any hour",
        "out_of_hours": "0116 305 0005",
        "checked": "",
    },
    Authority.RUTLAND.value: {
        "phone": "01572 758407",
        "hours": "In office hours",
        "out_of_hours": "0116 305 0005",
        "checked": "",
    },
}
ELSEWHERE = (
    "They live outside Leicester, Leicestershire and Rutland: ring children’s social care of the "
    "council where they live, and tell the safeguarding lead."
)
NOT_KNOWN = "Where they live is not known here: ask, then ring the one for that address."
AT_ONCE = "If somebody is in danger now, ring 999 first."


@dataclass(frozen=True)
class FrontDoor:
    authority: Authority
    phone: str
    hours: str
    out_of_hours: str
    checked: date | None

    def needs_check(self, today: date) -> bool:
        return self.checked is None or today - self.checked > CHECK_EVERY


@dataclass(frozen=True)
class Route:
    """Where a safeguarding referral goes. ``is_theirs``: by their home; else all there are."""

    words: str
    doors: tuple[FrontDoor, ...]
    is_theirs: bool
    today: date
    at_once = AT_ONCE

    def needs_check(self, door: FrontDoor) -> bool:
        return door.needs_check(self.today)


def front_doors(stored: Mapping[str, Any]) -> dict[Authority, FrontDoor]:
    return {authority: _door(authority, stored) for authority in Authority}


def _door(authority: Authority, stored: Mapping[str, Any]) -> FrontDoor:
    row = {**DEFAULT[authority.value], **stored.get(authority.value, {})}
    checked = date.fromisoformat(row["checked"]) if row["checked"] else None
    return FrontDoor(authority, row["phone"], row["hours"], row["out_of_hours"], checked)


def route(district: str, doors: Mapping[Authority, FrontDoor], today: date) -> Route:
    """By the home district; "" where nobody knows it, or the reader may not."""
    authority = authority_of(district)
    if authority is not None:
        return Route(f"By where they live: {authority.label}.", (doors[authority],), True, today)
    if district:
        return Route(ELSEWHERE, (), False, today)
    return Route(NOT_KNOWN, tuple(doors.values()), False, today)
