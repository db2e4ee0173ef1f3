"""Code lists every room above the spine speaks. Sources: domain.md §2.1, §3.1, design.md §8."""

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
