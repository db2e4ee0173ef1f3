"""Two records of one young person, put together and taken apart: nothing is lost on the way."""

import random
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases import knowers, need_to_know
from caseflow.kernel.database import Base, db
from caseflow.kernel.errors import Refused, Stale
from caseflow.people import actions, merges, queries
from caseflow.people.models import Alias, ContactPoint, Person
from caseflow.people.rules import (
    BornPrecision,
    ConsentPurpose,
    ContactKind,
    Ethnicity,
    FlagKind,
    FlagLevel,
    FlagSource,
    Relation,
    Safe,
)
from caseflow.reviews.rules import DueState
from caseflow.staff.models import User
from tests import builders

pytestmark = pytest.mark.usefixtures("session")

NOT_COMPARED = {"audit", "audit_listed", "person_merge", "inbox_item", "outgoing"}
Rows = dict[tuple[str, uuid.UUID], dict[str, Any]]


@pytest.fixture
def sam() -> User:
    return builders.supervisor(builders.team())


def rows() -> Rows:
    """Every row of every table, without version counters."""
    db.session.flush()
    return {
        (table.name, row["id"]): {k: v for k, v in row.items() if k != "version"}
        for table in Base.metadata.sorted_tables
        if table.name not in NOT_COMPARED and "id" in table.c
        for row in db.session.execute(select(table)).mappings()
    }


def different(one: Rows, other: Rows) -> list[tuple[str, list[str]]]:
    found = []
    for key in one.keys() | other.keys():
        mine, theirs = one.get(key, {}), other.get(key, {})
        if not mine and key[0] == "due_item" and theirs["state"] is not DueState.OPEN:
            continue  # The rules set it while the two were one, and have ended it.
        if names := sorted(n for n in mine.keys() | theirs.keys() if mine.get(n) != theirs.get(n)):
            found.append((key[0], names))
    return sorted(found)


def test_all_that_belongs_to_one_belongs_to_the_other(sam: User) -> None:
    kept, absorbed = builders.person(), builders.person(first_name="Jay", last_name="Other")
    case = builders.received_case(of=absorbed, in_team=sam.team)
    actions.save_contact_point(absorbed, kind=ContactKind.PHONE, value="07700 900111")
    done = merges.merge(kept, absorbed, by=sam.id, why="The same school photo", take=[])
    assert case.person is kept
    assert [point.value for point in queries.contact_points(kept)] == ["07700 900111"]
    assert [alias.name for alias in queries.aliases_of(kept)] == ["Jay Other"]
    assert merges.rows_of(absorbed) == {}
    assert merges.merges_of(kept) == [done]


def test_every_table_with_a_person_is_moved_or_named_as_worked_out() -> None:
    person = Base.metadata.tables["person"]
    named = {
        table.name
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table is person for key in column.foreign_keys)
    }
    moved = {table.name for table, _ in merges.owned()}
    assert named - moved <= {"person_merge"} | merges.WORKED_OUT
    assert {"episode", "contact_point", "consent", "flag", "restriction", "conflict"} <= moved


def test_what_is_better_is_offered_first(sam: User) -> None:
    kept = builders.person(first_name="Jay", last_name="", born_on=date(2009, 3, 12),
                           born_precision=BornPrecision.ESTIMATED)  # fmt: skip
    absorbed = builders.person(first_name="Jai", last_name="Patel", born_on=date(2009, 12, 3))
    actions.change_person(absorbed, school="Made-up School", born_on=date(2009, 12, 4))
    assert {"first_name", "last_name", "born_on", "school"} <= set(merges.differing(kept, absorbed))
    assert set(merges.better(kept, absorbed)) == {"last_name", "born_on", "school"}
    merges.merge(kept, absorbed, by=sam.id, why="One", take=["born_on", "last_name"])
    assert (kept.first_name, kept.last_name, kept.school) == ("Jay", "Patel", "")
    assert (kept.born_on, kept.born_precision) == (date(2009, 12, 4), absorbed.born_precision)
    assert kept.corrected == ["born_on"]


def test_the_careful_answer_about_a_number_holds(sam: User) -> None:
    kept, absorbed = builders.person(), builders.person()
    mine = actions.save_contact_point(
        kept, kind=ContactKind.PHONE, value="07700 900111", safe_to_call=Safe.YES
    )
    actions.save_contact_point(
        absorbed, kind=ContactKind.PHONE, value="+44 7700 900111", safe_to_call=Safe.NO
    )
    done = merges.merge(kept, absorbed, by=sam.id, why="One", take=[])
    assert {point.safe_to_call for point in queries.contact_points(kept)} == {Safe.NO}
    merges.unmerge(done, by=sam.id, why="Two after all")
    assert mine.safe_to_call is Safe.YES


def test_a_restriction_and_a_conflict_hold_for_both(sam: User) -> None:
    kept, absorbed = builders.person(), builders.person()
    one = builders.received_case(of=kept, in_team=sam.team)
    other = builders.received_case(of=absorbed, in_team=sam.team)
    colleague = builders.worker(sam.team)
    need_to_know.restrict(other, by=sam, why="A rival", names=[])
    need_to_know.set_conflict(other, colleague, by=sam)
    done = merges.merge(kept, absorbed, by=sam.id, why="One", take=[])
    assert one.person is other.person
    assert not knowers.may_know(colleague, one)
    assert knowers.restriction_of(one) is not None
    merges.unmerge(done, by=sam.id, why="Two")
    assert knowers.may_know(colleague, one) and not knowers.may_know(colleague, other)


def test_two_restrictions_are_one_until_they_are_parted(sam: User) -> None:
    kept, absorbed = builders.person(), builders.person()
    cases = [builders.received_case(of=person, in_team=sam.team) for person in (kept, absorbed)]
    for case in cases:
        need_to_know.restrict(case, by=sam, why="A rival", names=[])
    before = rows()
    done = merges.merge(kept, absorbed, by=sam.id, why="One", take=[])
    merges.unmerge(done, by=sam.id, why="Two")
    assert different(before, rows()) == []


def test_who_was_merged_is_merged_once(sam: User) -> None:
    one, two, three = builders.person(), builders.person(), builders.person()
    merges.merge(one, two, by=sam.id, why="One", take=[])
    with pytest.raises(Stale):
        merges.merge(three, two, by=sam.id, why="Again", take=[])
    with pytest.raises(Stale):
        merges.merge(two, three, by=sam.id, why="Again", take=[])
    with pytest.raises(Refused):
        merges.merge(one, one, by=sam.id, why="Self", take=[])


def test_the_last_merge_is_undone_first(sam: User) -> None:
    one, two, three = builders.person(), builders.person(), builders.person()
    first = merges.merge(one, two, by=sam.id, why="One", take=[])
    second = merges.merge(one, three, by=sam.id, why="Two", take=[])
    with pytest.raises(Refused):
        merges.unmerge(first, by=sam.id, why="No")
    merges.unmerge(second, by=sam.id, why="No")
    merges.unmerge(first, by=sam.id, why="No")
    with pytest.raises(Stale):
        merges.unmerge(first, by=sam.id, why="Twice")


def test_a_message_about_a_merged_record_is_about_the_one_kept(sam: User) -> None:
    one, two, three = (builders.person(nhs_number=number) for number in ("1", "9434765919", "3"))
    merges.merge(one, two, by=sam.id, why="One", take=[])
    merges.merge(three, one, by=sam.id, why="One", take=[])
    assert queries.people_with_nhs_number("9434765919") == [three]


def test_both_records_say_so_in_the_trail(sam: User) -> None:
    kept, absorbed = builders.person(), builders.person()
    done = merges.merge(kept, absorbed, by=sam.id, why="One", take=[])
    merges.unmerge(done, by=sam.id, why="Two")
    for person in (kept, absorbed):
        found = db.session.scalars(
            select(AuditRow.event).where(AuditRow.person_id == person.id).order_by(AuditRow.seq)
        ).all()
        assert found[-2:] == [Event.PEOPLE_MERGED, Event.PEOPLE_UNMERGED]


def test_a_field_that_was_changed_since_stays_changed(sam: User) -> None:
    kept = builders.person(school="")
    absorbed = builders.person(school="Made-up School", gp="Made-up Surgery")
    done = merges.merge(kept, absorbed, by=sam.id, why="One", take=["school", "gp"])
    actions.change_person(kept, school="Another School")
    merges.unmerge(done, by=sam.id, why="Two")
    assert (kept.school, kept.gp) == ("Another School", "")
    assert (absorbed.school, absorbed.gp) == ("Made-up School", "Made-up Surgery")
    assert kept.corrected == ["school"]


# --- any history -------------------------------------------------------------------------------

NAMES = ("Jay", "Jaiden", "J", "جاوید", "Ødegård", "")


def _number(chance: random.Random, person: Person) -> None:
    actions.save_contact_point(
        person,
        kind=chance.choice(list(ContactKind)),
        value=chance.choice(("07700 900111", "+447700900111", "07700 900222")),
        safe_to_call=chance.choice(list(Safe)),
        safe_to_text=chance.choice(list(Safe)),
    )


def _number_gone(_: random.Random, person: Person) -> None:
    for point in queries.contact_points(person)[:1]:
        actions.remove_contact_point(point)


def _corrected(chance: random.Random, person: Person) -> None:
    actions.change_person(
        person,
        first_name=chance.choice(NAMES),
        address=chance.choice(("", "1 Made-up Road")),
        ethnicity=chance.choice(list(Ethnicity)),
    )


def _dated(chance: random.Random, person: Person) -> None:
    actions.change_person(
        person,
        born_on=date(chance.randint(2005, 2009), chance.randint(1, 12), 3),
        born_precision=chance.choice(list(BornPrecision)),
        died_on=date(2026, 1, 1) if chance.random() < 0.1 else None,
    )


def _something(chance: random.Random, person: Person, by: User) -> None:
    """One of the things that happen to a record, by the action that does it."""
    happenings: list[Callable[[], object]] = [
        lambda: actions.add_alias(person, f"{chance.choice(NAMES)} {chance.choice(NAMES)}x"),
        lambda: _number(chance, person),
        lambda: _number_gone(chance, person),
        lambda: _corrected(chance, person),
        lambda: _dated(chance, person),
        lambda: actions.save_related_person(person, name="Mum", relation=Relation.PARENT),
        lambda: builders.consent(person, by=by, purpose=chance.choice(list(ConsentPurpose))),
        lambda: actions.set_flag(
            person, by=by, kind=chance.choice(list(FlagKind)), level=FlagLevel.CAUTION,
            source=FlagSource.YOUNG_PERSON, detail="Said so",
        ),
        lambda: builders.received_case(of=person, in_team=by.team),
    ]  # fmt: skip
    chance.choice(happenings)()


def _round_trip(seed: int, by: User) -> None:
    chance = random.Random(seed)
    kept, absorbed = builders.person(), builders.person()
    for _ in range(chance.randrange(12)):
        _something(chance, chance.choice((kept, absorbed)), by)
    before = rows()
    take = [name for name in merges.differing(kept, absorbed) if chance.random() < 0.5]
    done = merges.merge(kept, absorbed, by=by.id, why="One", take=take)
    merges.unmerge(done, by=by.id, why="Two")
    assert different(before, rows()) == [], seed


@pytest.mark.parametrize("seed", range(8))
def test_merged_and_parted_is_as_before(seed: int, sam: User) -> None:
    _round_trip(seed, sam)


@pytest.mark.verify("merges")
def test_merged_and_parted_is_as_before_whatever_happened(sam: User, record_property) -> None:
    for seed in range(300):
        _round_trip(seed, sam)
    record_property("histories", 300)


@pytest.mark.parametrize("seed", range(5))
def test_what_happens_in_between_stays_where_it_happened(seed: int, sam: User) -> None:
    chance = random.Random(seed)
    kept, absorbed = builders.person(), builders.person()
    for _ in range(8):
        _something(chance, chance.choice((kept, absorbed)), sam)
    before = rows()
    done = merges.merge(kept, absorbed, by=sam.id, why="One", take=[])
    together = rows()
    actions.add_alias(kept, f"Later {seed}")
    case = builders.received_case(of=kept, in_team=sam.team)
    merges.unmerge(done, by=sam.id, why="Two")
    after = rows()
    assert case.person is kept
    assert db.session.query(Alias).filter_by(person_id=kept.id, name=f"Later {seed}").one()
    new = after.keys() - together.keys()
    assert different(before, {key: row for key, row in after.items() if key not in new}) == []
    assert db.session.query(ContactPoint).filter_by(person_id=absorbed.id).count() == sum(
        row["person_id"] == absorbed.id for (name, _), row in before.items()
        if name == "contact_point"
    )  # fmt: skip
