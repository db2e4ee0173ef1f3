"""visible_to, may() and the rules in plain words agree, whoever asks about whatever record."""

import itertools
import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import event, select, text

from caseflow.access.grants import BY_GLASS
from caseflow.access.permissions import Permission, Role
from caseflow.access.predicates import READ_ONLY, refusal
from caseflow.cases import queries
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import BreakGlass, Case, Conflict, NamedAccess, Restriction
from caseflow.cases.rules import GlassReason, Stream
from caseflow.cases.visibility import can_be_opened_by, visible_to
from caseflow.kernel import clock as kernel_clock
from caseflow.kernel.database import db
from caseflow.kernel.ids import new_reference
from caseflow.people.models import Person
from caseflow.staff.models import Cover, User
from tests import builders

TEAMS = ("its team", "another team", "no team")
HOLDERS = ("self", "somebody covered", "a colleague", "nobody")
WORKS_WITH_CASES = {Role.YOUTH_WORKER, Role.SUPERVISOR, Role.SAFEGUARDING_LEAD}
BREAKS_GLASS = {Role.YOUTH_WORKER, Role.SUPERVISOR}


@dataclass(frozen=True)
class Asks:
    role: Role
    team: str
    is_disabled: bool


@dataclass(frozen=True)
class About:
    holder: str
    restricted: bool
    named: bool
    conflict: bool
    glass: bool


EVERYBODY = [Asks(*parts) for parts in itertools.product(Role, TEAMS, (False, True))]
EVERYTHING = [
    About(*parts) for parts in itertools.product(HOLDERS, *[(False, True)] * 4)
]  # fmt: skip


def knows(who: Asks, what: About) -> bool:
    """The rules as they would be told to a new colleague, for longer than an hour."""
    if who.is_disabled or what.conflict or who.role not in WORKS_WITH_CASES:
        return False
    if who.role is Role.SAFEGUARDING_LEAD or what.holder == "self":
        return True
    if what.restricted:
        return what.named
    return who.team == "its team" or what.holder == "somebody covered"


def reads_in_an_emergency(who: Asks, what: About) -> bool:
    never = who.is_disabled or what.conflict or what.restricted
    return what.glass and who.role in BREAKS_GLASS and not never


@pytest.fixture
def world(session) -> dict[Asks, tuple[User, dict[uuid.UUID, About]]]:
    ours, others = builders.team(), builders.team("Other team", ())
    covered, colleague = builders.worker(ours), builders.worker(ours)
    shared = {
        what: _case(what, ours, covered, colleague) for what in EVERYTHING if what.holder != "self"
    }
    found = {}
    for who in EVERYBODY:
        user = _user(who, {"its team": ours, "another team": others, "no team": None}[who.team])
        _covers(user, covered)
        own = {what: _case(what, ours, user, None) for what in EVERYTHING if what.holder == "self"}
        cases = {**shared, **own}
        for what, case in cases.items():
            _know(user, what, case)
        found[who] = (user, {case.id: what for what, case in cases.items()})
    session.commit()
    return found


def _user(who: Asks, team) -> User:
    user = User(
        email=f"{uuid.uuid4()}@example.org", name="Somebody", role=who.role, team=team,
        password_hash="", added_at=kernel_clock.now(),
        disabled_at=kernel_clock.now() if who.is_disabled else None,
    )  # fmt: skip
    db.session.add(user)
    db.session.flush()
    return user


def _case(what: About, team, covered_or_self: User, colleague: User | None) -> Case:
    now = kernel_clock.now()
    person = Person(first_name="Testy", last_name="McTest", added_at=now)
    worker = {"self": covered_or_self, "somebody covered": covered_or_self,
              "a colleague": colleague, "nobody": None}[what.holder]  # fmt: skip
    case = Case(
        reference=new_reference(), person=person, stream=Stream.HOSPITAL, team=team,
        worker=worker, received_at=now, stage_since=now, stage=Stage.RECEIVED,
    )  # fmt: skip
    db.session.add(case)
    db.session.flush()
    if what.restricted:
        db.session.add(
            Restriction(
                person_id=person.id, why="x", at=now, by_id=covered_or_self.id, lifted_why=""
            )
        )
    return case


def _covers(user: User, of: User) -> None:
    now = kernel_clock.now()
    db.session.add(
        Cover(
            user_id=user.id, for_id=of.id, from_at=now - timedelta(hours=1), set_at=now,
            until_at=now + timedelta(days=1), set_by_id=of.id,
        )
    )  # fmt: skip


def _know(user: User, what: About, case: Case) -> None:
    now = kernel_clock.now()
    usual = {"person_id": case.person_id, "user_id": user.id, "at": now, "by_id": user.id}
    if what.named:
        db.session.add(NamedAccess(**usual))
    if what.conflict:
        db.session.add(Conflict(**usual, removed_why=""))
    if what.glass:
        db.session.add(
            BreakGlass(
                reference=new_reference("EO"), case_id=case.id, user_id=user.id, at=now,
                code=GlassReason.THREAT, reason="x", until_at=now + timedelta(hours=1),
                review_by=now + timedelta(hours=72), review_note="",
            )
        )  # fmt: skip


def test_every_role_and_relation_sees_what_the_rules_say(session, world, clock) -> None:
    clock(kernel_clock.now().isoformat())
    for who, (user, cases) in world.items():
        seen = set(session.scalars(select(Case.id).where(visible_to(user)))) & cases.keys()
        expected = {
            case_id
            for case_id, what in cases.items()
            if knows(who, what) or reads_in_an_emergency(who, what)
        }
        assert seen == expected, (who, [cases[one] for one in seen ^ expected])


def test_an_emergency_opens_what_is_neither_known_restricted_nor_in_conflict(
    session, world
) -> None:
    for who, (user, cases) in world.items():
        may_open = who.role in BREAKS_GLASS and not who.is_disabled
        reached = set(session.scalars(select(Case.id).where(can_be_opened_by(user))))
        expected = {
            case_id
            for case_id, what in cases.items()
            if may_open and not (knows(who, what) or what.restricted or what.conflict or what.glass)
        }
        assert reached & cases.keys() == expected, who


def test_what_is_in_sight_may_be_opened_and_by_glass_only_read(session, world) -> None:
    tried = 0
    for who, (user, cases) in world.items():
        if who.role not in WORKS_WITH_CASES or who.is_disabled:
            continue
        for case_id, what in cases.items():
            case = queries.case_in_sight(user, case_id)
            if case is None:
                continue
            tried += 1
            assert refusal(user.actor, Permission.CASE_VIEW, case.held) is None, (who, what)
            assert case.by_glass == (not knows(who, what)), (who, what)
            if case.by_glass:
                refused = {p for p in Permission if refusal(user.actor, p, case.held) is not None}
                assert refused == set(Permission) - BY_GLASS
                assert refusal(user.actor, Permission.CASE_PRINT, case.held) == READ_ONLY
            case.by_glass = case.is_named = False
    assert tried > 200


def test_a_list_is_found_by_its_indexes_in_one_question(session, world) -> None:
    user, _ = world[Asks(Role.YOUTH_WORKER, "its team", False)]
    assert user.covers
    asked: list[str] = []
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    session.scalars(queries.visible_cases(user)).all()
    assert len(asked) == 1


def test_looking_up_one_case_reads_by_index(session, world) -> None:
    """The relations a case is known by are looked up, never read from end to end."""
    user, _cases = world[Asks(Role.YOUTH_WORKER, "another team", False)]
    query = select(Case.id).where(visible_to(user), Case.worker_id == user.id)
    engine = session.get_bind()
    words = str(query.compile(engine, compile_kwargs={"literal_binds": True}))
    if engine.dialect.name == "sqlite":
        plan = [row[-1] for row in session.execute(text(f"EXPLAIN QUERY PLAN {words}"))]
        scans = [line for line in plan if line.startswith("SCAN") and "USING" not in line]
        assert scans == [], plan
    else:
        session.execute(text("ANALYZE"))
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = [row[0] for row in session.execute(text(f"EXPLAIN {words}"))]
        assert not any("Seq Scan" in line for line in plan), plan
