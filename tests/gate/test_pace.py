"""How much one person may do within a time, counted from the trail (R22, R60, threat 11)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.audit import actions as audit
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event, limits
from caseflow.cases.lifecycle import Stage
from caseflow.kernel.settings import change_setting
from caseflow.notices.models import InboxItem
from tests import builders


@pytest.fixture
def stopped(clock):
    return clock("2026-11-23 14:05")


@pytest.fixture
def few(session, stopped):
    """Numbers small enough to reach."""
    change_setting("limits", {"searched": 3, "viewed": 2, "summary_made": 1}, by_id=None)
    session.commit()


def cases(count: int):
    worker = builders.worker()
    return worker, [builders.case_at(Stage.LONG_TERM, held_by=worker) for _ in range(count)]


def refusals(session) -> list[AuditRow]:
    return list(session.scalars(select(AuditRow).where(AuditRow.event == Event.REFUSED)))


def test_the_numbers_are_those_of_the_rules_until_others_are_chosen() -> None:
    usual = {event.value: limit.most for event, limit in limits({}).items()}
    assert usual == {"searched": 30, "viewed": 60, "exported": 5, "summary_made": 10}
    assert limits({"viewed": 80})[Event.VIEWED].most == 80


def test_a_scraper_is_stopped_at_the_sixtieth_case(session, sign_in, stopped) -> None:
    worker, (extra,) = cases(1)
    me = sign_in(worker)
    for _ in range(60):
        with_row(worker, Event.VIEWED, case_id=builders.received_case().id)
    answer = me.get(f"/cases/{extra.id}")
    assert answer.status_code == 429
    assert extra.reference not in answer.text
    assert "60 different cases" in answer.words


def with_row(worker, event: Event, **about) -> None:
    audit.record(event, actor_id=worker.id, **about)


def test_one_case_too_many_waits_and_says_until_when(session, sign_in, few, clock) -> None:
    worker, (one, two, three) = cases(3)
    me = sign_in(worker)
    assert me.get(f"/cases/{one.id}").status_code == 200
    clock.forward(minutes=10)
    assert me.get(f"/cases/{two.id}").status_code == 200
    answer = me.get(f"/cases/{three.id}")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == str(50 * 60)
    assert "works again from Mon 23 Nov, 15:06" in answer.words
    assert me.get(f"/cases/{one.id}").status_code == 200, "seen already, so nothing new"
    clock.forward(minutes=50, seconds=1)
    assert me.get(f"/cases/{three.id}").status_code == 429, "the first was looked at again"
    clock.forward(minutes=10)
    assert me.get(f"/cases/{three.id}").status_code == 200


def test_a_form_of_one_case_too_many_keeps_its_words(session, sign_in, few) -> None:
    worker, (one, two) = cases(2)
    me = sign_in(worker)
    sent = me.fill(f"/cases/{one.id}/risk/new", level="low", evidence="He is calm today")
    with_row(worker, Event.VIEWED, case_id=two.id)
    sent.action = f"/cases/{two.id}/risk/new"
    assert me.send(sent).status_code != 429, "seen already"
    other = builders.case_at(Stage.LONG_TERM, held_by=worker)
    sent.action = f"/cases/{other.id}/risk/new"
    answer = me.send(sent)
    assert answer.status_code == 429
    assert "He is calm today" in answer.words


def test_searches_are_counted_by_the_minute(session, sign_in, few, clock) -> None:
    me = sign_in(builders.worker())
    for _ in range(3):
        assert me.submit("/search", sought="Nobody", form="/search").status_code == 200
    assert me.get("/search").status_code == 200, "the form itself shows nobody"
    answer = me.submit("/search", sought="Nobody", form="/search")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    clock.forward(seconds=61)
    assert me.submit("/search", sought="Nobody", form="/search").status_code == 200


def test_one_persons_pace_is_nobody_elses(session, sign_in, few) -> None:
    first, second = builders.worker(), builders.worker()
    for _ in range(3):
        with_row(first, Event.SEARCHED)
    assert sign_in(first).submit("/search", sought="Nobody", form="/search").status_code == 429
    assert sign_in(second).submit("/search", sought="Nobody", form="/search").status_code == 200


def test_summaries_are_counted_by_the_hour(session, sign_in, few) -> None:
    worker, (case,) = cases(1)
    me = sign_in(worker)
    with_row(worker, Event.SUMMARY_MADE)
    token = me.get("/account").html.xpath("//input[@name='csrf_token']/@value")[0]
    assert me.post(f"/cases/{case.id}/summary", data={"csrf_token": token}).status_code == 429


def test_exports_are_counted_by_the_day(session, sign_in, stopped, clock) -> None:
    me = sign_in(builders.user(Role.PROGRAMME_MANAGER))
    for _ in range(5):
        assert me.submit("/programme", form="/programme/export").status_code == 200
    answer = me.submit("/programme", form="/programme/export")
    assert answer.status_code == 429
    assert "attachment" not in answer.headers.get("Content-Disposition", "")


def test_being_held_back_is_on_record_and_governance_hears_once_an_hour(
    session, sign_in, few, clock
) -> None:
    reader = builders.user(Role.INFORMATION_GOVERNANCE)
    worker, (one, two, three) = cases(3)
    me = sign_in(worker)
    for case in (one, two, three, three):
        me.get(f"/cases/{case.id}")
    assert [row.facts["status"] for row in refusals(session)] == [429, 429]
    assert {row.actor_id for row in refusals(session)} == {worker.id}
    told = session.scalars(select(InboxItem).where(InboxItem.user_id == reader.id)).all()
    assert len(told) == 1
    assert worker.name not in told[0].text
    assert one.person.display_name not in told[0].text
    clock.forward(minutes=59)
    session.rollback()
    assert me.get(f"/cases/{three.id}").status_code == 429
    told = session.scalars(select(InboxItem).where(InboxItem.user_id == reader.id)).all()
    assert len(told) == 2, "another hour"


def test_counting_reads_no_more_than_it_must(session, stopped) -> None:
    """Old rows do not count, and newer ones end the count."""
    from caseflow.audit.queries import moments

    worker = builders.worker()
    for _ in range(10):
        with_row(worker, Event.SEARCHED)
    session.commit()
    since = stopped - timedelta(minutes=1)
    assert len(moments(worker.id, Event.SEARCHED, since=since, most=3)) == 3
    assert moments(worker.id, Event.SEARCHED, since=stopped, most=3) == []
