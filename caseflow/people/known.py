"""Who is like somebody: a few candidates from what they are found by, to be compared in full."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Uuid,
    column,
    delete,
    false,
    func,
    insert,
    literal,
    literal_column,
    not_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from caseflow.kernel.database import db
from caseflow.kernel.partial_date import PartialDate
from caseflow.kernel.sealed import unseal
from caseflow.kernel.sealed_fields import about, blind_index
from caseflow.kernel.settings import setting
from caseflow.people.keys import BLIND, Key, KeyKind, beginnings_of, keys_of, keys_of_forms
from caseflow.people.matching import DEFAULTS, Identity, Likeness, compare
from caseflow.people.models import Alias, ContactPoint, Person, PersonKey
from caseflow.people.queries import as_merged
from caseflow.people.rules import BornPrecision, ContactKind, folded_contact

EACH = 200  # people of one key: a key that more share is not looked at any further
MOST = 40  # candidates compared in full
# Roughly the bits that sharing the key is worth: who shares more is compared first.
WEIGHTS = {
    KeyKind.NHS: 20, KeyKind.PHONE: 12, KeyKind.NAMES: 10, KeyKind.NAME_HOME: 10, KeyKind.BORN: 9,
    KeyKind.HOUSE: 6, KeyKind.NAME_DAY: 5, KeyKind.NAME_YEAR: 4, KeyKind.NAMES_YEAR: 4,
    KeyKind.HOME_BORN: 4, KeyKind.PHONE_END: 4,
}  # fmt: skip
Condition = Callable[[ColumnElement[Any] | InstrumentedAttribute[Any]], ColumnElement[bool]]


# --- what a person is found by ---


def find_by(person: Person) -> None:
    """Called whenever something changed of who they are. Who was merged into another is not looked
    for: the other is."""
    is_absorbed = as_merged(person) is not person
    rows = set() if is_absorbed else set(map(stored, keys_of(identity_of(person))))
    held = db.session.execute(
        select(PersonKey.kind, PersonKey.value).where(PersonKey.person_id == person.id)
    )
    old = {(kind, value) for kind, value in held}
    for kind, value in old - rows:
        db.session.execute(
            delete(PersonKey).where(
                PersonKey.kind == kind, PersonKey.value == value, PersonKey.person_id == person.id
            )
        )
    new = [
        {"kind": kind, "value": value, "person_id": person.id} for kind, value in sorted(rows - old)
    ]
    if new:
        db.session.execute(insert(PersonKey), new)


def stored(key: Key) -> Key:
    kind, value = key
    if kind in BLIND:
        return kind, blind_index(value, of=f"person_key|{kind.value}").hex()[:32]
    return kind, value[:100]


# --- who they are, for comparing ---


def identity_of(person: Person) -> Identity:
    db.session.flush()
    return identities([person.id])[person.id]


def identities(
    ids: Sequence[uuid.UUID], *, beside: Identity | None = None
) -> dict[uuid.UUID, Identity]:
    """Three questions however many they are. What ``beside`` does not say is not read: there would
    be nothing to compare it with."""
    wants_phone = beside is None or bool(beside.phones)
    aliases = _aliases_of(ids)
    phones = _phones_of(ids) if wants_phone else {}
    return {
        row.id: identity(
            first_name=row.first_name,
            last_name=row.last_name,
            known_as=row.known_as,
            born_on=row.born_on,
            born_precision=row.born_precision,
            aliases=aliases.get(row.id, ()),
            phones=phones.get(row.id, ()),
            nhs_number=row.nhs_number,
            postcode=_opened(row, "postcode") if beside is None or beside.postcode else "",
            address=_opened(row, "address") if beside is None or beside.address else "",
        )
        for row in db.session.execute(_SAID.where(Person.id.in_(ids)))
    }


_SAID = select(
    Person.id, Person.first_name, Person.last_name, Person.known_as, Person.born_on,
    Person.born_precision, Person.nhs_number, Person.postcode_sealed, Person.address_sealed,
)  # fmt: skip


def _opened(row: Any, name: str) -> str:
    blob = getattr(row, f"{name}_sealed")
    return unseal(blob, about=about("person", f"{name}_sealed", row.id)).decode() if blob else ""


def _phones_of(ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[str]]:
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for point in db.session.scalars(
        select(ContactPoint).where(
            ContactPoint.person_id.in_(ids),
            ContactPoint.kind == ContactKind.PHONE,
            ContactPoint.removed_at.is_(None),
        )
    ):
        found[point.person_id].append(point.folded)
    return found


def _aliases_of(ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[str]]:
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    rows = db.session.execute(select(Alias.person_id, Alias.name).where(Alias.person_id.in_(ids)))
    for person_id, name in rows:
        found[person_id].append(name)
    return found


def identity(
    *,
    first_name: str = "",
    last_name: str = "",
    known_as: str = "",
    born_on: Any = None,
    born_precision: BornPrecision | None = None,
    aliases: Iterable[str] = (),
    phones: Iterable[str] = (),
    nhs_number: str = "",
    postcode: str = "",
    address: str = "",
) -> Identity:
    """From a person's own fields. What stands in for a name ("Trauma X") is no name."""
    names = [f"{first_name} {last_name}", f"{known_as} {last_name}" if known_as else "", *aliases]
    numbers = {folded_contact(ContactKind.PHONE, phone) for phone in phones}
    return Identity(
        names=tuple(dict.fromkeys(name.strip() for name in names if name.strip())),
        born=_born(born_on, born_precision),
        is_estimated=born_precision is BornPrecision.ESTIMATED,
        phones=tuple(sorted(number for number in numbers if number)),
        nhs_number=nhs_number,
        postcode=postcode,
        address=address,
    )


def _born(born_on: Any, precision: BornPrecision | None) -> PartialDate | None:
    if born_on is None or precision is BornPrecision.UNKNOWN:
        return None
    if precision is BornPrecision.DAY or precision is None:
        return PartialDate.of(born_on)
    return PartialDate(born_on.year, born_on.month if precision is BornPrecision.MONTH else None)


# --- looking ---


def candidates(
    like: Identity,
    *,
    among: Condition = lambda _: true(),
    without: Condition = lambda _: false(),
    unfinished: bool = False,
) -> list[uuid.UUID]:
    """At most MOST people who share a key with them, who shares most first.

    ``among`` says of a person's id whether they count at all; ``without``, who is left out of
    every key before anything is cut off, so that nobody among them can take another's place.
    ``unfinished``: the last word of the name is still being typed.
    """
    counts = not_(without(_KEYS.person_id))
    asked = [_holders(kind, _KEYS.value == value, counts) for kind, value in _evened(like)]
    if forms := sorted(value for _, value in keys_of_forms(like)):
        asked.append(_holders(KeyKind.NAMES, _KEYS.value.in_(forms), counts))
    if unfinished:
        asked += [
            _holders(KeyKind.NAMES, _KEYS.value.between(start, f"{start}~"), counts)
            for start in sorted(beginnings_of(like))
        ]
    if not asked:
        return []
    who, worth = column("person_id", Uuid()), column("worth", Integer())
    shared = (
        select(who, func.sum(worth).label("worth"))
        .select_from(union_all(*asked).subquery())
        .group_by(who)
        .subquery()
    )
    return list(
        db.session.scalars(
            select(shared.c.person_id)
            .where(among(shared.c.person_id))
            .order_by(shared.c.worth.desc(), shared.c.person_id)
            .limit(MOST)
        )
    )


_KEYS = PersonKey.__table__.c
_NOBODY = (KeyKind.NHS, "")  # no key is empty


def _evened(like: Identity) -> list[Key]:
    """Few different lengths, so that the statement is worked out once and not for each name."""
    keys = sorted(map(stored, keys_of(like)))
    return keys + [_NOBODY] * (-len(keys) % 4)


def _holders(kind: KeyKind, *conditions: ColumnElement[bool]) -> Select[Any]:
    holders = select(_KEYS.person_id, literal(WEIGHTS[kind]).label("worth"))
    few = holders.where(_KEYS.kind == kind, *conditions).limit(EACH)
    return select(literal_column("*")).select_from(few.subquery())


def likenesses(like: Identity, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Likeness]:
    """How like them each of these is, by the weights that hold now; the most alike first."""
    if not ids:
        return {}
    bits = DEFAULTS | setting("matching_bits", {})
    found = {
        person_id: compare(like, theirs, bits=bits)
        for person_id, theirs in identities(ids, beside=like).items()
    }
    return dict(sorted(found.items(), key=lambda pair: (-pair[1].score, pair[0])))


def people_by_id(ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Person]:
    people = db.session.scalars(select(Person).where(Person.id.in_(ids)))
    return {person.id: person for person in people}
