"""Rules the service may change, each value with the instant from which it holds."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, select
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


def setting(name: str, default: Any) -> Any:
    """The value that holds now; the default until somebody has chosen one."""
    found = db.session.scalars(
        select(Setting)
        .where(Setting.name == name, Setting.holds_from <= clock.now())
        .order_by(Setting.holds_from.desc())
        .limit(1)
    ).first()
    return default if found is None else found.value


def change_setting(name: str, value: Any, *, by_id: uuid.UUID | None) -> Setting:
    row = Setting(name=name, value=value, holds_from=clock.now(), set_by=by_id)
    db.session.add(row)
    db.session.flush()
    return row
