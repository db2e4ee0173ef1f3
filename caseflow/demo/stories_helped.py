"""Young people who have said yes: support under way, and the states worth seeing in it."""

from caseflow.assessments.rules import Point
from caseflow.casefile.rules import StartWith
from caseflow.cases.lifecycle import Stage
from caseflow.cases.rules import NeedDomain as D
from caseflow.cases.rules import Risk
from caseflow.contacts.rules import Mode, Outcome, Purpose
from caseflow.demo.plan_steps import goal, onward, onward_status
from caseflow.demo.steps import (
    FIRST_TALK,
    agree,
    contact,
    move,
    needs,
    no_answer,
    renew,
    review,
    risk,
    safety_plan,
    taken_on,
)
from caseflow.demo.stories_arriving import Told
from caseflow.demo.teller import Teller
from caseflow.intake.codes import IndexReason
from caseflow.plans.rules import OnwardStatus


def declined_then_reoffered(t: Teller) -> Told:
    """No in the emergency department; yes seven weeks later, when asked again."""
    slug = "declined-then-reoffered"
    case = t.refer(t.ago(71, "22:00"), slug, by="callum", person={"sex": "female"})
    t.triage(t.ago(70, "09:20"), case, worker="callum")
    contact(
        t,
        t.ago(70, "10:30"),
        case,
        Outcome.MET,
        Mode.F2F_HOSPITAL,
        minutes=15,
        purposes=(Purpose.ENGAGEMENT,),
        note="Fact: in pain, wanted to sleep.",
    )
    move(
        t,
        t.ago(70, "11:00"),
        case,
        Stage.DECLINED,
        "No for now; may be asked again. A leaflet or number was left. “Not today.”",
    )
    move(t, t.ago(21, "14:00"), case, Stage.ATTEMPTING, "She rang the number on the leaflet.")
    contact(
        t,
        t.ago(21, "14:05"),
        case,
        Outcome.THEY_GOT_IN_TOUCH,
        Mode.PHONE,
        minutes=14,
        purposes=(Purpose.ENGAGEMENT,),
        their_words="I thought I was fine. I’m not sleeping.",
    )
    agree(t, t.ago(19, "16:30"), case, StartWith.BRIEF)
    risk(t, t.ago(19, "16:40"), case, Risk.LOW, "No threats since; knows nobody involved.")
    needs(
        t,
        t.ago(14, "16:00"),
        case,
        Point.BASELINE,
        {D.MENTAL_HEALTH: 3, D.SAFETY: 1, D.EDUCATION: 2, D.PEERS: 1},
        their_words="Nights are the worst.",
        priorities=(D.MENTAL_HEALTH,),
    )
    contact(
        t,
        t.ago(6, "16:00"),
        case,
        Outcome.MET,
        Mode.F2F_SCHOOL,
        minutes=50,
        purposes=(Purpose.EMOTIONAL_SUPPORT, Purpose.HEALTH),
        note="Their words: slept five hours twice this week. Next: breathing, then the GP.",
        next_step="Go with her to the GP",
        next_step_at=t.ahead(3, "09:10"),
    )
    yield slug, case


def assessment_under_way(t: Teller) -> Told:
    """Agreed last week; the needs assessment is half done and waits to be finished."""
    slug = "assessment-under-way"
    case = t.refer(t.ago(9, "18:25"), slug, by="amara", what=IndexReason.ASSAULT_BLUNT)
    t.triage(t.ago(8, "09:05"), case, worker="amara")
    contact(
        t,
        t.ago(8, "11:00"),
        case,
        Outcome.MET,
        Mode.F2F_HOSPITAL,
        minutes=40,
        purposes=FIRST_TALK,
        note="Fact: concussion, home tonight with his nan.",
    )
    safety_plan(
        t,
        t.ago(8, "11:45"),
        case,
        travel="Nan drives him until Friday.",
        home="Nan answers the door.",
        safe_people="Nan; his form tutor.",
    )
    agree(t, t.ago(5, "15:30"), case)
    needs(
        t,
        t.ago(1, "16:20"),
        case,
        Point.BASELINE,
        {D.SAFETY: 3, D.HEALTH: 2, D.EDUCATION: 3, D.FAMILY: None, D.IDENTITY: None},
        their_words="School thinks I started it.",
        is_finished=False,
    )
    contact(
        t,
        t.ago(1, "16:00"),
        case,
        Outcome.MET,
        Mode.F2F_HOME,
        minutes=55,
        purposes=(Purpose.NEEDS_ASSESSMENT,),
        note="Fact: stopped when his little cousins came in. Next: finish on our own.",
        next_step="Finish the needs assessment",
        next_step_at=t.ahead(0, "17:15"),
    )
    yield slug, case


def review_due_today(t: Teller) -> Told:
    """Brief support, four weeks in: the review is today."""
    case = taken_on(t, "review-due-today", began=28, arm=StartWith.BRIEF, level=Risk.LOW)
    goal(t, t.ago(20, "16:30"), case, "Get the bus again on my own", rating=3)
    renew(t, t.ago(12, "16:05"), case, Risk.LOW, "Nobody has been near for two weeks.")
    contact(
        t,
        t.ago(12, "16:15"),
        case,
        Outcome.MET,
        Mode.F2F_COMMUNITY,
        minutes=60,
        purposes=(Purpose.MENTORING, Purpose.PRACTICAL),
        note="Fact: rode two stops together. Their words: heart going, but did it.",
        their_words="Two stops today. Six next week.",
    )
    contact(
        t,
        t.ago(4, "16:15"),
        case,
        Outcome.TALKED,
        Mode.PHONE,
        minutes=10,
        purposes=(Purpose.EMOTIONAL_SUPPORT,),
        note="Fact: six stops, with a friend.",
        next_step="Meet at the bus station for the review",
        next_step_at=t.ahead(0, "15:30"),
    )
    yield "review-due-today", case


def review_overdue(t: Teller) -> Told:
    """High risk, reviewed every week, and the last one is nine days past: the supervisor knows."""
    case = taken_on(
        t,
        "review-overdue",
        began=44,
        worker="callum",
        level=Risk.HIGH,
        plan="Weekly review; sister’s address, not his; school told who may collect.",
    )
    review(
        t,
        t.ago(37, "16:00"),
        case,
        Risk.HIGH,
        changed="Threats online again.",
        decided="Stay at his sister’s; report the account together.",
        why="Named in a video.",
    )
    contact(t, t.ago(30, "15:00"), case, Outcome.DID_NOT_ATTEND, Mode.OFFICE, minutes=0)
    review(
        t,
        t.ago(16, "12:00"),
        case,
        Risk.HIGH,
        changed="No new threats; not sleeping.",
        decided="Ask for talking therapy; keep the sister’s address.",
        why="Still named; the others know the school.",
        their_words="I’m tired of looking behind me.",
    )
    yield "review-overdue", case


def safety_plan_out_of_date(t: Teller) -> Told:
    """The plan's day has passed, and nobody has heard from them for over two weeks."""
    case = taken_on(t, "safety-plan-out-of-date", began=52, worker="priya")
    renew(t, t.ago(38, "16:00"), case, Risk.MEDIUM, "New school, same bus.")
    review(
        t,
        t.ago(24, "16:00"),
        case,
        Risk.MEDIUM,
        changed="Moved schools.",
        decided="New route, new safety plan at the next visit.",
        renews=False,
    )
    risk(t, t.ago(24, "16:10"), case, Risk.MEDIUM, "Same faces at the bus stop.")
    contact(
        t,
        t.ago(19, "16:30"),
        case,
        Outcome.MET,
        Mode.F2F_SCHOOL,
        minutes=40,
        purposes=(Purpose.ETE,),
        note="Fact: settled in the new form. Plan not looked at.",
    )
    review(
        t,
        t.ago(10, "16:00"),
        case,
        Risk.MEDIUM,
        changed="No answer this week; school says he is there.",
        decided="Visit at school; the safety plan is out of date.",
        renews=False,
    )
    no_answer(t, t.ago(8, "16:10"), case)
    contact(t, t.ago(4, "17:00"), case, Outcome.TEXTED, Mode.TEXT, note="Fact: read, no reply.")
    yield "safety-plan-out-of-date", case


def onward_referral_refused(t: Teller) -> Told:
    """Polish spoken at home; therapy asked for and refused, and somewhere else found."""
    slug = "onward-referral-refused"
    case = taken_on(
        t,
        slug,
        began=40,
        worker="callum",
        person={"first_name": "Wojtek Próba", "ethnicity": "white_other", "language": "Polish"},
    )
    made = onward(t, t.ago(33, "12:00"), case, "mind", D.MENTAL_HEALTH)
    onward_status(
        t,
        t.ago(24, "09:30"),
        made,
        OnwardStatus.REFUSED,
        "Not taken while a court case is open. We have asked them to say so in writing.",
    )
    other = onward(t, t.ago(23, "14:00"), case, "boxing", D.PEERS)
    onward_status(t, t.ago(18, "10:00"), other, OnwardStatus.ACCEPTED)
    onward_status(t, t.ago(15, "18:30"), other, OnwardStatus.ATTENDED_FIRST)
    review(
        t,
        t.ago(13, "16:00"),
        case,
        Risk.MEDIUM,
        changed="Therapy refused; boxing twice a week.",
        decided="Ask the adult service at 16; tell the manager about the gap.",
        their_words="Trener mówi po polsku. The coach speaks Polish. That helps.",
    )
    yield slug, case
