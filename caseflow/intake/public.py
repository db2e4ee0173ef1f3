"""What the public sends: it waits in a tray of its own until a worker accepts it. Whoever sends,
or asks what became of it, learns nothing of whom we know."""

import hmac
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.intake.actions import born_asked
from caseflow.intake.arrival import Arrival, Reach
from caseflow.intake.models import PublicReferral, Referral
from caseflow.intake.opening import receive
from caseflow.intake.refused import names_any, unknown_to
from caseflow.intake.rules import MOST_WAITING, REJECTED_DAYS, Progress, PublicState, Source
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.kernel.ids import new_reference
from caseflow.kernel.keys import derived
from caseflow.kernel.phones import read_phone
from caseflow.kernel.sealed_fields import blind_index
from caseflow.kernel.settings import setting
from caseflow.people.rules import ContactKind, Safe
from caseflow.staff.models import User

PREFIX = "RF"
FULL = "We cannot take any more here just now. Ring us, or send it again tomorrow."
DECIDED = "Somebody else decided about this already."
OPENED_FOR = timedelta(hours=24)
READ_IN = timedelta(seconds=3)
HASTE = "Read through what you wrote, then send it."
Told = Mapping[str, str]

LABELS = {
    "source": "Who sent it",
    "name": "Who needs help",
    "age": "Age",
    "words": "What they wrote",
    "knows": "Does the young person know?",
    "phone": "Number",
    "safe_to_text": "Safe to text it?",
    "safe_to_call": "Safe to call it?",
    "who_else": "Who else reads or answers it",
    "email": "E-mail",
    "their_phone": "The young person’s number",
    "referrer_name": "Sender’s name",
    "referrer_role": "Sender’s job",
}


# --- the stamp in the form: opened when, by a page of ours ---


def stamp(at: datetime) -> str:
    said = str(int(at.timestamp()))
    return f"{said}.{hmac.digest(derived('public form'), said.encode(), 'sha256').hex()}"


def check_haste(stamped: str, now: datetime) -> None:
    """Raises Problem for what was sent faster than anybody reads, or from no page of ours; sent
    again from the page that says so, it is taken."""
    said = stamped.partition(".")[0]
    if not said.isascii() or not said.isdigit() or len(said) > 12:
        raise Problem(HASTE)
    opened = datetime.fromtimestamp(int(said), now.tzinfo)
    if not hmac.compare_digest(stamp(opened).encode(), stamped.encode("utf-8", "replace")):
        raise Problem(HASTE)
    if not READ_IN <= now - opened <= OPENED_FOR:
        raise Problem(HASTE)


# --- sending ---


def send(told: Told) -> str:
    """The code it can be asked for by. The same words sent twice while they wait are one."""
    words = {name: text for name, text in told.items() if text}
    index = blind_index(json.dumps(words, sort_keys=True), of="public words")
    before = _waiting_with(index)
    if before is not None:
        return before.code
    if waiting_count() >= int(setting("public_most_waiting", MOST_WAITING)):
        raise Problem(FULL)
    sent = _new(words, index)
    try:
        with db.session.begin_nested():
            db.session.add(sent)
    except IntegrityError:  # the same, at the same moment: the other one got here first
        first = _waiting_with(index)
        if first is None:
            raise
        return first.code
    audit.record(Event.PUBLIC_REFERRAL_SENT, sent=str(sent.id), source=words.get("source", ""))
    return sent.code


def _new(told: Told, index: bytes) -> PublicReferral:
    code = new_reference(PREFIX)
    sent = PublicReferral(at=clock.now(), waiting_index=index, code_index=_code_index(code))
    sent.state = PublicState.WAITING
    sent.told, sent.code, sent.why = dict(told), code, ""
    sent.phone_index = _phone_index(told.get("phone", ""))
    sent.email_index = _email_index(told.get("email", ""))
    return sent


def _waiting_with(index: bytes) -> PublicReferral | None:
    return db.session.scalars(
        select(PublicReferral).where(PublicReferral.waiting_index == index)
    ).first()


def waiting_count() -> int:
    return db.session.scalar(
        select(func.count())
        .select_from(PublicReferral)
        .where(PublicReferral.state == PublicState.WAITING)
    ) or 0  # fmt: skip


def _code_index(code: str) -> bytes:
    letters = "".join(c for c in code.upper() if c.isascii() and c.isalnum())
    return blind_index(letters or "-", of="public code")


def _phone_index(phone: str) -> bytes:
    return blind_index(read_phone(phone).e164 or phone.strip(), of="public phone")


def _email_index(email: str) -> bytes:
    return blind_index(email.strip().casefold(), of="public email")


# --- what became of it ---


def progress(*, code: str, reach: str) -> Progress | None:
    """None for a code that is not ours, and for one that somebody else was given: no difference,
    neither in words nor in the work done."""
    sent = db.session.scalars(
        select(PublicReferral).where(PublicReferral.code_index == _code_index(code))
    ).first()
    given = (sent.phone_index, sent.email_index) if sent else (b"", b"")
    asked = (_phone_index(reach), _email_index(reach))
    same = [bool(a) and hmac.compare_digest(a, b) for a, b in zip(asked, given, strict=True)]
    return _progress_of(sent) if sent is not None and any(same) else None


def _progress_of(sent: PublicReferral) -> Progress:
    if sent.state is PublicState.WAITING:
        return Progress.RECEIVED
    is_open = sent.referral is not None and sent.referral.case.is_open
    return Progress.DEALT_WITH if is_open else Progress.FINISHED


# --- the tray ---


def tray(user: User) -> list[PublicReferral]:
    """What waits, the oldest first; without any that names somebody this user may not know of."""
    waiting = db.session.scalars(
        select(PublicReferral)
        .where(PublicReferral.state == PublicState.WAITING)
        .order_by(PublicReferral.at, PublicReferral.id)
    )
    return _known_to(user, waiting.all())


def sent_in(user: User, sent_id: uuid.UUID) -> PublicReferral | None:
    found = db.session.get(PublicReferral, sent_id)
    if found is None or found.state is PublicState.ACCEPTED:
        return None
    return next(iter(_known_to(user, [found])), None)


def _known_to(user: User, sent: Sequence[PublicReferral]) -> list[PublicReferral]:
    hidden = unknown_to(user)
    return [one for one in sent if not names_any(" ".join(one.told.values()), hidden)]


def accept(sent: PublicReferral, *, by: User) -> Referral:
    """It becomes a referral like any other; the tray keeps no word of it."""
    told = sent.told
    _decide(sent, PublicState.ACCEPTED, by)
    source = Source(told["source"])
    referral = receive(_arrival(told, source), source=source, received_at=sent.at, by=by)
    sent.referral, sent.told = referral, {}
    audit.record(
        Event.PUBLIC_REFERRAL_ACCEPTED,
        case_id=referral.case_id,
        sent=str(sent.id),
        referral=str(referral.id),
    )
    return referral


def reject(sent: PublicReferral, *, by: User, why: str) -> None:
    """It is kept for some days, so that a mistake can be seen; then it is gone."""
    if not why.strip():
        raise Problem("Write why it is not for us.", "why")
    _decide(sent, PublicState.REJECTED, by)
    sent.why = why.strip()
    audit.record(Event.PUBLIC_REFERRAL_REJECTED, sent=str(sent.id))


def _decide(sent: PublicReferral, state: PublicState, by: User) -> None:
    db.session.refresh(sent, with_for_update=True)
    if sent.state is not PublicState.WAITING:
        raise Problem(DECIDED)
    sent.state, sent.decided_at, sent.decided_by_id = state, clock.now(), by.id
    sent.waiting_index, sent.code = None, ""


def _arrival(told: Told, source: Source) -> Arrival:
    is_theirs = source is Source.SELF
    names = told["name"].split()
    named = (
        {"known_as": names[0]}
        if len(names) == 1
        else {"first_name": " ".join(names[:-1]), "last_name": names[-1]}
    )
    knows = Safe.YES if is_theirs else Safe(told.get("knows", "not_asked"))
    sender = {
        "referrer_name": told.get("referrer_name", ""),
        "referrer_role": told.get("referrer_role", ""),
        "referrer_phone": told.get("phone", ""),
    }
    return Arrival(
        person={**named, **born_asked(None, int(told["age"]))},
        referral={
            "knows": knows,
            "agrees": Safe.YES if is_theirs else Safe.NOT_ASKED,
            "sender_said": said_rows(told),
            **({} if is_theirs else sender),
        },
        incident={},
        reach=tuple(_reach(told, is_theirs)),
    )


def _reach(told: Told, is_theirs: bool) -> list[Reach]:
    """Only their own numbers are theirs; what a friend or a teacher gives is the sender's."""
    if not is_theirs:
        phone = told.get("their_phone", "")
        return [Reach(ContactKind.PHONE, phone)] if phone else []
    found = []
    if phone := told.get("phone", ""):
        found.append(
            Reach(
                ContactKind.PHONE,
                phone,
                to_call=Safe(told.get("safe_to_call", "not_asked")),
                to_text=Safe(told.get("safe_to_text", "not_asked")),
                who_else=told.get("who_else", ""),
            )
        )
    if email := told.get("email", ""):
        found.append(Reach(ContactKind.EMAIL, email))
    return found


def said_rows(told: Told) -> list[dict[str, str]]:
    """All they wrote, under the questions they answered."""
    rows = [{"where": LABELS[name], "text": told[name]} for name in LABELS if told.get(name)]
    return [{**row, "text": _in_words(row["text"])} for row in rows]


def _in_words(text: str) -> str:
    return {"yes": "Yes", "no": "No", "not_asked": "Not sure"}.get(text) or (
        Source(text).label if text in {source.value for source in Source} else text
    )


def forget_rejected(now: datetime) -> None:
    days = int(setting("public_rejected_days", REJECTED_DAYS))
    db.session.execute(
        delete(PublicReferral).where(
            PublicReferral.state == PublicState.REJECTED,
            PublicReferral.decided_at < now - timedelta(days=days),
        )
    )
