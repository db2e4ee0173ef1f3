"""Rules the service may change, each value with the instant from which it holds."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.kernel import clock
from caseflow.kernel.database import Base, db, key


class Setting(Base):
    __tablename__ = "setting"

    id: Mapped[uuid.UUID] = key()
    name: Mapped[str] = mapped_column(String(80), index=True)
    value: Mapped[Any] = mapped_column(JSON)
    holds_from: Mapped[datetime]
    set_by: Mapped[uuid.UUID | None]


_remembered: ContextVar[dict[str, Setting | None] | None] = ContextVar("settings", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Inside, each setting is read once: for bulk work during which no rule changes."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def setting(name: str, default: Any) -> Any:
    """The value that holds now; the default until somebody has chosen one."""
    known = _remembered.get()
    if known is None:
        found = _in_force(name)
    else:
        if name not in known:
            known[name] = _in_force(name)
        found = known[name]
    return default if found is None else found.value


def _in_force(name: str) -> Setting | None:
    return db.session.scalars(
        select(Setting)
        .where(Setting.name == name, Setting.holds_from <= clock.now())
        .order_by(Setting.holds_from.desc())
        .limit(1)
    ).first()


def history(name: str) -> list[tuple[datetime, Any]]:
    """Each value there was, and from when it held; the earliest first."""
    rows = db.session.scalars(
        select(Setting).where(Setting.name == name).order_by(Setting.holds_from)
    )
    return [(row.holds_from, row.value) for row in rows]


def change_setting(
    name: str, value: Any, *, by_id: uuid.UUID | None, holds_from: datetime | None = None
) -> Setting:
    """From now on, or from an instant to come: what was planned for that instant is replaced."""
    now = clock.now()
    if holds_from is not None and holds_from > now:
        db.session.execute(
            delete(Setting).where(Setting.name == name, Setting.holds_from == holds_from)
        )
    row = Setting(name=name, value=value, holds_from=max(now, holds_from or now), set_by=by_id)
    db.session.add(row)
    db.session.flush()
    return row
