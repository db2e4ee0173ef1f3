"""One random young person's history, told by the same steps as the scripted ones."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import Stream
from caseflow.contacts.rules import Mode, Outcome
from caseflow.demo import chances
from caseflow.demo.bulk import Later
from caseflow.demo.chances import DOORS
from caseflow.demo.course import Course
from caseflow.demo.names import mobile, nhs_number, postcode, somebody
from caseflow.demo.steps import FIRST_TALK, agree, contact, move, no_answer
from caseflow.demo.support import receive_support
from caseflow.demo.teller import NotYetError, Teller
from caseflow.incidents.rules import TimePrecision
from caseflow.intake import actions as intake
from caseflow.intake.arrival import Arrival, Reach
from caseflow.intake.eligibility import Ineligible
from caseflow.intake.rules import nature_of
from caseflow.kernel import clock
from caseflow.people.rules import BornPrecision, ContactKind, Safe, birthday
from caseflow.staff.models import User

Workers = Mapping[str, Sequence[User]]
FIRST_NHS_NUMBER = 1_000


class Life:
    """``number`` is the person's place in the crowd."""

    def __init__(
        self,
        teller: Teller,
        chance: Random,
        workers: Workers,
        number: int,
        later: Later,
    ) -> None:
        begins = teller.now - timedelta(days=chance.uniform(0, chances.HISTORY_DAYS))
        self.course = Course(teller, chance, later, begins)
        self.t, self.chance, self.workers, self.number = teller, chance, workers, number
        self.stream: Stream = self.course.pick([(door.share, s) for s, door in DOORS.items()])
        self.door = DOORS[self.stream]

    def live(self) -> None:
        with suppress(NotYetError):
            self._all_of_it()
        with clock.at(self.t.now):
            self.course.later.catch_up()

    def _all_of_it(self) -> None:
        case = self._arrive()
        if not self._triage(case) or not self._reach(case):
            return
        if self.chance.random() > self.door.agreed:
            self._decline(case)
            return
        self._agree(case)
        receive_support(self.course, case)

    # --- the way in ----------------------------------------------------------------------------

    def _arrive(self) -> Case:
        door, chance = self.door, self.chance
        _, what, weapon, knife = chance.choices(
            chances.HAPPENED, [row[0] for row in chances.HAPPENED]
        )[0]
        happened = self.course.moment - timedelta(hours=chance.uniform(1, 12))
        incident = {
            "nature": nature_of([(what, "person")]),
            "weapon": weapon,
            "knife": knife,
            "injury": self.course.pick(chances.INJURIES),
            "place_kind": self.course.pick(chances.PLACES_OF),
            "happened_at": happened,
            "precision": TimePrecision.HOUR,
        }
        person = self._person()
        arrival = Arrival(
            person=person,
            incident={**incident, "district": person["district"]},
            referral={
                "reasons": [{"reason": what.value, "basis": "person"}],
                "reason": what.label,
                "knows": self._yes(0.8),
                "agrees": self._yes(0.5),
                "is_still_there": Safe.NO,
                "attended_at": happened + timedelta(minutes=40),
            },
            reach=self._reach_by(),
        )
        worker = chance.choice(self._team())
        with self.t.at(self.course.moment, worker):
            return intake.receive(
                arrival,
                source=chance.choice(door.sources),
                received_at=self.course.moment,
                by=worker,
            ).case

    def _team(self) -> Sequence[User]:
        cast = self.t.cast
        is_hospital = self.stream.value in cast.hospital.streams
        return self.workers[(cast.hospital if is_hospital else cast.community).name]

    def _person(self) -> dict[str, Any]:
        who, chance = somebody(self.chance), self.chance
        code, district = postcode(chance)
        _, youngest, oldest = chance.choices(chances.AGES, [row[0] for row in chances.AGES])[0]
        day = clock.local(self.course.moment).date() - timedelta(days=chance.randint(1, 364))
        return {
            "first_name": who.first_name,
            "last_name": who.last_name,
            "born_on": birthday(day, -chance.randint(youngest, oldest)),
            "born_precision": BornPrecision.DAY,
            "sex": who.sex,
            "ethnicity": who.ethnicity,
            "language": who.language,
            "nhs_number": nhs_number(FIRST_NHS_NUMBER + self.number),
            "address": f"{chance.randint(1, 199)} Example Street",
            "postcode": code,
            "district": district,
        }

    def _yes(self, likely: float) -> Safe:
        return self.course.pick([(int(likely * 90), Safe.YES), (10, Safe.NOT_ASKED), (10, Safe.NO)])

    def _reach_by(self) -> tuple[Reach, ...]:
        number = mobile(self.chance.randrange(1000))
        return (Reach(ContactKind.PHONE, number, self._yes(0.8), self._yes(0.7)),)

    def _triage(self, case: Case) -> bool:
        is_eligible = self.chance.random() > self.door.ineligible
        self.course.moment += timedelta(hours=self.chance.uniform(0.3, 28))
        supervisor = self.t.cast.supervisor_of(case.team)
        with self.t.at(self.course.moment, supervisor):
            intake.decide(
                case,
                by=supervisor,
                is_eligible=is_eligible,
                code=None if is_eligible else self._why_not(),
                reason="Looked at the referral and rang back.",
                worker=self.chance.choice(self._team()) if is_eligible else None,
            )
        return is_eligible

    def _why_not(self) -> Ineligible:
        return self.chance.choice(
            [Ineligible.AREA, Ineligible.NOT_VIOLENCE, Ineligible.OPEN_ELSEWHERE]
        )

    def _reach(self, case: Case) -> bool:
        """A try or two, then they talk; or, after two weeks and two ways, nobody answers."""
        if self.chance.random() > self.door.reached:
            self._give_up(case)
            return False
        for _ in range(self.chance.choice((0, 0, 0, 1, 2))):
            no_answer(self.t, self.course.after_days(0.1, 2), case, Mode.PHONE)
        is_face_to_face = self.chance.random() < 0.6
        contact(
            self.t,
            self.course.after_days(0.1, 2),
            case,
            Outcome.MET if is_face_to_face else Outcome.TALKED,
            self.door.first_mode if is_face_to_face else Mode.PHONE,
            minutes=self.chance.randint(5, 50),
            purposes=FIRST_TALK,
            note=self.chance.choice(chances.NOTES),
        )
        return True

    def _give_up(self, case: Case) -> None:
        for mode in (Mode.PHONE, Mode.TEXT, Mode.PHONE):
            outcome = Outcome.TEXTED if mode is Mode.TEXT else Outcome.NO_ANSWER
            contact(self.t, self.course.after_days(2, 5), case, outcome, mode, minutes=0)
        moment = self.course.after_days(14, 20)
        move(self.t, moment, case, Stage.UNABLE_TO_CONTACT, "Three tries, two ways, two weeks.")

    def _decline(self, case: Case) -> None:
        words = "No for now; may be asked again. A leaflet or number was left."
        move(self.t, self.course.shortly(), case, Stage.DECLINED, words)

    def _agree(self, case: Case) -> None:
        moment = self.course.after_days(0, 3)
        agree(self.t, moment, case)
        arm = Stage.LONG_TERM if self.chance.random() < 0.45 else Stage.BRIEF
        moment = self.course.shortly()
        move(self.t, moment, case, arm)
        self.course.catch_up()
