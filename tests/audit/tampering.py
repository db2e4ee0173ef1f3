"""What somebody with the database's own password may do to the trail. Triggers do not stop them."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from caseflow.audit import anchors, writing
from caseflow.audit.chain import COLUMNS
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.kernel import clock

REST = ", ".join((*COLUMNS[1:], "mac"))
TRIGGERS = {
    "sqlite": "SELECT name, NULL FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'",
    "postgresql": (
        "SELECT DISTINCT trigger_name, event_object_table FROM information_schema.triggers "
        "WHERE event_object_table LIKE 'audit%'"
    ),
}


def made_rows(count: int, start: int = 0) -> list[AuditRow]:
    return [
        AuditRow(
            at=clock.now(),
            event=Event.LISTED if number % 4 == 0 else Event.VIEWED,
            actor_id=uuid.uuid4(),
            case_id=uuid.uuid4() if number % 3 else None,
            person_id=None,
            endpoint=f"room.page{number}",
            request_id=str(uuid.uuid4()),
            session_id="",
            source="",
            facts={"cases": [str(uuid.uuid4())]} if number % 4 == 0 else {"count": number},
        )
        for number in range(start, start + count)
    ]


def drop_triggers(connection: Connection) -> None:
    """PostgreSQL's are switched off instead: each test's fresh start switches them on again."""
    dialect = connection.dialect.name
    for name, table in connection.execute(text(TRIGGERS[dialect])).all():
        connection.execute(
            text(
                f"DROP TRIGGER {name}"
                if table is None
                else f"ALTER TABLE {table} DISABLE TRIGGER {name}"
            )
        )


@dataclass
class Tampering:
    """One act, on ``last`` rows; it says which row is the first that is not as it was."""

    connection: Connection
    chance: random.Random
    last: int
    anchors: list[anchors.Anchor]

    def do(self, sql: str, **values: object) -> None:
        self.connection.execute(text(sql), values)

    def place(self, most: int | None = None) -> int:
        return self.chance.randint(1, most or self.last)

    def edits(self) -> int:
        seq, column = self.place(), self.chance.choice([*COLUMNS[2:10], "facts", "at"])
        new = {
            "facts": "'{\"count\": -1}'",
            "at": "'2020-01-02 03:04:05.000006'",
            "actor_id": f"'{uuid.uuid4().hex}'",
            "case_id": f"'{uuid.uuid4().hex}'",
            "person_id": f"'{uuid.uuid4().hex}'",
        }.get(column, "'other'")
        self.do(f"UPDATE audit SET {column} = {new} WHERE seq = :seq", seq=seq)
        return seq

    def edits_the_mac(self) -> int:
        seq = self.place()
        self.do("UPDATE audit SET mac = :mac WHERE seq = :seq", seq=seq, mac=self.other_mac())
        return seq

    def other_mac(self) -> str:
        return "".join(self.chance.choices("0123456789abcdef", k=64))

    def swaps(self) -> int:
        one, two = sorted(self.chance.sample(range(1, self.last + 1), 2))
        for old, new in ((one, -9), (two, one), (-9, two)):
            self.do("UPDATE audit SET seq = :new WHERE seq = :old", old=old, new=new)
        return one

    def deletes(self) -> int:
        seq = self.place(self.last - 1)
        self.do("DELETE FROM audit WHERE seq = :seq", seq=seq)
        return seq

    def deletes_and_closes_the_gap(self) -> int:
        seq, many = self.place(self.last - 10), self.chance.randint(1, 5)
        self.do("DELETE FROM audit WHERE seq >= :seq AND seq < :seq + :many", seq=seq, many=many)
        self.shift(seq + many, -many)
        return seq

    def shift(self, start: int, by: int) -> None:
        self.do("UPDATE audit SET seq = -seq WHERE seq >= :start", start=start)
        self.do("UPDATE audit SET seq = :by - seq WHERE seq <= -:start", start=start, by=by)

    def inserts(self) -> int:
        seq = self.place()
        self.shift(seq, 1)
        self.copy(self.place(), seq)
        return seq

    def copy(self, source: int, seq: int) -> None:
        source = source if source < seq else source + 1
        self.do(
            f"INSERT INTO audit (seq, {REST}) SELECT :seq, {REST} FROM audit WHERE seq = :source",
            seq=seq,
            source=source,
        )

    def inserts_before_the_first(self) -> int:
        self.copy(self.place(), seq := -self.place())
        return seq

    def inserts_at_the_end(self) -> int:
        self.copy(self.place(), self.last + 1)
        return self.last + 1

    def replaces(self) -> int:
        one, two = self.chance.sample(range(1, self.last + 1), 2)
        if self.connection.dialect.name == "sqlite":
            self.do(
                f"REPLACE INTO audit (seq, {REST}) SELECT :one, {REST} FROM audit WHERE seq = :two",
                one=one,
                two=two,
            )
            return one
        self.do("DELETE FROM audit WHERE seq = :one", one=one)
        self.copy(two if two < one else two - 1, one)
        return one

    def hides_a_listing(self) -> int:
        seq: int = self.connection.execute(text("SELECT min(seq) FROM audit_listed")).scalar_one()
        self.do("DELETE FROM audit_listed WHERE seq = :seq", seq=seq)
        return seq

    def cuts_the_end(self) -> int:
        seq = self.place()
        self.do("DELETE FROM audit WHERE seq >= :seq", seq=seq)
        self.do("DELETE FROM audit_listed WHERE seq >= :seq", seq=seq)
        return seq

    def puts_an_earlier_copy_back_and_goes_on(self) -> int:
        seq = self.cuts_the_end()
        writing.append(self.connection, made_rows(self.chance.randint(1, 2 * self.last)))
        return seq


KINDS: list[Callable[[Tampering], int]] = [
    Tampering.edits,
    Tampering.edits,
    Tampering.edits_the_mac,
    Tampering.swaps,
    Tampering.deletes,
    Tampering.deletes_and_closes_the_gap,
    Tampering.inserts,
    Tampering.inserts_before_the_first,
    Tampering.inserts_at_the_end,
    Tampering.replaces,
    Tampering.hides_a_listing,
    Tampering.cuts_the_end,
    Tampering.puts_an_earlier_copy_back_and_goes_on,
]
