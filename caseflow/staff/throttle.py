"""Guesses are slowed down, in the database, before a hash is made; nobody is ever locked out.

A try is counted first and given back when it was right, so that a hundred at the same moment
cannot slip past the counter. Strangers share the buckets of an account, of an address and of
everybody; a device that its owner called their own has one for itself, and waits for no stranger.
Source: security.md R5.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from flask import has_request_context, request
from sqlalchemy import Dialect, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.database import db, writing
from caseflow.kernel.errors import TooOften
from caseflow.kernel.keys import derived
from caseflow.staff.models import GuessBucket
from caseflow.staff.rules import (
    BY_ACCOUNT,
    BY_ANYBODY,
    BY_SOURCE,
    BY_STRANGER,
    BY_STRANGERS,
    LETTERS,
    Door,
    Limit,
    Tries,
    one_more,
)

FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Taken:
    """The buckets a try was counted in."""

    buckets: tuple[str, ...]


def take(door: Door, email: str, *, trusted: str = "") -> Taken:
    """Count a try before it is made, or raise TooOften. ``trusted`` is what sets this browser
    apart from strangers: a known device, or a recovery code that was right.

    It ends the transaction: nobody waits for a lock while a password is hashed, and the count
    stands whatever comes after. So it is called before anything is changed."""
    limits = _limits(door, email.strip().casefold(), trusted)
    taken, wait = _take(door, limits, Event.SIGN_IN_FAILED)
    if wait:
        raise TooOften(_in_words(wait), wait=wait)
    return taken


def take_from_strangers(door: Door) -> None:
    """Count what was sent by a public page, or raise TooOften: by address, and by everybody."""
    limits = {
        _bucket(door, "source", _network()): BY_STRANGER,
        _bucket(door, "everybody"): BY_STRANGERS,
    }
    _, wait = _take(door, limits, Event.REFUSED)
    if wait:
        raise TooOften(f"Too much was sent just now. Wait {_minutes(wait)}, then send it again.",
                       wait=wait)  # fmt: skip


def _take(door: Door, limits: dict[str, Limit], event: Event) -> tuple[Taken, timedelta]:
    with writing():
        db.session.commit()
        now = clock.now()
        after = {bucket: _counted(bucket, limit, now) for bucket, limit in sorted(limits.items())}
        wait = max(tries.wait(now) for tries in after.values())
        for bucket, tries in after.items():
            if not wait or tries.wait(now):
                _save(bucket, tries)
        if any(tries.since == now and tries.wait(now) for tries in after.values()):
            audit.record(event, why="too often", door=door.value)  # once a wait
        db.session.commit()
    return Taken(tuple(after)), wait


def give_back(taken: Taken) -> None:
    """It was right, so it was no guess."""
    for bucket in taken.buckets:  # in the order of ``take``: no two wait for each other
        db.session.execute(
            update(GuessBucket)
            .where(GuessBucket.bucket == bucket, GuessBucket.guesses > 0)
            .values(guesses=GuessBucket.guesses - 1)
            .execution_options(synchronize_session=False)
        )


def forget_old() -> None:
    """Waits and counts that mean nothing any more."""
    db.session.execute(delete(GuessBucket).where(GuessBucket.since < clock.now() - FORGOTTEN_AFTER))


def _limits(door: Door, email: str, trusted: str) -> dict[str, Limit]:
    if door is Door.LETTER:
        return {_bucket(door, email): LETTERS}
    if trusted:
        return {_bucket(door, email, trusted): BY_ACCOUNT}
    return {
        _bucket(door, email, "anybody"): BY_ACCOUNT,
        _bucket("source", _source()): BY_SOURCE,
        _bucket("everybody"): BY_ANYBODY,
    }


def _bucket(*words: str) -> str:
    """A keyed hash: the table tells nobody who was tried, not even an unknown name."""
    said = "|".join(words).encode("utf-8", "surrogatepass")
    return hmac.digest(derived("throttle"), said, "sha256").hex()


def _source() -> str:
    return (request.remote_addr or "") if has_request_context() else ""


def _network() -> str:
    """Whoever has one address of the newer kind has 2**64 of them: they count as one."""
    try:
        address = ip_address(_source())
    except ValueError:
        return ""
    return str(ip_network((address, 64), strict=False) if address.version == 6 else address)


def _counted(bucket: str, limit: Limit, now: datetime) -> Tries:
    """With the row locked until the transaction ends: SQLite has one writer, PostgreSQL waits."""
    insert = _insert(db.session.connection().dialect)
    db.session.execute(
        insert(GuessBucket)
        .values(bucket=bucket, since=now, guesses=0, blocks=0)
        .on_conflict_do_nothing()
    )
    table = GuessBucket.__table__.c
    row = db.session.execute(
        select(table.since, table.guesses, table.blocks, table.blocked_until)
        .where(table.bucket == bucket)
        .with_for_update()
    ).one()
    return one_more(Tries(*row), limit, now)


def _insert(dialect: Dialect) -> type[postgresql.Insert] | type[sqlite.Insert]:
    return postgresql.Insert if dialect.name == "postgresql" else sqlite.Insert


def _save(bucket: str, tries: Tries) -> None:
    db.session.execute(
        update(GuessBucket)
        .where(GuessBucket.bucket == bucket)
        .values(
            since=tries.since,
            guesses=tries.guesses,
            blocks=tries.blocks,
            blocked_until=tries.blocked_until,
        )
        .execution_options(synchronize_session=False)
    )


def _in_words(wait: timedelta) -> str:
    return (
        f"There were too many tries. Wait {_minutes(wait)}, or "
        "come in now: with a passkey, on a device you called your own, or with your password and "
        "a recovery code together."
    )


def _minutes(wait: timedelta) -> str:
    minutes = -(-wait.total_seconds() // 60)
    return f"{minutes:.0f} minute{'s' if minutes > 1 else ''}"
