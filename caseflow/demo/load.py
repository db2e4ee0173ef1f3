"""Fills a new demo database: staff, a directory, the scripted young people, and a crowd."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from caseflow.demo import crowd
from caseflow.demo.cast import Cast, engage
from caseflow.demo.directory import list_services
from caseflow.demo.scripted import STORIES, Story
from caseflow.demo.seeds import stable
from caseflow.demo.teller import Teller
from caseflow.kernel import clock
from caseflow.kernel.database import transaction
from caseflow.kernel.errors import Problem
from caseflow.kernel.ids import seeded
from caseflow.notices import actions as notices
from caseflow.reviews import reminders
from caseflow.staff import queries as staff
from caseflow.staff.models import User
from caseflow.staff.rules import DEMO_PASSWORD

__all__ = ["DEMO_PASSWORD", "Made", "MadeCase", "SignIn", "load"]


@dataclass(frozen=True)
class MadeCase:
    reference: str
    stage: str
    scenario: str


@dataclass(frozen=True)
class SignIn:
    email: str
    password: str
    role: str
    name: str
    team: str | None


@dataclass(frozen=True)
class Made:
    """Who may sign in, and the scripted cases; the crowd is not listed."""

    sign_ins: tuple[SignIn, ...]
    cases: tuple[MadeCase, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "sign_ins": [asdict(one) for one in self.sign_ins],
            "cases": [asdict(one) for one in self.cases],
        }


def load(*, people: int, seed: int, step: Callable[[int], object]) -> Made:
    """All of the scripted or nothing; then ``people`` random ones in batches.

    ``step`` is told how many more are done. The same seed makes the same names and references.
    """
    if staff.demo_users():
        raise Problem(
            "This database has its demo people already. To begin again, delete it, then "
            "run caseflow init --demo and caseflow demo."
        )
    now = clock.now()
    with transaction():
        with seeded(stable(seed, "cast")):
            cast = engage(now)
            services = list_services(cast["marcus"], now)
        teller = Teller(cast, services, now)
        cases = tuple(tell(teller, seed))
        sign_ins = tuple(sign_in(user) for user in cast.users.values())
    crowd.live(cast, services, people=people, seed=seed, now=now, step=step)
    _tell_staff(cast, now)
    return Made(sign_ins, cases)


def _tell_staff(cast: Cast, now: datetime) -> None:
    """Old news was read long ago; what is due now is told, and what is late is escalated."""
    with transaction(), clock.at(now):
        for user in cast.users.values():
            notices.mark_seen(user, until=now - timedelta(days=2))
    reminders.send_due(now)


def tell(teller: Teller, seed: int, stories: Sequence[Story] = STORIES) -> Iterator[MadeCase]:
    for story in stories:
        with seeded(stable(seed, story.__name__)):
            for slug, case in list(story(teller)):
                yield MadeCase(case.reference, case.stage.value, slug)


def sign_in(user: User) -> SignIn:
    team = user.team.name if user.team else None
    return SignIn(user.email, DEMO_PASSWORD, user.role.value, user.name, team)
