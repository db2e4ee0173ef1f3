"""Telling a young person's story through the rooms' own actions, each at its moment."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from caseflow.audit.actions import Origin, origin
from caseflow.cases.models import Case
from caseflow.cases.rules import Stream
from caseflow.demo.cast import Cast
from caseflow.demo.names import SCRIPTED, mobile, nhs_number
from caseflow.intake import actions as intake
from caseflow.intake.arrival import Arrival, Reach
from caseflow.intake.codes import IndexReason
from caseflow.intake.eligibility import Ineligible
from caseflow.intake.rules import Source, nature_of
from caseflow.kernel import clock
from caseflow.people import actions as people
from caseflow.people.models import Person
from caseflow.people.rules import BornPrecision, ContactKind, Safe, birthday
from caseflow.services.models import Service
from caseflow.staff.models import User

T = TypeVar("T")
A_MOMENT = timedelta(minutes=3)


class NotYetError(Exception):
    """The moment lies ahead of now: so far goes this story, and no further."""


@dataclass(frozen=True)
class Teller:
    """``now`` is when the demo is loaded: every moment of a story is counted from it."""

    cast: Cast
    services: Mapping[str, Service]
    now: datetime

    # --- moments -------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        return clock.local(self.now).date()

    def ago(self, days: int, at: str = "10:00") -> datetime:
        """So many days back at a wall-clock time; today's that has not come yet is just now."""
        moment = clock.local_instant(self.today - timedelta(days=days), time.fromisoformat(at))
        return min(moment, self.now - A_MOMENT)

    def hours_ago(self, hours: float) -> datetime:
        return self.now - timedelta(hours=hours)

    def ahead(self, days: int, at: str = "10:00") -> datetime:
        """A time to come: today's that has passed already is an hour or so from now."""
        moment = clock.local_instant(self.today + timedelta(days=days), time.fromisoformat(at))
        soon = self.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
        return moment if moment > self.now else soon

    def born(self, years: int, *, days_past: int = 100) -> date:
        """The birthday of somebody who turned so many years so many days ago."""
        return birthday(self.today - timedelta(days=days_past), -years)

    def must_have_come(self, moment: datetime) -> None:
        if moment > self.now:
            raise NotYetError

    @contextmanager
    def at(self, moment: datetime, by: User | None = None) -> Iterator[User]:
        """What happens inside happened then, and ``by`` did it."""
        self.must_have_come(moment)
        token = origin.set(Origin(actor_id=by.id if by else None, endpoint="demo"))
        try:
            with clock.at(moment):
                yield by or self.cast["sunita"]
        finally:
            origin.reset(token)

    # --- the beginning -------------------------------------------------------------------------

    def refer(
        self,
        moment: datetime,
        slug: str,
        *,
        by: str,
        what: IndexReason = IndexReason.ASSAULT_SHARP,
        who: str = "",
        source: Source = Source.ED_BOARD,
        stream: Stream | None = None,
        person: Mapping[str, Any] | None = None,
        incident: Mapping[str, Any] | None = None,
        phone: Reach | None = None,
        **referral: Any,
    ) -> Case:
        """A referral by hand, as much as was known. ``who``: whose name, where not the slug's."""
        who = who or slug
        number = list(SCRIPTED).index(who) + 1 if who in SCRIPTED else 0
        fields = self._named(who, number) | dict(person or {})
        number_given = fields.get("nhs_number")
        arrival = Arrival(
            person=fields,
            nhs_identity=number_given or None,
            referral={"reasons": [{"reason": what.value, "basis": "person"}], **referral},
            incident={"nature": nature_of([(what, "person")]), **(incident or {})},
            reach=(phone or reach(number),) if number else (),
        )
        user = self.cast[by]
        with self.at(moment, user):
            return intake.receive(
                arrival, source=source, stream=stream, received_at=clock.now(), by=user
            ).case

    def _named(self, slug: str, number: int) -> dict[str, Any]:
        if not number:
            return {}
        first, last = SCRIPTED[slug]
        return {
            "first_name": first,
            "last_name": last,
            "born_on": self.born(16, days_past=40 + number * 3),
            "born_precision": BornPrecision.DAY,
            "nhs_number": nhs_number(100 + number),
            "address": f"{number} Example Street, Leicester",
            "postcode": "LE2 0AA",
            "district": "E06000016",
            "gp": "Example Surgery",
            "school": "Pretend Academy",
        }

    def triage(
        self,
        moment: datetime,
        case: Case,
        *,
        by: str = "",
        worker: str = "",
        is_eligible: bool = True,
        code: Ineligible | None = None,
        reason: str = "",
    ) -> None:
        user = self.cast[by] if by else self.cast.supervisor_of(case.team)
        with self.at(moment, user):
            intake.decide(
                case,
                by=user,
                is_eligible=is_eligible,
                code=code,
                reason=reason or "Hurt by violence, lives here, wants to hear more.",
                worker=self.cast[worker] if worker else None,
            )

    def learn(self, moment: datetime, case: Case, **fields: Any) -> Person:
        """What the worker heard and put right."""
        with self.at(moment, case.worker):
            people.change_person(case.person, **fields)
        return case.person


def reach(number: int, **safe: Any) -> Reach:
    """A made-up mobile that is safe to ring and to text, unless told otherwise."""
    usual = Reach(ContactKind.PHONE, mobile(100 + number), Safe.YES, Safe.YES)
    return replace(usual, **safe)


def expect(thing: T | None) -> T:
    """What a story has just made must be there: its absence is a mistake in the story."""
    if thing is None:
        raise LookupError("the story expected something that is not there")
    return thing
