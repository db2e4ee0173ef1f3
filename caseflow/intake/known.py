"""Whether somebody who comes is somebody we know, as far as whoever asks may know of them."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from caseflow.cases import knowers
from caseflow.cases.lifecycle import TERMINAL
from caseflow.cases.models import Case
from caseflow.cases.queries import case_in_sight, visible_cases
from caseflow.cases.visibility import is_kept_from, is_restricted, person_known_to
from caseflow.intake.models import Likeness, Referral
from caseflow.intake.quietly import tell, tell_who_may_know
from caseflow.intake.rules import came_before
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.settings import setting
from caseflow.people import known
from caseflow.people.matching import LIKELY, POSSIBLE, Identity
from caseflow.people.matching import Likeness as Alike
from caseflow.people.models import Person
from caseflow.staff.models import User

MOST_SHOWN = 5
MOST_NOTED = 10
MAY_BE_KNOWN = (
    "A referral came that may be about a young person we know. Whoever brought it may not know of "
    "that record: look whether they are one person."
)


@dataclass(frozen=True)
class Known:
    """Somebody like them. ``cases``: those the reader may know of, the latest first."""

    person: Person
    alike: Alike
    cases: tuple[Case, ...]

    @property
    def case(self) -> Case:
        return self.cases[0]

    def is_case(self, case_id: str) -> bool:
        return any(str(case.id) == case_id for case in self.cases)

    @property
    def before(self) -> str:
        """ "Here for the third time; last closed 41 days ago; last worker Amara Example"."""
        ended = max((case.ended_at for case in self.cases if case.ended_at), default=None)
        is_open = any(case.stage not in TERMINAL for case in self.cases)
        since = None if ended is None else (clock.now() - ended).days
        worker = next((case.worker.name for case in self.cases if case.worker), "")
        return came_before(len(self.cases), is_open=is_open, days_since=since, worker=worker)


def people_like(
    user: User, like: Identity, *, unfinished: bool = False, besides: uuid.UUID | None = None
) -> list[Known]:
    """The most alike first. As many questions however many they are."""
    ids = known.candidates(
        like,
        among=lambda person_id: person_known_to(user, person_id),
        without=lambda person_id: is_kept_from(user, person_id),
        unfinished=unfinished,
    )
    alike = known.likenesses(like, [one for one in ids if one != besides])
    enough = float(setting("matching_shown", POSSIBLE))
    shown = [one for one in alike if alike[one].score >= enough][:MOST_SHOWN]
    cases = _cases_of(user, shown)
    return [Known(cases[one][0].person, alike[one], tuple(cases[one])) for one in shown]


def _cases_of(user: User, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Case]]:
    found: dict[uuid.UUID, list[Case]] = defaultdict(list)
    for case in db.session.scalars(
        visible_cases(user).where(Case.person_id.in_(ids)).order_by(Case.received_at.desc())
    ):
        found[case.person_id].append(case)
    return found


def people_like_of(user: User, case: Case) -> list[Known]:
    """The same for somebody who is on record already; not themselves."""
    return people_like(user, known.identity_of(case.person), besides=case.person_id)


def person_in_sight(user: User, case_id: str) -> Person | None:
    """Whom somebody pointed at, by a case of theirs; absent and out of sight are one answer."""
    try:
        case = case_in_sight(user, uuid.UUID(case_id))
    except ValueError:
        return None
    return case.person if case is not None and not case.by_glass else None


# --- what is noted when a referral is saved ---


def note_likenesses(referral: Referral, *, by: User | None) -> None:
    """For the triage queue; and who may know of both records is told where ``by`` may not."""
    case, now = referral.case, clock.now()
    like = _very_like(case.person)
    for person, score in like:
        row = Likeness(case_id=case.id, person_id=person.id, score=round(score), found_at=now)
        db.session.add(row)
        _tell_of(referral, person, by)
    tell_who_may_know(referral, also={person.id for person, _ in like})
    db.session.flush()


def _very_like(person: Person) -> list[tuple[Person, float]]:
    like = known.identity_of(person)
    alike = known.likenesses(like, [one for one in known.candidates(like) if one != person.id])
    enough = float(setting("matching_noted", LIKELY))
    noted = [one for one in alike if alike[one].score >= enough][:MOST_NOTED]
    people = known.people_by_id(noted)
    return [(people[one], alike[one].score) for one in noted]


def _tell_of(referral: Referral, person: Person, by: User | None) -> None:
    other = _latest_case(person)
    if other is None or _sees(by, referral.case, other):
        return
    leads = (*knowers.leads_who_may_know(referral.case), *knowers.leads_who_may_know(other))
    told = {user.id: user for user in (*leads, *knowers.safeguarding_leads_for(other))}
    tell(
        referral,
        other,
        MAY_BE_KNOWN,
        (
            user
            for user in told.values()
            if all(knowers.may_know(user, case) for case in (referral.case, other))
        ),
    )


def _latest_case(person: Person) -> Case | None:
    """Of a record that is not restricted: of the others ``quietly`` tells."""
    return db.session.scalars(
        select(Case)
        .where(Case.person_id == person.id, ~is_restricted())
        .order_by(Case.received_at.desc(), Case.id)
        .limit(1)
    ).first()


def _sees(by: User | None, case: Case, other: Case) -> bool:
    """Whoever brought it was shown the record; a message is triaged by the team that has both."""
    return case.team_id == other.team_id if by is None else knowers.may_know(by, other)


def noted_for(user: User, cases: Iterable[Case]) -> set[uuid.UUID]:
    """Those of the cases of which a likeness was noted to somebody whom this user may know."""
    rows = db.session.scalars(
        select(Likeness.case_id)
        .join(Case, Case.id == Likeness.case_id)
        .where(
            Likeness.case_id.in_([case.id for case in cases]),
            Likeness.person_id != Case.person_id,
            person_known_to(user, Likeness.person_id),
        )
    )
    return set(rows)
