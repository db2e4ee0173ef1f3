"""Whether anything in the database is another than before."""

import hashlib
import uuid

from sqlalchemy import Table, select, text

from caseflow.cases.models import Case
from caseflow.kernel.database import Base

# What every request may write, and why: the look is on record, the session was used just now.
BOOKKEEPING = {"audit", "audit_listed", "sign_in"}
# What an address names → the table it is in, where the name is another.
NAMED = {
    "action": "plan_action", "apart": "keep_apart", "asked": "staff_user", "case": "episode",
    "entry": "contact", "misfiled": "misfiled_entry", "target": "episode",
    "item": "due_item", "link": "operation_link",
    "merge": "person_merge", "message": "referral_message", "missed": "missed_moment",
    "named": "named_access", "onward": "onward_referral",
    "opening": "break_glass", "own_device": "known_device", "own_session": "sign_in",
    "refused": "delivery", "sent": "delivery", "sent_in": "public_referral",
    "system": "sending_system",
    "plan": "safety_plan",
    "point": "contact_point", "related": "related_person", "twin": "episode", "user": "staff_user",
    "worker": "staff_user",
}  # fmt: skip


def table_of(name: str) -> Table | None:
    return Base.metadata.tables.get(NAMED.get(name, name))


def ids_in(session, case: Case, names: set[str]) -> dict[str, uuid.UUID]:
    """A record of each kind that an address can name, of this case where it is about a case."""
    found = {"case": case.id}
    for name in names - {"case"}:
        table = table_of(name)
        question = select(table.c.id).limit(1)
        for column, value in (("case_id", case.id), ("person_id", case.person_id)):
            if column in table.c:
                question = question.where(table.c[column] == value)
        if record_id := session.scalar(question):
            found[name] = record_id
    return found


def checksums(session) -> dict[str, str]:
    """Table → a hash of all its rows, read past whatever the session remembers."""
    session.rollback()
    names = sorted(table.name for table in Base.metadata.sorted_tables)
    found = {name: _of(session, name) for name in names if name not in BOOKKEEPING}
    session.rollback()
    return found


def _of(session, table: str) -> str:
    rows = session.execute(text(f'SELECT * FROM "{table}"')).all()
    return hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [name for name, was in before.items() if after[name] != was]
