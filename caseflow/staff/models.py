import uuid
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.access.permissions import Role
from caseflow.access.predicates import Actor
from caseflow.kernel import clock
from caseflow.kernel.database import Base, key, refers, words
from caseflow.kernel.sealed_fields import PLACES, Place, about
from caseflow.staff.rules import UNUSED_FOR, Factor, LinkKind, Skill, WhyEnded


class Team(Base):
    """Workers who share cases. ``streams`` says whose new referrals arrive here."""

    __tablename__ = "team"

    id: Mapped[uuid.UUID] = key()
    name: Mapped[str] = mapped_column(String(80), unique=True)
    streams: Mapped[list[str]] = mapped_column(JSON, default=list)


class User(Base):
    """A member of staff. ``deputises``: stands in for the supervisor of their own team.
    ``password_hash`` is empty until they have followed their invitation; ``access_ends_on`` is
    the first day they can no longer sign in; ``enabled_at``: when an administrator let them in
    again."""

    __tablename__ = "staff_user"

    id: Mapped[uuid.UUID] = key()
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(words(Role))
    team_id: Mapped[uuid.UUID | None] = refers("team")
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    deputises: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    wants_email: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    enabled_at: Mapped[datetime | None]
    access_ends_on: Mapped[date | None]
    last_signed_in_at: Mapped[datetime | None]

    team: Mapped[Team | None] = relationship(foreign_keys=[team_id])
    covering: Mapped[list["Cover"]] = relationship(foreign_keys="Cover.user_id", viewonly=True)

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None and not self._has_ended

    @property
    def _has_ended(self) -> bool:
        """An evaluator without an end has no beginning either."""
        if self.access_ends_on is None:
            return self.role is Role.EVALUATOR
        return self.access_ends_on <= clock.today()

    @property
    def is_unused(self) -> bool:
        """Nobody used the account for so long that nobody would miss it."""
        used = (self.added_at, self.enabled_at, self.last_signed_in_at)
        return clock.now() - max(filter(None, used)) >= UNUSED_FOR

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


class WorkerProfile(Base):
    """What a worker is good at and which languages they speak; their supervisor keeps it."""

    __tablename__ = "worker_profile"

    user_id: Mapped[uuid.UUID] = mapped_column(
        Uuid(), ForeignKey("staff_user.id"), primary_key=True
    )
    skills: Mapped[list[str]] = mapped_column(JSON, default=list)
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    set_at: Mapped[datetime]
    set_by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)

    @property
    def known_skills(self) -> frozenset[Skill]:
        """A skill the list no longer has is none."""
        return frozenset(skill for skill in Skill if skill.value in self.skills)


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


class Shift(Base):
    """When somebody works, on the rota."""

    __tablename__ = "shift"
    __table_args__ = (Index("ix_shift_team_id_until_at", "team_id", "until_at"),)

    id: Mapped[uuid.UUID] = key()
    team_id: Mapped[uuid.UUID] = refers("team", index=False)
    user_id: Mapped[uuid.UUID] = refers("staff_user")
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    set_at: Mapped[datetime]
    set_by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    removed_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])


class SignIn(Base):
    """One browser signed in. Only the hash of its token is kept; ``data`` is what the browser's
    session holds (a CSRF token, messages not yet shown). ``factor_at``: when a second factor was
    last shown."""

    __tablename__ = "sign_in"

    id: Mapped[uuid.UUID] = key()
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[uuid.UUID] = refers("staff_user")
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    factor: Mapped[Factor] = mapped_column(words(Factor))
    factor_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(80), default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    ended_at: Mapped[datetime | None]
    why_ended: Mapped[WhyEnded | None] = mapped_column(words(WhyEnded))

    user: Mapped[User] = relationship()


class AuthenticatorApp(Base):
    """The seed of somebody's time-based codes, sealed. ``last_step``: the last 30 seconds whose
    code was accepted; it and any before it are refused."""

    __tablename__ = "authenticator_app"

    id: Mapped[uuid.UUID] = key()
    user_id: Mapped[uuid.UUID] = refers("staff_user", unique=True)
    seed: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class Passkey(Base):
    __tablename__ = "passkey"

    id: Mapped[uuid.UUID] = key()
    user_id: Mapped[uuid.UUID] = refers("staff_user")
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    label: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class RecoveryCode(Base):
    """80 random bits, hashed; each opens one sign-in."""

    __tablename__ = "recovery_code"

    id: Mapped[uuid.UUID] = key()
    user_id: Mapped[uuid.UUID] = refers("staff_user")
    code_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class KnownDevice(Base):
    """A browser its owner called their own after a full sign-in; strangers cannot slow it down."""

    __tablename__ = "known_device"

    id: Mapped[uuid.UUID] = key()
    user_id: Mapped[uuid.UUID] = refers("staff_user")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(80), default="")
    added_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    until_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Link(Base):
    """An invitation or a reset: 256 random bits, hashed, used once. A reset of second factors
    counts when a second person has approved it."""

    __tablename__ = "link"

    id: Mapped[uuid.UUID] = key()
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[uuid.UUID] = refers("staff_user")
    kind: Mapped[LinkKind] = mapped_column(words(LinkKind))
    made_at: Mapped[datetime]
    made_by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)
    approved_by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)
    until_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])


class GuessBucket(Base):
    """Wrong guesses of one kind at one door, by a keyed hash of whom and from where."""

    __tablename__ = "guess_bucket"

    bucket: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime]
    guesses: Mapped[int] = mapped_column(default=0)
    blocks: Mapped[int] = mapped_column(default=0)
    blocked_until: Mapped[datetime | None] = mapped_column(index=True)


class SpentChallenge(Base):
    """A passkey challenge that was answered: no answer counts twice."""

    __tablename__ = "spent_challenge"

    challenge_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class KeptForm(Base):
    """What somebody sent when their session had ended, sealed, until they are back. ``form_key``:
    as the form carried it, so that what got through after all is not kept as well."""

    __tablename__ = "kept_form"

    id: Mapped[uuid.UUID] = key()
    user_id: Mapped[uuid.UUID] = refers("staff_user")
    path: Mapped[str] = mapped_column(String(500))
    form_key: Mapped[str] = mapped_column(String(64), default="")
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
    until_at: Mapped[datetime] = mapped_column(index=True)


def kept_form_place(row: uuid.UUID) -> str:
    return f"kept_form|{row}"


PLACES.append(Place("kept_form", "sealed", kept_form_place))
PLACES.append(Place("authenticator_app", "seed", partial(about, "authenticator_app", "seed")))
