"""How often an e-mail is tried, and its number. Pure."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

MOST_TRIES = 5
FIRST_WAIT = timedelta(minutes=15)
DISABLED = "Not sent: the account is disabled"


def wait_after(tries: int) -> timedelta:
    """15 minutes, then 30, 60, 120."""
    return FIRST_WAIT * (1 << max(tries - 1, 0))


def message_id(causes: Iterable[str], domain: str) -> str:
    """The same causes make the same number, so that a second copy is recognised as one."""
    digest = hashlib.sha256("\n".join(sorted(causes)).encode()).hexdigest()
    return f"<{digest[:40]}@{domain}>"


def problem_words(what: str, tries: int) -> str:
    return f"Given up after {tries} tries. {what}" if tries >= MOST_TRIES else what
