"""Code lists every room above the spine speaks. Sources: domain.md §2.1, §3.1, design.md §8."""

from datetime import timedelta
from typing import Any

from caseflow.kernel.words import Words


class Stream(Words):
    HOSPITAL = "hospital"
    CUSTODY = "custody"
    OUTREACH = "outreach"
    OPERATION = "operation", "After a police operation"
    FOCUSED_DETERRENCE = "focused_deterrence"


class Arm(Words):
    BRIEF = "brief", "Brief (about 4 weeks)"
    LONG_TERM = "long_term", "Long-term (up to 12 weeks or more)"


class Risk(Words):
    NOT_ASSESSED = "not_assessed"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    IMMEDIATE = "immediate"


RISK_ORDER = tuple(Risk)


class NeedDomain(Words):
    SAFETY = "safety", "Immediate safety and conflict"
    EXPLOITATION = "exploitation", "Exploitation and group pressure"
    WEAPONS = "weapons", "Weapon carrying"
    HEALTH = "health", "Physical health and injury"
    MENTAL_HEALTH = "mental_health", "Mental health and trauma"
    EDUCATION = "education", "Education, employment and training"
    HOUSING = "housing", "Housing and living"
    FAMILY = "family", "Family and relationships"
    PEERS = "peers", "Peers and community"
    SUBSTANCES = "substances", "Substances"
    JUSTICE = "justice", "Criminal justice"
    LEGAL = "legal", "Immigration and legal"
    MONEY = "money", "Money and basics"
    IDENTITY = "identity", "Identity, hopes and strengths"


class ApproachMode(Words):
    """How the young person was first approached."""

    BEDSIDE = "bedside", "Face to face"
    PHONE = "phone"
    AFTER_DISCHARGE = "after_discharge", "Face to face after leaving"


class GlassReason(Words):
    """Why somebody opens another team's case in an emergency."""

    ARRIVED = "arrived", "They are here now, and their worker is not"
    THREAT = "threat", "There is a threat to them or to somebody else"
    SAFEGUARDING = "safeguarding", "A safeguarding decision cannot wait"
    OTHER = "other", "Something else that cannot wait"


class GlassFinding(Words):
    """What the review of an emergency opening found."""

    JUSTIFIED = "justified", "It was justified"
    UNCLEAR = "unclear", "It is not clear: followed up with the person"
    NOT_JUSTIFIED = "not_justified", "It was not justified: reported"


# An emergency opening: how long it lasts (a setting, within these), how often a day somebody may
# ask for one, how soon it is reviewed, and how much has to be said why.
GLASS_MINUTES, FEWEST_MINUTES, MOST_MINUTES = 60, 5, 60
MOST_ATTEMPTS = 5
REVIEW_WITHIN = timedelta(hours=72)
SHORTEST_REASON = 20


def glass_minutes(chosen: Any) -> int:
    """Whatever a setting says, between five minutes and an hour."""
    is_number = isinstance(chosen, int) and not isinstance(chosen, bool)
    return min(max(chosen, FEWEST_MINUTES), MOST_MINUTES) if is_number else GLASS_MINUTES
