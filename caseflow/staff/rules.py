"""What is fixed about staff accounts and signing in. Source: security.md R1-R13."""

from datetime import timedelta

from caseflow.access.permissions import Role
from caseflow.kernel.words import Words

# One password for every made-up member of staff; only a database marked as demo holds them.
DEMO_PASSWORD = "demo people only"

NEEDS_PASSKEY = frozenset({Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE})
FRESH = timedelta(minutes=5)
MOST_SESSIONS = 3
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


class LinkKind(Words):
    INVITATION = "invitation"
    PASSWORD = "password", "New password"
    FACTORS = "factors", "New second factor"


LINK_HOLDS = {
    LinkKind.INVITATION: timedelta(hours=48),
    LinkKind.PASSWORD: timedelta(hours=1),
    LinkKind.FACTORS: timedelta(hours=1),
}
