"""Passwords: argon2id, at most two hashes at once, the same time spent on an unknown name."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import current_app

from caseflow.kernel.errors import Problem

SHORTEST, LONGEST = 12, 128
TOO_COMMON = frozenset(
    {"password", "caseflow", "leicester", "foxes", "letmein", "qwerty", "123456"}
)
_two_at_once = BoundedSemaphore(2)


def _hasher() -> PasswordHasher:
    settings = current_app.extensions["settings"]
    return PasswordHasher(
        time_cost=settings.password_passes, memory_cost=settings.password_memory, parallelism=1
    )


def check_choice(password: str) -> None:
    if not SHORTEST <= len(password) <= LONGEST:
        raise Problem(f"Use {SHORTEST} to {LONGEST} characters.", "password")
    bare = password.casefold().strip("0123456789!. ")
    if bare in TOO_COMMON or len(set(password)) < 4:
        raise Problem("Choose a password that is harder to guess.", "password")


def hashed(password: str) -> str:
    with _two_at_once:
        return _hasher().hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    if len(password) > LONGEST:
        return False
    with _two_at_once:
        hasher = _hasher()
        if password_hash is None:
            hasher.hash(password)  # An unknown name costs the same time as a wrong password.
            return False
        try:
            return hasher.verify(password_hash, password)
        except (VerifyMismatchError, InvalidHashError):
            return False
