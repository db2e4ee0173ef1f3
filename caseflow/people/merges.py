"""One young person recorded twice: put together, and taken apart again.

Every row that belongs to a person is found by the tables' own foreign keys, so a table that is
added later is moved as well. Whoever was absorbed stays as they were, with nothing of their own
that a list would show. The last merge into a person is undone first.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Column, Table, select

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.database import Base, db, lock
from caseflow.kernel.errors import Refused, Stale
from caseflow.kernel.names import fold
from caseflow.kernel.rows import (
    Change,
    Plain,
    differences,
    plain,
    put_back,
    read_plain,
    set_value,
    stored,
)
from caseflow.people.actions import changed
from caseflow.people.models import Alias, ContactPoint, Merge, Person
from caseflow.people.queries import as_merged
from caseflow.people.rules import ContactKind, Safe

# What a person is found by is worked out again, not moved.
WORKED_OUT = frozenset({"person_key"})
# A row that says what a live row of the person who is kept says already stays where it is: the
# columns that make it the same, and the one that is empty while it is live.
SAME: dict[str, tuple[tuple[str, ...], str]] = {
    "person_alias": (("folded",), ""),
    "restriction": ((), "lifted_at"),
    "named_access": (("user_id",), "ended_at"),
    "conflict": (("user_id",), "removed_at"),
}
# What the rules set or end by themselves on a person's cases when their facts change.
FOLLOWS = "due_item"
TOGETHER = {
    "born_on": ("born_on", "born_precision"),
    "address": ("address", "postcode", "district"),
    "school": ("school", "school_district"),
    "care_status": ("care_status", "care_since"),
}
# Field → the words for it; what is not here is no field a merge decides.
FIELDS = {
    "first_name": "First name", "last_name": "Last name", "known_as": "Known as",
    "label": "Called, while the name is not known", "pronouns": "Pronouns",
    "born_on": "Date of birth", "sex": "Sex", "gender_identity": "Gender, in their words",
    "ethnicity": "Ethnicity", "language": "First language",
    "needs_interpreter": "Interpreter needed", "nhs_number": "NHS number",
    "hospital_number": "Hospital number", "address": "Address", "staying_at": "Staying at",
    "school": "School or college", "gp": "GP surgery", "carer_aware": "A parent or carer knows",
    "care_status": "In care, or on a plan",
    "died_on": "Died",
}  # fmt: skip
_UNSAID = {"", None, "not_asked", "unknown"}
_SAFETY = ("safe_to_call", "safe_to_text", "safe_voicemail")


def owned() -> list[tuple[Table, Column[Any]]]:
    """(table, column) of everything that belongs to one person."""
    person = Base.metadata.tables["person"]
    return [
        (table, column)
        for table in Base.metadata.sorted_tables
        if table.name not in {"person", "person_merge"} | WORKED_OUT
        for column in table.columns
        if any(key.column.table is person for key in column.foreign_keys)
    ]


def differing(kept: Person, absorbed: Person) -> list[str]:
    """Fields of which the absorbed one says something else than the one who is kept."""
    return [
        name
        for name in FIELDS
        if not _is_unsaid(absorbed, name) and _values(kept, name) != _values(absorbed, name)
    ]


def better(kept: Person, absorbed: Person) -> list[str]:
    """Of those, what is taken unless somebody says otherwise: what fills a gap, and what a person
    corrected where nobody corrected the other."""
    return [
        name
        for name in differing(kept, absorbed)
        if _is_unsaid(kept, name) or (name in absorbed.corrected and name not in kept.corrected)
    ]


def _values(person: Person, name: str) -> list[Any]:
    return [getattr(person, one) for one in TOGETHER.get(name, (name,))]


def _is_unsaid(person: Person, name: str) -> bool:
    value = getattr(person, name)
    return getattr(value, "value", value) in _UNSAID


def rows_of(person: Person) -> dict[str, int]:
    """Table → how many rows belong to this person; without those that have none."""
    counts = {table.name: len(_rows(table, column, person)) for table, column in owned()}
    return {name: count for name, count in counts.items() if count}


def merge(
    kept: Person, absorbed: Person, *, by: uuid.UUID, why: str, take: Collection[str]
) -> Merge:
    """All that belongs to ``absorbed`` belongs to ``kept`` then. ``take``: fields of FIELDS whose
    value comes from ``absorbed``. Raises Refused, or Stale when one of them was merged since."""
    _lock(kept, absorbed)
    if kept.id == absorbed.id:
        raise Refused("That is the same record.")
    if {kept, absorbed} != {as_merged(kept), as_merged(absorbed)}:
        raise Stale("One of the two was merged with somebody after you opened the page.")
    done = Merge(kept=kept, absorbed=absorbed, at=clock.now(), by_id=by, why=why.strip())
    done.fields = _take(kept, absorbed, [name for name in FIELDS if name in take])
    rows = [row for table, column in owned() for row in _move(table, column, kept, absorbed)]
    rows += _stricter(kept) + _other_name(kept, absorbed)
    due = _what_falls_due(kept, absorbed)
    db.session.add(done)
    _settle(kept, absorbed)
    done.rows = rows + differences(FOLLOWS, due, _what_falls_due(kept, absorbed))
    _record(Event.PEOPLE_MERGED, done)
    return done


def unmerge(done: Merge, *, by: uuid.UUID, why: str) -> None:
    """Both as they were. What was changed since stays on the record it was changed on."""
    kept, absorbed = done.kept, done.absorbed
    _lock(kept, absorbed)
    lock(done)
    if done.undone_at is not None:
        raise Stale("Somebody has undone this merge already.")
    if as_merged(kept) is not kept or merges_of(kept)[0].id != done.id:
        raise Refused("There is a later merge into this record. Undo that one first.")
    for change in reversed(done.rows):
        put_back(change)
    _give_back(kept, done.fields)
    done.undone_at, done.undone_by_id, done.undone_why = clock.now(), by, why.strip()
    _settle(kept, absorbed)
    _record(Event.PEOPLE_UNMERGED, done)


def merges_of(person: Person) -> Sequence[Merge]:
    """What was merged into this record and not undone, the last first."""
    return db.session.scalars(
        select(Merge)
        .where(Merge.kept_id == person.id, Merge.undone_at.is_(None))
        .order_by(Merge.at.desc(), Merge.id.desc())
    ).all()


def merge_into(person: Person, merge_id: uuid.UUID) -> Merge | None:
    return db.session.scalar(select(Merge).where(Merge.id == merge_id, Merge.kept_id == person.id))


def _lock(one: Person, other: Person) -> None:
    """Always the same one first: two merges that cross wait, and never for each other."""
    for person in sorted((one, other), key=lambda person: person.id):
        lock(person)


def _settle(*people: Person) -> None:
    db.session.flush()
    db.session.expire_all()  # Rows were moved past the session.
    for person in people:
        changed(person)


def _record(event: Event, done: Merge) -> None:
    """On the trail of both."""
    for one, other in ((done.kept_id, done.absorbed_id), (done.absorbed_id, done.kept_id)):
        audit.record(event, person_id=one, other=str(other), rows=len(done.rows))


# --- The person's own fields -------------------------------------------------------------------


def _take(kept: Person, absorbed: Person, names: Iterable[str]) -> dict[str, Any]:
    taken: dict[str, Any] = {}
    for name in chain.from_iterable(TOGETHER.get(field, (field,)) for field in names):
        before, after = getattr(kept, name), getattr(absorbed, name)
        if before != after:
            taken[name] = [plain(before), plain(after)]
            setattr(kept, name, after)
    corrected = sorted({*kept.corrected, *(set(absorbed.corrected) & taken.keys())})
    if corrected != kept.corrected:
        taken["corrected"] = [kept.corrected, corrected]
        kept.corrected = corrected
    return taken


def _give_back(kept: Person, taken: dict[str, Any]) -> None:
    """Unless it was changed since."""
    for name, (before, after) in taken.items():
        if name == "corrected":
            kept.corrected = sorted({*before, *(set(kept.corrected) - set(after))})
        elif plain(getattr(kept, name)) == after:
            setattr(kept, name, stored(Person.__table__.columns.get(name), before))


# --- What belongs to them ----------------------------------------------------------------------


def _rows(table: Table, column: Column[Any], person: Person) -> Sequence[Any]:
    return db.session.execute(select(table).where(column == person.id)).all()


def _move(table: Table, column: Column[Any], kept: Person, absorbed: Person) -> list[Change]:
    there = {key for row in _rows(table, column, kept) if (key := _key(table, row)) is not None}
    moved = [
        row.id
        for row in _rows(table, column, absorbed)
        if (key := _key(table, row)) is None or key not in there
    ]
    set_value(table, moved, column.name, kept.id)
    return [[table.name, row.hex, column.name, absorbed.id.hex, kept.id.hex] for row in moved]


def _key(table: Table, row: Any) -> tuple[Any, ...] | None:
    """None where no row says the same as another."""
    if table.name not in SAME:
        return None
    names, ended = SAME[table.name]
    if ended and getattr(row, ended) is not None:
        return None
    return tuple(getattr(row, name) for name in names)


def _what_falls_due(*people: Person) -> Plain:
    due, case = Base.metadata.tables[FOLLOWS], Base.metadata.tables["episode"]
    cases = select(case.c.id).where(case.c.person_id.in_([person.id for person in people]))
    return read_plain(due.c.case_id, cases)


def _stricter(kept: Person) -> list[Change]:
    """One number with two answers keeps the careful one: a text that one record forbade is not
    safe because the other never asked."""
    points = db.session.scalars(
        select(ContactPoint)
        .where(
            ContactPoint.person_id == kept.id,
            ContactPoint.removed_at.is_(None),
            ContactPoint.kind == ContactKind.PHONE,
        )
        .execution_options(populate_existing=True)
    ).all()
    changes = []
    for name in _SAFETY:
        unsafe = {point.value_index for point in points if getattr(point, name) is Safe.NO}
        for point in points:
            said: Safe = getattr(point, name)
            if said is not Safe.NO and point.value_index in unsafe:
                setattr(point, name, Safe.NO)
                changes.append(["contact_point", point.id.hex, name, said.value, Safe.NO.value])
    return changes


def _other_name(kept: Person, absorbed: Person) -> list[Change]:
    """Who looks for the other name finds this record."""
    name = f"{absorbed.first_name} {absorbed.last_name}".strip() or absorbed.label
    folded = fold(name)[:240]
    known = {fold(f"{kept.first_name} {kept.last_name}"), fold(kept.label), ""}
    aliases = select(Alias.folded).where(Alias.person_id == kept.id)
    if folded in known | set(db.session.scalars(aliases)):
        return []
    alias = Alias(person_id=kept.id, name=name[:240], folded=folded)
    db.session.add(alias)
    db.session.flush()
    return [["person_alias", alias.id.hex, "", "", ""]]
