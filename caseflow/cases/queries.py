import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from caseflow.cases.lifecycle import TERMINAL, Stage
from caseflow.cases.load import AMBER, RED, WEIGHTS, Held, Load, load_of
from caseflow.cases.models import Allocation, Case, Pause, StageChange, Triage
from caseflow.cases.visibility import is_named_to, known_to, visible_to
from caseflow.kernel.database import db
from caseflow.kernel.settings import setting
from caseflow.people.models import Person
from caseflow.staff.models import User


def visible_cases(user: User) -> Select[Case]:
    """Where every list of cases begins. What was opened in an emergency is in none of them."""
    return _with_its_people(known_to(user))


def cases_to_open(user: User) -> Select[Case]:
    """The same, and what an emergency opening shows: for one record, and for search."""
    return _with_its_people(visible_to(user))


def _with_its_people(condition: ColumnElement[bool]) -> Select[Case]:
    return (
        select(Case)
        .where(condition)
        .options(joinedload(Case.person), joinedload(Case.worker), joinedload(Case.team))
    )


def case_in_sight(user: User, case_id: uuid.UUID) -> Case | None:
    """The one record a request asks for; it knows by what right it is shown."""
    found = db.session.execute(
        cases_to_open(user).where(Case.id == case_id).add_columns(known_to(user), is_named_to(user))
    ).first()
    if found is None:
        return None
    case: Case = found[0]
    case.by_glass, case.is_named = not found[1], bool(found[2])
    return case


def cases_in_sight(user: User, case_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Case]:
    """Those of the cases that this user may open."""
    found = db.session.scalars(cases_to_open(user).where(Case.id.in_(list(case_ids))))
    return {case.id: case for case in found}


def with_reference(user: User, reference: str) -> Case | None:
    """In sight of this user; as they type it."""
    wanted = "".join(reference.upper().split())
    return db.session.scalar(cases_to_open(user).where(Case.reference == wanted))


def case_by_reference(reference: str) -> Case | None:
    """For commands, which act for the operator of the machine; screens use case_in_sight."""
    return db.session.scalar(select(Case).where(Case.reference == reference.strip().upper()))


def stage_changes(case: Case) -> list[StageChange]:
    """In the order they were made, also those of one instant: each begins where one ended."""
    rest = list(
        db.session.scalars(
            select(StageChange)
            .where(StageChange.case_id == case.id)
            .options(joinedload(StageChange.by))
            .order_by(StageChange.at, StageChange.id)
        ).all()
    )
    ordered: list[StageChange] = []
    while rest:
        stage = ordered[-1].to_stage if ordered else None
        same_instant = [change for change in rest if change.at == rest[0].at]
        following = [change for change in same_instant if change.from_stage == stage]
        ordered.append((following or same_instant)[0])
        rest.remove(ordered[-1])
    return ordered


def allocations(case: Case) -> Sequence[Allocation]:
    return db.session.scalars(
        select(Allocation)
        .where(Allocation.case_id == case.id)
        .options(joinedload(Allocation.worker))
        .order_by(Allocation.at)
    ).all()


def pauses_of(case_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Pause]]:
    found: dict[uuid.UUID, list[Pause]] = defaultdict(list)
    for pause in db.session.scalars(
        select(Pause).where(Pause.case_id.in_(list(case_ids))).order_by(Pause.from_at)
    ):
        found[pause.case_id].append(pause)
    return found


def latest_triage(case: Case) -> Triage | None:
    return db.session.scalars(
        select(Triage).where(Triage.case_id == case.id).order_by(Triage.at.desc()).limit(1)
    ).first()


def other_episodes(case: Case, user: User) -> Sequence[Case]:
    """The same young person's other episodes, as far as this user may know of them."""
    return db.session.scalars(
        visible_cases(user)
        .where(Case.person_id == case.person_id, Case.id != case.id)
        .order_by(Case.received_at)
    ).all()


def namesakes(case: Case, user: User) -> Sequence[Case]:
    """Other young people of the same name, as far as this user may know of them."""
    if not case.person.folded_name:
        return []
    return db.session.scalars(
        visible_cases(user)
        .join(Person, Person.id == Case.person_id)
        .where(Person.folded_name == case.person.folded_name, Case.person_id != case.person_id)
        .order_by(Case.received_at.desc())
        .limit(10)
    ).all()


def loads_of(worker_ids: Iterable[uuid.UUID], *, seen_by: User) -> dict[uuid.UUID, Load]:
    """How much each worker holds, by the weights that hold now; one query for them all. What the
    reader may not know of does not count: a number would tell that it is there."""
    wanted = list(worker_ids)
    rows = db.session.execute(
        select(Case.worker_id, Case.stage, Case.risk, func.count())
        .where(Case.worker_id.in_(wanted), Case.stage.not_in(TERMINAL), known_to(seen_by))
        .group_by(Case.worker_id, Case.stage, Case.risk)
    ).all()
    weights = WEIGHTS | setting("load_weights", {})
    amber, red = setting("load_amber", AMBER), setting("load_red", RED)
    held: dict[uuid.UUID, list[Held]] = {worker_id: [] for worker_id in wanted}
    for worker_id, stage, risk, count in rows:
        if worker_id is not None:
            held[worker_id].append((stage, risk, count))
    return {key: load_of(kinds, weights, amber, red) for key, kinds in held.items()}


def open_episode_of(person: Person) -> Case | None:
    return db.session.scalars(
        select(Case)
        .where(Case.person_id == person.id, Case.stage.not_in(TERMINAL))
        .order_by(Case.received_at.desc())
        .limit(1)
    ).first()


def waiting_for_triage(user: User) -> Sequence[Case]:
    return db.session.scalars(
        visible_cases(user)
        .where(Case.stage.in_([Stage.RECEIVED, Stage.TRIAGED]))
        .order_by(Case.received_at)
    ).all()
