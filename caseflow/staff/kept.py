"""A form that was sent when its session had ended: kept sealed, for the same user only."""

import json
import uuid

from flask import request
from sqlalchemy import delete, select

from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.sealed import seal, unseal
from caseflow.staff.models import KeptForm, User
from caseflow.staff.rules import FORM_KEPT_FOR

NEVER_KEPT = frozenset({"csrf_token", "password", "current", "new", "code", "credential"})
Fields = list[tuple[str, str]]


def keep(user_id: uuid.UUID) -> KeptForm | None:
    """What this request sent, unless it is nothing. Files cannot be kept: they are chosen anew."""
    fields = [
        (name, words) for name, words in request.form.items(multi=True) if name not in NEVER_KEPT
    ]
    if not any(name != "form_key" for name, _ in fields):
        return None
    now = clock.now()
    kept = KeptForm(
        id=uuid.uuid4(), user_id=user_id, path=request.path, at=now, until_at=now + FORM_KEPT_FOR
    )
    kept.sealed = seal(json.dumps(fields).encode(), about=f"kept_form|{kept.id}")
    db.session.add(kept)
    db.session.flush()
    return kept


def fields_of(kept: KeptForm) -> Fields:
    return [
        (name, words)
        for name, words in json.loads(unseal(kept.sealed, about=f"kept_form|{kept.id}"))
    ]


def waiting_for(user: User) -> KeptForm | None:
    """The latest; it is theirs alone."""
    return db.session.scalars(
        select(KeptForm)
        .where(KeptForm.user_id == user.id, KeptForm.until_at > clock.now())
        .order_by(KeptForm.at.desc())
        .limit(1)
    ).first()


def kept_form_of(user: User, kept_id: uuid.UUID) -> KeptForm | None:
    return db.session.scalar(
        select(KeptForm).where(
            KeptForm.id == kept_id, KeptForm.user_id == user.id, KeptForm.until_at > clock.now()
        )
    )


def throw_away(kept: KeptForm) -> None:
    db.session.delete(kept)
    db.session.flush()


def throw_away_sent(user_id: uuid.UUID, kept_id: str) -> None:
    """It got through this time."""
    try:
        number = uuid.UUID(kept_id)
    except ValueError:
        return
    db.session.execute(delete(KeptForm).where(KeptForm.id == number, KeptForm.user_id == user_id))


def throw_away_old() -> None:
    db.session.execute(delete(KeptForm).where(KeptForm.until_at <= clock.now()))
