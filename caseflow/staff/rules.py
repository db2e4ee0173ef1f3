"""What is fixed about staff accounts and signing in. Source: security.md R1-R13."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from caseflow.access.permissions import Role
from caseflow.kernel.words import Words

# One password for every made-up member of staff; only a database marked as demo holds them.
DEMO_PASSWORD = "demo people only"

NEEDS_PASSKEY = frozenset({Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE})
FRESH = timedelta(minutes=5)
MOST_SESSIONS = 3
HALFWAY_HOLDS = timedelta(minutes=5)
UNUSED_FOR = timedelta(days=35)
DEVICE_KNOWN_FOR = timedelta(days=90)
FORM_KEPT_FOR = timedelta(hours=24)


class Factor(Words):
    """What proved, beside a password or instead of it, that it is them."""

    PASSKEY = "passkey"
    CODE = "code", "Code from an app"
    RECOVERY = "recovery", "Recovery code"
    DEMO = "demo", "Demo: one click"


class WhyEnded(Words):
    SIGNED_OUT = "signed_out"
    REVOKED = "revoked", "Ended by its owner"
    TOO_MANY = "too_many", "Signed in elsewhere too often"
    ACCOUNT_CHANGED = "account_changed"
    REPLACED = "replaced", "Signed in again"


class Skill(Words):
    """What a worker is good at, as their supervisor says; a case may ask for it."""

    EXPLOITATION = "exploitation"
    BEREAVEMENT = "bereavement", "Bereavement and trauma"
    SEXUAL_HARM = "sexual_harm", "Sexual violence"
    DOMESTIC_ABUSE = "domestic_abuse"
    MENTAL_HEALTH = "mental_health", "Self-harm and mental health"
    SEND = "send", "Learning disability, autism and SEND"
    CHILDREN = "children", "Children under 14"
    YOUNG_WOMEN = "young_women"
    CUSTODY = "custody", "Custody and courts"
    FOCUSED_DETERRENCE = "focused_deterrence"


class LinkKind(Words):
    INVITATION = "invitation"
    PASSWORD = "password", "New password"
    FACTORS = "factors", "New second factor"


LINK_HOLDS = {
    LinkKind.INVITATION: timedelta(hours=48),
    LinkKind.PASSWORD: timedelta(hours=1),
    LinkKind.FACTORS: timedelta(hours=1),
}


# --- guessing: slow down who guesses, never shut out who is guessed at ---


class Door(Words):
    PASSWORD = "password"
    CODE = "code"
    LETTER = "letter", "Asked for a new password"
    REFER = "refer", "Sent words by the public page"
    STATUS = "status", "Asked what became of them"


@dataclass(frozen=True)
class Limit:
    """``most`` tries, then a wait that doubles. ``is_strict``: the count starts again only after
    ``within`` without a single try, so that no stretch of that length ever holds more."""

    most: int
    within: timedelta
    wait: timedelta
    longest_wait: timedelta
    is_strict: bool = False


_MINUTE = timedelta(minutes=1)
BY_ACCOUNT = Limit(10, 5 * _MINUTE, 5 * _MINUTE, 15 * _MINUTE, is_strict=True)
BY_SOURCE = Limit(100, 5 * _MINUTE, _MINUTE, 5 * _MINUTE)  # a whole hospital is one address
BY_ANYBODY = Limit(1_000, 5 * _MINUTE, _MINUTE, 5 * _MINUTE)
# By the public pages, which share no bucket with signing in: a school is one address too.
BY_STRANGER = Limit(20, 10 * _MINUTE, _MINUTE, 10 * _MINUTE)
BY_STRANGERS = Limit(200, 10 * _MINUTE, _MINUTE, 2 * _MINUTE)
LETTERS = Limit(3, 60 * _MINUTE, 60 * _MINUTE, 60 * _MINUTE)


@dataclass(frozen=True)
class Tries:
    """So many since; ``blocks``: how often in a row a wait was needed."""

    since: datetime
    guesses: int = 0
    blocks: int = 0
    blocked_until: datetime | None = None

    def wait(self, now: datetime) -> timedelta:
        return max((self.blocked_until or now) - now, timedelta(0))


def one_more(before: Tries, limit: Limit, now: datetime) -> Tries:
    """What is known after somebody tried again; with a wait, this try does not count as one."""
    before = _calmed(before, limit, now)
    if before.wait(now):
        return before
    if before.guesses < limit.most:
        since = now if limit.is_strict or not before.guesses else before.since
        return replace(before, since=since, guesses=before.guesses + 1, blocked_until=None)
    wait = min(limit.wait * 2**before.blocks, limit.longest_wait)
    return Tries(now, 0, min(before.blocks + 1, 10), now + wait)


def _calmed(before: Tries, limit: Limit, now: datetime) -> Tries:
    """Time heals; and a clock that was set back shuts nobody out for longer than the rule does."""
    if before.wait(now) > limit.longest_wait or before.since > now + limit.longest_wait:
        return Tries(now)
    if before.wait(now):
        return before
    quiet_since = max(before.blocked_until or before.since, before.since)
    if now - quiet_since >= limit.longest_wait:
        return Tries(now)
    return replace(before, guesses=0) if now - before.since >= limit.within else before
