"""The demo: every state is there, nobody in it is real, and the same seed tells it again."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.demo import crowd, load
from caseflow.demo.cast import COMMUNITY, HOSPITAL, Cast, engage
from caseflow.demo.directory import list_services
from caseflow.demo.load import Made
from caseflow.demo.names import FAMILY_NAMES, FIRST_NAMES, SCRIPTED
from caseflow.demo.scripted import STORIES
from caseflow.demo.teller import Teller
from caseflow.kernel import clock as time
from caseflow.kernel.errors import Problem
from caseflow.kernel.ids import seeded
from caseflow.people.models import ContactPoint, Person, RelatedPerson
from caseflow.reviews.models import DueItem, Told
from caseflow.reviews.rules import DueKind, DueState, Step
from caseflow.staff import queries as staff
from caseflow.staff.models import User

EDGES = {
    "hospital-message-today", "unknown-identity", "provisional-triage", "no-date-of-birth",
    "estimated-birth", "shared-phone", "declined-then-reoffered", "re-presentation",
    "sibling-older", "sibling-younger", "turned-18", "operation-linked", "review-overdue",
    "review-due-today", "safety-plan-out-of-date", "closure-waiting", "good-outcome",
    "paused-in-custody", "onward-referral-refused", "withdrawn-by-sender", "long-notes",
    "right-to-left-name", "interpreter", "focused-deterrence",
}  # fmt: skip
DRAMA = re.compile(r"(07700 900 ?|0116 ?496 ?0)[0-9]{3}|")


def loaded(people: int = 0, seed: int = 1) -> Made:
    return load.load(people=people, seed=seed, step=lambda _: None)


def case_of(session: Any, made: Made, slug: str) -> Case:
    reference = next(one.reference for one in made.cases if one.scenario == slug)
    case: Case = session.scalars(select(Case).where(Case.reference == reference)).one()
    return case


def open_kinds(session: Any, case: Case) -> dict[DueKind, DueItem]:
    rows = session.scalars(
        select(DueItem).where(DueItem.case_id == case.id, DueItem.state == DueState.OPEN)
    )
    return {item.kind: item for item in rows}


def test_every_state_and_every_edge_is_there_and_nobody_is_real(session: Any) -> None:
    made = loaded()
    assert {one.stage for one in made.cases} == {stage.value for stage in Stage}
    slugs = [one.scenario for one in made.cases]
    assert len(slugs) == len(set(slugs))
    assert set(slugs) >= EDGES
    for case in session.scalars(select(Case)):
        assert (case.reference, case.stage.value) in {(c.reference, c.stage) for c in made.cases}
    nobody_is_real(session)
    told_in_order(session)
    as_they_were_meant(session, made)


def nobody_is_real(session: Any) -> None:
    scripted = set(SCRIPTED.values())
    for person in session.scalars(select(Person)):
        name = (person.first_name, person.last_name)
        is_made_up = person.first_name in FIRST_NAMES and person.last_name in FAMILY_NAMES
        assert person.label == "Trauma X" or name in scripted or is_made_up, name
        assert person.nhs_number == "" or re.fullmatch("999[0-9]{7}", person.nhs_number)
    for point in session.scalars(select(ContactPoint)):
        assert DRAMA.fullmatch(point.value) or point.value.endswith("@example.org"), point.value
    for related in session.scalars(select(RelatedPerson)):
        assert DRAMA.fullmatch(related.phone), related.phone


def told_in_order(session: Any) -> None:
    """What was done to one case was done in the order of its moments."""
    latest: dict[Any, Any] = {}
    for row in session.scalars(select(AuditRow).order_by(AuditRow.seq)):
        if row.case_id is not None:
            assert row.at >= latest.get(row.case_id, row.at), (row.case_id, row.event, row.at)
            latest[row.case_id] = row.at
        assert row.at <= time.now()


def as_they_were_meant(session: Any, made: Made) -> None:
    now, today = time.now(), time.today()

    def due(slug: str, kind: DueKind) -> DueItem:
        return open_kinds(session, case_of(session, made, slug))[kind]

    assert time.local(due("review-due-today", DueKind.REVIEW).due_at).date() == today
    overdue = due("review-overdue", DueKind.REVIEW)
    assert (now - overdue.due_at).days >= 3
    told = session.scalars(
        select(User.name)
        .join(Told, Told.recipient_id == User.id)
        .where(Told.item_id == overdue.id, Told.step == Step.OVERDUE)
    )
    assert "Sunita Supervisor" in set(told)
    assert due("safety-plan-out-of-date", DueKind.SAFETY_PLAN).is_late(now)
    assert DueKind.SIGN_OFF in open_kinds(session, case_of(session, made, "closure-waiting"))
    assert DueKind.FOLLOW_UP_3 in open_kinds(session, case_of(session, made, "good-outcome"))
    assert case_of(session, made, "paused-in-custody").paused_at is not None
    assert open_kinds(session, case_of(session, made, "died")) == {}
    again = [case_of(session, made, f"re-presentation{n}") for n in ("-first", "-second", "")]
    assert len({case.person_id for case in again}) == 1
    assert (today - time.local(again[1].ended_at or now).date()).days == 41


@pytest.mark.parametrize("moment", ["2027-03-28 00:20", "2028-02-29 23:50"])
def test_the_stories_hold_at_awkward_moments(session: Any, clock: Any, moment: str) -> None:
    clock(moment)
    told_in_order_of(session, loaded())


def told_in_order_of(session: Any, made: Made) -> None:
    assert {one.stage for one in made.cases} == {stage.value for stage in Stage}
    told_in_order(session)


def test_every_scripted_case_opens_for_its_worker_and_supervisor_who_can_sign_in(
    session: Any, sign_in: Any
) -> None:
    made = loaded()
    told_as_the_contract_says(made.as_dict())
    signed_in: dict[str, Any] = {}

    def browser(user: User) -> Any:
        if user.email not in signed_in:
            signed_in[user.email] = sign_in(user)
        return signed_in[user.email]

    for one in made.cases:
        case = case_of(session, made, one.scenario)
        readers = {staff.supervisors_of(case.team_id)[0], case.worker}
        for reader in readers - {None}:
            page = browser(reader).get(f"/cases/{case.id}")
            assert page.status_code == 200, (one.scenario, reader.email)
            assert one.reference in page.words


def told_as_the_contract_says(made: dict[str, Any]) -> None:
    assert set(made) == {"sign_ins", "cases"}
    assert set(made["cases"][0]) == {"reference", "stage", "scenario"}
    assert set(made["sign_ins"][0]) == {"email", "password", "role", "name", "team"}
    assert {one["role"] for one in made["sign_ins"]} == {role.value for role in Role}
    assert {one["team"] for one in made["sign_ins"]} == {HOSPITAL, COMMUNITY, None}
    emails = [one["email"] for one in made["sign_ins"]]
    assert emails == [user.email for user in staff.demo_users()]


def test_a_second_load_is_refused_and_changes_nothing(session: Any) -> None:
    engage(time.now())
    session.commit()
    with pytest.raises(Problem, match="demo people already"):
        loaded()
    assert session.scalar(select(func.count()).select_from(Case)) == 0


def test_the_same_seed_tells_the_same_people_and_another_seed_others(session: Any) -> None:
    first, again, other = (people_of(session, seed) for seed in (1, 1, 2))
    assert first == again
    assert {name for name, _ in first} != {name for name, _ in other}
    assert {reference for _, reference in first}.isdisjoint(reference for _, reference in other)


def people_of(session: Any, seed: int) -> list[tuple[str, str]]:
    """A few of the stories and a small crowd; nothing of it is kept."""
    cast, services = stage_set(seed)
    made = [(one.scenario, one.reference) for one in load.tell(
        Teller(cast, services, time.now()), seed, STORIES[:2]
    )]  # fmt: skip
    with crowd.catching_up_later() as later:
        workers = crowd.engage_more(cast, 0, time.now())
        for number in range(6):
            crowd.one_life(Teller(cast, services, time.now()), workers, number, seed, later)
    made += [
        (case.person.display_name, case.reference)
        for case in session.scalars(select(Case).order_by(Case.reference))
    ]
    session.rollback()
    return made


def stage_set(seed: int) -> tuple[Cast, Any]:
    with seeded(seed):
        cast = engage(time.now())
        return cast, list_services(cast["marcus"], time.now())


def test_a_crowd_has_histories_told_in_order(session: Any) -> None:
    steps: list[int] = []
    made = load.load(people=25, seed=7, step=steps.append)
    assert sum(steps) == 25
    nobody_is_real(session)
    told_in_order(session)
    cases = session.scalar(select(func.count()).select_from(Case))
    assert cases == len(made.cases) + 25
