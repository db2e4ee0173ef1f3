"""The five variables as CaseFlow keeps them: minimal, nobody named. Source: domain.md §6."""

from caseflow.kernel.words import Words


class Nature(Words):
    STABBING = "stabbing", "Stabbing or cutting"
    SHOOTING = "shooting"
    BLUNT = "blunt", "Blunt weapon"
    GLASS = "glass", "Glass or bottle"
    BODY_PART = "body_part", "Punch, kick or other body part"
    CORROSIVE = "corrosive", "Acid or corrosive"
    ROBBERY = "robbery"
    SEXUAL = "sexual", "Sexual assault"
    THREAT = "threat", "Threat or attempt, no injury"
    FALL = "fall", "Fall or escape"
    SELF_PROTECTION = "self_protection", "Carrying for protection"
    EXPLOITATION = "exploitation", "Exploitation"
    DOMESTIC = "domestic", "Domestic abuse"
    REPEAT = "repeat", "Repeat attendance"
    WITNESS = "witness", "Witness or bereaved"
    NOT_VIOLENCE = "not_violence", "Not violence or risk of it"
    UNKNOWN = "unknown", "Not known"


class Weapon(Words):
    KITCHEN_KNIFE = "kitchen_knife"
    OTHER_KNIFE = "other_knife"
    MACHETE = "machete"
    SCREWDRIVER = "screwdriver"
    GLASS = "glass", "Glass or bottle"
    BLUNT = "blunt", "Blunt object"
    GUN = "gun"
    IMITATION_GUN = "imitation_gun"
    ACID = "acid", "Acid or corrosive"
    VEHICLE = "vehicle"
    DOG = "dog"
    BODY = "body", "Body only"
    NONE = "none"
    UNKNOWN = "unknown", "Not known"


class Knife(Words):
    YES = "yes"
    BELIEVED = "believed"
    NO = "no"
    UNKNOWN = "unknown", "Not known"


class Perpetrator(Words):
    STRANGER = "stranger"
    ACQUAINTANCE = "acquaintance"
    PARTNER = "partner", "Partner or former partner"
    FAMILY = "family"
    PEER_GROUP = "peer_group", "Peer or rival group"
    UNKNOWN = "unknown", "Not known"


class PlaceKind(Words):
    DWELLING = "dwelling"
    STREET = "street"
    SCHOOL = "school"
    TRANSPORT = "transport"
    PARK = "park"
    LICENSED = "licensed", "Licensed premises"
    SHOP = "shop"
    ONLINE_ARRANGED = "online_arranged", "Arranged online"
    CUSTODY = "custody"
    OTHER = "other"
    UNKNOWN = "unknown", "Not known"


class Injury(Words):
    NONE = "none", "No injury"
    SUPERFICIAL = "superficial"
    CLOSURE = "closure", "Needed closing"
    ADMITTED = "admitted"
    THEATRE = "theatre"
    INTENSIVE = "intensive", "Intensive care"
    UNKNOWN = "unknown", "Not known"


class TimePrecision(Words):
    EXACT = "exact"
    HOUR = "hour", "To the hour"
    PART_OF_DAY = "part_of_day"
    DATE = "date", "Date only"
    UNKNOWN = "unknown", "Not known"


def is_in_uk(latitude: float, longitude: float) -> bool:
    """A box round the islands, generous at the edges."""
    return 49.5 <= latitude <= 61.0 and -8.8 <= longitude <= 2.1


def swap_offered(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    """(latitude, longitude) the other way round, where only that lies in the United Kingdom."""
    if latitude is None or longitude is None or is_in_uk(latitude, longitude):
        return None
    return (longitude, latitude) if is_in_uk(longitude, latitude) else None
