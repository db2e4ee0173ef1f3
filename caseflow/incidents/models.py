import uuid
from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.incidents.rules import (
    Injury,
    Knife,
    Nature,
    Perpetrator,
    PlaceKind,
    TimePrecision,
    Weapon,
)
from caseflow.kernel.database import Base, key, refers, words


class Incident(Base):
    """What happened, as one episode's young person told it. Area codes only, no free address."""

    __tablename__ = "incident"

    id: Mapped[uuid.UUID] = key()
    case_id: Mapped[uuid.UUID] = refers("episode", unique=True)
    nature: Mapped[Nature] = mapped_column(words(Nature))
    weapon: Mapped[Weapon] = mapped_column(words(Weapon), default=Weapon.UNKNOWN)
    knife: Mapped[Knife] = mapped_column(words(Knife), default=Knife.UNKNOWN)
    injury: Mapped[Injury] = mapped_column(words(Injury), default=Injury.UNKNOWN)
    perpetrator: Mapped[Perpetrator] = mapped_column(
        words(Perpetrator), default=Perpetrator.UNKNOWN
    )
    happened_at: Mapped[datetime | None]
    precision: Mapped[TimePrecision] = mapped_column(
        words(TimePrecision), default=TimePrecision.UNKNOWN
    )
    place_kind: Mapped[PlaceKind] = mapped_column(words(PlaceKind), default=PlaceKind.UNKNOWN)
    district: Mapped[str] = mapped_column(String(9), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    corrected: Mapped[list[str]] = mapped_column(JSON, default=list)
