"""How likely things are in the crowd. Made up, near the shape of published figures (domain.md §0.2,
§5.4): about half of those met in hospital agree, one in seven of those met in custody."""

from dataclasses import dataclass

from caseflow.cases.rules import NeedDomain, Risk, Stream
from caseflow.closing.rules import Ending
from caseflow.contacts.rules import Mode, Outcome, Purpose
from caseflow.incidents.rules import Injury, Knife, PlaceKind, Weapon
from caseflow.intake.codes import IndexReason
from caseflow.intake.rules import Source

HISTORY_DAYS = 730


@dataclass(frozen=True)
class Door:
    """One way in: how many come, from whom, and what becomes of them."""

    share: int
    sources: tuple[Source, ...]
    ineligible: float
    reached: float
    agreed: float
    first_mode: Mode


DOORS = {
    Stream.HOSPITAL: Door(
        52,
        (Source.ED_CLINICIAN, Source.ED_BOARD, Source.ED_BOARD, Source.TRAUMA_WARD,
         Source.CHILDRENS_WARD, Source.HOSPITAL_SAFEGUARDING),
        0.08, 0.78, 0.55, Mode.F2F_HOSPITAL,
    ),
    Stream.CUSTODY: Door(22, (Source.CUSTODY,), 0.05, 0.9, 0.15, Mode.F2F_CUSTODY),
    Stream.OUTREACH: Door(
        20,
        (Source.OUTREACH, Source.SCHOOL, Source.YJS, Source.EARLY_HELP, Source.SELF, Source.PARENT),
        0.06, 0.72, 0.6, Mode.F2F_COMMUNITY,
    ),
    Stream.OPERATION: Door(6, (Source.POLICE_OPERATION,), 0.02, 0.6, 0.4, Mode.F2F_HOME),
}  # fmt: skip

# What happened, by weight: reason, weapon, knife.
HAPPENED: tuple[tuple[int, IndexReason, Weapon, Knife], ...] = (
    (35, IndexReason.ASSAULT_BODY, Weapon.BODY, Knife.NO),
    (24, IndexReason.ASSAULT_SHARP, Weapon.OTHER_KNIFE, Knife.YES),
    (6, IndexReason.ASSAULT_SHARP, Weapon.KITCHEN_KNIFE, Knife.YES),
    (3, IndexReason.ASSAULT_SHARP, Weapon.MACHETE, Knife.YES),
    (11, IndexReason.ASSAULT_BLUNT, Weapon.BLUNT, Knife.NO),
    (5, IndexReason.ROBBERY, Weapon.UNKNOWN, Knife.UNKNOWN),
    (9, IndexReason.EXPLOITATION, Weapon.NONE, Knife.NO),
    (6, IndexReason.WEAPON_CARRYING, Weapon.KITCHEN_KNIFE, Knife.YES),
    (1, IndexReason.ASSAULT_GUN, Weapon.IMITATION_GUN, Knife.NO),
)
INJURIES = (
    (20, Injury.NONE), (34, Injury.SUPERFICIAL), (24, Injury.CLOSURE), (14, Injury.ADMITTED),
    (6, Injury.THEATRE), (2, Injury.INTENSIVE),
)  # fmt: skip
PLACES_OF = (
    (40, PlaceKind.STREET), (18, PlaceKind.PARK), (14, PlaceKind.DWELLING), (10, PlaceKind.SCHOOL),
    (8, PlaceKind.TRANSPORT), (6, PlaceKind.SHOP), (4, PlaceKind.UNKNOWN),
)  # fmt: skip
AGES = ((6, 11, 12), (24, 13, 15), (30, 16, 17), (26, 18, 20), (14, 21, 25))
RISKS = ((30, Risk.LOW), (46, Risk.MEDIUM), (23, Risk.HIGH), (1, Risk.IMMEDIATE))
ENDINGS = (
    (58, Ending.COMPLETED), (22, Ending.DISENGAGED), (8, Ending.TRANSFERRED), (5, Ending.CUSTODY),
    (4, Ending.MOVED), (3, Ending.NO_LONGER_SAFE),
)  # fmt: skip
# How a booked meeting turns out, and for how long.
MEETINGS = (
    (58, Outcome.MET, (25, 90)), (16, Outcome.TALKED, (4, 25)),
    (11, Outcome.DID_NOT_ATTEND, (0, 0)), (8, Outcome.NO_ANSWER, (0, 0)),
    (5, Outcome.TEXTED, (0, 0)), (2, Outcome.CANCELLED_BY_THEM, (0, 0)),
)  # fmt: skip
MODES_OF = {
    Outcome.MET: (Mode.F2F_COMMUNITY, Mode.F2F_HOME, Mode.F2F_SCHOOL, Mode.OFFICE),
    Outcome.DID_NOT_ATTEND: (Mode.F2F_COMMUNITY, Mode.OFFICE),
    Outcome.TEXTED: (Mode.TEXT,),
}
PURPOSES = (
    Purpose.MENTORING, Purpose.EMOTIONAL_SUPPORT, Purpose.ETE, Purpose.FAMILY, Purpose.HOUSING,
    Purpose.HEALTH, Purpose.PRACTICAL, Purpose.ADVOCACY, Purpose.COURT, Purpose.SUBSTANCES,
)  # fmt: skip
# The usual need at the start, 0 to 4, about which each person's lies.
NEED_AT_START = {
    NeedDomain.SAFETY: 3.0, NeedDomain.EXPLOITATION: 1.2, NeedDomain.WEAPONS: 1.6,
    NeedDomain.HEALTH: 1.8, NeedDomain.MENTAL_HEALTH: 2.6, NeedDomain.EDUCATION: 2.3,
    NeedDomain.HOUSING: 1.3, NeedDomain.FAMILY: 1.9, NeedDomain.PEERS: 2.0,
    NeedDomain.SUBSTANCES: 1.4, NeedDomain.JUSTICE: 1.3, NeedDomain.LEGAL: 0.4,
    NeedDomain.MONEY: 1.6, NeedDomain.IDENTITY: 1.5,
}  # fmt: skip
# Which service of the directory answers which need.
ANSWERS = (
    ("mind", NeedDomain.MENTAL_HEALTH), ("college", NeedDomain.EDUCATION),
    ("boxing", NeedDomain.PEERS), ("home", NeedDomain.HOUSING), ("family", NeedDomain.FAMILY),
    ("substances", NeedDomain.SUBSTANCES), ("food", NeedDomain.MONEY),
    ("exploitation", NeedDomain.EXPLOITATION), ("work", NeedDomain.EDUCATION),
)  # fmt: skip

NOTES = (
    "Fact: met as planned. Next: the same time next week.",
    "Fact: walked and talked. My view: lighter than last time.",
    "Fact: filled in the form together. Next: hand it in.",
    "Their words: slept better. Next: keep the phone out of the room.",
    "Fact: quiet today; stayed with it. Next: ring on Thursday.",
    "Fact: went with them to the appointment. They did the talking.",
    "My view: worried about the weekend. Next: go over the safety plan.",
    "Fact: mum joined for the last ten minutes.",
)
WORDS = (
    "It’s a bit better.", "I turned up, didn’t I.", "Nobody’s asked me that before.",
    "I want to do something with my hands.", "Not sleeping much.", "I’m done with all that.", "",
    "", "", "",
)  # fmt: skip
GOALS = (
    "Go back to school", "Get a job I like", "Sleep through", "Stay out of it",
    "Make it up with my mum", "Somewhere of my own", "Train again", "Get my own money",
)  # fmt: skip
