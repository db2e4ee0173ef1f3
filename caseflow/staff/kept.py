"""Forms that could not be taken when they were sent: kept sealed, for their sender only."""

import json
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import delete, or_, select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from caseflow.access import declare
from caseflow.access.permissions import Permission
from caseflow.kernel import clock
from caseflow.kernel.addresses import own_path
from caseflow.kernel.database import db
from caseflow.kernel.sealed import seal, unseal
from caseflow.staff.models import KeptForm, SignIn, User, kept_form_place
from caseflow.staff.rules import FORM_KEPT_FOR

NEVER_KEPT = frozenset(
    {"csrf_token", "password", "current", "new", "code", "recovery", "credential", "kept",
     "kept_path", "kept_files"}
)  # fmt: skip
MOST_KEPT = 20
LONGEST_PATH = 500
LONGEST_SESSION = timedelta(hours=36)
Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Waiting:
    """One kept form, opened. ``had_files``: they have to be chosen again."""

    id: uuid.UUID
    path: str
    at: datetime
    what: str
    fields: Fields
    had_files: bool

    @property
    def words(self) -> list[str]:
        """What was written, without the codes and dates around it."""
        return [text for _, text in self.fields if " " in text.strip()]


def keep(user_id: uuid.UUID, *, even_empty: bool = False) -> bool:
    """What this request sent, unless nobody filled anything in. Files cannot be kept."""
    said = request.form.get("kept_path")
    path = _this_path() if said is None else own_path(said) or ""
    what = _what_is_done_at(path)
    fields = [
        (name, words) for name, words in request.form.items(multi=True) if name not in NEVER_KEPT
    ]
    is_empty = not any(words.strip() for name, words in fields if name != "form_key")
    if what is None or (is_empty and not even_empty):
        return False
    now, form_key = clock.now(), _form_key()
    throw_away(user_id, form_key=form_key)
    kept = KeptForm(
        id=uuid.uuid4(),
        user_id=user_id,
        path=path,
        form_key=form_key,
        at=now,
        until_at=now + FORM_KEPT_FOR,
    )
    had_files = any(request.files.values()) or "kept_files" in request.form
    whole = {"what": what, "fields": fields, "files": had_files}
    kept.sealed = seal(json.dumps(whole).encode(), about=kept_form_place(kept.id))
    db.session.add(kept)
    db.session.flush()
    _keep_to_the_latest(user_id)
    return True


def _form_key() -> str:
    return request.form.get("form_key", "")[:64]


def _this_path() -> str:
    whole = own_path(request.full_path) if request.query_string else None
    return whole if whole and len(whole) <= LONGEST_PATH else request.path


def _what_is_done_at(path: str) -> str | None:
    """In the words of the permission it needs; nothing where no form of ours is sent."""
    places = current_app.url_map.bind("")
    try:
        endpoint, _ = places.match(path.partition("?")[0], method="POST")
    except (HTTPException, RequestRedirect):
        return None
    needs = declare.declared(current_app.view_functions[endpoint])
    return needs.label if isinstance(needs, Permission) else None


def _keep_to_the_latest(user_id: uuid.UUID) -> None:
    for surplus in _of(user_id)[MOST_KEPT:]:
        db.session.delete(surplus)
    db.session.flush()


def _of(user_id: uuid.UUID) -> Sequence[KeptForm]:
    return db.session.scalars(
        select(KeptForm)
        .where(KeptForm.user_id == user_id, KeptForm.until_at > clock.now())
        .order_by(KeptForm.at.desc(), KeptForm.id)
    ).all()


def is_waiting_for(user: User) -> bool:
    return bool(_of(user.id))


def waiting_for(user: User) -> list[Waiting]:
    """The latest first; they are theirs alone."""
    return [_opened(kept) for kept in _of(user.id)]


def _opened(kept: KeptForm) -> Waiting:
    said = json.loads(unseal(kept.sealed, about=kept_form_place(kept.id)))
    return Waiting(
        id=kept.id,
        path=kept.path,
        at=kept.at,
        what=said["what"],
        fields=[(name, words) for name, words in said["fields"]],
        had_files=said["files"],
    )


def throw_away(user_id: uuid.UUID, *, kept_id: str = "", form_key: str = "") -> None:
    """It got through, by the form itself or from what was kept of it; or it is not wanted."""
    chosen = [KeptForm.form_key == form_key] if form_key else []
    with suppress(ValueError):
        chosen.append(KeptForm.id == uuid.UUID(kept_id))
    if chosen:
        db.session.execute(delete(KeptForm).where(KeptForm.user_id == user_id, or_(*chosen)))


def throw_away_old() -> None:
    db.session.execute(delete(KeptForm).where(KeptForm.until_at <= clock.now()))


def owner_of(signed_token: str) -> uuid.UUID | None:
    """Whose page this form was on: of the sessions of the last day and a half, the one that was
    given this token. Nobody can make one up, or one for somebody else."""
    signer = URLSafeTimedSerializer(str(current_app.secret_key), salt="wtf-csrf-token")
    try:
        token = signer.loads(signed_token)
    except BadData:
        return None
    since = clock.now() - LONGEST_SESSION
    recent = db.session.execute(
        select(SignIn.user_id, SignIn.data).where(SignIn.started_at > since)
    ).all()
    return next((user for user, data in recent if data.get("csrf_token") == token), None)
