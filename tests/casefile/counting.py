"""How many statements something runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from caseflow.kernel.database import db


@contextmanager
def statements() -> Iterator[list[str]]:
    ran: list[str] = []

    def note(_conn, _cursor, statement, *_):
        ran.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield ran
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
