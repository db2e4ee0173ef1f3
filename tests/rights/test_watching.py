"""Information governance hears of what is unusual, and workers of who looked (R23)."""

import pytest
from sqlalchemy import select

from caseflow import scheduler
from caseflow.access.permissions import Role
from caseflow.cases.lifecycle import Stage
from caseflow.notices.models import InboxItem
from caseflow.rights import watching
from tests import builders


@pytest.fixture
def sunday(session, clock, sign_in):
    """Ben, of the team, looked at the case of somebody with his surname, late on a Sunday."""
    clock("2026-11-22 22:30")
    person = builders.person(first_name="CANARY", last_name="Osei")
    case = builders.case_at(Stage.LONG_TERM, of=person, held_by=builders.worker(name="Ana"))
    assert sign_in(builders.worker(name="Ben Osei")).get(f"/cases/{case.id}").status_code == 200
    return case


def told(session, user) -> list[str]:
    session.rollback()
    found = session.scalars(select(InboxItem).where(InboxItem.user_id == user.id))
    return [item.text for item in found]


def test_a_day_is_looked_through_by_surname_and_hour(sunday, session, clock, sign_in) -> None:
    reader = builders.user(Role.INFORMATION_GOVERNANCE)
    clock("2026-11-23 09:00")
    page = sign_in(reader).get("/audit/unusual")
    rows = page.html.xpath("//tbody/tr")
    assert [["".join(cell.itertext()).strip() for cell in row] for row in rows] == [
        ["Ben Osei", "Looked at somebody with their own surname", "1", sunday.reference],
        ["Ben Osei", "Looked outside working hours", "1", sunday.reference],
    ]
    assert "CANARY" not in page.text


@pytest.mark.parametrize("day", ["", "x", "2026-13-01", "9999-01-01", "0001-01-01"])
def test_any_day_may_be_asked_for(session, sign_in, day: str) -> None:
    me = sign_in(builders.user(Role.INFORMATION_GOVERNANCE))
    assert me.get(f"/audit/unusual?day={day}").status_code == 200


def test_nobody_else_reads_it(session, sign_in) -> None:
    assert sign_in(builders.supervisor()).get("/audit/unusual").status_code == 403


def test_they_are_told_once_and_nobody_is_named(sunday, app, session, clock, mailbox) -> None:
    reader = builders.user(Role.INFORMATION_GOVERNANCE)
    session.commit()
    for when in ("2026-11-23 05:59", "2026-11-23 06:00", "2026-11-23 12:00"):
        scheduler.tick(app, clock(when))
    unusual = [text for text in told(session, reader) if "unusual" in text]
    assert unusual == ["2 unusual looks to ask about."]
    looked = [text for text in told(session, sunday.worker) if "colleague" in text]
    assert looked == ["1 colleague looked at 1 case of yours last week. Each case says who."]


def test_what_was_missed_while_nothing_ran_is_told_after(
    sunday, app, session, clock, mailbox
) -> None:
    reader = builders.user(Role.INFORMATION_GOVERNANCE)
    session.commit()
    for when in ("2026-11-21 08:00", "2026-11-26 08:00", "2026-11-27 08:00"):
        scheduler.tick(app, clock(when))
    unusual = [text for text in told(session, reader) if "unusual" in text]
    assert unusual == ["2 unusual looks to ask about."]
    looked = [text for text in told(session, sunday.worker) if "colleague" in text]
    assert looked == ["1 colleague looked at 1 case of yours last week. Each case says who."]


def test_ones_own_looks_are_nobodys_news(session, clock, sign_in) -> None:
    now = clock("2026-11-20 10:00")
    case = builders.case_at(Stage.LONG_TERM)
    sign_in(case.worker).get(f"/cases/{case.id}")
    assert watching.who_looked(now.date(), clock("2026-11-23 10:00").date()) == {}
    assert watching.unusual_on(now.date()) == []
