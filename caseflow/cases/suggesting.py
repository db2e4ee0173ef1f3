"""Who could best take a case, each with the reasons in words. Pure.

Every reason is worth so much load: whoever has least left comes first. A concern comes last of
all, and it is said; who chooses may choose otherwise.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from caseflow.cases.load import Load
from caseflow.staff.rules import Skill

# Points of load that each is worth; the setting "suggested_worker" replaces any of them.
WORTH: dict[str, float] = {"language": 12, "on_shift": 6, "skill": 4}
TOO_MUCH, LAST_OF_ALL = 100, 1000


@dataclass(frozen=True)
class Wanted:
    """What this case asks for: each skill and why; the language, where it needs one."""

    skills: Mapping[Skill, str]
    language: str = ""


@dataclass(frozen=True)
class Candidate:
    """``is_on_shift``: None where the team keeps no rota."""

    worker_id: uuid.UUID
    name: str
    load: Load
    is_on_shift: bool | None = None
    skills: frozenset[Skill] = frozenset()
    languages: tuple[str, ...] = ()
    has_concern: bool = False


@dataclass(frozen=True)
class Suggestion:
    worker_id: uuid.UUID
    name: str
    points: float
    reasons: tuple[str, ...]
    has_concern: bool

    @property
    def words(self) -> str:
        return ". ".join(self.reasons)


def suggest(
    candidates: Iterable[Candidate], wanted: Wanted, worth: Mapping[str, float] = WORTH
) -> list[Suggestion]:
    """Everybody who could, the likeliest first; names settle what is equal."""
    table = {**WORTH, **worth}
    found = [_suggestion(candidate, wanted, table) for candidate in candidates]
    return sorted(found, key=lambda one: (one.points, one.name))


def _suggestion(one: Candidate, wanted: Wanted, worth: Mapping[str, float]) -> Suggestion:
    known = [why for skill, why in wanted.skills.items() if skill in one.skills]
    speaks = speaks_it(one.languages, wanted.language)
    points = one.load.points
    points -= worth["language"] * speaks + worth["skill"] * len(known)
    points -= worth["on_shift"] * (one.is_on_shift is True)
    points += TOO_MUCH * (one.load.level == "over") + LAST_OF_ALL * one.has_concern
    shift = {True: "On shift now", False: "Not on shift now", None: ""}[one.is_on_shift]
    said = (one.load.words, shift, f"Speaks {wanted.language}" if speaks else "", *known)
    return Suggestion(one.worker_id, one.name, points, tuple(filter(None, said)), one.has_concern)


def speaks_it(languages: Iterable[str], wanted: str) -> bool:
    return bool(wanted.strip()) and wanted.strip().casefold() in {
        language.strip().casefold() for language in languages
    }
