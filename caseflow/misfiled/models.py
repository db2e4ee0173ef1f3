import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.cases.models import Case
from caseflow.kernel.database import Base, key, refers, words
from caseflow.misfiled.rules import Kind, State
from caseflow.staff.models import User

_IS_ASIDE = text("state = 'aside'")


class Misfiled(Base):
    """One entry that was found to be about somebody else, from when it was set aside.

    ``case`` is where it stood then, ``at`` and ``by`` are of the last step. ``steps`` tells them
    all, [{step, at, by, why}]; ``changes`` [[step, table, row, column, before, after]] is what
    putting it back, or undoing the move, restores. The entry's own row holds the words.
    """

    __tablename__ = "misfiled_entry"
    __table_args__ = (
        Index(
            "uq_misfiled_entry_entry_id",
            "entry_id",
            unique=True,
            sqlite_where=_IS_ASIDE,
            postgresql_where=_IS_ASIDE,
        ),
    )

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode")
    kind: Mapped[Kind] = mapped_column(words(Kind))
    entry_id: Mapped[uuid.UUID]
    entry_at: Mapped[datetime]
    author_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    state: Mapped[State] = mapped_column(words(State), default=State.ASIDE)
    at: Mapped[datetime]
    by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    to_case_id: Mapped[uuid.UUID | None] = refers("episode")
    steps: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    changes: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    case: Mapped[Case] = relationship(foreign_keys=[case_id])
    by: Mapped[User] = relationship(foreign_keys=[by_id])
