"""One stream of chance for each name, so that nobody's history depends on somebody else's."""

import hashlib


def stable(seed: int, name: str) -> int:
    """The same number for the same seed and name, on every machine."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:8])
