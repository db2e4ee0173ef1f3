"""One story at length: long-term support that worked, for the outcome summary."""

from caseflow.assessments.rules import Point
from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain as D
from caseflow.cases.rules import Risk
from caseflow.closing.rules import Ending, NoExit
from caseflow.contacts.rules import Mode, Outcome, Purpose
from caseflow.demo.plan_steps import (
    action,
    action_done,
    approve,
    ask_to_close,
    goal,
    onward,
    onward_status,
    rate,
    return_closure,
)
from caseflow.demo.steps import (
    consent,
    contact,
    needs,
    review,
    risk,
    safety_plan,
    taken_on,
)
from caseflow.demo.stories_arriving import Told
from caseflow.demo.teller import Teller
from caseflow.people.rules import ConsentPurpose, Safe
from caseflow.plans.models import Goal, OnwardReferral
from caseflow.plans.rules import OnwardStatus, Owner

THEN = {
    D.SAFETY: 4,
    D.WEAPONS: 3,
    D.HEALTH: 3,
    D.MENTAL_HEALTH: 3,
    D.EDUCATION: 4,
    D.FAMILY: 2,
    D.PEERS: 3,
    D.SUBSTANCES: 2,
    D.JUSTICE: 1,
    D.MONEY: 3,
    D.IDENTITY: 2,
    D.LEGAL: None,
}
MIDWAY = {**THEN, D.SAFETY: 2, D.WEAPONS: 1, D.HEALTH: 1, D.EDUCATION: 3, D.MONEY: 2, D.PEERS: 2}
NOW = {
    **MIDWAY,
    D.SAFETY: 1,
    D.WEAPONS: 0,
    D.MENTAL_HEALTH: 1,
    D.EDUCATION: 1,
    D.PEERS: 1,
    D.SUBSTANCES: 2,
    D.MONEY: 1,
    D.IDENTITY: 0,
    D.FAMILY: 1,
}


def good_outcome(t: Teller) -> Told:
    """Long-term support that worked: returned once by the supervisor, then approved."""
    case = taken_on(
        t,
        "good-outcome",
        began=112,
        level=Risk.HIGH,
        baseline=THEN,
        plan="Weekly at first; no lone walks; school told.",
        their_words="I can’t go back to mine and I can’t go back to school.",
        person={
            "known_as": "Dash",
            "pronouns": "he/him",
            "ethnicity": "black_caribbean",
            "born_on": t.born(17),
        },
    )
    for purpose in (ConsentPurpose.EVALUATION, ConsentPurpose.CONTACT):
        consent(t, t.ago(107, "16:20"), case, purpose)
    college = "Cardboard College (demo)"
    consent(t, t.ago(107, "16:25"), case, ConsentPurpose.SHARE, agency=college)
    goals = _first_weeks(t, case)
    helped = _middle(t, case, goals)
    _last_weeks(t, case, goals, helped)
    yield "good-outcome", case


def _first_weeks(t: Teller, case: Case) -> list[Goal]:
    meet(t, case, 106, Mode.F2F_HOME, Purpose.EMOTIONAL_SUPPORT, Purpose.SAFETY_PLANNING)
    goals = [
        goal(t, t.ago(105, "15:00"), case, "Get back into college and stay there", rating=2),
        goal(t, t.ago(105, "15:05"), case, "Sleep with the light off", rating=2),
        goal(t, t.ago(105, "15:10"), case, "Cook for my nan like she did for me", rating=5),
    ]
    hold = action(
        t,
        t.ago(105, "15:15"),
        case,
        "Ask college to hold the place",
        Owner.WORKER,
        t.ago(98).date(),
    )
    review(
        t,
        t.ago(105, "16:00"),
        case,
        Risk.HIGH,
        why="The threat is a week old.",
        changed="Staying at his nan’s.",
        decided="Weekly; keep the route.",
    )
    meet(t, case, 101, Mode.F2F_HOME, Purpose.EMOTIONAL_SUPPORT, Purpose.FAMILY)
    action_done(t, t.ago(99, "11:00"), hold)
    review(
        t,
        t.ago(98, "16:00"),
        case,
        Risk.MEDIUM,
        why="Quiet for a week; nan’s is safe.",
        changed="Slept four nights.",
        decided="Every four weeks now.",
    )
    return goals


def _middle(t: Teller, case: Case, goals: list[Goal]) -> list[OnwardReferral]:
    mentor = onward(t, t.ago(97, "11:00"), case, "college", D.EDUCATION)
    therapy = onward(t, t.ago(97, "11:20"), case, "mind", D.MENTAL_HEALTH)
    meet(t, case, 93, Mode.F2F_COMMUNITY, Purpose.MENTORING, Purpose.ETE)
    onward_status(t, t.ago(91, "10:00"), mentor, OnwardStatus.ACCEPTED)
    gym = onward(t, t.ago(90, "12:00"), case, "boxing", D.PEERS)
    onward_status(t, t.ago(88, "09:30"), mentor, OnwardStatus.ATTENDED_FIRST)
    meet(t, case, 86, Mode.F2F_COMMUNITY, Purpose.MENTORING, Purpose.ETE)
    onward_status(t, t.ago(86, "18:00"), gym, OnwardStatus.ATTENDED_FIRST)
    meet(t, case, 79, Mode.F2F_COMMUNITY, Purpose.MENTORING, Purpose.HEALTH)
    needs(
        t,
        t.ago(72, "15:00"),
        case,
        Point.REVIEW,
        MIDWAY,
        strengths=(D.FAMILY, D.IDENTITY),
        their_words="I still check the door. But I went in.",
    )
    review(
        t,
        t.ago(70, "15:00"),
        case,
        Risk.MEDIUM,
        changed="Three days a week at college.",
        decided="Therapy starts; two more months.",
        their_words="Tutor said my name right.",
    )
    for made, rating in zip(goals, (5, 4, 6), strict=True):
        rate(t, t.ago(70, "15:30"), made, rating)
    onward_status(t, t.ago(66, "15:00"), therapy, OnwardStatus.ATTENDED_FIRST)
    return [mentor, therapy, gym]


def _last_weeks(t: Teller, case: Case, goals: list[Goal], helped: list[OnwardReferral]) -> None:
    contact(
        t,
        t.ago(62, "14:00"),
        case,
        Outcome.DID_NOT_ATTEND,
        Mode.F2F_COMMUNITY,
        minutes=0,
        note="Fact: exam that morning; he rang after.",
    )
    for days in (58, 51, 44):
        meet(t, case, days, Mode.F2F_COMMUNITY, Purpose.MENTORING, Purpose.FAMILY)
    review(
        t,
        t.ago(43, "15:00"),
        case,
        Risk.LOW,
        why="No threats for two months.",
        changed="Full timetable; sleeps.",
        decided="End in three weeks, with a plan.",
    )
    meet(t, case, 36, Mode.F2F_COMMUNITY, Purpose.MENTORING, Purpose.ETE)
    onward_status(t, t.ago(27, "10:00"), helped[0], OnwardStatus.COMPLETED)
    for made, rating in zip(goals, (7, 7, 9), strict=True):
        rate(t, t.ago(26, "15:00"), made, rating)
    risk(
        t,
        t.ago(26, "15:10"),
        case,
        Risk.LOW,
        "Nothing for ten weeks; the other side moved.",
        protective="Nan, college, the gym.",
    )
    safety_plan(
        t,
        t.ago(26, "15:20"),
        case,
        avoid="The old estate after dark.",
        safe_people="Nan; Coach; his tutor.",
        travel="Bus 99, seat by the driver.",
        if_followed="Into the gym, ring nan, then us.",
        copy_held_by="Dash and his nan",
    )
    _ending(t, case)


def _ending(t: Teller, case: Case) -> None:
    reason = "Plan met; settled at college and at home."
    ask_to_close(
        t,
        t.ago(25, "12:00"),
        case,
        Ending.COMPLETED,
        reason=reason,
        goals_reviewed=True,
        no_exit=NoExit.NOT_REACHED,
        risk_at_exit=Risk.LOW,
    )
    return_closure(
        t,
        t.ago(24, "09:30"),
        case,
        "Good work. He is easy to reach: do the exit assessment with him first, please.",
    )
    contact(
        t,
        t.ago(22, "14:00"),
        case,
        Outcome.MET,
        Mode.F2F_HOME,
        minutes=80,
        purposes=(Purpose.REVIEW, Purpose.HANDOVER),
        note="Fact: exit assessment, nan’s soup.",
        their_words="Tell the next one it’s worth picking up.",
    )
    needs(
        t,
        t.ago(22, "15:00"),
        case,
        Point.EXIT,
        NOW,
        their_words="I sleep. I cook. I go in.",
        strengths=(D.FAMILY, D.PEERS, D.IDENTITY),
    )
    ask_to_close(
        t,
        t.ago(22, "17:00"),
        case,
        Ending.COMPLETED,
        reason=reason,
        goals_reviewed=True,
        risk_at_exit=Risk.LOW,
        handover_to="Cardboard College (demo)",
        handover_person="Mx Mentor",
        handover_accepted_on=t.ago(23).date(),
        handover_attended=Safe.YES,
        may_follow_up=Safe.YES,
        follow_up_how="Ring nan’s landline, ask for Dash",
        felt_listened=5,
        felt_safer=5,
        would_recommend=5,
        their_words="I picked up because you kept turning up.",
        learning="Holding the college place on day two made the rest possible.",
    )
    approve(t, t.ago(21, "09:45"), case, "Lovely ending. Thank you.")


def meet(t: Teller, case: Case, days: int, mode: Mode, *purposes: Purpose) -> None:
    contact(t, t.ago(days, "14:00"), case, Outcome.MET, mode, minutes=60, purposes=purposes)
