"""The screens: a date explains itself, and what was typed is never lost."""

from datetime import date

import pytest

from caseflow.cases import actions as cases
from caseflow.cases.lifecycle import Stage
from caseflow.cases.rules import Risk
from caseflow.kernel import clock as time
from caseflow.kernel.database import db
from caseflow.people import actions as people
from caseflow.reviews import actions, queries
from caseflow.reviews.reminders import remind
from caseflow.reviews.rules import DueKind
from tests import builders


@pytest.fixture
def ana(session, clock):
    clock("2026-11-03 10:00")
    return builders.worker(name="Ana Khan")


@pytest.fixture
def case(session, ana):
    builders.supervisor(name="Sam Okafor")
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    actions.finish_due(DueKind.NEEDS_ASSESSMENT, case.id, by=ana)
    return case


GOOD = {
    "risk": "medium",
    "risk_reason": "Back at college.",
    "what_changed": "Three days a week.",
    "their_words": "I want to be there every day.",
    "decision": "The college goal stays.",
    "next_by": "by_rule",
}


def test_each_date_says_why_and_who_is_told_when(case, ana, sign_in):
    page = sign_in(ana).get(f"/cases/{case.id}/reviews").words
    assert "Tue 1 Dec, 09:00" in page
    assert "Every 28 days for risk not assessed yet: support began Tue 3 Nov 2026" in page
    assert "Ana Khan, Tue 24 Nov, 09:00" in page
    assert "Sam Okafor, Fri 4 Dec, 09:00" in page


def test_a_late_date_says_so_and_who_was_told(case, ana, sign_in, clock):
    clock("2026-12-05 10:00")
    remind(time.now())
    page = sign_in(ana).get(f"/cases/{case.id}/reviews").words
    assert "Late: was due 4 days ago" in page
    assert "Ana Khan, Sat 5 Dec, 10:00 (today)" in page
    assert "Sam Okafor, Sat 5 Dec, 10:00 (today)" in page


def test_a_review_is_held_and_the_next_one_is_set(case, ana, sign_in, clock):
    clock("2026-12-02 15:00")
    client = sign_in(ana)
    answer = client.submit(f"/cases/{case.id}/reviews/new", **GOOD)
    assert answer.location == f"/cases/{case.id}/reviews"
    assert case.risk is Risk.MEDIUM
    page = client.get(answer.location).words
    assert "Review saved. The next one is due Tue 15 Dec." in page
    assert "Week 6 of long-term support" in page
    assert "I want to be there every day." in page
    assert "Held late: was due Tue 1 Dec" in page


def test_each_level_of_risk_says_when_it_brings_the_next_review(case, ana, sign_in):
    page = sign_in(ana).get(f"/cases/{case.id}/reviews/new").words
    assert "High Next review: Tue 10 Nov" in page
    assert "Low Next review: Tue 1 Dec" in page


def test_what_was_typed_stays_when_something_is_missing(case, ana, sign_in):
    client = sign_in(ana)
    sent = GOOD | {"decision": "", "next_by": "other_day", "next_on": date(2026, 11, 20)}
    page = client.submit(f"/cases/{case.id}/reviews/new", **sent)
    assert page.status_code == 422
    assert page.errors == {
        "decision": "Enter what was decided",
        "next_reason": "Enter why it is another day",
    }
    for words in ("Back at college.", "Three days a week.", "I want to be there every day."):
        assert words in page.text
    assert queries.reviews_of(case) == []


def test_a_note_that_is_too_long_stays_in_the_form(case, ana, sign_in):
    long = "x" * 5001
    page = sign_in(ana).submit(f"/cases/{case.id}/reviews/new", **(GOOD | {"decision": long}))
    assert page.status_code == 422
    assert "1 too many" in page.errors["decision"]
    assert long in page.text


def test_another_day_with_its_reason_is_kept(case, ana, sign_in):
    client = sign_in(ana)
    chosen = {"next_by": "other_day", "next_on": date(2026, 11, 20), "next_reason": "Exams"}
    client.submit(f"/cases/{case.id}/reviews/new", **(GOOD | chosen))
    page = client.get(f"/cases/{case.id}/reviews").words
    assert "Fri 20 Nov, 09:00" in page
    assert "Exams" in page


def test_sent_twice_is_one_review(case, ana, sign_in):
    client = sign_in(ana)
    form = client.get(f"/cases/{case.id}/reviews/new").html.xpath("//main//form")[0]
    data = {key: value or "" for key, value in form.form_values()} | GOOD
    for _ in range(2):
        client.post(f"/cases/{case.id}/reviews/new", data=data)
    assert len(queries.reviews_of(case)) == 1


def test_before_support_no_next_date_is_asked_for(ana, sign_in):
    early = builders.case_at(Stage.AGREED, held_by=ana)
    client = sign_in(ana)
    assert "When is the next review?" not in client.get(f"/cases/{early.id}/reviews/new").words
    sent = {key: value for key, value in GOOD.items() if key != "next_by"}
    assert client.submit(f"/cases/{early.id}/reviews/new", **sent).status_code == 302


def test_a_date_moves_with_a_reason(case, ana, sign_in):
    item = queries.next_due(case)
    client = sign_in(ana)
    url = f"/cases/{case.id}/due/{item.id}/move"
    nothing = client.submit(url, day=date(2026, 11, 20), reason="")
    assert nothing.errors == {"reason": "Enter why it moves"}
    past = client.submit(url, day=date(2026, 11, 2), reason="Exams")
    assert past.errors == {"day": "The new day must be today or in the future"}
    assert client.submit(url, day=date(2026, 11, 20), at="16:30", reason="Exams").status_code == 302
    assert "Fri 20 Nov, 16:30" in client.get(f"/cases/{case.id}/reviews").words


def test_a_date_that_follows_from_the_record_does_not_move_here(case, ana, sign_in):
    people.change_person(case.person, born_on=date(2009, 3, 1))
    item = next(i for i in queries.open_items(case) if i.kind is DueKind.TURNS_18)
    client = sign_in(ana)
    assert "Move the date of 18th" not in client.get(f"/cases/{case.id}/reviews").words
    answer = client.get(f"/cases/{case.id}/due/{item.id}/move")
    assert answer.status_code == 400
    assert "Change it where it is recorded" in answer.words


def test_an_item_of_another_case_is_not_found_through_this_one(case, ana, sign_in):
    other = builders.case_at(Stage.LONG_TERM, held_by=ana)
    item = queries.next_due(other)
    assert sign_in(ana).get(f"/cases/{case.id}/due/{item.id}/move").status_code == 404


def test_a_colleague_reads_and_does_not_review(case, sign_in):
    client = sign_in(builders.worker())
    page = client.get(f"/cases/{case.id}/reviews")
    assert page.status_code == 200
    assert "Hold a review" not in page.words
    assert "Move the date" not in page.words
    assert client.get(f"/cases/{case.id}/reviews/new").status_code == 403


def test_another_team_does_not_know_of_it(case, sign_in):
    stranger = builders.worker(builders.team("Other team", ()))
    assert sign_in(stranger).get(f"/cases/{case.id}/reviews").status_code == 404


def test_a_closed_case_offers_no_review(ana, sign_in):
    closed = builders.case_at(Stage.COMPLETED, held_by=ana)
    client = sign_in(ana)
    assert "Hold a review" not in client.get(f"/cases/{closed.id}/reviews").words
    answer = client.get(f"/cases/{closed.id}/reviews/new")
    assert answer.status_code == 400
    assert "This case is closed" in answer.words


def test_a_paused_case_says_that_reminders_wait(case, ana, sign_in):
    actions.set_due(case, kind=DueKind.ACTION, subject=case.id, due_at=time.now(), why="promised")
    cases.pause(case, reason="In custody")
    page = sign_in(ana).get(f"/cases/{case.id}/reviews").words
    assert "The clock has stood still since Tue 3 Nov: In custody" in page
    assert "Waits" in page


# --- Real browsers -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["reviews", "reviews/new", "move"])
def test_every_screen_reads_at_both_widths(case, ana, page, browser_sign_in, axe, clock, path):
    clock("2026-12-05 10:00")
    actions.hold_review(
        case,
        by=ana,
        risk=Risk.HIGH,
        risk_reason="A threat on Friday.",
        what_changed="",
        their_words="I am not going out.",
        decision="Ana goes along on Monday.",
    )
    people.change_person(case.person, first_name="Zebedee")
    item = queries.next_due(case)
    actions.set_due(case, kind=DueKind.ACTION, subject=case.id, due_at=time.now(), why="promised")
    db.session.commit()
    browser_sign_in(page, ana)
    page.goto(f"/cases/{case.id}/" + (f"due/{item.id}/move" if path == "move" else path))
    axe(page)
    assert "Zebedee" not in page.title()
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
