"""What a form did not ask is not taken, and what it did not offer cannot be chosen.

Every form a role can find is sent with every column of every table beside its own answers, and
with each record it offers replaced by another team's. New forms are walked without being named.
"""

import re
import uuid
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import Boolean, Date, DateTime, Integer, Uuid, select, text

from caseflow.access.permissions import Role
from caseflow.cases.models import Case
from caseflow.kernel.database import Base
from caseflow.people.models import Person
from caseflow.staff.models import User
from tests import builders
from tests.gate.rows import BOOKKEEPING, ids_in, table_of
from tests.gate.test_garbage import Met, Pairs, discover, filled, full_case, shown, turn, world
from tests.harness.client import Client

pytestmark = pytest.mark.one_database

MARK, NUMBER, DAY = "INJECTED", "424242", "1999-01-01"
A_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
AT_ONCE = 40
FIRST = {
    "id", "version", "case", "case_id", "person", "person_id", "team", "team_id", "worker",
    "worker_id", "owner", "owner_id", "role", "role_id", "user_id", "by_id", "entered_by_id",
    "address", "postcode", "staying_at", "school", "stage", "risk", "stream", "source",
}  # fmt: skip
# Their rows hold what was sent, on purpose: nothing is done with it.
KEEPS_WHAT_WAS_SENT = {"kept_form"}


def columns() -> dict[str, Any]:
    return {
        column.name.removesuffix("_sealed"): column.type
        for table in Base.metadata.sorted_tables
        for column in table.columns
    }


def injected(own: set[str], foreign: dict[str, uuid.UUID]) -> Iterator[Pairs]:
    """Each column by its name, pointing at the other team or carrying a mark; none that the form
    has itself. In parts, for no form may have too many fields; what matters most first."""
    taken = {name.partition("-")[0] for name in own} | own
    named = {name: _value(name, kind, foreign) for name, kind in columns().items()}
    for name, record_id in foreign.items():
        named |= {name: str(record_id), f"{name}_id": str(record_id)}
    named |= {"role": "administrator", "owner": str(foreign["user"])}
    names = sorted(named.keys() - taken, key=lambda name: (name not in FIRST, name))
    for start in range(0, len(names), AT_ONCE):
        yield [(name, named[name]) for name in names[start : start + AT_ONCE]]


def _value(name: str, kind: Any, foreign: dict[str, uuid.UUID]) -> str:
    if isinstance(kind, Uuid):
        kin = name.removesuffix("_id")
        return str(foreign.get(kin, foreign["user"] if name.endswith("_id") else foreign["mark"]))
    if isinstance(kind, DateTime):
        return f"{DAY}T00:00:00+00:00"
    if isinstance(kind, Date):
        return DAY
    if isinstance(kind, Boolean):
        return "y"
    return NUMBER if isinstance(kind, Integer) else MARK


def swapped(form: html.HtmlElement, others: list[uuid.UUID]) -> list[Pairs]:
    """The form answered fairly, but one record it offers is another team's: each with each."""
    fair = filled(form, "Words", fair=True)
    return [
        [(n, str(other) if n == name else v) for n, v in fair]
        for name, value in fair
        if isinstance(value, str) and A_UUID.fullmatch(value)
        for other in others
    ]


def rows(session) -> dict[str, list[str]]:
    session.rollback()
    names = [t.name for t in Base.metadata.sorted_tables]
    found = {
        name: [repr(row) for row in session.execute(text(f'SELECT * FROM "{name}"'))]
        for name in names
        if name not in BOOKKEEPING | KEEPS_WHAT_WAS_SENT
    }
    session.rollback()
    return found


def traces(session, foreign: dict[str, uuid.UUID]) -> Counter[str]:
    """How often a mark or a foreign record is spoken of, in which table; and who is what."""
    found: Counter[str] = Counter()
    signs = {MARK: MARK, NUMBER: NUMBER, DAY: DAY, "1999": "datetime.date(1999, 1, 1)"}
    for name, record_id in foreign.items():
        signs |= {f"{name} {record_id}": str(record_id), f"{name}.{record_id}": record_id.hex}
    for table, lines in rows(session).items():
        for label, sign in signs.items():
            found[f"{table}: {label}"] += sum(sign in line for line in lines)
    for person in session.scalars(select(Person)):
        told = (person.address, person.postcode, person.staying_at, person.school)
        found["person: sealed"] += sum(MARK in words for words in told)
    found["administrators"] = len(
        session.scalars(select(User).filter_by(role="administrator")).all()
    )
    session.rollback()
    return +found


def foreign_ids(session, app: Flask) -> dict[str, uuid.UUID]:
    """One record of each kind that only the other team may touch."""
    away = builders.team("Away team", ())
    case: Case = full_case(builders.worker(away))
    session.flush()
    names = set().union(*(rule.arguments for rule in app.url_map.iter_rules()))
    found = ids_in(session, case, {name for name in names if table_of(name) is not None})
    own = {name: record_id for name, record_id in found.items() if _is_of_a_case(name)}
    return {"case": case.id, "worker": case.worker_id} | own | {
        "person": case.person_id, "user": case.worker_id,
        "team": away.id, "mark": uuid.uuid4(),
    }  # fmt: skip


def _is_of_a_case(name: str) -> bool:
    table = table_of(name)
    return table is not None and bool({"case_id", "person_id"} & set(table.c.keys()))


def send(me: Client, met: Met, pairs: Pairs) -> int:
    answer = me.post(met.action, data=dict(pairs), may_break=True)
    assert answer.status_code < 500, met.endpoint
    return answer.status_code


# Forms that were answered well enough to be saved, so that there was something to slip in with.
LEAST_TAKEN = {Role.YOUTH_WORKER: 20, Role.SUPERVISOR: 20, Role.ADMINISTRATOR: 1}


@pytest.mark.parametrize("role", list(Role))
def test_no_form_takes_what_it_did_not_ask_or_offer(
    session, sign_in, app: Flask, role: Role
) -> None:
    walk(session, sign_in, app, role, parts=1, others=2)


@pytest.mark.verify("T03")
@pytest.mark.parametrize("role", list(Role))
def test_no_form_takes_any_column_or_any_record_it_did_not_offer(
    session, sign_in, app: Flask, role: Role
) -> None:
    walk(session, sign_in, app, role, parts=99, others=99)


def walk(session, sign_in, app: Flask, role: Role, *, parts: int, others: int) -> None:
    user = world()[role]
    foreign = foreign_ids(session, app)
    me = sign_in(user)
    forms = sorted(discover(app, me).items(), key=turn)
    taken = sum(tamper(session, me, met, foreign, parts, others) for _, met in forms)
    assert taken >= LEAST_TAKEN.get(role, 0), f"{taken} forms were taken: too few to prove a thing"


def tamper(
    session, me: Client, met: Met, foreign: dict[str, uuid.UUID], parts: int, others: int
) -> bool:
    """Whether the form was taken. A record it offers itself is not foreign to it."""
    form = shown(me, met)
    if form is None:
        return False
    offered = html.tostring(form).decode()
    apart = {name: key for name, key in foreign.items() if str(key) not in offered}
    before = traces(session, apart)
    for pairs in swapped(form, list(apart.values())[:others]):
        send(me, met, pairs)
    taken = False
    for more in islice(injected(set(form.xpath(".//@name")), foreign), parts):
        taken |= send(me, met, [*filled(form, "Words", fair=True), *more]) == 302
        if (form := shown(me, met)) is None:
            break
    after = traces(session, apart)
    assert dict(after - before) == {}, met.endpoint
    assert dict(before - after) == {}, met.endpoint
    return taken
