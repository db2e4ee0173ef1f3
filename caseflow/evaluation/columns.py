"""Every column an evaluator may be given, declared once.

The CSV files, the data dictionary and the sensitivity test all read this declaration.
"""

import hashlib
import hmac
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app

from caseflow.kernel import clock
from caseflow.kernel.words import Words
from caseflow.people.rules import BornPrecision, age_on


class Sensitivity(Words):
    PSEUDONYM = "pseudonym"
    CODE = "code", "Code from a short list"
    NUMBER = "number"
    DAY = "day", "Calendar day"
    SPECIAL = "special", "Special category: health, ethnicity, crime"


@dataclass(frozen=True)
class Column:
    """``value`` takes the table's row object and gives a plain value."""

    name: str
    heading: str
    meaning: str
    source: str
    sensitivity: Sensitivity
    value: Callable[[Any], Any]


@dataclass(frozen=True)
class Table:
    name: str
    unit: str
    columns: tuple[Column, ...]


def pseudonym(of: uuid.UUID) -> str:
    """The same for the same record and installation; useless without the installation's key."""
    key = hashlib.sha256(b"evaluation:" + current_app.extensions["settings"].secret_key.encode())
    return hmac.new(key.digest(), of.bytes, hashlib.sha256).hexdigest()[:20]


def day(instant: datetime | None) -> str:
    return "" if instant is None else clock.local(instant).date().isoformat()


def _age(row: Any) -> int | str:
    person = row.person
    if person.born_on is None or person.born_precision is BornPrecision.UNKNOWN:
        return "unknown"
    return age_on(person.born_on, clock.local(row.case.received_at).date())


P, C, N, D, S = Sensitivity
EPISODE = Column(
    "episode", "Episode", "Pseudonym of the episode", "episode.id", P,
    lambda row: pseudonym(row.case.id),
)  # fmt: skip
PERSON = Column(
    "person", "Person", "Pseudonym of the young person; the same in every episode",
    "episode.person_id", P, lambda row: pseudonym(row.case.person_id),
)  # fmt: skip

REFERRALS = Table(
    "referrals",
    "one row an episode",
    (
        EPISODE,
        PERSON,
        Column("stream", "Stream", "How the young person came", "episode.stream", C,
               lambda row: row.case.stream.value),
        Column("source", "Source", "Who referred", "referral.source", C,
               lambda row: row.referral.source.value if row.referral else "not_recorded"),
        Column("received_on", "Received", "Day the referral arrived", "episode.received_at", D,
               lambda row: day(row.case.received_at)),
        Column("age_at_referral", "Age", "Whole years on that day", "person.born_on", N, _age),
        Column("sex", "Sex", "As recorded", "person.sex", S, lambda row: row.person.sex.value),
        Column("ethnicity", "Ethnicity", "Census 2021, 19 groups", "person.ethnicity", S,
               lambda row: row.person.ethnicity.value),
        Column("district", "District", "ONS code of the home district", "person.district", C,
               lambda row: row.person.district or "not_recorded"),
        Column("nature", "Nature", "What happened", "incident.nature", S,
               lambda row: row.incident.nature.value if row.incident else "not_recorded"),
        Column("weapon", "Weapon", "Weapon, if any", "incident.weapon", S,
               lambda row: row.incident.weapon.value if row.incident else "not_recorded"),
        Column("arm", "Arm", "Brief or long-term support", "episode.arm", C,
               lambda row: row.case.arm.value if row.case.arm else "none"),
        Column("stage_now", "Stage at export", "Do not count funnels from this: use stage_changes",
               "episode.stage", C, lambda row: row.case.stage.value),
    ),
)  # fmt: skip

STAGE_CHANGES = Table(
    "stage_changes",
    "one row a move between stages",
    (
        EPISODE,
        Column("from_stage", "From", "Stage before; blank for the first", "stage_change.from_stage",
               C, lambda row: row.change.from_stage.value if row.change.from_stage else ""),
        Column("to_stage", "To", "Stage after", "stage_change.to_stage", C,
               lambda row: row.change.to_stage.value),
        Column("on", "Day", "Day of the move", "stage_change.at", D,
               lambda row: day(row.change.at)),
    ),
)  # fmt: skip

CONTACTS = Table(
    "contacts",
    "one row a contact, attempted or held; withdrawn entries are left out",
    (
        EPISODE,
        Column("on", "Day", "Day it happened", "contact.happened_at", D,
               lambda row: day(row.contact.happened_at)),
        Column("outcome", "Outcome", "What came of it", "contact.outcome", C,
               lambda row: row.contact.outcome.value),
        Column("mode", "Mode", "How", "contact.mode", C, lambda row: row.contact.mode.value),
        Column("minutes", "Minutes", "Length", "contact.minutes", N,
               lambda row: row.contact.minutes),
        Column("with_young_person", "With the young person", "Whether they took part",
               "contact.people", C, lambda row: "young_person" in row.contact.people),
        Column("purposes", "Purposes", "Codes, by semicolons", "contact.purposes", C,
               lambda row: ";".join(row.contact.purposes)),
    ),
)  # fmt: skip

ASSESSMENTS = Table(
    "assessments",
    "one row a domain of a completed needs assessment",
    (
        EPISODE,
        Column("point", "Point", "Baseline, review, exit or follow-up", "assessment.point", C,
               lambda row: row.assessment.point.value),
        Column("on", "Day", "Day it was completed", "assessment.completed_at", D,
               lambda row: day(row.assessment.completed_at)),
        Column("domain", "Domain", "Need domain", "domain_score.domain", C,
               lambda row: row.score.domain.value),
        Column("need", "Need", "0 no need to 4 acute; blank when not discussed, never zero",
               "domain_score.need", S, lambda row: row.score.need),
        Column("is_strength", "Strength", "Named as a strength", "domain_score.is_strength", C,
               lambda row: row.score.is_strength),
        Column("is_priority", "Priority", "Named as a priority", "domain_score.is_priority", C,
               lambda row: row.score.is_priority),
    ),
)  # fmt: skip

REVIEWS = Table(
    "reviews",
    "one row a review held",
    (
        EPISODE,
        Column("held_on", "Held", "Day it was held", "review.held_at", D,
               lambda row: day(row.review.held_at)),
        Column("was_due_on", "Was due", "Day it was due", "review.was_due_at", D,
               lambda row: day(row.review.was_due_at)),
        Column("was_late", "Late", "Held after it was due", "review", C,
               lambda row: row.review.was_late),
        Column("risk", "Risk", "Level agreed at the review", "review.risk", S,
               lambda row: row.review.risk.value),
    ),
)  # fmt: skip

CLOSURES = Table(
    "closures",
    "one row an approved closure",
    (
        EPISODE,
        Column("on", "Day", "Day it was approved", "closure.decided_at", D,
               lambda row: day(row.closure.decided_at)),
        Column("ending", "Ending", "Why support ended", "closure.ending", C,
               lambda row: row.closure.ending.value),
        Column("is_planned", "Planned", "A planned ending", "closure.is_planned", C,
               lambda row: row.closure.is_planned),
        Column("no_exit", "No exit assessment", "Why there is none; blank when there is one",
               "closure.no_exit", C,
               lambda row: row.closure.no_exit.value if row.closure.no_exit else ""),
        Column("risk_at_exit", "Risk at exit", "Level", "closure.risk_at_exit", S,
               lambda row: row.closure.risk_at_exit.value),
        Column("handover_accepted", "Handover accepted", "A named professional accepted",
               "closure.handover_accepted_on", C,
               lambda row: row.closure.handover_accepted_on is not None),
        Column("felt_listened", "Felt listened to", "1 to 5, blank when not asked",
               "closure.felt_listened", N, lambda row: row.closure.felt_listened),
        Column("felt_safer", "Feels safer", "1 to 5, blank when not asked", "closure.felt_safer",
               N, lambda row: row.closure.felt_safer),
        Column("would_recommend", "Would recommend", "1 to 5, blank when not asked",
               "closure.would_recommend", N, lambda row: row.closure.would_recommend),
    ),
)  # fmt: skip

TABLES = (REFERRALS, STAGE_CHANGES, CONTACTS, ASSESSMENTS, REVIEWS, CLOSURES)


def dictionary() -> list[tuple[str, str, str, str, str, str]]:
    """table, column, heading, meaning, source, sensitivity: one row a column."""
    return [
        (table.name, c.name, c.heading, c.meaning, c.source, c.sensitivity.label)
        for table in TABLES
        for c in table.columns
    ]
