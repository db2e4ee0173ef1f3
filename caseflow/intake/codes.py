"""What a sender's code or word means in our own lists. Sources: domain.md §1.2, §5.6, §6; BaRS
code systems; SNOMED CT and ICD-10 assault codes."""

import re
from collections.abc import Iterator

from caseflow.incidents.rules import Weapon
from caseflow.kernel.words import Words
from caseflow.people.rules import Ethnicity, FlagKind, Relation, Sex


class IndexReason(Words):
    """Why the service may be offered (domain.md §1.2)."""

    ASSAULT_SHARP = "assault_sharp", "Assault with a sharp object"
    ASSAULT_GUN = "assault_gun", "Assault with a gun"
    ASSAULT_BLUNT = "assault_blunt", "Assault with a blunt or other weapon"
    ASSAULT_BODY = "assault_body", "Assault with fists, feet or body"
    ASSAULT_CORROSIVE = "assault_corrosive", "Acid or other corrosive"
    ASSAULT_UNSPECIFIED = "assault_unspecified", "Assault, how is not said"
    ROBBERY = "robbery", "Injured in a robbery"
    SEXUAL_ASSAULT = "sexual_assault", "Sexual assault (hand over to ISVA or SARC)"
    EXPLOITATION = "exploitation", "Signs of exploitation"
    WEAPON_CARRYING = "weapon_carrying", "Weapon carried or on scene"
    REPEAT_ATTENDANCE = "repeat_attendance", "Repeat attendance concern"
    WITNESS_BEREAVED = "witness_bereaved", "Witness or bereaved"
    DOMESTIC_ABUSE = "domestic_abuse", "Domestic abuse (IDVA or MARAC pathway from 16)"


class SceneSafety(Words):
    SAFE = "safe", "Scene said to be safe"
    UNSAFE = "unsafe", "Scene said to be unsafe"
    UNKNOWN = "unknown", "Scene safety not known"


# BaRS scene-safety-codes
SCENE = {"S": SceneSafety.SAFE, "U": SceneSafety.UNSAFE, "UNK": SceneSafety.UNKNOWN}

# NHS ethnic category (A to Z) in our 19 groups. The NHS list has no Gypsy, Roma or Arab, so its
# C and S take the "any other" of their heading.
ETHNICITY: dict[str, Ethnicity] = {
    "A": Ethnicity.WHITE_BRITISH,
    "B": Ethnicity.WHITE_IRISH,
    "C": Ethnicity.WHITE_OTHER,
    "D": Ethnicity.MIXED_CARIBBEAN,
    "E": Ethnicity.MIXED_AFRICAN,
    "F": Ethnicity.MIXED_ASIAN,
    "G": Ethnicity.MIXED_OTHER,
    "H": Ethnicity.ASIAN_INDIAN,
    "J": Ethnicity.ASIAN_PAKISTANI,
    "K": Ethnicity.ASIAN_BANGLADESHI,
    "L": Ethnicity.ASIAN_OTHER,
    "M": Ethnicity.BLACK_CARIBBEAN,
    "N": Ethnicity.BLACK_AFRICAN,
    "P": Ethnicity.BLACK_OTHER,
    "R": Ethnicity.ASIAN_CHINESE,
    "S": Ethnicity.OTHER,
    "Z": Ethnicity.NOT_STATED,
}
_ETHNICITY_WORDS = (
    (r"\broma\b", Ethnicity.WHITE_ROMA),
    (r"\b(?:gypsy|traveller)", Ethnicity.WHITE_TRAVELLER),
    (r"\barab\b", Ethnicity.ARAB),
)
_ETHNIC_GROUPINGS = re.compile(r"[A-Z][0-9A-Z]?")


def ethnicity_of(code: str, label: str) -> Ethnicity | None:
    """The words first (they tell Gypsy, Roma and Arab apart), then the code's letter."""
    for pattern, group in _ETHNICITY_WORDS:
        if re.search(pattern, label[:200], re.I):
            return group
    letters = code.strip().upper()
    return ETHNICITY.get(letters[0]) if _ETHNIC_GROUPINGS.fullmatch(letters) else None


SEX: dict[str, Sex] = {
    "female": Sex.FEMALE,
    "male": Sex.MALE,
    "f": Sex.FEMALE,
    "m": Sex.MALE,
    "other": Sex.NOT_STATED,
    "unknown": Sex.NOT_STATED,
}

ONESELF = frozenset({"oneself", "self", "onself"})

# v3-RoleCode and v2-0131. An emergency contact or next of kin says nothing of who they are.
RELATION: dict[str, Relation] = {
    **dict.fromkeys(
        ("prn", "mth", "fth", "nmth", "nfth", "stpprn", "stpmth", "stpfth", "adoptp"),
        Relation.PARENT,
    ),
    **dict.fromkeys(("guard", "prnfost", "mthfost", "fthfost", "caregiver"), Relation.CARER),
    **dict.fromkeys(
        ("sib", "bro", "sis", "hsib", "hbro", "hsis", "stpsib", "stpbro", "stpsis", "nsib"),
        Relation.SIBLING,
    ),
    **dict.fromkeys(("spo", "sps", "husb", "wife", "dompart", "sigothr"), Relation.PARTNER),
    **dict.fromkeys(
        ("aunt", "uncle", "cousn", "grprn", "grmth", "grfth", "fammemb", "ext", "chld"),
        Relation.OTHER_FAMILY,
    ),
    **dict.fromkeys(("frnd", "roommate"), Relation.FRIEND),
}
_RELATION_WORDS = (
    (r"foster|guardian|carer", Relation.CARER),
    (r"mother|father|parent|\bmum\b|\bdad\b", Relation.PARENT),
    (r"brother|sister|sibling", Relation.SIBLING),
    (r"husband|wife|partner|girlfriend|boyfriend", Relation.PARTNER),
    (r"aunt|uncle|cousin|family|relative", Relation.OTHER_FAMILY),
    (r"social worker", Relation.SOCIAL_WORKER),
    (r"youth justice|youth offending", Relation.YJS_WORKER),
    (r"probation", Relation.PROBATION),
    (r"school|college|teacher", Relation.SCHOOL),
    (r"\bfriend\b", Relation.FRIEND),
)


def relation_of(code: str, label: str) -> Relation:
    known = RELATION.get(code.strip().lower())
    if known:
        return known
    if re.search(r"grand", label[:200], re.I):
        return Relation.OTHER_FAMILY
    for pattern, relation in _RELATION_WORDS:
        if re.search(pattern, label[:200], re.I):
            return relation
    return Relation.OTHER


# BaRS safeguarding-codes
NO_SAFEGUARDING_ISSUE = "861931000000100"
FREQUENT_ATTENDER = "826931000000104"
FLAG_KIND: dict[str, FlagKind] = {
    "919461000000108": FlagKind.EXPLOITATION_SEXUAL,
    "700253008": FlagKind.EXPLOITATION_SEXUAL,
    "401206008": FlagKind.SELF_HARM,
    "707087005": FlagKind.DOMESTIC_ABUSE,
    "881081000000100": FlagKind.DOMESTIC_ABUSE,
    "697950003": FlagKind.DOMESTIC_ABUSE,
    "836881000000105": FlagKind.CHILD_PROTECTION,
    "375041000000100": FlagKind.CHILD_PROTECTION,
}
FLAG_REASON: dict[str, IndexReason] = {
    "919461000000108": IndexReason.EXPLOITATION,
    "700253008": IndexReason.EXPLOITATION,
    "104586100000100": IndexReason.EXPLOITATION,
    "297591000000108": IndexReason.SEXUAL_ASSAULT,
    "707087005": IndexReason.DOMESTIC_ABUSE,
    "881081000000100": IndexReason.DOMESTIC_ABUSE,
    "697950003": IndexReason.DOMESTIC_ABUSE,
    FREQUENT_ATTENDER: IndexReason.REPEAT_ATTENDANCE,
}

Meaning = tuple[IndexReason, Weapon | None]
_SHARP: Meaning = (IndexReason.ASSAULT_SHARP, Weapon.UNKNOWN)
_KNIFE: Meaning = (IndexReason.ASSAULT_SHARP, Weapon.OTHER_KNIFE)
_GUN: Meaning = (IndexReason.ASSAULT_GUN, Weapon.GUN)
_BLUNT: Meaning = (IndexReason.ASSAULT_BLUNT, Weapon.BLUNT)
_OTHER_WEAPON: Meaning = (IndexReason.ASSAULT_BLUNT, Weapon.UNKNOWN)
_BODY: Meaning = (IndexReason.ASSAULT_BODY, Weapon.BODY)
_ACID: Meaning = (IndexReason.ASSAULT_CORROSIVE, Weapon.ACID)
_SEXUAL: Meaning = (IndexReason.SEXUAL_ASSAULT, None)
_SOMEHOW: Meaning = (IndexReason.ASSAULT_UNSPECIFIED, None)

REASON_SNOMED: dict[str, Meaning] = {
    **dict.fromkeys(("242872001", "219218005", "219221007", "219223005", "242879005"), _SHARP),
    "410706007": _SHARP,
    **dict.fromkeys(("242873006", "242880008"), _KNIFE),
    "242884004": (IndexReason.ASSAULT_SHARP, Weapon.SCREWDRIVER),
    **dict.fromkeys(("242869008", "219198001", "219199009", "219200007", "219201006"), _GUN),
    **dict.fromkeys(("219203009", "219204003", "219205002"), _GUN),
    **dict.fromkeys(("219235009", "219236005", "219237001"), _BLUNT),
    **dict.fromkeys(("219181001", "219182008", "219184009", "269732008"), _ACID),
    **dict.fromkeys(("219177001", "242903006", "242930001", "219194004", "269734009"), _BODY),
    **dict.fromkeys(("297591000000108", "248110007"), _SEXUAL),
    **dict.fromkeys(("52684005", "429626008", "428200002", "429686006"), _SOMEHOW),
    **dict.fromkeys(("298231000000106", "298241000000102", "298261000000101"), _SOMEHOW),
    **dict.fromkeys(("298271000000108", "298281000000105", "298251000000104"), _SOMEHOW),
    **dict.fromkeys(("1082491000000103", "1082501000000109"), _SOMEHOW),
}
REASON_ICD10: dict[str, Meaning] = {
    "X86": _ACID,
    **dict.fromkeys(("X93", "X94", "X95"), _GUN),
    "X96": _OTHER_WEAPON,
    "X99": _SHARP,
    "Y00": _BLUNT,
    "Y03": (IndexReason.ASSAULT_BLUNT, Weapon.VEHICLE),
    "Y04": _BODY,
    "Y05": _SEXUAL,
    **dict.fromkeys(("X91", "X97", "X98", "Y01", "Y02", "Y08", "Y09"), _SOMEHOW),
}


def reason_of(system: str, code: str) -> Meaning | None:
    if "snomed" in system.lower():
        return REASON_SNOMED.get(code.strip())
    if "icd-10" in system.lower() or "icd10" in system.lower():
        return REASON_ICD10.get(code.strip().upper()[:3])
    return None


# Words in free text. Each is a hint for the person who triages, never a finding.
_IN_WORDS: tuple[tuple[str, Meaning], ...] = (
    (r"knife wounds?", _KNIFE),
    (r"stab(?:bed|bings?)?\b(?! (?:pain|headache|sensation))|slashed\b|cut with a", _SHARP),
    (r"gun ?shot|shot (?:in|at|through)|been shot|drive-by", _GUN),
    (r"kitchen knife|bread knife", (IndexReason.WEAPON_CARRYING, Weapon.KITCHEN_KNIFE)),
    (r"zombie knife|zombie blade", (IndexReason.WEAPON_CARRYING, Weapon.OTHER_KNIFE)),
    (r"machetes?\b", (IndexReason.WEAPON_CARRYING, Weapon.MACHETE)),
    (r"screwdrivers?\b", (IndexReason.WEAPON_CARRYING, Weapon.SCREWDRIVER)),
    (r"knife\b|knives\b|blades?\b", (IndexReason.WEAPON_CARRYING, Weapon.OTHER_KNIFE)),
    (
        r"imitation (?:firearm|gun)|bb gun|air ?gun",
        (IndexReason.WEAPON_CARRYING, Weapon.IMITATION_GUN),
    ),
    (r"guns?\b|firearms?\b|pistol|shotgun", (IndexReason.WEAPON_CARRYING, Weapon.GUN)),
    (r"acid attack|(?:acid|corrosive|ammonia|bleach) (?:was )?(?:thrown|sprayed)", _ACID),
    (r"threw (?:acid|corrosive|ammonia|bleach)", _ACID),
    (r"glassed\b|(?:with|by) a (?:broken )?(?:glass )?bottle", (_BLUNT[0], Weapon.GLASS)),
    (r"baseball bat|cricket bat|hammers?\b|crowbar|knuckle ?duster|metal (?:bar|pole)", _BLUNT),
    (r"punched\b|kicked\b|stamped on|head ?butted|strangled\b", _BODY),
    (r"rape[d]?\b|sexual(?:ly)? assault(?:ed)?\b", _SEXUAL),
    (r"mugged\b|robbed\b|robbery\b", (IndexReason.ROBBERY, None)),
    (
        r"county lines|sexual exploitation|criminal(?:ly)? exploit\w*",
        (IndexReason.EXPLOITATION, None),
    ),
    (r"assault(?:ed)?\b|attacked by|beaten up", _SOMEHOW),
)
_WORDS = tuple((re.compile(rf"\b(?:{pattern})", re.I), means) for pattern, means in _IN_WORDS)
_CLAUSE = re.compile(r"[.;:!?\n]|/n|\\n|\bbut\b")
_NEGATED = re.compile(
    r"\b(?:no|not|nil|never|denies|denied|without|none|neither|isn't|wasn't|weren't)\b", re.I
)


def hints_in(text: str) -> Iterator[tuple[Meaning, str]]:
    """What the words of one text suggest, with the clause they stand in; negated clauses do not
    count ("no weapons seen"), and one clause gives each meaning once."""
    for clause in _CLAUSE.split(text):
        seen: set[Meaning] = set()
        taken: list[tuple[int, int]] = []
        for pattern, means in _WORDS:
            found = pattern.search(clause)
            if found is None or _NEGATED.search(clause[: found.start()]):
                continue
            if any(found.start() < end and start < found.end() for start, end in taken):
                continue
            taken.append(found.span())
            if means not in seen:
                seen.add(means)
                yield means, " ".join(clause.split())[:200]
