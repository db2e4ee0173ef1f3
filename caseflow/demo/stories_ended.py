"""Young people whose support is ending or has ended, each in its own way."""

from caseflow.assessments.rules import Point
from caseflow.casefile.rules import StartWith
from caseflow.cases.lifecycle import Stage
from caseflow.cases.rules import NeedDomain as D
from caseflow.cases.rules import Risk
from caseflow.closing.rules import Ending, NoExit
from caseflow.contacts.rules import Mode, Outcome, Purpose
from caseflow.demo.plan_steps import (
    approve,
    ask_to_close,
    goal,
    onward,
    onward_status,
    rate,
)
from caseflow.demo.steps import (
    contact,
    move,
    needs,
    no_answer,
    review,
    taken_on,
)
from caseflow.demo.stories_arriving import Told
from caseflow.demo.teller import Teller
from caseflow.intake.codes import IndexReason
from caseflow.intake.rules import Source
from caseflow.people.rules import Safe
from caseflow.plans.rules import OnwardStatus


def closure_waiting(t: Teller) -> Told:
    """Everything is done, the worker has asked, and the supervisor has yet to look."""
    case = taken_on(t, "closure-waiting", began=58, arm=StartWith.BRIEF, level=Risk.LOW)
    made = goal(t, t.ago(48, "16:00"), case, "Go to the shop without my brother", rating=3)
    review(
        t,
        t.ago(30, "16:00"),
        case,
        Risk.LOW,
        changed="Goes alone in daylight.",
        decided="Four more weeks, then end.",
        their_words="I don’t count cars any more.",
    )
    rate(t, t.ago(5, "16:00"), made, 8)
    review(
        t,
        t.ago(5, "16:05"),
        case,
        Risk.LOW,
        why="No threats for two months.",
        changed="Shop, gym and school alone.",
        decided="End now; exit assessment tomorrow.",
    )
    needs(
        t,
        t.ago(4, "16:00"),
        case,
        Point.EXIT,
        {D.SAFETY: 1, D.MENTAL_HEALTH: 1, D.EDUCATION: 1, D.FAMILY: 1, D.PEERS: 0},
        their_words="I’m alright, you know.",
        strengths=(D.FAMILY, D.PEERS),
    )
    ask_to_close(
        t,
        t.ago(1, "16:30"),
        case,
        Ending.COMPLETED,
        reason="Goal reached, safe for two months, and he asked to stop.",
        goals_reviewed=True,
        risk_at_exit=Risk.LOW,
        may_follow_up=Safe.YES,
        follow_up_how="Text first, after four",
        felt_listened=5,
        felt_safer=4,
        would_recommend=5,
        their_words="You turned up. That’s it.",
    )
    yield "closure-waiting", case


def stopped_coming(t: Teller) -> Told:
    """Agreed, came twice, and then nothing for weeks despite every attempt."""
    case = taken_on(t, "stopped-coming", began=96, worker="callum", arm=StartWith.BRIEF)
    contact(t, t.ago(88, "16:00"), case, Outcome.MET, Mode.F2F_COMMUNITY, minutes=40)
    review(
        t,
        t.ago(68, "15:00"),
        case,
        Risk.MEDIUM,
        changed="Two weeks without an answer.",
        decided="Three more tries, two ways.",
    )
    for days, mode in ((66, Mode.PHONE), (60, Mode.F2F_HOME), (52, Mode.TEXT)):
        no_answer(t, t.ago(days, "17:20"), case, mode)
    ask_to_close(
        t,
        t.ago(47, "11:00"),
        case,
        Ending.DISENGAGED,
        is_planned=False,
        reason="No answer for 41 days: phone, home, text. Letter left.",
        no_exit=NoExit.NOT_REACHED,
        risk_at_exit=Risk.MEDIUM,
    )
    approve(t, t.ago(45, "09:30"), case, "")
    yield "stopped-coming", case


def handed_over(t: Teller) -> Told:
    """Another service fits better, and a named person there has said yes."""
    case = taken_on(t, "handed-over", began=64, worker="priya", what=IndexReason.EXPLOITATION)
    made = onward(t, t.ago(50, "10:00"), case, "exploitation", D.EXPLOITATION)
    onward_status(t, t.ago(41, "10:00"), made, OnwardStatus.ACCEPTED)
    onward_status(t, t.ago(34, "10:00"), made, OnwardStatus.ATTENDED_FIRST)
    ask_to_close(
        t,
        t.ago(33, "15:00"),
        case,
        Ending.TRANSFERRED,
        reason="The exploitation project works with the whole family.",
        no_exit=NoExit.DECLINED,
        risk_at_exit=Risk.MEDIUM,
        handover_to="Safe Step Pretend Project (demo)",
        handover_person="Sam Step",
        handover_accepted_on=t.ago(41).date(),
        handover_attended=Safe.YES,
    )
    approve(t, t.ago(31, "10:10"), case, "Good handover.")
    yield "handed-over", case


def went_to_custody(t: Teller) -> Told:
    """Sentenced; the worker there takes over."""
    case = taken_on(
        t,
        "went-to-custody",
        began=120,
        worker="tomasz",
        source=Source.CUSTODY,
        what=IndexReason.WEAPON_CARRYING,
        person={"born_on": t.born(21)},
    )
    review(
        t,
        t.ago(91, "11:00"),
        case,
        Risk.MEDIUM,
        changed="Court in six weeks.",
        decided="Advocate; a letter to the court.",
    )
    ask_to_close(
        t,
        t.ago(70, "14:00"),
        case,
        Ending.CUSTODY,
        is_planned=False,
        reason="Two years. Resettlement worker named.",
        no_exit=NoExit.NOT_REACHED,
        risk_at_exit=Risk.MEDIUM,
        may_follow_up=Safe.YES,
        follow_up_how="Through the resettlement worker",
    )
    approve(t, t.ago(68, "09:20"), case, "")
    yield "went-to-custody", case


def moved_away(t: Teller) -> Told:
    """The family moved to another city before support began."""
    case = t.refer(t.ago(33, "20:00"), "moved-away", by="amara", what=IndexReason.ROBBERY)
    t.triage(t.ago(32, "09:00"), case, worker="amara")
    contact(
        t,
        t.ago(32, "12:00"),
        case,
        Outcome.TALKED,
        Mode.PHONE,
        minutes=9,
        purposes=(Purpose.ENGAGEMENT,),
        note="Fact: packing; leaving on Saturday.",
    )
    move(t, t.ago(31, "10:00"), case, Stage.MOVED, "Moved to the north; told of the service there.")
    yield "moved-away", case


def died(t: Teller) -> Told:
    """Nobody is reminded of anything any more."""
    case = taken_on(t, "died", began=80, worker="priya", level=Risk.LOW)
    t.learn(t.ago(53, "10:00"), case, died_on=t.ago(54).date())
    ask_to_close(
        t,
        t.ago(53, "10:30"),
        case,
        Ending.DECEASED,
        is_planned=False,
        reason="Died of an illness. Family asked for quiet.",
        risk_at_exit=Risk.LOW,
    )
    approve(t, t.ago(53, "14:00"), case, "Thank you for being with them. Take tomorrow off.")
    yield "died", case


def no_longer_safe(t: Teller) -> Told:
    """Meeting put the worker and the young person in danger; others take the safety on."""
    case = taken_on(
        t,
        "no-longer-safe",
        began=70,
        worker="hodan",
        source=Source.OUTREACH,
        level=Risk.HIGH,
        plan="Two workers; public places.",
    )
    review(
        t,
        t.ago(63, "15:00"),
        case,
        Risk.HIGH,
        why="Followed to a meeting.",
        changed="Followed twice.",
        decided="Only by phone; safeguarding lead consulted.",
    )
    ask_to_close(
        t,
        t.ago(58, "11:00"),
        case,
        Ending.NO_LONGER_SAFE,
        is_planned=False,
        reason="Meetings are watched. Social care leads the safety plan.",
        no_exit=NoExit.NOT_SAFE,
        risk_at_exit=Risk.HIGH,
        handover_to="Children’s social care (demo)",
        handover_person="Duty lead",
        handover_accepted_on=t.ago(59).date(),
    )
    approve(t, t.ago(57, "09:00"), case, "Right decision.")
    yield "no-longer-safe", case


def re_presentation(t: Teller) -> Told:
    """The third time here; the second ended 41 days ago."""
    who = "re-presentation"
    first = t.refer(t.ago(420, "01:30"), "re-presentation-first", who=who, by="callum")
    t.triage(t.ago(420, "09:10"), first, worker="callum")
    contact(t, t.ago(419, "11:00"), first, Outcome.REFUSED, Mode.F2F_HOSPITAL, minutes=4)
    move(
        t, t.ago(419, "11:30"), first, Stage.DECLINED, "No for now; may be asked again. “Leave it.”"
    )
    yield "re-presentation-first", first
    second = taken_on(t, "re-presentation-second", who=who, began=110, arm=StartWith.BRIEF)
    made = goal(t, t.ago(100, "16:00"), second, "Keep my job", rating=4)
    review(
        t,
        t.ago(82, "16:00"),
        second,
        Risk.LOW,
        why="Working, and nobody about.",
        changed="Four shifts a week.",
        decided="End in six weeks.",
    )
    rate(t, t.ago(46, "16:00"), made, 8)
    needs(
        t,
        t.ago(45, "16:00"),
        second,
        Point.EXIT,
        {D.SAFETY: 1, D.MENTAL_HEALTH: 2, D.EDUCATION: 0, D.MONEY: 1},
        their_words="Sorted.",
    )
    ask_to_close(
        t,
        t.ago(43, "16:00"),
        second,
        Ending.COMPLETED,
        goals_reviewed=True,
        reason="Goal reached.",
        risk_at_exit=Risk.LOW,
        may_follow_up=Safe.YES,
        follow_up_how="Text",
    )
    approve(t, t.ago(41, "10:00"), second, "")
    yield "re-presentation-second", second
    third = t.refer(
        t.ago(1, "03:15"),
        who,
        by="callum",
        reason="Cut to the arm. Third time here.",
        site="Made-up Royal Infirmary",
        ward="Emergency department",
        is_still_there=Safe.YES,
        discharge_at=t.ahead(0, "18:00"),
    )
    t.triage(
        t.ago(1, "09:05"), third, worker="amara", reason="Known to us: last ended 41 days ago."
    )
    no_answer(
        t,
        t.ago(0, "08:45"),
        third,
        note="Fact: asleep on the ward. Next: after lunch.",
        next_step="See him on the ward",
        next_step_at=t.ahead(0, "14:00"),
    )
    yield who, third
