import uuid
from datetime import date, datetime

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.kernel import clock
from caseflow.kernel.database import Base, key
from caseflow.services import rules


class Service(Base):
    """An agency's offer. ``domains`` holds NeedDomain words; ages in whole years, inclusive."""

    __tablename__ = "service"

    id: Mapped[uuid.UUID] = key()
    agency: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    domains: Mapped[list[str]] = mapped_column(JSON, default=list)
    youngest: Mapped[int] = mapped_column(default=0)
    oldest: Mapped[int] = mapped_column(default=25)
    area: Mapped[str] = mapped_column(String(120), default="")
    wait_days: Mapped[int | None]
    route: Mapped[str] = mapped_column(Text, default="")
    verified_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_stale(self) -> bool:
        return rules.is_stale(self.verified_on, clock.today())

    @property
    def wait(self) -> str:
        return rules.wait_words(self.wait_days)

    @property
    def ages(self) -> str:
        return f"{self.youngest} to {self.oldest}"
