"""Support under way with something about it that a careless screen gets wrong."""

from caseflow.casefile.rules import StartWith
from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain as D
from caseflow.cases.rules import Risk, Stream
from caseflow.contacts.rules import Mode, Outcome, Purpose
from caseflow.demo.plan_steps import action, goal, onward, onward_status, rate
from caseflow.demo.steps import (
    contact,
    pause,
    renew,
    review,
    taken_on,
)
from caseflow.demo.stories_arriving import Told
from caseflow.demo.teller import Teller
from caseflow.intake.codes import IndexReason
from caseflow.intake.rules import Source
from caseflow.people.rules import Safe
from caseflow.plans.rules import OnwardStatus, Owner


def turned_18(t: Teller) -> Told:
    """Referred at 17; six days ago came the birthday, and other services with it."""
    case = taken_on(
        t,
        "turned-18",
        began=60,
        person={"born_on": t.born(18, days_past=6), "known_as": "Birdie", "pronouns": "they/them"},
    )
    goal(t, t.ago(50, "15:30"), case, "Sort somewhere to live that is mine", rating=2)
    review(
        t,
        t.ago(32, "15:00"),
        case,
        Risk.MEDIUM,
        changed="Sofa at a friend’s; college going well.",
        decided="Supported housing before the birthday.",
        their_words="I want a door that locks.",
    )
    made = onward(t, t.ago(31, "11:00"), case, "home", D.HOUSING)
    onward_status(
        t, t.ago(20, "10:00"), made, OnwardStatus.WAITING, "On the list; a room in two weeks."
    )
    action(
        t,
        t.ago(20, "10:30"),
        case,
        "Bring proof of age and of college",
        Owner.YOUNG_PERSON,
        t.ahead(4).date(),
    )
    review(
        t,
        t.ago(18, "15:00"),
        case,
        Risk.MEDIUM,
        changed="On the list for a room.",
        decided="Go on; forms for adult services before the day.",
    )
    contact(
        t,
        t.ago(5, "13:00"),
        case,
        Outcome.MET,
        Mode.OFFICE,
        minutes=50,
        purposes=(Purpose.HOUSING, Purpose.ADVOCACY),
        note="Fact: 18 now; adult mental health and housing, not children’s. Forms done together.",
        their_words="Feels the same. Just more forms.",
    )
    yield "turned-18", case


def paused_in_custody(t: Teller) -> Told:
    """Remanded for something else: the clock stands still, and we write."""
    case = taken_on(
        t,
        "paused-in-custody",
        began=75,
        worker="tomasz",
        source=Source.CUSTODY,
        what=IndexReason.WEAPON_CARRYING,
        person={"born_on": t.born(19)},
    )
    review(
        t,
        t.ago(48, "11:00"),
        case,
        Risk.MEDIUM,
        changed="Court date set.",
        decided="Go with him; ask for an advocate.",
    )
    pause(t, t.ago(17, "15:10"), case, "In custody until the hearing; support goes on after it.")
    contact(
        t,
        t.ago(9, "14:00"),
        case,
        Outcome.MET,
        Mode.F2F_CUSTODY,
        minutes=45,
        purposes=(Purpose.EMOTIONAL_SUPPORT, Purpose.COURT),
        note="Fact: visit through the youth justice worker.",
        their_words="Don’t let them give my place at college away.",
    )
    yield "paused-in-custody", case


def siblings(t: Teller) -> Told:
    """Hurt in one incident; each with a record and a worker of their own."""
    one = {
        "happened_at": t.ago(15, "17:40"),
        "precision": "hour",
        "place_kind": "park",
        "district": "E06000016",
        "weapon": "blunt",
    }
    older = taken_on(
        t,
        "sibling-older",
        began=11,
        worker="amara",
        what=IndexReason.ASSAULT_BLUNT,
        incident=one,
        person={"born_on": t.born(17)},
    )
    yield "sibling-older", older
    younger = taken_on(
        t,
        "sibling-younger",
        began=10,
        worker="priya",
        incident=one,
        what=IndexReason.ASSAULT_BLUNT,
        level=Risk.LOW,
        person={"born_on": t.born(13)},
    )
    yield "sibling-younger", younger
    rate_together(t, older)


def rate_together(t: Teller, case: Case) -> None:
    made = goal(t, t.ago(6, "16:00"), case, "Walk my brother home without looking round", rating=2)
    rate(t, t.ago(2, "16:00"), made, 4)
    contact(
        t,
        t.ago(2, "15:45"),
        case,
        Outcome.MET,
        Mode.F2F_HOME,
        minutes=40,
        purposes=(Purpose.SAFETY_PLANNING,),
        note="Fact: both boys and their mum there.",
        next_step="Meet the head of year",
        next_step_at=t.ahead(2, "08:50"),
    )


def right_to_left_name(t: Teller) -> Told:
    """A name written from right to left, and words to match."""
    case = taken_on(
        t,
        "right-to-left-name",
        began=26,
        worker="hodan",
        source=Source.OUTREACH,
        arm=StartWith.BRIEF,
        level=Risk.LOW,
        person={"known_as": "نمونہ", "ethnicity": "asian_pakistani", "language": "Urdu"},
    )
    goal(t, t.ago(18, "16:00"), case, "دوبارہ فٹ بال کھیلنا – play football again", rating=4)
    renew(t, t.ago(6, "16:30"), case, Risk.LOW, "Training again; no trouble on the way.")
    contact(
        t,
        t.ago(6, "16:45"),
        case,
        Outcome.MET,
        Mode.F2F_COMMUNITY,
        minutes=55,
        purposes=(Purpose.MENTORING,),
        note="Fact: trained with the under-17s.",
        their_words="میں پھر سے کھیل رہا ہوں",
        next_step="Watch the match",
        next_step_at=t.ahead(4, "10:30"),
    )
    yield "right-to-left-name", case


def interpreter(t: Teller) -> Told:
    """Somali at home: an interpreter for every meeting with the family."""
    case = taken_on(
        t,
        "interpreter",
        began=22,
        worker="priya",
        level=Risk.LOW,
        person={"ethnicity": "black_african", "language": "Somali", "needs_interpreter": Safe.YES},
    )
    contact(
        t,
        t.ago(9, "17:00"),
        case,
        Outcome.MET,
        Mode.F2F_HOME,
        minutes=70,
        purposes=(Purpose.FAMILY, Purpose.SAFETY_PLANNING),
        note="Fact: interpreter on the phone for 40 minutes; hooyo understood the plan.",
        their_words="Hooyo wuu fahmay. She gets it now.",
        next_step="Ring with the interpreter",
        next_step_at=t.ahead(5, "11:00"),
    )
    yield "interpreter", case


def long_notes(t: Teller) -> Told:
    """A note as long as it may be, with emoji, and a name that tests every screen."""
    case = taken_on(
        t,
        "long-notes",
        began=30,
        worker="leon",
        source=Source.SELF,
        what=IndexReason.EXPLOITATION,
        level=Risk.HIGH,
        plan="Weekly; safeguarding lead told; new phone.",
        person={"known_as": "Wordy 😀", "pronouns": "he/him"},
    )
    sentence = (
        "Fact: talked while walking 🚶‍♂️, so this is long. His words: “they said I owe them” 😟 and "
        "“I never asked for it”. My view: he counts days, not pounds. Next: one thing first ✅. "
    )
    contact(
        t,
        t.ago(24, "15:00"),
        case,
        Outcome.MET,
        Mode.F2F_COMMUNITY,
        minutes=95,
        purposes=(Purpose.EMOTIONAL_SUPPORT, Purpose.MENTORING, Purpose.PRACTICAL),
        note=(sentence * 40)[:4_980].strip(),
        their_words="I’m not a runner. I just ran once. 🙃",
    )
    for days in (23, 16, 9, 2):
        review(
            t,
            t.ago(days, "16:30"),
            case,
            Risk.HIGH,
            changed="Still asked for money.",
            decided="Keep weekly; nothing carried, nothing owed.",
            why="Messages most days.",
        )
    yield "long-notes", case


def focused_deterrence(t: Teller) -> Told:
    """Came after a letter and a meeting; weekly contact with a navigator."""
    case = taken_on(
        t,
        "focused-deterrence",
        began=35,
        worker="leon",
        source=Source.PROBATION,
        stream=Stream.FOCUSED_DETERRENCE,
        what=IndexReason.EXPLOITATION,
        person={"born_on": t.born(22)},
    )
    goal(t, t.ago(29, "14:00"), case, "Be home for my daughter’s bedtime", rating=4)
    for days in (27, 20, 13):
        contact(
            t,
            t.ago(days, "14:00"),
            case,
            Outcome.MET,
            Mode.F2F_COMMUNITY,
            minutes=60,
            purposes=(Purpose.MENTORING, Purpose.ETE),
        )
    review(
        t,
        t.ago(7, "15:00"),
        case,
        Risk.MEDIUM,
        changed="Two shifts a week at the warehouse.",
        decided="Keep weekly contact.",
        their_words="First payslip with my own name on it.",
    )
    contact(
        t,
        t.ago(6, "14:00"),
        case,
        Outcome.MET,
        Mode.F2F_COMMUNITY,
        minutes=60,
        purposes=(Purpose.MENTORING, Purpose.ETE),
        next_step="Meet after his shift",
        next_step_at=t.ahead(1, "14:30"),
    )
    yield "focused-deterrence", case
