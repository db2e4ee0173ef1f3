"""The scheduler process: it ticks, says that it is alive, and stops when asked."""

import os
import signal
import threading
from datetime import timedelta

import pytest

from caseflow import scheduler
from caseflow.cases.lifecycle import Stage
from caseflow.kernel import clock as time
from caseflow.kernel.database import db
from caseflow.notices import queries as notices
from caseflow.reviews import actions, queries, reminders
from tests import builders


def beat():
    db.session.rollback()
    return queries.last_beat(actions.SCHEDULER)


def test_a_tick_tells_mails_and_beats(app, session, clock, mailbox):
    clock("2026-11-03 10:00")
    ana = builders.worker()
    builders.case_at(Stage.BRIEF, held_by=ana)
    session.commit()
    clock("2026-12-01 09:00")
    now = time.now()
    scheduler.tick(app, now)
    scheduler.tick(app, now + timedelta(minutes=1))
    session.rollback()
    assert notices.unseen_count(ana) == 2  # the review and the needs assessment
    assert len(mailbox.to(ana.email)) == 1
    assert beat() == now + timedelta(minutes=1)


def test_a_tick_that_cannot_tell_does_not_say_that_it_is_alive(app, session, clock, monkeypatch):
    clock("2026-11-03 10:00")
    session.rollback()

    def fail(now):
        raise RuntimeError("no database")

    monkeypatch.setattr(reminders, "send_due", fail)
    with pytest.raises(RuntimeError):
        scheduler.tick(app, time.now())
    assert beat() is None


def test_silence_is_five_minutes_after_the_last_beat(session, clock, client):
    clock("2026-11-03 10:00")
    assert not actions.scheduler_is_silent()
    actions.beat(actions.SCHEDULER, time.now())
    clock.forward(minutes=5)
    assert client.get("/readyz").status_code == 200
    clock.forward(seconds=1)
    assert actions.scheduler_is_silent()
    assert client.get("/readyz").status_code == 503


def test_everybody_sees_that_reminders_have_stopped(session, clock, sign_in):
    clock("2026-11-03 10:00")
    ana = builders.worker()
    actions.beat(actions.SCHEDULER, time.now())
    client = sign_in(ana)
    assert "Reminders have stopped" not in client.get("/inbox").text
    clock.forward(minutes=6)
    assert "Reminders have stopped" in client.get("/inbox").text


def test_sigterm_stops_it_after_the_first_tick(app, database, monkeypatch):
    """In this very process: the handlers are put back afterwards."""
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    ticked, tick = threading.Event(), scheduler.tick

    def tick_and_tell(app, now):
        tick(app, now)
        ticked.set()
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(scheduler, "tick", tick_and_tell)
    try:
        scheduler.run(app)
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
    assert ticked.is_set()
    with app.app_context():
        assert queries.last_beat(actions.SCHEDULER) is not None
