"""Two who must not meet: warned without a name, and as if it were not there for who may not know
of both."""

import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases import actions, keeping_apart, need_to_know
from caseflow.cases.keeping_apart import CONCERN, NOT_FOUND, OWN_CONCERN
from caseflow.cases.lifecycle import Stage
from caseflow.intake import actions as intake
from caseflow.intake.codes import IndexReason
from caseflow.intake.meeting import BOTH_THERE
from caseflow.intake.models import Referral
from caseflow.kernel.errors import Problem
from caseflow.notices.models import InboxItem
from caseflow.people import merges
from caseflow.people.rules import Safe
from tests import builders
from tests.gate.world import masked


@pytest.fixture
def boss(session):
    return builders.supervisor(name="Bo Boss")


@pytest.fixture
def ana(boss):
    return builders.worker(boss.team, "Ana Worker")


@pytest.fixture
def rival(ana):
    person = builders.person(first_name="Rival", last_name="Rivalson")
    return builders.case_at(Stage.LONG_TERM, held_by=ana, of=person)


@pytest.fixture
def case(boss):
    return builders.received_case(in_team=boss.team)


@pytest.fixture
def link(case, rival, boss):
    return keeping_apart.keep_apart(case, rival, by=boss, why="Whywords")


def hide(rival, boss, how):
    lead = builders.user(Role.SAFEGUARDING_LEAD, name="Lea Lead")
    if how == "restricted":
        need_to_know.restrict(rival, by=lead, why="A threat")
    elif how == "conflict":
        need_to_know.set_conflict(rival, boss, by=lead)
    else:
        away = builders.worker(builders.team("Away", ()))
        rival.team, rival.worker = away.team, away
    return lead


def told(session, user):
    return list(session.scalars(select(InboxItem.text).where(InboxItem.user_id == user.id)))


def test_a_supervisor_links_two_by_reference_and_it_is_on_both_trails(
    session, sign_in, boss, case, rival
):
    page = sign_in(boss).submit(
        f"/cases/{case.id}/keep-apart", reference=rival.reference.lower(), why="They fought",
        follow_redirects=True,
    )  # fmt: skip
    assert "Rival Rivalson" in page.words
    assert "They fought" in page.words
    rows = session.scalars(select(AuditRow).where(AuditRow.event == Event.KEPT_APART)).all()
    assert {row.person_id for row in rows} == {case.person_id, rival.person_id}
    seen_from_other = sign_in(boss).get(f"/cases/{rival.id}/who-may-know").words
    assert case.reference in seen_from_other


def test_choosing_their_worker_is_warned_of_and_needs_a_reason(sign_in, boss, ana, case, link):
    client, url = sign_in(boss), f"/cases/{case.id}/allocate"
    page = client.get(url)
    assert CONCERN in page.words
    assert "Rival" not in page.text
    assert "Whywords" not in page.text
    assert "reason" in client.submit(url, worker=str(ana.id)).errors
    assert case.worker_id is None
    assert client.submit(url, worker=str(ana.id), reason="Nobody else").status_code == 302
    assert case.worker_id == ana.id


def test_at_triage_the_worker_is_warned_without_a_name(sign_in, ana, boss, case, link, rival):
    for reader in (ana, boss):
        page = sign_in(reader).get(f"/cases/{case.id}/triage")
        assert "Ana Worker (keep-apart concern)" in page.words
        assert "Rival" not in page.text
        assert rival.reference not in page.text
    assert OWN_CONCERN in sign_in(ana).get(f"/cases/{case.id}/triage").words
    answer = sign_in(boss).submit(
        f"/cases/{case.id}/triage", decision="eligible", worker=str(ana.id), reason=""
    )
    assert "reason" in answer.errors


def test_a_worker_finds_no_list_and_no_name(sign_in, ana, case, rival, link):
    case.worker = ana
    client = sign_in(ana)
    assert client.get(f"/cases/{case.id}/who-may-know").status_code == 403
    assert client.get(f"/cases/{case.id}/keep-apart").status_code == 403
    for of in (case, rival):
        for page in (client.get(f"/cases/{of.id}"), client.get(f"/cases/{of.id}/looks")):
            assert "apart" not in page.text.lower()


@pytest.mark.parametrize("how", ["restricted", "conflict", "away"])
def test_what_is_out_of_sight_is_as_if_it_were_not_there(
    session, clock, sign_in, boss, ana, case, rival, how
):
    """The same bytes, link or none; and the same answer to its reference as to nonsense."""
    clock("2026-11-24 09:00")
    lead = hide(rival, boss, how)
    client = sign_in(boss)
    before = pages(client, case)
    made = keeping_apart.keep_apart(case, rival, by=lead, why="Whywords")
    assert pages(client, case) == before
    assert keeping_apart.concerns(case, [ana.id, rival.worker_id], boss) == set()
    assert keeping_apart.link_in(case, made.id, boss) is None
    url = f"/cases/{case.id}/keep-apart"
    answers = [
        sign_in(boss).submit(url, reference=reference, why="x").errors
        for reference in (rival.reference, "CF-2222-2222")
    ]
    assert answers == [{"reference": NOT_FOUND}] * 2
    with pytest.raises(Problem, match=NOT_FOUND):
        keeping_apart.keep_apart(case, rival, by=boss, why="Opened in an emergency")


def pages(client, case):
    ends = ("triage", "allocate", "who-may-know", "who-may-know/restrict")
    return [masked(client.get(f"/cases/{case.id}/{end}").data) for end in ends]


@pytest.mark.parametrize("how", ["restricted", "known"])
def test_who_may_know_of_both_hears_when_one_worker_gets_both(session, boss, ana, case, rival, how):
    lead = hide(rival, boss, "restricted") if how == "restricted" else None
    lead = lead or builders.user(Role.SAFEGUARDING_LEAD)
    keeping_apart.keep_apart(case, rival, by=lead, why="x")
    other_boss = builders.supervisor(boss.team, "Other Boss")
    actions.allocate(case, ana, by=boss, reason="There now")
    text = "A worker now supports two young people who are to be kept apart."
    assert text in told(session, lead)
    assert (text in told(session, other_boss)) is (how == "known")
    assert text not in told(session, ana)


def test_two_in_one_hospital_now_are_warned_of(session, sign_in, ana, boss):
    cases = []
    for name in ("One Person", "Other Person"):
        referral = intake.add_referral(
            by=ana, name=name, what=IndexReason.ASSAULT_SHARP, age=16, site="Royal Infirmary",
            is_still_there=Safe.YES,
        )  # fmt: skip
        cases.append(referral.case)
    one, other = cases
    assert BOTH_THERE not in sign_in(ana).get(f"/cases/{one.id}/triage").words
    keeping_apart.keep_apart(one, other, by=boss, why="x")
    assert BOTH_THERE in sign_in(ana).get(f"/cases/{one.id}/triage").words
    lead = builders.user(Role.SAFEGUARDING_LEAD)
    need_to_know.restrict(other, by=lead, why="A threat")
    assert BOTH_THERE not in sign_in(ana).get(f"/cases/{one.id}/triage").words
    need_to_know.lift(other, by=lead, why="Over")
    assert BOTH_THERE in sign_in(ana).get(f"/cases/{one.id}/triage").words
    left = session.scalars(select(Referral).where(Referral.case_id == other.id)).one()
    left.is_still_there = Safe.NO
    assert BOTH_THERE not in sign_in(ana).get(f"/cases/{one.id}/triage").words


def test_what_is_over_warns_no_more_and_stays_on_record(session, sign_in, boss, ana, case, link):
    page = sign_in(boss).submit(
        f"/cases/{case.id}/keep-apart/{link.id}/end", why="They made up", follow_redirects=True
    )
    assert "They are no longer kept apart." in page.text
    assert keeping_apart.concerns(case, [ana.id], boss) == set()
    assert link.ended_why == "They made up"


def test_two_records_of_one_person_are_not_kept_from_themselves(session, case, rival, boss, link):
    done = merges.merge(case.person, rival.person, by=boss.id, why="One", take=[])
    assert keeping_apart.links_about(case, boss) == []
    assert keeping_apart.concerns(case, [rival.worker_id], boss) == set()
    merges.unmerge(done, by=boss.id, why="Two after all")
    session.expire_all()
    assert [one.other.id for one in keeping_apart.links_about(case, boss)] == [rival.id]
