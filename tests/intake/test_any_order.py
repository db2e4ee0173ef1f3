"""Whatever the order in which messages arrive, and however often: the same record in the end."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from caseflow.cases.models import Case
from caseflow.demo.messages import bars_referral
from caseflow.incidents.queries import incident_of
from caseflow.intake.actions import receive_message
from caseflow.intake.models import Referral
from caseflow.kernel.database import db
from caseflow.kernel.names import fold
from caseflow.people import queries as people
from caseflow.people.actions import EDITABLE
from caseflow.people.models import Person
from tests import builders

SENDERS = {
    "RWE": "urn:uuid:00000000-0000-4000-8000-00000000000a",
    "RX1": "urn:uuid:00000000-0000-4000-8000-00000000000b",
}
OF_A_REFERRAL = (
    "source", "referrer_name", "sender_name", "attended_at", "site", "ward", "is_still_there",
    "urgency", "reason", "reasons", "sender_said", "withdrawn_because",
)  # fmt: skip
OF_AN_INCIDENT = (
    "nature", "weapon", "knife", "happened_at", "precision", "latitude", "longitude",
)  # fmt: skip
STATES = ["active", "active", "active", "revoked", "entered-in-error"]
SAID: dict[str, Any] = {
    "given": st.sampled_from([("Jaden",), ("Jayden",), ("Jaden", "Kofi")]),
    "family": st.sampled_from(["Testerton", "Testerton-Smith"]),
    "nickname": st.sampled_from([None, "Jay", "JT"]),
    "postcode": st.sampled_from([None, "LE1 1AA", "LE2 0AA", "LE5 5AA"]),
    "address": st.sampled_from([None, ("1 Example Street", "Leicester"), ("2 Other Road",)]),
    "phones": st.sampled_from([(), ("07700 900123",), ("07700 900456", "07700 900789")]),
    "gender": st.sampled_from([None, "male", "other"]),
    "complaint": st.sampled_from([None, "Knife wound", "Fall", "Head injury"]),
    "reason_code": st.sampled_from([None, ("242880008", "Assault by stabbing with knife")]),
    "priority": st.sampled_from([None, "routine", "urgent", "stat"]),
    "happened_at": st.sampled_from([None, "2026-11-20T20:10:00Z", "2026-11-20T19:00:00Z"]),
    "position": st.sampled_from([None, ("52.63686", "-1.13320")]),
    "safeguarding": st.sampled_from([None, ("836881000000105", "Child is cause for concern")]),
    "note": st.sampled_from([None, "Says it was a kitchen knife.", "Mother is here."]),
}


Told = dict[str, Any]


@st.composite
def sequences(draw: st.DrawFn, *, senders: int, states: list[str]) -> tuple[list[Told], list[int]]:
    """Messages in the order they were sent, and the order they arrived in, some of them again."""
    many = [draw(st.integers(1, 4)) for _ in range(senders)]
    total = sum(many)
    minutes = draw(st.lists(st.integers(0, 59), min_size=total, max_size=total, unique=True))
    sent = []
    for (code, request), count in zip(SENDERS.items(), many, strict=False):
        mine = sorted(minutes.pop() for _ in range(count))
        for number, minute in enumerate(mine):
            told = {name: draw(what) for name, what in SAID.items()}
            if senders == 1:
                told["birth_date"] = draw(st.sampled_from(["2010-05-14", "2010", None]))
            told |= {"sender_code": code, "request_url": request}
            told["status"] = "active" if number == 0 else draw(st.sampled_from(states))
            told["reason"] = "new" if number == 0 else "update"
            told["last_updated"] = f"2026-11-20T22:{minute:02}:00+00:00"
            sent.append(told)
    sent.sort(key=lambda told: str(told["last_updated"]))
    again = draw(st.lists(st.integers(0, total - 1), max_size=3))
    return sent, draw(st.permutations([*range(total), *again]))


def both_ways(sequence: tuple[list[Told], list[int]], what: Callable[[], Any]) -> tuple[Any, Any]:
    """What is on record in the end: as they were sent, and as they arrived."""
    sent, order = sequence
    data = [bars_referral(**told) for told in sent]
    return after(data, what), after([data[number] for number in order], what)


def after(messages: list[bytes], what: Callable[[], Any]) -> Any:
    """What is recorded when these have arrived; and all of it taken back."""
    attempt = db.session.begin_nested()
    try:
        for data in messages:
            receive_message(data, name="message.xml")
        return what()
    finally:
        attempt.rollback()


def recorded() -> dict[str, Any]:
    (person,) = db.session.scalars(select(Person)).all()
    referrals = db.session.scalars(select(Referral).order_by(Referral.sender)).all()
    open_cases = [case for case in db.session.scalars(select(Case)) if case.is_open]
    assert len(open_cases) <= 1
    is_live = any(referral.withdrawn_at is None for referral in referrals)
    assert bool(open_cases) == is_live
    return {
        "person": {name: getattr(person, name) for name in sorted(EDITABLE)},
        "names": {fold(alias.name) for alias in people.aliases_of(person)}
        | {fold(f"{person.first_name} {person.last_name}")},
        "reach": {(point.kind, point.value) for point in people.contact_points(person)},
        "relatives": {(r.name, r.relation, r.phone) for r in people.related_people(person)},
        "stages": [case.stage for case in open_cases],
        "referrals": [
            {name: getattr(referral, name) for name in OF_A_REFERRAL}
            | {"is withdrawn": referral.withdrawn_at is not None}
            for referral in referrals
        ],
    }


def happened() -> list[Any]:
    (case,) = db.session.scalars(select(Case)).all()
    incident = incident_of(case)
    return [getattr(incident, name) for name in OF_AN_INCIDENT]


@pytest.fixture(autouse=True)
def _hospital_team(session: Any) -> None:
    builders.team()
    session.commit()


slow = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@slow
@given(sequences(senders=1, states=STATES))
def test_one_sender_in_any_order_and_any_number_of_times(sequence) -> None:
    as_sent, as_arrived = both_ways(sequence, recorded)
    assert as_arrived == as_sent


@slow
@given(sequences(senders=2, states=STATES))
def test_two_senders_about_one_person_in_any_order(sequence) -> None:
    as_sent, as_arrived = both_ways(sequence, recorded)
    assert as_arrived == as_sent


@slow
@given(sequences(senders=2, states=["active"]))
def test_what_happened_is_the_same_in_any_order(sequence) -> None:
    """While nothing is withdrawn there is one case, and one incident."""
    as_sent, as_arrived = both_ways(sequence, happened)
    assert as_arrived == as_sent
