"""The parts of a record that are not for everybody who may open it. Each page asks here.

What is kept back is said to be: a blank would read as "none". What keeps people safe is never
kept back: that there is a flag, how serious it is, and the kinds in SAFETY_FLAGS.
"""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseflow.access.permissions import Permission
from caseflow.access.predicates import may
from caseflow.cases.models import Case
from caseflow.people.models import Flag
from caseflow.people.rules import SAFETY_FLAGS, FlagLevel, FlagSource
from caseflow.staff.models import User

# What a screen may ask about, or show, only to who is granted that part.
PERSON_PARTS = {
    "address": Permission.ADDRESS_VIEW,
    "postcode": Permission.ADDRESS_VIEW,
    "staying_at": Permission.ADDRESS_VIEW,
    "district": Permission.ADDRESS_VIEW,
    "school": Permission.SCHOOL_VIEW,
    "school_district": Permission.SCHOOL_VIEW,
    "care_status": Permission.FLAG_VIEW,
    "care_since": Permission.FLAG_VIEW,
}
NOT_SHOWN = "Not shown: the worker and supervisor can see it"
FOR_THE_LEAD = "Not shown: the safeguarding lead can see it"
FLAG_NOT_SHOWN = "Flag not shown"

# Whatever a hospital wrote, by its place in the message or by how it reads.
_POSTCODE = r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b"
_WRITTEN_PARTS = (
    (Permission.ADDRESS_VIEW, re.compile(r"address|post\s?code|where it happened|location", re.I)),
    (Permission.ADDRESS_VIEW, re.compile(_POSTCODE, re.I)),
    (Permission.SCHOOL_VIEW, re.compile(r"school|college|academy|education|sixth form", re.I)),
)
_WARNINGS = frozenset({"Safeguarding", "Scene", "Flag"})


@dataclass(frozen=True)
class FlagShown:
    """A flag as its reader may see it. Unless ``is_whole``, ``detail`` says who can see more."""

    id: uuid.UUID
    kind: str
    level: FlagLevel
    detail: str
    source: str
    set_at: datetime
    set_by: str
    expires_on: date | None
    removed_at: datetime | None
    removed_reason: str
    is_live: bool
    is_whole: bool


@dataclass(frozen=True)
class Shown:
    """What one reader is shown of one case."""

    reader: User
    case: Case

    def may(self, part: Permission) -> bool:
        return may(self.reader.actor, part, self.case.held)

    def text(self, part: Permission, value: str) -> str:
        return value if self.may(part) else self.note(part)

    def note(self, part: Permission) -> str:
        is_walled = part is Permission.POLICE_PROVIDED_VIEW
        only_lead = is_walled and not self.case.held.is_focused_deterrence
        return FOR_THE_LEAD if only_lead else NOT_SHOWN

    @property
    def kept_back(self) -> frozenset[str]:
        """Fields of the young person that this reader neither sees nor sets."""
        return frozenset(name for name, part in PERSON_PARTS.items() if not self.may(part))

    def parts_of(self, flag: Flag) -> list[Permission]:
        walled = [Permission.POLICE_PROVIDED_VIEW] if flag.source is FlagSource.POLICE else []
        return [Permission.FLAG_VIEW, *walled]

    def is_whole(self, flag: Flag) -> bool:
        return all(self.may(part) for part in self.parts_of(flag))

    def flags(self, flags: Iterable[Flag]) -> list[FlagShown]:
        return [self.flag(flag) for flag in flags]

    def flag(self, flag: Flag) -> FlagShown:
        is_whole = self.is_whole(flag)
        kept = next((part for part in self.parts_of(flag) if not self.may(part)), None)
        is_named = is_whole or flag.kind in SAFETY_FLAGS
        return FlagShown(
            id=flag.id,
            kind=flag.kind.label if is_named else FLAG_NOT_SHOWN,
            level=flag.level,
            detail=flag.detail if kept is None else self.note(kept),
            source=flag.source.label if is_whole else "",
            set_at=flag.set_at,
            set_by=flag.set_by.name,
            expires_on=flag.expires_on,
            removed_at=flag.removed_at,
            removed_reason=flag.removed_reason if is_whole else "",
            is_live=flag.is_live,
            is_whole=is_whole,
        )

    def said(self, rows: Iterable[dict[str, Any]], words: str = "text") -> list[dict[str, Any]]:
        """What a sender wrote, row by row: the place it stood in, and the words."""
        return [row | {words: self._written(row.get("where", ""), row[words])} for row in rows]

    def _written(self, where: str, words: str) -> str:
        for part in _parts_of_words(where, words):
            if not self.may(part):
                return self.note(part)
        return words


def _parts_of_words(where: str, words: str) -> list[Permission]:
    if where in _WARNINGS:
        return [Permission.FLAG_VIEW]
    return [part for part, sign in _WRITTEN_PARTS if sign.search(where) or sign.search(words)]
