"""Passwords: argon2id, at most two hashes at once, the same work for an unknown name.

They are taken exactly as typed and compared exactly: no blank is cut, no letter folded, nothing
normalised, so that what is stored is what its owner chose. Source: security.md R1, R2.
"""

from collections.abc import Iterable
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import current_app

from caseflow.kernel.errors import Problem
from caseflow.staff.guessable import is_guessable

SHORTEST, LONGEST = 12, 128
_two_at_once = BoundedSemaphore(2)


def hasher() -> PasswordHasher:
    settings = current_app.extensions["settings"]
    return PasswordHasher(
        time_cost=settings.password_passes, memory_cost=settings.password_memory, parallelism=1
    )


def check_choice(password: str, *, field: str = "password", context: Iterable[str] = ()) -> None:
    if not SHORTEST <= len(password) <= LONGEST:
        raise Problem(f"Use {SHORTEST} to {LONGEST} characters.", field)
    if is_guessable(password, context=context):
        raise Problem(
            "Many people use this password, or one like it. Three words that do not belong "
            "together are harder to guess.",
            field,
        )


def hashed(password: str) -> str:
    with _two_at_once:
        return hasher().hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    if len(password) > LONGEST:
        return False
    with _two_at_once:
        if not password_hash:
            hasher().hash(password)  # An unknown name costs the same work as a wrong password.
            return False
        try:
            return hasher().verify(password_hash, password)
        except (VerifyMismatchError, InvalidHashError):
            return False


def needs_rehash(password_hash: str) -> bool:
    """The cost was changed since it was made."""
    return hasher().check_needs_rehash(password_hash)
