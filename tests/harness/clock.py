"""Stop the one clock, for the test itself and for the live server's threads."""

import datetime
from contextlib import ExitStack

from caseflow.kernel import clock


class StoppedClock:
    def __init__(self) -> None:
        self._stack = ExitStack()
        self.instant: datetime.datetime | None = None

    def __call__(self, when: str | datetime.datetime) -> datetime.datetime:
        """``clock("2027-03-01 09:30")`` is London time, unless it carries an offset."""
        if isinstance(when, str):
            when = datetime.datetime.fromisoformat(when)
        if when.tzinfo is None:
            when = clock.local_instant(when.date(), when.time())
        self.instant = when.astimezone(datetime.UTC)
        self._stack.enter_context(clock.at(self.instant))
        return self.instant

    def forward(self, **step: float) -> datetime.datetime:
        """``clock.forward(days=3)``; a clock that runs is stopped first."""
        return self(clock.now() + datetime.timedelta(**step))

    def start(self) -> None:
        self._stack.close()
        self.instant = None
