"""Whom to ring about a child, by where they live; who may not see the address sees all three."""

from datetime import date

import pytest

from caseflow.access.permissions import Role
from caseflow.cases.lifecycle import Stage
from caseflow.cases.safeguarding import route_for
from caseflow.contacts.actions import log_contact
from caseflow.contacts.rules import Mode, Outcome, Worry
from caseflow.kernel import clock as time
from caseflow.people.districts import DISTRICTS, Authority
from caseflow.people.front_doors import DEFAULT, ELSEWHERE, NOT_KNOWN, front_doors, route
from tests import builders

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize("district", DISTRICTS)
def test_each_district_has_one_front_door(district: str) -> None:
    (door,) = route(district, front_doors({}), TODAY).doors
    city = {"E06000016": Authority.LEICESTER, "E06000017": Authority.RUTLAND}
    assert door.authority is city.get(district, Authority.LEICESTERSHIRE)


def test_elsewhere_has_words_and_nowhere_has_all_three() -> None:
    away, unknown = (route(where, front_doors({}), TODAY) for where in ("E08000035", ""))
    assert (away.words, away.doors) == (ELSEWHERE, ())
    assert (unknown.words, len(unknown.doors)) == (NOT_KNOWN, 3)


@pytest.mark.parametrize(
    ("checked", "again"), [("", True), ("2026-05-20", True), ("2026-05-27", False)]
)
def test_a_number_is_checked_twice_a_year(checked: str, again: bool) -> None:
    stored = {"rutland": {**DEFAULT["rutland"], "checked": checked}}
    assert front_doors(stored)[Authority.RUTLAND].needs_check(TODAY) is again


def test_the_authority_is_not_told_who_may_not_see_the_address(session, sign_in) -> None:
    holder = builders.worker()
    case = builders.case_at(Stage.LONG_TERM, held_by=holder)
    case.person.district = "E06000017"
    colleague = builders.worker(holder.team)
    assert route_for(case, holder).is_theirs
    assert len(route_for(case, colleague).doors) == 3
    url = f"/cases/{case.id}/safeguarding"
    assert "By where they live: Rutland." in sign_in(holder).get(url).words
    assert "By where they live" not in sign_in(colleague).get(url).words


def test_a_referral_made_before_christmas_is_chased_after_it(session, clock, sign_in) -> None:
    """Thursday, Christmas, a weekend and its bank holiday: Tuesday. Seen on the case."""
    clock("2026-12-24 15:00")
    holder = builders.worker()
    case = builders.case_at(Stage.LONG_TERM, held_by=holder)
    log_contact(
        case, by=holder, happened_at=time.now(), outcome=Outcome.TALKED, mode=Mode.PHONE,
        minutes=5, note="x", worry=Worry.REFERRED,
    )  # fmt: skip
    client = sign_in(holder)
    assert "Tue 29 Dec, 09:00" in client.get(f"/cases/{case.id}/safeguarding").words
    page = client.get(f"/cases/{case.id}").words
    assert "Chase the safeguarding referral" in page
    clock("2026-12-30 10:00")
    assert "Late" in client.get(f"/cases/{case.id}/safeguarding").words


def test_an_administrator_changes_a_number_and_every_case_shows_it(session, sign_in, clock):
    clock("2026-11-24 09:00")
    case = builders.received_case()
    boss = builders.supervisor(case.team)
    case.person.district = "E06000016"
    admin = sign_in(builders.user(Role.ADMINISTRATOR))
    answer = admin.submit(
        "/rules/front-doors", leicester_phone="0116 496 0000", leicester_checked=TODAY
    )
    assert answer.status_code == 302
    for end in ("triage", "contacts/new", "safeguarding"):
        page = sign_in(boss).get(f"/cases/{case.id}/{end}").words
        assert "0116 496 0000" in page
        assert "24 November 2026" in page
    assert sign_in(boss).get("/rules/front-doors").status_code == 403
    for words in ("ask Ana", "javascript:1", "0116 496 0000 x", ""):
        assert "rutland_phone" in admin.submit("/rules/front-doors", rutland_phone=words).errors
