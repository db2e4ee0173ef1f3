"""What happens in the support of a random young person: meetings, reviews, goals, an ending."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from caseflow.assessments.rules import Point
from caseflow.cases.models import Case
from caseflow.cases.rules import Arm, NeedDomain, Risk
from caseflow.closing.rules import Ending, NoExit
from caseflow.contacts.rules import Mode, Outcome, Purpose
from caseflow.demo import chances
from caseflow.demo.course import Course
from caseflow.demo.plan_steps import approve, ask_to_close, goal, onward, onward_status, rate
from caseflow.demo.steps import consent, contact, needs, review, risk, safety_plan
from caseflow.people.rules import ConsentPurpose, Safe
from caseflow.plans.models import Goal
from caseflow.plans.rules import OnwardStatus

Event = tuple[datetime, Callable[[datetime], object]]
REVIEW_DAYS = {Risk.LOW: 28, Risk.MEDIUM: 28, Risk.HIGH: 7, Risk.IMMEDIATE: 1}
LOWER = {Risk.IMMEDIATE: Risk.HIGH, Risk.HIGH: Risk.MEDIUM, Risk.MEDIUM: Risk.LOW}
EVIDENCE = "What they said today, and what the referral says."
MANY_TO_REVIEW = 24


def receive_support(course: Course, case: Case) -> None:
    Support(course, case).go_on()


class Support:
    def __init__(self, course: Course, case: Case) -> None:
        self.c, self.t, self.chance, self.case = course, course.t, course.chance, case
        self.began = course.moment
        weeks = (
            self.chance.randint(9, 18) if case.arm is Arm.LONG_TERM else self.chance.randint(3, 6)
        )
        self.ends = self.began + timedelta(weeks=weeks)
        self.risk: Risk = course.pick(chances.RISKS)
        self.baseline: dict[NeedDomain, int | None] = {}
        self.goals: list[Goal] = []

    def go_on(self) -> None:
        self._begin()
        planned = [*self._meetings(), *self._reviews(), *self._assessment(), *self._plan()]
        for moment, happens in sorted(planned, key=lambda event: event[0]):
            self.c.moment = max(moment, self.c.moment + timedelta(minutes=30))
            happens(self.c.moment)
        self._end()

    def _begin(self) -> None:
        if self.chance.random() < 0.6:
            consent(self.t, self.c.shortly(), self.case, ConsentPurpose.EVALUATION)
        self._judge_risk(self.c.shortly())

    def _judge_risk(self, moment: datetime) -> None:
        plan = (
            "Weekly contact; safe route agreed." if self.risk in (Risk.HIGH, Risk.IMMEDIATE) else ""
        )
        risk(self.t, moment, self.case, self.risk, EVIDENCE, plan=plan)
        safety_plan(
            self.t,
            moment,
            self.case,
            avoid="The usual short cut.",
            travel="With somebody, or ring.",
            safe_people="Nan; a cousin; the club.",
        )

    # --- planned from the first day ------------------------------------------------------------

    def _meetings(self) -> Iterator[Event]:
        moment = self.began
        while moment < self.ends:
            moment += timedelta(days=self.chance.uniform(4, 12))
            yield self.c.some_hour(moment), self._meet

    def _meet(self, moment: datetime) -> None:
        """Written up at ``moment``: mostly soon after, sometimes days."""
        delay = timedelta(hours=self.chance.choice((0.3, 0.5, 2, 5, 20, 60)))
        happened = max(moment - delay, self.began)
        _, outcome, (least, most) = self.chance.choices(
            chances.MEETINGS, [row[0] for row in chances.MEETINGS]
        )[0]
        contact(
            self.t,
            happened,
            self.case,
            outcome,
            self.chance.choice(chances.MODES_OF.get(outcome, (Mode.PHONE,))),
            minutes=self.chance.randint(least, most),
            purposes=self.chance.sample(chances.PURPOSES, self.chance.randint(1, 3)),
            note=self.chance.choice(chances.NOTES),
            their_words=self.chance.choice(chances.WORDS),
            written_up=moment - happened,
        )

    def _reviews(self) -> Iterator[Event]:
        """By the cadence, mostly on the day; the risk goes down in time."""
        moment, level = self.began, self.risk
        for _ in range(MANY_TO_REVIEW):
            late = self.chance.choice((0, 0, 0, 0, 0, 1, 2, 6))
            moment += timedelta(days=REVIEW_DAYS[level] + late)
            if moment > self.ends:
                return
            if self.chance.random() < 0.5:
                level = LOWER.get(level, level)
            yield self.c.some_hour(moment), partial(self._review, level)

    def _review(self, level: Risk, moment: datetime) -> None:
        self.risk = level
        with self.c.later.at_once():
            review(
                self.t,
                moment,
                self.case,
                level,
                changed=self.chance.choice(chances.NOTES),
                decided="Go on as planned.",
                why=EVIDENCE,
                their_words=self.chance.choice(chances.WORDS),
                renews=False,
            )
        self._judge_risk(moment)
        for made in self.goals if self.chance.random() < 0.5 else []:
            rate(self.t, moment, made, self.chance.randint(3, 8))

    def _assessment(self) -> Iterator[Event]:
        if self.chance.random() < 0.88:
            moment = self.began + timedelta(days=self.chance.uniform(1, 12))
            yield self.c.some_hour(moment), self._assess

    def _assess(self, moment: datetime) -> None:
        for domain, usual in chances.NEED_AT_START.items():
            need = max(0, min(4, round(self.chance.gauss(usual, 0.9))))
            self.baseline[domain] = None if self.chance.random() < 0.15 else need
        needs(self.t, moment, self.case, Point.BASELINE, self.baseline)

    def _plan(self) -> Iterator[Event]:
        for words in self.chance.sample(chances.GOALS, self.chance.choice((0, 1, 1, 2, 3))):
            moment = self.began + timedelta(days=self.chance.uniform(2, 14))
            yield self.c.some_hour(moment), partial(self._set_goal, words)
        for service, domain in self.chance.sample(
            chances.ANSWERS, self.chance.choice((0, 1, 1, 2))
        ):
            moment = self.began + timedelta(days=self.chance.uniform(5, 30))
            if moment < self.ends:
                yield self.c.some_hour(moment), partial(self._refer_on, service, domain)

    def _set_goal(self, words: str, moment: datetime) -> None:
        rating = self.chance.randint(1, 5)
        self.goals.append(goal(self.t, moment, self.case, words, rating=rating))

    def _refer_on(self, service: str, domain: NeedDomain, moment: datetime) -> None:
        made = onward(self.t, moment, self.case, service, domain)
        answer = self.chance.choice(
            (OnwardStatus.ACCEPTED, OnwardStatus.ACCEPTED, OnwardStatus.REFUSED)
        )
        reason = "No places this term." if answer is OnwardStatus.REFUSED else ""
        onward_status(self.t, self.c.after_days(2, 6), made, answer, reason)
        if answer is OnwardStatus.ACCEPTED and self.chance.random() < 0.6:
            onward_status(self.t, self.c.after_days(2, 9), made, OnwardStatus.ATTENDED_FIRST)

    # --- the ending ----------------------------------------------------------------------------

    def _end(self) -> None:
        ending: Ending = self.c.pick(chances.ENDINGS)
        is_planned = ending in (Ending.COMPLETED, Ending.TRANSFERRED)
        has_exit = bool(self.baseline) and self.chance.random() < (0.85 if is_planned else 0.15)
        self.c.after_days(1, 6)
        if has_exit:
            now = {domain: self._better(need) for domain, need in self.baseline.items()}
            needs(self.t, self.c.moment, self.case, Point.EXIT, now)
        for made in self.goals if is_planned else []:
            rate(self.t, self.c.moment, made, self.chance.randint(4, 10))
        may_follow_up = Safe.YES if self.chance.random() < 0.7 else Safe.NOT_ASKED
        ask_to_close(
            self.t,
            self.c.shortly(),
            self.case,
            ending,
            is_planned=is_planned,
            reason=f"{ending.label}.",
            goals_reviewed=is_planned,
            no_exit=None if has_exit else NoExit.NOT_REACHED,
            risk_at_exit=self.risk,
            handover_to="Kitchen Table Family Help (demo)" if ending is Ending.TRANSFERRED else "",
            may_follow_up=may_follow_up,
            follow_up_how="Text first" if may_follow_up is Safe.YES else "",
            felt_listened=self.chance.randint(3, 5) if is_planned else None,
            felt_safer=self.chance.randint(2, 5) if is_planned else None,
            would_recommend=self.chance.randint(3, 5) if is_planned else None,
        )
        approve(self.t, self.c.after_days(0.5, 4), self.case, "")
        self.c.catch_up()
        self._follow_up()

    def _better(self, need: int | None) -> int | None:
        return (
            None if need is None else min(4, max(0, need - self.chance.choice((0, 0, 1, 1, 2, -1))))
        )

    def _follow_up(self) -> None:
        closed = self.c.moment
        for months in (3, 6):
            if self.chance.random() < 0.4:
                self.c.moment = closed + timedelta(days=months * 30.4)
                contact(
                    self.t,
                    self.c.after_days(0, 8),
                    self.case,
                    Outcome.TALKED,
                    Mode.PHONE,
                    minutes=self.chance.randint(3, 20),
                    purposes=(Purpose.FOLLOW_UP,),
                    their_words=self.chance.choice(chances.WORDS),
                )
