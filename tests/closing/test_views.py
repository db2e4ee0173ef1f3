"""The screens of an ending: what was typed stays, twice is once, and the second is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import func, select

from caseflow.assessments.rules import Point
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases.lifecycle import Stage
from caseflow.cases.rules import NeedDomain, Risk
from caseflow.closing import actions, queries
from caseflow.closing.models import Closure, Summary
from caseflow.closing.rules import ClosureState, Ending, NoExit
from caseflow.kernel import clock as kernel_clock
from caseflow.people.rules import Safe
from tests import builders

GOOD = {
    "ending": "completed",
    "is_planned": True,
    "reason": "Back at college.",
    "goals_reviewed": True,
    "no_exit": "declined",
    "risk_at_exit": "low",
    "handover": True,
    "handover_to": "Harbour",
    "handover_person": "A. Nurse",
    "handover_accepted_on": date(2026, 11, 1),
    "handover_attended": "yes",
    "may_follow_up": "yes",
    "follow_up_how": "His own phone",
    "felt_listened": "5",
    "their_words": "You didn’t give up on me.",
    "learning": "Meet at college sooner.",
}


@pytest.fixture
def closing(case):
    return f"/cases/{case.id}/closing"


def decide(closure) -> str:
    return f"/cases/{closure.case_id}/closing/{closure.id}/decide"


# --- asking ------------------------------------------------------------------------------------


def test_the_tab_says_what_is_missing_and_offers_to_ask(closing, ana, sign_in) -> None:
    page = sign_in(ana).get(closing)
    assert "There is no safety plan" in page.words
    assert "Exit assessmentNot done" in page.words
    assert page.html.xpath("//a[contains(., 'Ask to close')]")
    assert "Testerly" not in page.title


def test_asking_keeps_every_answer(closing, case, ana, sign_in) -> None:
    answer = sign_in(ana).submit(f"{closing}/ask", GOOD)
    assert answer.location == closing
    [closure] = queries.requests_of(case)
    assert (closure.ending, closure.is_planned) == (Ending.COMPLETED, True)
    assert (closure.no_exit, closure.risk_at_exit) == (NoExit.DECLINED, Risk.LOW)
    assert (closure.handover_to, closure.handover_person) == ("Harbour", "A. Nurse")
    assert closure.handover_accepted_on == date(2026, 11, 1)
    assert closure.handover_attended is Safe.YES
    assert (closure.may_follow_up, closure.follow_up_how) == (Safe.YES, "His own phone")
    assert (closure.felt_listened, closure.felt_safer) == (5, None)
    assert closure.their_words == "You didn’t give up on me."
    assert closure.learning == "Meet at college sooner."


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"ending": None}, "ending", "Select why support ends"),
        ({"reason": ""}, "reason", "Enter what happened"),
        ({"reason": "x" * 301}, "reason", ("What happened must be 300 characters or fewer. "
                                          "You have 1 too many")),
        ({"is_planned": False}, "is_planned", ("Completed means the ending was planned. "
                                              "Choose another reason if it was not")),
        ({"goals_reviewed": False}, "goals_reviewed",
         "Look at the goals together first: completed means they were reviewed"),
        ({"no_exit": None}, "no_exit", "Select why there is no exit assessment"),
        ({"risk_at_exit": None}, "risk_at_exit", "Select the risk as support ends"),
        ({"handover_to": ""}, "handover_to", "Enter which service takes over"),
        ({"handover_person": ""}, "handover_person",
         "A handover counts when a named person accepts it. Enter who"),
        ({"ending": "transferred", "handover": False}, "handover",
         "Transferred means another service takes over. Say which"),
        ({"handover_accepted_on": date(2026, 12, 1)}, "handover_accepted_on",
         "The day they accepted must be today or in the past"),
        ({"follow_up_how": ""}, "follow_up_how", "Enter a safe way to reach them"),
    ],
)  # fmt: skip
def test_a_problem_is_said_at_its_field_and_nothing_typed_is_lost(
    closing, case, ana, sign_in, changes, field, message
) -> None:
    page = sign_in(ana).submit(f"{closing}/ask", GOOD | changes)
    assert page.status_code == 422
    assert page.errors == {field: message}
    assert page.title.startswith("Error: ")
    for kept in ("You didn’t give up on me.", "Meet at college sooner.", "His own phone"):
        assert kept in page.text or kept in changes.values() or field == "follow_up_how"
    assert queries.requests_of(case) == []


def test_with_an_exit_assessment_nobody_asks_why_there_is_none(
    closing, case, assess, ana, sign_in
) -> None:
    assess(Point.BASELINE, {NeedDomain.SAFETY: 4})
    assess(Point.EXIT, {NeedDomain.SAFETY: 1})
    client = sign_in(ana)
    sent = {name: value for name, value in GOOD.items() if name != "no_exit"}
    assert client.submit(f"{closing}/ask", sent).location == closing
    assert queries.waiting_request(case).no_exit is None


def test_after_a_death_nothing_else_is_asked_for(closing, case, ana, sign_in) -> None:
    answer = sign_in(ana).submit(f"{closing}/ask", ending="deceased", reason="He died on Sunday.")
    assert answer.location == closing
    closure = queries.waiting_request(case)
    assert (closure.ending, closure.no_exit) == (Ending.DECEASED, NoExit.DIED)


def test_pressed_twice_is_one_request(closing, case, ana, sign_in) -> None:
    client = sign_in(ana)
    filled = client.fill(f"{closing}/ask", GOOD)
    assert [client.send(filled).location for _ in range(2)] == [closing, closing]
    assert len(queries.requests_of(case)) == 1


def test_another_form_while_one_waits_says_so_and_keeps_its_words(closing, ana, sign_in) -> None:
    client = sign_in(ana)
    late = client.fill(f"{closing}/ask", GOOD)
    client.submit(f"{closing}/ask", GOOD)
    page = client.send(late)
    assert page.status_code == 422
    assert page.errors == {"": "A request to close this case is waiting for sign-off already."}
    assert "You didn’t give up on me." in page.text
    assert client.get(f"{closing}/ask").location == closing


def test_a_returned_request_comes_back_with_its_answers_and_the_note(
    closing, ask, sam, ana, sign_in
) -> None:
    actions.return_closure(ask(their_words="Thanks."), by=sam, note="Rate the goals first.")
    client = sign_in(ana)
    assert "Rate the goals first." in client.get(closing).words
    page = client.get(f"{closing}/ask")
    assert "Rate the goals first." in page.words
    assert "Thanks." in page.text
    assert client.submit(f"{closing}/ask").location == closing


def test_without_support_there_is_no_button_and_no_form(ana, sign_in) -> None:
    case = builders.case_at(Stage.ATTEMPTING, held_by=ana)
    client = sign_in(ana)
    page = client.get(f"/cases/{case.id}/closing")
    assert "There is no support to end yet." in page.words
    assert not page.html.xpath("//a[contains(., 'Ask to close')]")
    assert client.get(f"/cases/{case.id}/closing/ask").location == f"/cases/{case.id}/closing"


# --- deciding ----------------------------------------------------------------------------------


def test_a_supervisor_reads_it_returns_it_and_later_approves(
    closing, case, ask, ana, sam, sign_in
) -> None:
    client, first = sign_in(sam), ask()
    page = client.get(decide(first))
    assert "He is back at college and says he is all right." in page.words
    nothing = client.submit(decide(first), decision="return", note="")
    assert nothing.errors == {"note": "Enter what is missing"}
    client.submit(decide(first), decision="return", note="Rate the goals.")
    assert (case.stage, first.state) == (Stage.LONG_TERM, ClosureState.RETURNED)

    second = ask()
    answer = client.submit(decide(second), decision="approve", follow_redirects=True)
    assert "The case is closed. Follow-ups are booked." in answer.words
    assert "Wed 3 Feb 2027" in answer.words
    assert case.stage is Stage.COMPLETED
    assert not answer.html.xpath("//a[contains(., 'Ask to close')]")


def test_a_worker_does_not_decide(ask, ana, sign_in) -> None:
    assert sign_in(ana).get(decide(ask())).status_code == 403


def test_a_supervisor_who_asked_is_told_somebody_else_decides(
    closing, ask, sam, lee, sign_in
) -> None:
    closure = ask(by=sam)
    client = sign_in(sam)
    assert "Another supervisor decides, because you asked." in client.get(closing).words
    page = client.get(decide(closure))
    assert "so another supervisor decides it" in page.words
    assert not page.html.xpath("//main//form")
    borrowed = sign_in(lee).fill(decide(closure), decision="approve").data
    own = client.fill(closing, form=f"/cases/{closure.case_id}/summary").data["csrf_token"]
    sent = client.post(decide(closure), data=borrowed | {"csrf_token": own})
    assert sent.errors == {"": "You asked for this closure, so somebody else decides it."}
    assert closure.state is ClosureState.ASKED


def test_the_second_supervisor_is_told_who_was_first(ask, sam, lee, sign_in) -> None:
    closure = ask()
    one, two = sign_in(sam), sign_in(lee)
    late = two.fill(decide(closure), decision="return", note="Not ready.")
    one.submit(decide(closure), decision="approve")
    page = two.send(late)
    assert page.status_code == 409
    assert page.errors == {"": "Sam Okafor has approved this closure already. "
                               "Nothing of yours was saved."}  # fmt: skip
    assert two.get(decide(closure)).location == f"/cases/{closure.case_id}/closing"


def test_two_supervisors_at_the_same_moment_make_one_decision(
    ask, case, sam, lee, sign_in, session
) -> None:
    closure = ask()
    waiting = [
        (client, client.fill(decide(closure), decision="approve"))
        for client in (sign_in(sam), sign_in(lee))
    ]
    now, together = kernel_clock.now(), Barrier(2)

    def send(client, filled):
        with kernel_clock.at(now):
            together.wait()
            return client.send(filled).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(lambda pair: send(*pair), waiting))
    assert answers == [302, 409]
    session.expire_all()
    moves = session.scalars(select(AuditRow).where(AuditRow.event == Event.CLOSURE_APPROVED)).all()
    assert len(moves) == 1
    assert case.stage is Stage.COMPLETED


def test_a_request_of_another_case_is_not_found_here(ask, ana, sam, sign_in) -> None:
    other = builders.case_at(Stage.LONG_TERM, held_by=ana)
    url = f"/cases/{other.id}/closing/{ask().id}/decide"
    assert sign_in(sam).get(url).status_code == 404


# --- the summary -------------------------------------------------------------------------------


def test_a_summary_is_made_once_downloaded_and_both_are_audited(
    closing, case, ana, sign_in, session
) -> None:
    client = sign_in(ana)
    filled = client.fill(closing, form=f"/cases/{case.id}/summary")
    for _ in range(2):
        assert client.send(filled).location == f"{closing}#summaries"
    assert session.scalar(select(func.count()).select_from(Summary)) == 1
    [kept] = queries.summaries_of(case)

    got = client.get(f"/cases/{case.id}/summary/{kept.id}")
    assert got.data.startswith(b"%PDF")
    assert got.headers["Content-Type"] == "application/pdf"
    assert got.headers["Content-Disposition"] == (
        f'attachment; filename="{case.reference}-summary-1.pdf"'
    )
    rows = session.scalars(select(AuditRow).where(AuditRow.actor_id == ana.id)).all()
    seen = [(row.event, row.endpoint) for row in rows if row.case_id == case.id]
    assert (Event.SUMMARY_MADE, "closing.make") in seen
    assert (Event.VIEWED, "closing.download") in seen


def test_a_colleague_sees_that_there_is_one_and_cannot_take_it(closing, case, ana, sign_in) -> None:
    made = actions.make_summary(case, by=ana)
    bob = sign_in(builders.worker(name="Bob"))
    page = bob.get(closing)
    assert "Summary 1" in page.words
    assert not page.html.xpath("//main//form")
    assert bob.get(f"/cases/{case.id}/summary/{made.id}").status_code == 403


def test_a_summary_is_found_only_in_its_own_case(case, ana, sign_in) -> None:
    other = builders.case_at(Stage.LONG_TERM, held_by=ana)
    made = actions.make_summary(case, by=ana)
    assert sign_in(ana).get(f"/cases/{other.id}/summary/{made.id}").status_code == 404


def test_a_closed_case_can_still_have_its_summary_made(closing, case, ask, ana, sam, sign_in):
    actions.approve_closure(ask(), by=sam)
    client = sign_in(ana)
    client.send(client.fill(closing, form=f"/cases/{case.id}/summary"))
    assert len(queries.summaries_of(case)) == 1
    assert client.get(f"{closing}/ask").status_code == 403


def test_nothing_is_left_of_a_request_that_failed(closing, ana, sign_in, session) -> None:
    sign_in(ana).submit(f"{closing}/ask", GOOD | {"goals_reviewed": False})
    assert session.scalar(select(func.count()).select_from(Closure)) == 0
