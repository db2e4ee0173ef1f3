"""The scheduler process. APScheduler only ticks; what is due is a question to the database."""

import logging
import signal
import threading
from datetime import UTC, datetime
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import IntegrityError

from caseflow.intake import deliveries, missed, public
from caseflow.kernel import clock
from caseflow.kernel.config import Settings
from caseflow.kernel.database import transaction
from caseflow.notices import mail
from caseflow.reviews import actions as reviews
from caseflow.reviews import reminders
from caseflow.rights import trail, watching
from caseflow.staff import tidying

log = logging.getLogger(__name__)


def run(app: Flask) -> None:
    """Ticks until SIGTERM or SIGINT; a tick that has begun is finished first."""
    settings: Settings = app.extensions["settings"]
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, ask_to_stop)
    scheduler = BackgroundScheduler(timezone=UTC)
    # The defaults drop a late tick in silence; here it runs, once, however late.
    scheduler.add_job(
        lambda: tick(app, clock.now()),
        "interval",
        seconds=settings.tick_seconds,
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
        next_run_time=clock.now(),
    )
    scheduler.start()
    log.info("the scheduler ticks every %s s", settings.tick_seconds)
    stop.wait()
    scheduler.shutdown(wait=True)


def tick(app: Flask, now: datetime) -> None:
    """No heartbeat when telling fails: the web pages then warn everybody. Mail may wait."""
    with app.app_context():
        told = reminders.send_due(now)
        _beat(now)
        posted = mail.send_waiting(now)
        missed.note_missed(now)
        trail.keep(now)
        watching.tell(now)
        with transaction():
            tidying.forget_what_is_over()
            deliveries.forget_refused(now)
            public.forget_rejected(now)
        log.info("told %s, mailed %s", told.told, posted.sent)


def _beat(now: datetime) -> None:
    try:
        with transaction():
            reviews.beat(reviews.SCHEDULER, now)
    except IntegrityError:
        log.info("another scheduler made the first heartbeat")
