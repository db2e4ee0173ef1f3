"""The inbox: mine only, newest first, and no case that I may no longer open."""

import pytest

from caseflow.audit import queries as audit
from caseflow.cases.lifecycle import Stage
from caseflow.kernel.database import db
from caseflow.notices import actions, queries
from tests import builders


@pytest.fixture
def ana(session, clock):
    clock("2026-11-03 10:00")
    return builders.worker(name="Ana Khan")


def test_an_empty_inbox_says_what_would_be_here(ana, sign_in):
    assert "Nothing here yet" in sign_in(ana).get("/inbox").words


def test_a_notice_opens_its_case_and_looking_is_audited(ana, sign_in):
    case = builders.case_at(Stage.BRIEF, held_by=ana)
    actions.put_in_inbox(ana, cause="x", text="Review: Tue 1 Dec 2026", case_id=case.id)
    page = sign_in(ana).get("/inbox")
    link = page.html.xpath("//main//a[contains(., 'Review: Tue 1 Dec 2026')]")[0]
    assert link.get("href") == f"/cases/{case.id}/reviews"
    assert case.reference in page.words
    assert [str(case.id)] in [row.facts.get("cases") for row in audit.search()]


def test_a_case_that_is_out_of_sight_has_no_link_no_name_and_no_reference(ana, sign_in, session):
    case = builders.case_at(Stage.BRIEF, held_by=ana)
    actions.put_in_inbox(ana, cause="x", text="Review: Tue 1 Dec 2026", case_id=case.id)
    ana.team = builders.team("Other team", ())
    case.worker = None
    session.flush()
    page = sign_in(ana).get("/inbox")
    assert "Review: Tue 1 Dec 2026" in page.words
    assert "You no longer work with this case" in page.words
    assert case.reference not in page.text
    assert case.person.display_name not in page.text
    assert str(case.id) not in page.text


def test_each_person_has_their_own(ana, sign_in):
    actions.put_in_inbox(ana, cause="x", text="For Ana")
    assert "For Ana" not in sign_in(builders.worker()).get("/inbox").words


def test_new_ones_come_first_then_the_latest(ana, sign_in, clock):
    for number in range(3):
        actions.put_in_inbox(ana, cause=f"{number}", text=f"Notice {number}")
        clock.forward(minutes=1)
    words = sign_in(ana).get("/inbox").words
    assert words.index("Notice 2") < words.index("Notice 1") < words.index("Notice 0")


def test_marking_as_seen_marks_what_the_page_showed(ana, sign_in, clock, session):
    actions.put_in_inbox(ana, cause="x", text="One")
    client = sign_in(ana)
    page = client.get("/inbox")
    assert "1 new notice." in page.words
    form = page.html.xpath("//main//form")[0]
    data = {key: value or "" for key, value in form.form_values()}
    clock.forward(minutes=1)
    actions.put_in_inbox(ana, cause="y", text="Two")
    session.commit()
    assert client.post("/inbox/seen", data=data).location == "/inbox"
    assert {item.text: item.seen_at is None for item in queries.inbox_of(ana)} == {
        "One": False,
        "Two": True,
    }


@pytest.mark.parametrize("until", ["", "yesterday", "2026-11-03", "9" * 300])
def test_a_time_that_cannot_be_read_is_no_error(ana, sign_in, until):
    actions.put_in_inbox(ana, cause="x", text="One")
    client = sign_in(ana)
    form = client.get("/inbox").html.xpath("//main//form")[0]
    data = dict(form.form_values()) | {"until": until}
    assert client.post("/inbox/seen", data=data).status_code == 302
    assert queries.unseen_count(ana) == 0


def test_the_inbox_reads_at_both_widths(ana, page, browser_sign_in, axe):
    case = builders.case_at(Stage.BRIEF, held_by=ana)
    for number in range(3):
        actions.put_in_inbox(
            ana,
            cause=f"{number}",
            text="Safeguarding chase: was due Tue 3 Nov 2026, 10:00, late by 2 hours",
            case_id=case.id,
        )
    db.session.commit()
    browser_sign_in(page, ana)
    page.goto("/inbox")
    axe(page)
    page.get_by_role("button", name="Mark all as seen").click()
    page.get_by_text("Nothing new.").wait_for()
    axe(page)
