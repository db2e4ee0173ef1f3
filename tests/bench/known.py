"""Search as you type among many: the page's own question, beside its query and its sums alone.

``PEOPLE=1000000 make bench`` asks among a million; ``python -m tests.bench.known postgresql`` asks
PostgreSQL.
"""

import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any
from unittest import mock

from flask import Flask
from sqlalchemy import event, insert, text

import caseflow
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case, Restriction
from caseflow.cases.rules import Risk, Stream
from caseflow.kernel import clock
from caseflow.kernel.config import Settings
from caseflow.kernel.database import db, keep_more_in_memory, transaction
from caseflow.kernel.ids import new_id
from caseflow.kernel.names import fold
from caseflow.kernel.sealed import seal
from caseflow.kernel.sealed_fields import about
from caseflow.people import known
from caseflow.people.keys import keys_of
from caseflow.people.matching import COMMON, Identity
from caseflow.people.models import ContactPoint, Person
from caseflow.people.rules import BornPrecision, ContactKind
from caseflow.staff.models import Team, User
from tests import builders
from tests.harness import signed_in
from tests.harness.client import Client
from tests.harness.databases import PostgreSQL, SQLite
from tests.harness.migrate import upgrade
from tests.harness.postgres import Cluster
from tests.people.crowd import FAMILY, GIVEN, STREETS

PEOPLE = int(os.environ.get("PEOPLE", "20000"))
RESTRICTED = 1_000
BATCH = 5_000
ASKED = 40  # people; each is asked for several times, while their name grows
_SYLLABLES = [
    "ba",
    "de",
    "fi",
    "go",
    "lu",
    "ma",
    "ne",
    "po",
    "ra",
    "si",
    "to",
    "va",
    "wen",
    "yo",
    "zu",
    "char",
    "kin",
    "mor",
    "tan",
    "pell",
]


class Made:
    """A person's row, what belongs to them and what they are found by, of a numbered die."""

    def __init__(self, number: int) -> None:
        dice = random.Random(number)
        self.id, self.point_id = new_id(), new_id()
        self.first, self.last = _name(dice, GIVEN), _name(dice, FAMILY)
        self.born = date(1995, 1, 1) + timedelta(days=dice.randrange(18 * 365))
        self.phone = f"+4477{dice.randrange(100_000_000):08}"
        home = f"LE{dice.randint(1, 19)} {dice.randint(0, 9)}"
        self.postcode = home + "".join(dice.choices("ABDEFGHJLNPQRSTUWXYZ", k=2))
        self.address = f"{dice.randint(1, 180)} {dice.choice(STREETS)} Road"

    @property
    def identity(self) -> Identity:
        return known.identity(
            first_name=self.first, last_name=self.last, born_on=self.born,
            born_precision=BornPrecision.DAY, phones=[self.phone], postcode=self.postcode,
            address=self.address,
        )  # fmt: skip


def _name(dice: random.Random, usual: list[str]) -> str:
    """Half bear one of the usual names, the common ones more often; half a rare one."""
    if dice.random() < 0.5:
        return dice.choices(usual, cum_weights=_WEIGHTS[id(usual)])[0]
    return "".join(dice.choices(_SYLLABLES, k=3)).title()


_WEIGHTS = {
    id(names): list(accumulate(COMMON.get(name.lower(), 10) for name in names))
    for names in (GIVEN, FAMILY)
}


# --- filling ---


def fill(people: int) -> str:
    """The address of somebody who asks."""
    index = "ix_person_key_person_id"
    with transaction():
        worker, boss = builders.worker(), builders.supervisor()
        keep_more_in_memory()
        address, team, connection = worker.email, worker.team, db.session.connection()
        connection.execute(text(f"DROP INDEX {index}"))
        connection.execute(text("CREATE TEMPORARY TABLE heap (kind text, value text, who text)"))
        for start in range(0, people, BATCH):
            _add(
                connection, [Made(n) for n in range(start, min(start + BATCH, people))], team, boss
            )
        uuids = "who::uuid" if connection.dialect.name == "postgresql" else "who"
        connection.execute(
            text(f"INSERT INTO person_key SELECT kind, value, {uuids} FROM heap ORDER BY 1, 2, 3")
        )
        connection.execute(text(f"CREATE INDEX {index} ON person_key (person_id)"))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return address


def _add(connection: Any, made: list[Made], team: Team, boss: User) -> None:
    now = clock.now()
    connection.execute(insert(Person), [_person(one) for one in made])
    connection.execute(insert(ContactPoint), [_point(one) for one in made])
    connection.execute(insert(Case), [_case(one, team, now) for one in made])
    every = max(PEOPLE // RESTRICTED, 1)
    restricted = [one for number, one in enumerate(made) if number % every == 0]
    connection.execute(
        insert(Restriction),
        [{"id": new_id(), "person_id": one.id, "why": "x", "at": now, "by_id": boss.id}
         for one in restricted],
    )  # fmt: skip
    connection.execute(
        text("INSERT INTO heap VALUES (:kind, :value, :who)"),
        [{"kind": kind.value, "value": value, "who": one.id.hex}
         for one in made for kind, value in {known.stored(key) for key in keys_of(one.identity)}],
    )  # fmt: skip


def _sealed(table: str, column: str, row: uuid.UUID, value: str) -> bytes:
    return seal(value.encode(), about=about(table, column, row))


def _person(one: Made) -> dict[str, Any]:
    return {
        "id": one.id, "first_name": one.first, "last_name": one.last, "born_on": one.born,
        "folded_name": fold(f"{one.first} {one.last}"), "born_precision": BornPrecision.DAY,
        "postcode_sealed": _sealed("person", "postcode_sealed", one.id, one.postcode),
        "address_sealed": _sealed("person", "address_sealed", one.id, one.address),
        "added_at": clock.now(),
    }  # fmt: skip


def _point(one: Made) -> dict[str, Any]:
    return {
        "id": one.point_id, "person_id": one.id, "kind": ContactKind.PHONE,
        "value_sealed": _sealed("contact_point", "value_sealed", one.point_id, one.phone),
        "value_index": one.id.bytes, "ending_index": one.id.bytes,
    }  # fmt: skip


def _case(one: Made, team: Team, now: Any) -> dict[str, Any]:
    return {
        "id": new_id(), "reference": one.id.hex[-12:], "person_id": one.id,
        "stream": Stream.HOSPITAL, "stage": Stage.RECEIVED, "risk": Risk.NOT_ASSESSED,
        "team_id": team.id, "received_at": now, "stage_since": now,
    }  # fmt: skip


# --- asking ---


def typed(people: int, of: int) -> Iterator[dict[str, str]]:
    """What the page sends while some of them are typed in: half a name, more of it, a birthday."""
    dice = random.Random(of)
    for _ in range(ASKED):
        one = Made(dice.randrange(people))
        last = one.last[:-2] + one.last[-1] if dice.random() < 0.5 else one.last
        day = {"born-day": f"{one.born.day}", "born-month": f"{one.born.month}",
               "born-year": f"{one.born.year}"}  # fmt: skip
        yield {"name": f"{one.first} {last[:3]}"}
        yield {"name": f"{one.first} {last}"}
        yield {"name": f"{one.first} {last}"} | day
        yield {"name": f"{last} {one.first}", "postcode": one.postcode} | day
        yield {"name": f"{one.first} {last}", "phone": one.phone, "postcode": one.postcode} | day


def measure(app: Flask, address: str, people: int) -> None:
    client = Client(app)
    client.set_cookie(*signed_in.cookie(app, address), domain="localhost")
    page = client.get("/referrals/quick-add")
    token = page.html.xpath("//input[@name='csrf_token']/@value")[0]

    def ask(one: dict[str, str]) -> None:
        answer = client.post("/referrals/known", data=one | {"csrf_token": token})
        assert answer.status_code == 200, answer.status

    for one in typed(people, of=1):  # a server that has been asked before
        ask(one)
    alone = [_alone(app, partial(ask, one)) for one in typed(people, of=7)]
    page_took = [_seconds(partial(ask, one)) for one in typed(people, of=7)]
    whole, bare = (statistics.quantiles(took, n=20)[-1] * 1000 for took in (page_took, alone))
    print(
        f"{f'Search as you type among {people:,}':42} {statistics.median(page_took) * 1000:9.1f} ms"
        f"   p95 {whole:.1f}; its query and scoring alone {bare:.1f}: {whole / bare:.2f} "
        "(at most 3)"
    )


def _alone(app: Flask, ask: Callable[[], None]) -> float:
    """The very statement that the page sends, straight to the driver; and the candidates read and
    compared."""
    sent: list[tuple[str, Any]] = []
    scored: list[tuple[Identity, Sequence[uuid.UUID]]] = []
    likenesses = known.likenesses

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if "person_key" in statement:
            sent.append((statement, values))

    def score(like: Identity, ids: Sequence[uuid.UUID]) -> Any:
        scored.append((like, ids))
        return likenesses(like, ids)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        with mock.patch.object(known, "likenesses", score):
            ask()
        event.remove(db.engine, "before_cursor_execute", note)
        driver = db.session.connection().connection.driver_connection
        assert driver is not None
        started = time.perf_counter()
        cursor = driver.cursor()
        for statement, values in sent:
            cursor.execute(statement, values)
            cursor.fetchall()
        for like, ids in scored:
            likenesses(like, ids)
        took = time.perf_counter() - started
        db.session.rollback()
    return took


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def main(database: SQLite | PostgreSQL, directory: Path) -> None:
    app = caseflow.create_app(
        Settings(
            database_url=database.url, data_dir=directory, secret_key="a key for measuring only",
            master_key=b"a master key for measuring only.", allow_http=True,
        )
    )  # fmt: skip
    upgrade(app)
    with app.app_context():
        address = fill(PEOPLE)
    measure(app, address, PEOPLE)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        if sys.argv[1:] == ["postgresql"]:
            cluster = Cluster()
            cluster.start()
            try:
                main(PostgreSQL(cluster.directory, "bench"), Path(place))
            finally:
                cluster.stop()
        else:
            main(SQLite(Path(place)), Path(place))
