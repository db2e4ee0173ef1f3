"""Entries about somebody else on screen: who sees what, who may do what, in which record."""

from typing import Any

import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.assessments import actions as assessments
from caseflow.audit.models import AuditRow
from caseflow.cases import glass, need_to_know
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.openings import Wanted
from caseflow.cases.rules import GlassReason
from caseflow.contacts import queries as contacts
from caseflow.contacts.actions import log_contact
from caseflow.contacts.models import Contact
from caseflow.contacts.rules import Mode, Outcome
from caseflow.kernel import clock as time
from caseflow.kernel.database import db
from caseflow.misfiled import actions, queries
from caseflow.misfiled.models import Misfiled
from caseflow.misfiled.rules import State
from caseflow.staff.models import User
from tests import builders
from tests.casefile.counting import statements

WORDS, WHY = "His cousin Zed is in danger", "Another school is named"


@pytest.fixture
def kim(session, clock) -> User:
    clock("2026-11-24 10:00")
    return builders.worker(builders.team(), "Kim Worker")


@pytest.fixture
def boss(kim: User) -> User:
    return builders.supervisor(kim.team, "Sunil Boss")


@pytest.fixture
def case(kim: User) -> Case:
    return builders.case_at(Stage.LONG_TERM, held_by=kim)


@pytest.fixture
def other(kim: User) -> Case:
    return builders.case_at(Stage.LONG_TERM, held_by=kim)


@pytest.fixture
def contact(case: Case, kim: User) -> Contact:
    return log_contact(
        case, by=kim, happened_at=time.now(), outcome=Outcome.TALKED, mode=Mode.PHONE, minutes=5,
        note=WORDS,
    )  # fmt: skip


def aside(case: Case, contact: Contact, by: User) -> Misfiled:
    entry = queries.entry_in(case, contact.id)
    assert entry is not None
    return actions.set_aside(case, entry, by=by, why=WHY)


def start(case: Case, row: Any) -> str:
    return f"/cases/{case.id}/entries/{row.id}/set-aside"


def page_of(case: Case, misfiled: Misfiled) -> str:
    return f"/cases/{case.id}/set-aside/{misfiled.id}"


def test_set_aside_decided_moved_and_undone(sign_in: Any, kim, boss, case, other, contact) -> None:
    mine, theirs = sign_in(kim), sign_in(boss)
    assert start(case, contact) in mine.get(f"/cases/{case.id}").text
    assert mine.submit(start(case, contact)).errors == {"why": "Enter how you know"}
    done = mine.submit(start(case, contact), why=WHY)
    assert done.location == f"/cases/{case.id}/set-aside"
    page = mine.get(f"/cases/{case.id}").words
    assert "An entry from Tue 24 Nov was set aside as being about somebody else." in page
    assert WORDS not in page
    assert WORDS in mine.get(done.location).words, "who wrote it can read it"
    misfiled = db.session.scalars(select(Misfiled)).one()
    assert f"/cases/{case.id}/set-aside/{misfiled.id}" in theirs.get("/set-aside").text
    assert WORDS in theirs.get(page_of(case, misfiled)).words
    to = theirs.submit(page_of(case, misfiled), what="move", reference=other.reference.lower())
    assert to.location == f"{page_of(case, misfiled)}/to/{other.id}"
    preview = theirs.get(to.location).words
    assert WORDS in preview and other.reference in preview
    assert theirs.submit(to.location, why="It is about him").location == done.location
    moved = mine.get(f"/cases/{other.id}").words
    assert WORDS in moved and "Moved here Tue 24 Nov, 10:00 (today) by Sunil Boss" in moved
    assert case.reference not in moved and "Kim Worker" in moved
    assert "was moved to another record" in mine.get(f"/cases/{case.id}").words
    undone = theirs.submit(f"{page_of(case, misfiled)}/undo", why="Not him either")
    assert undone.location == done.location
    assert WORDS not in mine.get(f"/cases/{other.id}").words
    back = theirs.submit(page_of(case, misfiled), what="back", why_back="It was right")
    assert back.location == done.location
    assert WORDS in mine.get(f"/cases/{case.id}").words
    assert theirs.get(page_of(case, misfiled)).location == done.location


def test_who_may_not_decide_sees_a_date_and_nothing_else(
    sign_in: Any, kim, boss, case, contact
) -> None:
    misfiled = aside(case, contact, kim)
    colleague = sign_in(builders.worker(kim.team, "Colleague"))
    for address in (f"/cases/{case.id}", f"/cases/{case.id}/set-aside"):
        page = colleague.get(address)
        assert "An entry from Tue 24 Nov was set aside" in page.words
        for secret in (WORDS, WHY, "Talked"):
            assert secret not in page.text
    assert colleague.get(f"/cases/{case.id}/contacts/{contact.id}").status_code == 404
    for address in (page_of(case, misfiled), "/set-aside", start(case, contact)):
        assert colleague.get(address).status_code in (403, 404)
    lead = sign_in(builders.user(Role.SAFEGUARDING_LEAD))
    assert WORDS in lead.get(page_of(case, misfiled)).words


def test_only_who_works_on_the_case_sets_aside(sign_in: Any, kim, case, contact) -> None:
    colleague = sign_in(builders.worker(kim.team))
    assert colleague.get(start(case, contact)).status_code == 403
    assert start(case, contact) not in colleague.get(f"/cases/{case.id}").text
    assert (
        sign_in(builders.worker(builders.team("Away"))).get(start(case, contact)).status_code == 404
    )
    supervised = sign_in(builders.supervisor(kim.team))
    assert supervised.get(start(case, contact)).status_code == 200


def test_absent_hidden_restricted_and_the_same_are_one_answer(
    sign_in: Any, kim, boss, case, contact
) -> None:
    elsewhere = builders.received_case(in_team=builders.team("Away"))
    restricted = builders.received_case(in_team=kim.team)
    need_to_know.restrict(restricted, by=builders.supervisor(kim.team), why="A rival", names=[])
    opened = builders.received_case(in_team=builders.team("Away"))
    glass.break_glass(
        boss, Wanted(opened.reference), code=GlassReason.THREAT, reason="Somebody waits for him now"
    )
    misfiled, client = aside(case, contact, kim), sign_in(boss)
    answers = {
        str(client.submit(page_of(case, misfiled), what="move", reference=reference).errors)
        for reference in (
            opened.reference,
            "CF-AAAA-AAAA",
            elsewhere.reference,
            restricted.reference,
            case.reference,
        )
    }
    assert answers == {
        "{'reference': 'There is no other case with that reference that you may move it to'}"
    }
    for hidden in (elsewhere, restricted, opened, case):
        assert client.get(f"{page_of(case, misfiled)}/to/{hidden.id}").status_code == 404
    assert misfiled.state is State.ASIDE


def test_where_it_went_is_hidden_once_that_record_is(
    sign_in: Any, kim, boss, case, other, contact
) -> None:
    misfiled = aside(case, contact, kim)
    actions.move(misfiled, other, by=boss, why="His")
    client = sign_in(boss)
    early = client.fill(f"{page_of(case, misfiled)}/undo", why="No")
    need_to_know.restrict(other, by=builders.supervisor(kim.team), why="A rival", names=[])
    page = client.get(f"/cases/{case.id}/set-aside")
    assert other.reference not in page.text and "Undo the move" not in page.words
    assert client.get(f"{page_of(case, misfiled)}/undo").location == f"/cases/{case.id}/set-aside"
    client.send(early)
    assert contact.case_id == other.id


def test_the_queue_holds_only_what_they_may_decide(sign_in: Any, kim, boss, case, contact) -> None:
    misfiled = aside(case, contact, kim)
    away = builders.team("Away")
    assert str(misfiled.id) in sign_in(boss).get("/set-aside").text
    assert str(misfiled.id) not in sign_in(builders.supervisor(away)).get("/set-aside").text
    need_to_know.restrict(case, by=builders.supervisor(kim.team), why="A rival", names=[])
    assert str(misfiled.id) not in sign_in(boss).get("/set-aside").text


def test_an_entry_of_another_case_is_absent(sign_in: Any, kim, boss, case, other, contact) -> None:
    client = sign_in(boss)
    assert client.get(start(other, contact)).status_code == 404
    misfiled = aside(case, contact, kim)
    assert client.get(page_of(other, misfiled)).status_code == 404


def test_words_that_may_be_out_are_said_before_the_move(
    sign_in: Any, kim, boss, case, other, contact, clock
) -> None:
    def make_summary() -> None:
        client.submit(f"/cases/{case.id}/closing", form=f"/cases/{case.id}/summary")

    client = sign_in(boss)
    make_summary()
    clock("2026-11-24 11:00")
    misfiled = aside(case, contact, kim)
    clock("2026-11-24 12:00")
    make_summary()
    page = client.get(f"{page_of(case, misfiled)}/to/{other.id}").words
    assert "Summary made, Tue 24 Nov, 10:00" in page
    assert "Summary made, Tue 24 Nov, 12:00" not in page, "it was left out of that one"


def test_the_second_of_two_is_told_and_loses_no_word(
    sign_in: Any, kim, boss, case, other, contact
) -> None:
    misfiled = aside(case, contact, kim)
    first, second = sign_in(boss), sign_in(builders.supervisor(kim.team))
    to = f"{page_of(case, misfiled)}/to/{other.id}"
    late = second.fill(page_of(case, misfiled), what="leave", why_leave="I will ask Kim")
    first.submit(to, why="His")
    page = second.send(late)
    assert page.status_code == 409
    assert "I will ask Kim" in page.text and WORDS not in page.text
    assert contacts.contact_in(other, contact.id) is contact


def test_no_word_of_it_is_on_the_trail_or_in_the_inbox(
    sign_in: Any, kim, boss, case, contact
) -> None:
    sign_in(kim).submit(start(case, contact), why=WHY)
    assert WHY not in sign_in(boss).get("/inbox").text
    said = db.session.scalars(select(AuditRow.facts)).all()
    assert not any(WHY in str(facts) or WORDS in str(facts) for facts in said)


def test_the_pages_ask_a_fixed_number_of_questions(sign_in: Any, kim, boss, case) -> None:
    def asked() -> list[int]:
        client = sign_in(boss)
        counts = []
        for address in ("/set-aside", f"/cases/{case.id}"):
            client.get(address)
            with statements() as ran:
                client.get(address)
            counts.append(len(ran))
        return counts

    def one_more() -> None:
        row = log_contact(
            case, by=kim, happened_at=time.now(), outcome=Outcome.TALKED, mode=Mode.PHONE,
            minutes=5, note=WORDS,
        )  # fmt: skip
        aside(case, row, kim)

    one_more()
    few = asked()
    for _ in range(5):
        one_more()
    assert asked() == few


def test_a_plan_that_was_set_aside_is_on_no_page_and_on_no_paper(sign_in: Any, kim, case) -> None:
    plan = assessments.save_safety_plan(
        case, by=kim, agreed_with="Him", paper_is_safe=True, avoid="Behind the bakery"
    )
    client, paper = sign_in(kim), f"/cases/{case.id}/safety-plan/{plan.id}/print"
    assert client.get(paper).status_code == 200
    assert client.submit(start(case, plan), why=WHY).status_code == 302
    assert client.get(paper).status_code == 404
    for page in (f"/cases/{case.id}/safety", f"/cases/{case.id}"):
        assert "Behind the bakery" not in client.get(page).text
