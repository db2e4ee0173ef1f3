"""While many histories are written, what falls due is worked out when it is next looked at.

Every action says that a case or a person changed, and what falls due is worked out anew each time.
A history of fifty actions would do that fifty times, to be looked at five times.
"""

import gc
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from caseflow.cases import actions as cases
from caseflow.cases.models import Case
from caseflow.kernel.settings import remembered
from caseflow.people import actions as people
from caseflow.people.models import Person
from caseflow.reviews import actions as reviews


class Later:
    """The cases that have changed since what falls due was last worked out."""

    def __init__(self) -> None:
        self._changed: dict[uuid.UUID, Case] = {}

    def case_changed(self, case: Case) -> None:
        self._changed[case.id] = case

    def person_changed(self, person: Person) -> None:
        """Each history has one case, and it reads its person when it is worked out."""

    def catch_up(self) -> None:
        for case in self._changed.values():
            reviews.recompute_case(case)
        self._changed.clear()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Inside, every change is worked out as it happens."""
        cases.call_on_change(reviews.recompute_case)
        try:
            yield
        finally:
            cases.call_on_change(self.case_changed)


@contextmanager
def catching_up_later() -> Iterator[Later]:
    later = Later()
    cases.call_on_change(later.case_changed)
    people.call_on_change(later.person_changed)
    gc.disable()  # Thousands of live objects, none of them rubbish until the batch ends.
    try:
        with remembered():
            yield later
            later.catch_up()
    finally:
        gc.enable()
        cases.call_on_change(reviews.recompute_case)
        people.call_on_change(reviews.recompute_person)
