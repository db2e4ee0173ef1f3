"""The outbox against a real SMTP server: nothing lost, nothing sent twice without need."""

import dataclasses
import socket
import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from caseflow.kernel import clock as time
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.notices import actions, mail, queries
from caseflow.notices.models import Outgoing
from caseflow.staff import actions as staff
from caseflow.staff.models import User
from tests import builders


@pytest.fixture
def smtp(app):
    """``smtp(url)`` changes where mail goes until the test ends."""
    usual = app.extensions["settings"]

    def change(url: str) -> None:
        app.extensions["settings"] = dataclasses.replace(usual, smtp_url=url)

    yield change
    app.extensions["settings"] = usual


@pytest.fixture
def ana(session, clock, mailbox) -> User:
    clock("2026-11-03 10:00")
    return builders.worker()


def queue(user: User, count: int = 1) -> list[Outgoing]:
    letters = [
        actions.queue_mail(user, subject="Subject", body="Body\n", causes=[f"cause {number}"])
        for number in range(count)
    ]
    db.session.commit()
    return letters


def nobody_listens() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"smtp://127.0.0.1:{taken.getsockname()[1]}"


def post() -> tuple[int, int]:
    posted = mail.send_waiting(time.now())
    db.session.expire_all()
    return posted.sent, posted.failed


def test_a_letter_is_sent_once(ana, mailbox):
    (letter,) = queue(ana)
    assert post() == (1, 0)
    assert post() == (0, 0)
    (arrived,) = mailbox.to(ana.email)
    assert arrived["Message-ID"] == letter.message_id
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["From"] == "CaseFlow <caseflow@localhost>"
    assert letter.sent_at == time.now()


@pytest.fixture
def dialled(monkeypatch):
    calls, dial = [], mail.dial
    monkeypatch.setattr(mail, "dial", lambda *args: calls.append(args) or dial(*args))
    return calls


def test_a_whole_batch_goes_over_one_connection(ana, mailbox, dialled):
    queue(ana, 30)
    assert post() == (30, 0)
    assert len(dialled) == 1
    assert len(mailbox.messages) == 30


def test_without_a_mail_server_letters_wait(ana, mailbox, smtp):
    queue(ana)
    smtp("")
    assert post() == (0, 0)
    assert queries.post_office().waiting == 1


def test_a_server_that_is_down_for_days_costs_no_letter_a_try(ana, mailbox, smtp, clock):
    letters = queue(ana, 3)
    smtp(nobody_listens())
    for _ in range(20):
        clock.forward(hours=4)
        assert post() == (0, 0)
    assert {letter.tries for letter in letters} == {0}
    assert queries.post_office().last_problem == "The mail server did not answer"
    smtp(mailbox.url)
    assert post() == (3, 0)
    assert len(mailbox.messages) == 3
    assert queries.post_office() == queries.PostOffice(waiting=0, given_up=0, last_problem="")


def test_a_letter_the_server_puts_off_is_tried_again_later(ana, mailbox, clock):
    (letter,) = queue(ana)
    mailbox.refuse_with = "451 try later"
    assert post() == (0, 1)
    assert letter.problem == "The mail server answered 451"
    mailbox.refuse_with = None
    clock.forward(minutes=14)
    assert post() == (0, 0)
    clock.forward(minutes=1)
    assert post() == (1, 0)
    assert (letter.tries, letter.problem) == (2, "")


def test_a_letter_is_given_up_after_five_tries_where_it_can_be_seen(ana, mailbox, clock):
    (letter,) = queue(ana)
    mailbox.refuse_with = "550 no"
    for _ in range(9):
        post()
        clock.forward(days=1)
    assert letter.tries == 5
    office = queries.post_office()
    assert (office.waiting, office.given_up) == (0, 1)
    assert office.last_problem == "Given up after 5 tries. The mail server answered 550"


def test_one_refused_letter_does_not_hold_up_the_rest(ana, mailbox, dialled, monkeypatch):
    queue(ana, 3)
    kept = mailbox.handle_DATA
    answers = iter(["451 not this one", None, None])

    async def refuse_the_first(server, session, envelope):
        return next(answers) or await kept(server, session, envelope)

    monkeypatch.setattr(mailbox, "handle_DATA", refuse_the_first)
    assert post() == (2, 1)
    assert len(dialled) == 1


def test_a_line_that_breaks_loses_nothing(ana, mailbox, monkeypatch):
    """The server hangs up (421) in the middle of a batch; the rest goes over a new line."""
    queue(ana, 3)
    kept = mailbox.handle_DATA
    answers = iter([None, "421 going away"])

    async def hang_up(server, session, envelope):
        return next(answers, None) or await kept(server, session, envelope)

    monkeypatch.setattr(mailbox, "handle_DATA", hang_up)
    assert post() == (2, 1)
    assert queries.post_office().waiting == 1


def test_somebody_disabled_meanwhile_gets_no_letter(ana, mailbox):
    sam = builders.supervisor()
    (letter,) = queue(ana)
    staff.disable_user(ana, by=sam)
    db.session.commit()
    assert post() == (0, 0)
    assert mailbox.messages == []
    assert letter.problem == "Not sent: the account is disabled"


def test_nobody_who_wants_none_and_nobody_disabled_has_a_letter_queued(ana):
    ana.wants_email = False
    assert actions.queue_mail(ana, subject="", body="", causes=["x"]) is None
    ana.wants_email, ana.disabled_at = True, time.now()
    assert actions.queue_mail(ana, subject="", body="", causes=["x"]) is None


def test_two_senders_at_once_send_each_letter_once(ana, mailbox, app):
    queue(ana, 20)
    now, together, sent = time.now(), threading.Barrier(3), []

    def run() -> None:
        with app.app_context():
            together.wait()
            sent.append(mail.send_waiting(now).sent)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent) == 20
    assert len({message["Message-ID"] for message in mailbox.messages}) == 20
    assert len(mailbox.messages) == 20


def test_a_sender_killed_after_the_claim_loses_no_letter(ana, mailbox, clock):
    (letter,) = queue(ana)
    assert mail._claim(letter.id, time.now()) is not None  # and then the power goes
    assert post() == (0, 0)
    clock.forward(minutes=15)
    assert post() == (1, 0)


@pytest.mark.parametrize("url", ["mail.example.org:25", "http://x", "smtp://"])
def test_an_address_of_a_server_that_cannot_be_read_says_how_it_looks(ana, smtp, url):
    queue(ana)
    smtp(url)
    with pytest.raises(Problem, match="smtp://user:password@host"):
        post()


def test_starttls_with_a_server_that_has_none_sends_nothing_in_the_clear(ana, mailbox, smtp):
    queue(ana)
    smtp(f"{mailbox.url}?starttls")
    assert post() == (0, 0)
    assert mailbox.messages == []


def test_a_password_the_server_does_not_want_costs_no_try(ana, mailbox, smtp):
    (letter,) = queue(ana)
    smtp(mailbox.url.replace("smtp://", "smtp://user:p%40ss@"))
    assert post() == (0, 0)
    assert letter.tries == 0
    assert letter.problem


def test_a_second_telling_of_one_cause_is_refused_by_the_database(ana):
    actions.put_in_inbox(ana, cause="x", text="one")
    db.session.commit()
    actions.put_in_inbox(ana, cause="x", text="two")
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_seen_is_what_the_page_showed(ana, clock):
    actions.put_in_inbox(ana, cause="x", text="one")
    shown = time.now()
    clock.forward(minutes=1)
    actions.put_in_inbox(ana, cause="y", text="two")
    actions.mark_seen(ana, until=shown + timedelta(seconds=1))
    db.session.expire_all()
    assert [(i.text, i.seen_at is None) for i in queries.inbox_of(ana)] == [
        ("two", True),
        ("one", False),
    ]
