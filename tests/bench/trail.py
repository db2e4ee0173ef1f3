"""What the audit trail costs: checking half a million rows, and each page."""

import hashlib
import sqlite3
import statistics
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from unittest import mock

from flask import Flask

from caseflow import gate
from caseflow.audit import writing
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases.lifecycle import Stage
from caseflow.kernel import clock
from caseflow.kernel.database import db, transaction
from caseflow.rights import trail
from tests import builders
from tests.harness import signed_in
from tests.harness.client import Client

ROWS = 500_000
PAGES = 60


def measure(app: Flask, database: Path) -> None:
    measure_page(app)
    with app.app_context():
        fill(ROWS)
        measure_check(database)
    measure_page(app, f" after {ROWS:,} rows")


def fill(rows: int) -> None:
    for start in range(0, rows, 20_000):
        with db.engine.begin() as connection:
            writing.append(connection, [_row(start + number) for number in range(20_000)])


def _row(number: int) -> AuditRow:
    """As a page leaves one; every tenth is a list of five cases."""
    is_list = number % 10 == 0
    return AuditRow(
        at=clock.now(),
        event=Event.LISTED if is_list else Event.VIEWED,
        actor_id=uuid.uuid4(),
        case_id=None if is_list else uuid.uuid4(),
        person_id=None if is_list else uuid.uuid4(),
        endpoint="caseload.my_day" if is_list else "casefile.show",
        request_id=str(uuid.uuid4()),
        session_id="a" * 64,
        source="192.0.2.1",
        facts={"cases": [str(uuid.uuid4()) for _ in range(5)]} if is_list else {},
    )


def measure_check(database: Path) -> None:
    """Each three times, one after the other: the best of each, so that others' work counts less."""
    bare, checked = [], []
    for _ in range(3):
        bare.append(_seconds(lambda: read_and_hash(database)))
        checked.append(_seconds(check))
    print(f"{'The trail: a bare loop that hashes it':42} {ROWS / min(bare):9,.0f} rows/s")
    print(
        f"{'The trail: caseflow audit verify':42} {ROWS / min(checked):9,.0f} rows/s"
        f"   {min(checked):.1f} s, {min(bare) / min(checked):.2f} of the bare loop (at least 0.33)"
    )


def read_and_hash(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        for row in connection.execute("SELECT * FROM audit ORDER BY seq"):
            hashlib.sha256("|".join(map(str, row)).encode()).digest()


def check() -> None:
    assert trail.check_all().fault is None


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def measure_page(app: Flask, when: str = "") -> None:
    """The case page, by turns with its row in the trail and without."""
    with app.app_context(), transaction():
        case = builders.case_at(Stage.LONG_TERM)
        address, email = f"/cases/{case.id}", case.worker.email
    client = Client(app)
    client.set_cookie(*signed_in.cookie(app, email), domain="localhost")
    client.get(address)
    with_row, without = [], []
    for _ in range(PAGES):
        with_row.append(_seconds(lambda: client.get(address)))
        with mock.patch.object(gate, "_record_look", return_value=None):
            without.append(_seconds(lambda: client.get(address)))
    whole, bare = (statistics.quantiles(times, n=4)[0] for times in (with_row, without))
    print(
        f"{f'The case page{when}':42} {whole * 1000:9.1f} ms   "
        f"{(whole - bare) * 1000:.1f} ms of it for the trail: {(whole - bare) / whole:.2f} "
        "(at most 0.25)"
    )
