"""The trail is checked, anchored, and everybody hears when it is broken."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from caseflow import doctor, scheduler
from caseflow.access.permissions import Role
from caseflow.audit import anchors
from caseflow.audit.queries import what_is_wrong
from caseflow.audit.rules import Event
from caseflow.kernel.database import db, transaction
from caseflow.notices.models import InboxItem
from caseflow.rights import trail
from tests import builders
from tests.audit.tampering import drop_triggers, made_rows
from tests.audit.tampering import writing as chain


@pytest.fixture
def rows(session):
    """A dozen rows, and the reader who must hear of anything wrong."""
    reader = builders.user(Role.INFORMATION_GOVERNANCE)
    session.commit()
    with db.engine.begin() as connection:
        chain.append(connection, made_rows(12))
    return reader


def tamper(sql: str) -> None:
    db.session.commit()
    with db.engine.begin() as connection:
        drop_triggers(connection)
        connection.execute(text(sql))


def told(session, reader) -> list[str]:
    session.rollback()
    found = session.scalars(select(InboxItem).where(InboxItem.user_id == reader.id))
    return [item.text for item in found]


def test_a_whole_trail_is_said_to_be_whole(rows, cli) -> None:
    ran = cli("audit", "verify")
    assert ran.code == 0
    assert ran.out.startswith("Whole: 13 rows")
    assert "no anchors to compare with" in ran.out


def test_a_changed_row_is_named_and_the_exit_code_says_so(rows, cli) -> None:
    tamper("UPDATE audit SET endpoint = 'elsewhere' WHERE seq = 7")
    ran = cli("audit", "verify")
    assert ran.code == 1
    assert "BROKEN. A row was changed: row 7. Up to row 6" in ran.out
    found = json.loads(cli("audit", "verify", "--json").out)
    assert found["wrong"] == {"what": "changed", "first": 7, "upto": 7}


def test_a_cut_end_is_found_with_the_anchors(rows, cli, tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    assert cli("audit", "anchor", "--to", file).code == 0
    tamper("DELETE FROM audit WHERE seq > 10")
    tamper("DELETE FROM audit_listed WHERE seq > 10")
    assert cli("audit", "verify").code == 0
    ran = cli("audit", "verify", "--anchors", file)
    assert ran.code == 1
    assert "The end was cut off" in ran.out


def test_anchoring_says_where_and_adds_only_what_is_new(rows, cli, tmp_path: Path) -> None:
    assert cli("audit", "anchor").code == 1
    file = tmp_path / "anchors"
    assert cli("audit", "anchor", "--to", file).out.endswith("row 13\n")
    assert "nothing new" in cli("audit", "anchor", "--to", file).out
    assert [anchor.seq for anchor in anchors.read(file)] == [13]


def test_no_anchor_is_written_over_a_broken_trail(rows, cli, tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    cli("audit", "anchor", "--to", file)
    tamper("DELETE FROM audit WHERE seq > 3")
    tamper("DELETE FROM audit_listed WHERE seq > 3")
    ran = cli("audit", "anchor", "--to", file)
    assert ran.code == 1
    assert "cut off" in ran.err
    assert len(anchors.read(file)) == 1


def test_a_file_that_holds_no_anchors_is_one_clear_line(rows, cli, tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    file.write_text('{"seq": 1}\n')
    ran = cli("audit", "verify", "--anchors", file)
    assert ran.code == 1
    assert "line 1, is no anchor" in ran.err


def test_a_broken_trail_is_said_on_every_page_and_told_once(rows, session, sign_in, cli) -> None:
    worker = builders.worker()
    me = sign_in(worker)
    assert not me.get("/my-day").html.xpath("//*[contains(@class, 'cf-system--alarm')]")
    tamper("UPDATE audit SET source = 'elsewhere' WHERE seq = 5")
    cli("audit", "verify")
    cli("audit", "verify")
    (alarm,) = me.get("/my-day").html.xpath("//*[contains(@class, 'cf-system--alarm')]")
    assert "not as it was written" in alarm.text_content()
    assert len(told(session, rows)) == 1
    assert told(session, worker) == []


def test_a_broken_trail_stops_exports(rows, cli, tmp_path: Path) -> None:
    assert cli("export", "evaluation", tmp_path / "before").code == 0
    tamper("UPDATE audit SET source = 'elsewhere' WHERE seq = 5")
    cli("audit", "verify")
    ran = cli("export", "evaluation", tmp_path / "after")
    assert ran.code == 1
    assert "Exports are stopped" in ran.err
    assert not (tmp_path / "after").exists()


def test_what_is_mended_is_whole_again(rows, session, cli) -> None:
    tamper("UPDATE audit SET source = 'elsewhere' WHERE seq = 5")
    cli("audit", "verify")
    assert what_is_wrong()
    tamper("UPDATE audit SET source = '' WHERE seq = 5")
    assert cli("audit", "verify").code == 0
    session.rollback()
    assert what_is_wrong() is None


def found_by_doctor() -> doctor.Finding:
    return next(finding for finding in doctor.findings() if finding.what == "audit trail")


def test_doctor_checks_what_came_since(rows, session, cli) -> None:
    cli("audit", "verify")
    assert found_by_doctor().ok
    last = trail.check_all().head.seq
    tamper(f"UPDATE audit SET source = 'elsewhere' WHERE seq = {last}")
    assert not found_by_doctor().ok
    assert f"row {last}" in found_by_doctor().says


@pytest.fixture
def anchored_app(app, monkeypatch, tmp_path: Path):
    import dataclasses

    settings = dataclasses.replace(app.extensions["settings"], anchors_file=tmp_path / "anchors")
    monkeypatch.setitem(app.extensions, "settings", settings)
    return app, tmp_path / "anchors"


def test_the_scheduler_anchors_each_quarter_of_an_hour(
    anchored_app, session, clock, mailbox
) -> None:
    app, file = anchored_app
    now = clock("2026-11-23 10:00")
    session.rollback()
    for minutes in (0, 1, 14, 15, 16, 31):
        clock(now + timedelta(minutes=minutes))
        with transaction():
            builders.worker()
        scheduler.tick(app, now + timedelta(minutes=minutes))
    times = [anchor.time[11:16] for anchor in anchors.read(file)]
    assert times == ["10:00", "10:15", "10:31"]


def test_the_scheduler_checks_all_of_it_each_night(rows, app, session, clock, mailbox) -> None:
    clock("2026-11-23 10:00")
    session.rollback()
    checks = []
    for when in ("2026-11-23 10:00", "2026-11-23 23:00", "2026-11-24 02:30", "2026-11-24 03:00",
                 "2026-11-25 03:01", "2026-11-26 09:00"):  # fmt: skip
        scheduler.tick(app, clock(when))
        session.rollback()
        checks.append(checked(session))
    assert checks == [1, 1, 1, 1, 2, 3]


def checked(session) -> int:
    from caseflow.audit.models import AuditRow

    rows = session.scalars(select(AuditRow).where(AuditRow.event == Event.TRAIL_CHECKED)).all()
    session.rollback()
    return len(rows)


def test_the_nightly_check_finds_what_was_done_behind_its_back(
    rows, app, session, clock, mailbox
) -> None:
    scheduler.tick(app, clock("2026-11-23 03:00"))
    tamper("UPDATE audit SET actor_id = NULL WHERE seq = 4")
    scheduler.tick(app, clock("2026-11-24 03:00"))
    assert "row 4" in told(session, rows)[0]


def test_what_was_done_while_it_was_stopped_is_found_at_the_start(rows, session, cli) -> None:
    cli("audit", "verify")
    tamper("DELETE FROM audit WHERE seq > 9")
    tamper("DELETE FROM audit_listed WHERE seq > 9")
    trail.check_at_start()
    session.rollback()
    assert "cut off" in (what_is_wrong() or "")
    assert "cut off" in told(session, rows)[0]
