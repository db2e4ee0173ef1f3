"""Identifiers that reveal nothing: random keys, and references short enough to read out."""

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# No I, L, O, U (misread on the phone), no vowels that spell words.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"

_system = random.SystemRandom()
_seeded: ContextVar[random.Random | None] = ContextVar("seeded", default=None)


def _source() -> random.Random:
    return _seeded.get() or _system


def new_id() -> uuid.UUID:
    return uuid.UUID(int=_source().getrandbits(128), version=4)


def new_reference(prefix: str = "CF") -> str:
    """Like ``CF-7K3M-Q2XW``: 28**8 values, never sequential, so it counts nobody."""
    letters = _source().choices(ALPHABET, k=8)
    return f"{prefix}-{''.join(letters[:4])}-{''.join(letters[4:])}"


@contextmanager
def seeded(seed: int) -> Iterator[random.Random]:
    """Identifiers repeat for a seed: demo data only."""
    source = random.Random(seed)
    token = _seeded.set(source)
    try:
        yield source
    finally:
        _seeded.reset(token)
