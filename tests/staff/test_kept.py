"""What was typed outlives the session it was typed in, for who typed it."""

import io
import re

import pytest
from sqlalchemy import func, select

from caseflow.cases.lifecycle import Stage
from caseflow.contacts.models import Contact
from caseflow.kernel.once import SentForm
from caseflow.staff import kept
from caseflow.staff.models import KeptForm, SignIn
from tests import builders
from tests.harness import signed_in

NOTE = "He said: I want to go back to college. " * 20


@pytest.fixture
def worker(session, clock):
    clock("2027-03-01 09:00")
    return builders.worker()


@pytest.fixture
def case(session, worker):
    case = builders.case_at(Stage.LONG_TERM, held_by=worker)
    session.commit()
    return case


@pytest.fixture
def at_desk(session, sign_in, worker):
    """Signed in, in a session that ages as a real one does."""
    at_desk = sign_in(worker)
    signed_in.forget()
    return at_desk


def written(browser, case):
    return browser.fill(f"/cases/{case.id}/contacts/new", outcome="no_answer", note=NOTE)


def count(session, model) -> int:
    return session.scalar(select(func.count()).select_from(model))


def test_a_form_sent_too_late_is_kept_and_not_saved(session, at_desk, worker, case, clock) -> None:
    filled = written(at_desk, case)
    clock.forward(minutes=10, seconds=1)
    assert at_desk.send(filled).location == "/sign-in"
    assert count(session, Contact) == 0
    kept_form = session.scalars(select(KeptForm)).one()
    assert kept_form.user_id == worker.id
    assert NOTE.encode()[:20] not in kept_form.sealed


def test_its_writer_sends_it_after_signing_in_again(
    session, at_desk, sign_in, worker, case, clock
) -> None:
    filled = written(at_desk, case)
    clock.forward(minutes=11)
    at_desk.send(filled)
    again = sign_in(worker)
    page = again.get("/kept")
    assert NOTE.strip() in page.words
    assert "Log a contact" in page.words
    sent = again.submit("/kept", form=f"/cases/{case.id}/contacts/new")
    assert sent.status_code == 302, sent.errors
    assert session.scalars(select(Contact)).one().note == NOTE.strip()
    assert count(session, KeptForm) == 0


def test_sent_twice_it_counts_once(session, at_desk, sign_in, worker, case, clock) -> None:
    filled = written(at_desk, case)
    clock.forward(minutes=11)
    at_desk.send(filled)
    again = sign_in(worker)
    once_more = again.fill("/kept", form=f"/cases/{case.id}/contacts/new")
    assert again.send(once_more).location == again.send(once_more).location
    assert count(session, Contact) == 1


def test_another_user_sees_nothing_of_it(session, at_desk, sign_in, worker, case, clock) -> None:
    filled = written(at_desk, case)
    clock.forward(minutes=11)
    at_desk.send(filled)
    other = sign_in(builders.worker())
    page = other.get("/kept", follow_redirects=True)
    assert NOTE[:30] not in page.text
    assert count(session, KeptForm) == 1
    kept_id = session.scalars(select(KeptForm.id)).one()
    other.post("/kept", data={"csrf_token": _token(other), "unwanted": str(kept_id)})
    other.post("/stay", data={"csrf_token": _token(other), "kept": str(kept_id)})
    assert count(session, KeptForm) == 1


def _token(browser) -> str:
    return browser.get("/account").html.xpath("//input[@name='csrf_token']/@value")[0]


def test_another_tabs_form_is_kept_after_signing_in_again(
    session, at_desk, app, worker, case
) -> None:
    """A 400 would have shown the words, and nothing else could be done with them."""
    filled = written(at_desk, case)
    at_desk.sign_in(worker.email)  # in another tab of the same browser
    assert at_desk.send(filled).location == "/kept"
    assert NOTE.strip() in at_desk.get("/kept").words
    assert count(session, Contact) == 0


def test_a_form_of_the_one_before_waits_for_them(session, at_desk, worker, case) -> None:
    filled = written(at_desk, case)
    at_desk.sign_in(builders.worker().email)
    answer = at_desk.send(filled)
    assert answer.location == "/"
    assert NOTE[:30] not in answer.text
    assert session.scalars(select(KeptForm)).one().user_id == worker.id


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_who_typed_each_gets_their_own(session, sign_in, worker, case, clock, first) -> None:
    colleague = builders.worker(worker.team)
    desks = {user: sign_in(user) for user in (worker, colleague)}
    signed_in.forget()
    theirs = {worker: case, colleague: builders.case_at(Stage.LONG_TERM, held_by=colleague)}
    filled = {user: written(desk, theirs[user]) for user, desk in desks.items()}
    clock.forward(minutes=11)
    writer = (worker, colleague)[first]
    desks[writer].send(filled[writer])
    assert session.scalars(select(KeptForm.user_id)).all() == [writer.id]


def test_locking_a_page_of_an_earlier_session_ends_the_one_there_is(at_desk, worker, case) -> None:
    old_page = at_desk.fill(f"/cases/{case.id}", form="/lock")
    at_desk.sign_in(worker.email)  # in another tab of the same browser
    signed_in.forget()
    assert at_desk.send(old_page).location == "/sign-in"
    assert at_desk.get(f"/cases/{case.id}").location.startswith("/sign-in")


def test_a_form_open_while_another_tab_signs_out_is_kept(session, at_desk, case) -> None:
    filled = written(at_desk, case)
    at_desk.submit("/account", form="/sign-out")
    assert at_desk.send(filled).location == "/sign-in"
    assert count(session, KeptForm) == 1


def test_what_is_on_record_is_not_kept_as_well(session, at_desk, worker, case) -> None:
    filled = written(at_desk, case)
    at_desk.send(filled)
    at_desk.sign_in(worker.email)
    at_desk.send(filled)
    assert count(session, Contact) == 1
    assert count(session, KeptForm) == 0


def test_a_form_kept_early_is_not_kept_once_it_got_through(session, at_desk, case) -> None:
    filled = written(at_desk, case)
    early = filled.data | {"kept_path": filled.action}
    assert at_desk.post("/keep", data=early).status_code == 204
    assert count(session, KeptForm) == 1
    at_desk.send(filled)
    assert count(session, KeptForm) == 0
    assert count(session, Contact) == 1


def test_a_form_without_our_token_is_not_kept(session, at_desk, case, clock) -> None:
    filled = written(at_desk, case)
    clock.forward(minutes=11)
    for token in ("", "made up", filled.data["csrf_token"][:-2] + "xx"):
        answer = at_desk.post(filled.action, data=filled.data | {"csrf_token": token})
        assert answer.status_code == 400
    assert count(session, KeptForm) == 0


def test_another_site_cannot_have_anything_kept(session, at_desk, case, clock) -> None:
    filled = written(at_desk, case)
    clock.forward(minutes=11)
    answer = at_desk.send(filled, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert count(session, KeptForm) == 0


def test_several_wait_the_newest_first(session, at_desk, sign_in, worker, case, clock) -> None:
    forms = [written(at_desk, case) for _ in range(3)]
    clock.forward(minutes=11)
    for number, filled in enumerate(forms):
        filled.data["note"] = f"Note number {number}"
        at_desk.send(filled)
        clock.forward(minutes=1)
    again = sign_in(worker)
    assert re.findall(r"Note number \d", again.get("/kept").words) == [
        "Note number 2", "Note number 1", "Note number 0"
    ]  # fmt: skip
    (unwanted, *_) = again.get("/kept").html.xpath("//input[@name='unwanted']/@value")
    again.post("/kept", data={"csrf_token": _token(again), "unwanted": unwanted})
    assert "Note number 2" not in again.get("/kept").words
    assert count(session, KeptForm) == 2


def test_no_more_than_twenty_wait(session, at_desk, case, clock) -> None:
    filled = written(at_desk, case)
    clock.forward(minutes=11)
    for number in range(22):
        filled.data["form_key"] = f"a-key-of-its-own-{number:03}"
        at_desk.send(filled)
    assert count(session, KeptForm) == kept.MOST_KEPT


def test_after_a_day_it_is_gone(session, at_desk, sign_in, worker, case, clock) -> None:
    filled = written(at_desk, case)
    clock.forward(minutes=11)
    at_desk.send(filled)
    clock.forward(hours=24, seconds=1)
    assert sign_in(worker).get("/kept").location == "/"
    kept.throw_away_old()
    session.commit()
    assert count(session, KeptForm) == 0


def test_files_have_to_be_chosen_again(session, at_desk, sign_in, worker, clock) -> None:
    filled = at_desk.fill("/referrals/upload")
    clock.forward(minutes=11)
    files = {"message": (io.BytesIO(b"{}"), "referral.json")}
    at_desk.post(filled.action, data=filled.data | files | {"note": "x y"})
    assert "Choose the file again" in sign_in(worker).get("/kept").words


def test_no_password_and_no_code_is_kept(session, at_desk, sign_in, worker, clock) -> None:
    sent = {"csrf_token": _token(at_desk), "current": "an old secret", "new": "a new secret",
            "code": "123456", "words": "some words"}  # fmt: skip
    clock.forward(minutes=11)
    at_desk.post("/account/password", data=sent)
    page = sign_in(worker).get("/kept")
    assert "some words" in page.text
    assert "secret" not in page.text
    assert "123456" not in page.text


def test_keeping_does_not_lengthen_the_session(session, at_desk, case, clock) -> None:
    filled = written(at_desk, case)
    seen = session.scalars(select(SignIn.seen_at)).one()
    clock.forward(minutes=9, seconds=55)
    kept_early = filled.data | {"kept_path": filled.action}
    assert at_desk.post("/keep", data=kept_early).status_code == 204
    assert session.scalars(select(SignIn.seen_at)).one() == seen
    clock.forward(seconds=6)
    assert at_desk.get("/account").location.startswith("/sign-in")
    assert count(session, KeptForm) == 1


@pytest.mark.parametrize(
    "place", ["//evil.example/x", "/sign-in", "/nowhere", "/healthz", "/my-day"]
)
def test_only_forms_of_ours_are_kept(session, at_desk, place: str) -> None:
    at_desk.post("/keep", data={"csrf_token": _token(at_desk), "kept_path": place, "note": "a b"})
    page = at_desk.get("/kept")
    assert "evil" not in page.text
    assert count(session, KeptForm) == 0


def test_what_one_session_wrote_is_not_remembered_as_sent(session, at_desk, case, clock) -> None:
    filled = written(at_desk, case)
    clock.forward(minutes=11)
    at_desk.send(filled)
    assert count(session, SentForm) == 0


def test_a_page_signed_by_another_secret_has_no_owner(session, app, at_desk) -> None:
    with app.test_request_context():
        assert kept.owner_of(_token(at_desk)) == session.scalars(select(SignIn)).one().user_id
        assert kept.owner_of("IjEyMyI.aaaa.bbbb") is None
