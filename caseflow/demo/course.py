"""The course a random history takes: its own chance, and the moment it has reached."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from random import Random
from typing import TypeVar

from caseflow.demo.bulk import Later
from caseflow.demo.teller import Teller
from caseflow.kernel import clock

T = TypeVar("T")


class Course:
    """``later`` works out what falls due, when it is asked to."""

    def __init__(self, teller: Teller, chance: Random, later: Later, begins: datetime) -> None:
        self.t, self.chance, self.later, self.moment = teller, chance, later, begins

    def pick(self, weighted: Sequence[tuple[int, T]]) -> T:
        weights = [weight for weight, _ in weighted]
        return self.chance.choices([thing for _, thing in weighted], weights)[0]

    def some_hour(self, moment: datetime) -> datetime:
        """A working hour of that day."""
        at = time(self.chance.randint(9, 17), self.chance.randrange(0, 60, 5))
        return clock.local_instant(clock.local(moment).date(), at)

    def after_days(self, fewest: float, most: float) -> datetime:
        """Some working hour so many days on; the history goes on from there."""
        chosen = self.some_hour(self.moment + timedelta(days=self.chance.uniform(fewest, most)))
        self.moment = max(chosen, self.moment + timedelta(minutes=30))
        return self.moment

    def shortly(self) -> datetime:
        self.moment += timedelta(minutes=self.chance.randint(25, 50))
        return self.moment

    def catch_up(self) -> None:
        with self.t.at(self.moment):
            self.later.catch_up()
