"""A form counts once, however often its button is pressed."""

import uuid
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.kernel import clock
from caseflow.kernel.database import Base, db


class SentForm(Base):
    """The random key a form carried, who sent it, and where its first sending led."""

    __tablename__ = "sent_form"

    form_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    location: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(index=True)


def first_location(form_key: str, user_id: uuid.UUID) -> str | None:
    return db.session.scalar(
        select(SentForm.location).where(SentForm.form_key == form_key, SentForm.user_id == user_id)
    )


def remember(form_key: str, user_id: uuid.UUID, location: str) -> None:
    db.session.add(
        SentForm(form_key=form_key, user_id=user_id, location=location[:500], at=clock.now())
    )
