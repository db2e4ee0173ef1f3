"""Looks that somebody should ask about (R23). Plain values: no database."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from caseflow.audit.rules import Event
from caseflow.rights.unusual import MANY_LOOKS, VAIN_SEARCHES, Look, Unusual, findings

WHO, CASE = uuid.uuid4(), uuid.uuid4()
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def look(**about) -> Look:
    usual = {"actor_id": WHO, "at": NOON, "event": Event.VIEWED, "case_id": CASE}
    return Look(**(usual | about))


def found(*looks: Look) -> list[Unusual]:
    return [finding.what for finding in findings(looks)]


def test_a_day_of_work_is_nothing_unusual() -> None:
    day = [look(at=NOON + timedelta(minutes=n), is_holder=True) for n in range(40)]
    assert found(*day, look(event=Event.SEARCHED, case_id=None)) == []


@pytest.mark.parametrize(
    ("about", "what"),
    [
        ({"is_linked": False}, Unusual.NO_LINK),
        ({"same_name": True}, Unusual.SAME_NAME),
        ({"at": NOON.replace(hour=23)}, Unusual.OUT_OF_HOURS),
        ({"at": NOON.replace(hour=6, minute=59)}, Unusual.OUT_OF_HOURS),
        ({"event": Event.REFUSED, "case_id": None, "is_held_back": True}, Unusual.TOO_MANY),
    ],
)
def test_one_look_may_be_enough(about: dict, what: Unusual) -> None:
    assert found(look(**about)) == [what]


def test_working_hours_begin_and_end_to_the_minute() -> None:
    assert found(look(at=NOON.replace(hour=7)), look(at=NOON.replace(hour=20, minute=59))) == []


def test_again_and_again_is_of_one_case_and_not_ones_own() -> None:
    many = [look(at=NOON + timedelta(minutes=n)) for n in range(MANY_LOOKS)]
    (finding,) = findings(many)
    assert (finding.what, finding.times, finding.case_ids) == (Unusual.AGAIN, MANY_LOOKS, (CASE,))
    assert found(*many[1:]) == []
    assert found(*[look(case_id=uuid.uuid4()) for _ in range(MANY_LOOKS)]) == []
    assert found(*[look(is_holder=True) for _ in range(MANY_LOOKS)]) == []


def test_searches_that_led_nowhere() -> None:
    searches = [
        look(event=Event.SEARCHED, case_id=None, at=NOON + timedelta(hours=n))
        for n in range(VAIN_SEARCHES)
    ]
    assert found(*searches) == [Unusual.SEARCHED_IN_VAIN]
    assert found(*searches[1:]) == []
    assert found(*searches, look(at=NOON + timedelta(minutes=10))) == []


def test_two_peoples_looks_are_not_added_up() -> None:
    half = MANY_LOOKS // 2
    assert found(*[look()] * half, *[look(actor_id=uuid.uuid4())] * half) == []
