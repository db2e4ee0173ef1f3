import uuid
from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.access.permissions import Role
from caseflow.access.predicates import Actor
from caseflow.kernel import clock
from caseflow.kernel.database import Base, key, refers, words


class Team(Base):
    """Workers who share cases. ``streams`` says whose new referrals arrive here."""

    __tablename__ = "team"

    id: Mapped[uuid.UUID] = key()
    name: Mapped[str] = mapped_column(String(80), unique=True)
    streams: Mapped[list[str]] = mapped_column(JSON, default=list)


class User(Base):
    """A member of staff. ``deputises``: stands in for the supervisor of their own team."""

    __tablename__ = "staff_user"

    id: Mapped[uuid.UUID] = key()
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(words(Role))
    team_id: Mapped[uuid.UUID | None] = refers("team")
    password_hash: Mapped[str] = mapped_column(String(200))
    deputises: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    wants_email: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    team: Mapped[Team | None] = relationship(foreign_keys=[team_id])
    covering: Mapped[list["Cover"]] = relationship(foreign_keys="Cover.user_id", viewonly=True)

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def get_id(self) -> str:
        return str(self.id)

    @property
    def actor(self) -> Actor:
        return Actor(id=self.id, role=self.role, team_id=self.team_id, covers=self.covers)

    @property
    def covers(self) -> frozenset[uuid.UUID]:
        """The workers this one stands in for now."""
        now = clock.now()
        return frozenset(cover.for_id for cover in self.covering if cover.is_in_force(now))


class Cover(Base):
    """Somebody works on an absent colleague's cases as if they were their own, until an end."""

    __tablename__ = "cover"

    id: Mapped[uuid.UUID] = key()
    user_id: Mapped[uuid.UUID] = refers("staff_user")
    for_id: Mapped[uuid.UUID] = refers("staff_user")
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    set_at: Mapped[datetime]
    set_by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    of: Mapped[User] = relationship(foreign_keys=[for_id])

    def is_in_force(self, now: datetime) -> bool:
        return self.ended_at is None and self.from_at <= now < self.until_at
