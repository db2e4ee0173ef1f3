"""Everything that happened, in its order, a page at a time, in a fixed number of queries."""

from datetime import timedelta

import pytest

from caseflow.access.permissions import Role
from caseflow.casefile.rules import Filter
from caseflow.casefile.timeline import SOURCES, Page, page_of
from caseflow.cases.lifecycle import Stage
from caseflow.cases.shown import FOR_THE_LEAD, Shown
from caseflow.contacts.actions import log_contact
from caseflow.contacts.rules import Mode, Outcome
from caseflow.kernel import clock as kernel_clock
from tests import builders
from tests.casefile.counting import statements
from tests.casefile.rich import rich_case


def whole(case, narrowed_to: Filter = Filter.ALL, number: int = 1) -> Page:
    return page_of(case, narrowed_to, number, shown=Shown(case.worker, case))


def try_to_ring(case, at, note: str = ""):
    return log_contact(
        case, by=case.worker, happened_at=at, outcome=Outcome.NO_ANSWER, mode=Mode.PHONE, note=note
    )


@pytest.fixture
def case(session, clock):
    clock("2026-10-20 10:00")
    return rich_case(builders.worker(name="Ana"))


def test_one_of_everything_is_there(session, case, clock) -> None:
    clock.forward(hours=1)
    titles = [entry.title for entry in whole(case).entries]
    for title in (
        "Referral received", "Triaged", "Found eligible", "Taken by Ana",
        "Started trying to reach them", "Approached: they answered", "Agreed to support",
        "Agreed to receive support", "Long-term support began", "Met: face to face, home",
        "No answer: phone", "Talked: phone", "Needs assessment, baseline", "Risk: medium",
        "Safety plan saved", "Flag set: Known conflict", "Goal set",
        "They rated their goal 6 of 10", "Done from the plan",
        "Referred on to Mentoring (Youth Hub)", "Mentoring (Youth Hub): accepted", "Review held",
        "Closure asked for: completed as planned", "Closure sent back for more work",
        "Linked to an operation", "Outcome summary 1 made",
    ):  # fmt: skip
        assert title in titles


def test_each_kind_is_behind_one_filter(session, case) -> None:
    everything = whole(case).total
    parts = [whole(case, one).total for one in Filter if one is not Filter.ALL]
    assert all(parts)
    assert sum(parts) == everything


def test_the_stages_of_one_press_of_a_button_stand_in_their_order(session, case) -> None:
    titles = [entry.title for entry in reversed(whole(case, Filter.STAGES).entries)]
    expected = [
        "Referral received", "Triaged", "Found eligible", "Taken by Ana",
        "Started trying to reach them", "Approached: they answered", "Agreed to receive support",
        "Agreed to support", "Long-term support began",
    ]  # fmt: skip
    assert [title for title in titles if title in expected] == expected


def test_a_withdrawn_contact_stays_struck_through(session, case) -> None:
    struck = [e for e in whole(case, Filter.CONTACTS).entries if e.is_struck]
    assert [e.tag for e in struck] == ["Withdrawn"]
    assert "Written on the wrong person" in struck[0].lines[-1]


def test_the_hour_that_comes_twice_keeps_its_order(session, clock) -> None:
    """On 25 October 2026 the clock goes from 01:59 back to 01:00."""
    clock("2026-10-24 10:00")
    case = builders.case_at(Stage.ATTEMPTING)
    clock("2026-10-25 12:00")
    first = kernel_clock.start_of(kernel_clock.today())
    for hours, note in ((0.5, "first"), (1.5, "second"), (2.5, "third")):
        try_to_ring(case, first + timedelta(hours=hours), note)
    entries = whole(case, Filter.CONTACTS).entries
    assert [e.text for e in entries] == ["third", "second", "first"]
    local = [kernel_clock.local(e.when) for e in reversed(entries)]
    assert [f"{at:%H:%M %Z}" for at in local] == ["00:30 BST", "01:30 BST", "01:30 GMT"]


def test_a_month_ends_at_our_midnight(session, clock) -> None:
    """23:30 UTC on 30 June is already July in London."""
    clock("2026-06-30 10:00")
    case = builders.case_at(Stage.ATTEMPTING)
    clock("2026-07-01 12:00")
    for at in ("2026-06-30 23:59", "2026-07-01 00:01"):
        clock(at)
        try_to_ring(case, kernel_clock.now())
    months = [name for name, _ in whole(case, Filter.CONTACTS).months]
    assert months == ["July 2026", "June 2026"]


def test_it_comes_thirty_at_a_time(session, clock) -> None:
    clock("2026-10-01 10:00")
    case = builders.case_at(Stage.ATTEMPTING)
    for n in range(65):
        clock.forward(hours=1)
        try_to_ring(case, kernel_clock.now(), str(n))
    first, last = whole(case, Filter.CONTACTS, 1), whole(case, Filter.CONTACTS, 3)
    assert (first.total, first.pages, len(first.entries), len(last.entries)) == (65, 3, 30, 5)
    assert (first.entries[0].text, last.entries[-1].text) == ("64", "0")
    assert whole(case, Filter.CONTACTS, 99).number == 3
    seen = [e.text for n in (1, 2, 3) for e in whole(case, Filter.CONTACTS, n).entries]
    assert len(set(seen)) == 65


def test_the_number_of_queries_does_not_grow_with_the_case(session, case) -> None:
    session.commit()
    with statements() as few:
        whole(case)
    for n in range(40):
        try_to_ring(case, kernel_clock.now(), str(n))
    session.commit()
    with statements() as many:
        whole(case)
    assert len(many) <= len(few) <= len(SOURCES) + 7


def test_an_operation_is_a_word_to_those_who_may_not_know_it(session, case, sign_in) -> None:
    ana = sign_in(case.worker).get(f"/cases/{case.id}?show=papers")
    assert "Linked to an operation" in ana.words
    assert "Harbour" not in ana.words
    assert "A call" not in ana.words
    assert FOR_THE_LEAD in ana.words
    supervisor = sign_in(builders.supervisor()).get(f"/cases/{case.id}?show=papers")
    assert "Harbour" not in supervisor.words
    lead = sign_in(builders.user(Role.SAFEGUARDING_LEAD)).get(f"/cases/{case.id}?show=papers")
    assert "Harbour" in lead.words
    assert "/operations/" not in lead.text


def test_what_belongs_to_another_episode_is_not_told_here(session, clock) -> None:
    clock("2026-01-10 10:00")
    ana, person = builders.worker(), builders.person()
    old = builders.case_at(Stage.COMPLETED, held_by=ana, of=person)
    clock("2026-06-10 10:00")
    new = builders.case_at(Stage.LONG_TERM, held_by=ana, of=person)
    assert len([e for e in whole(old).entries if e.tag == "Agreement"]) == 1
    assert len([e for e in whole(new).entries if e.tag == "Agreement"]) == 1


def test_a_return_after_a_no_is_told_as_one(session) -> None:
    case = builders.case_at(Stage.DECLINED)
    from_actions = builders.cases.move
    from_actions(case, Stage.ATTEMPTING, by=case.worker, reason="He rang back", facts=builders.ALL)
    assert "Taken up again: trying to reach them" in [e.title for e in whole(case).entries]
