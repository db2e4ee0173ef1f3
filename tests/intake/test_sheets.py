"""Spreadsheets that are brought in, as somebody at a terminal does it."""

import csv
import io
import os
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases import need_to_know
from caseflow.cases.models import Case
from caseflow.intake import columns, sheets
from caseflow.intake.from_row import SheetKind
from caseflow.intake.models import Referral, SheetRow
from caseflow.intake.rules import Source
from caseflow.intake.sheet import read_sheet
from caseflow.intake.sheets import Became, Sent, bring_in
from caseflow.kernel.database import db, transaction
from caseflow.people.models import Person
from tests import builders
from tests.casefile.counting import statements

HEADINGS = "Ref,Name,DOB,Mobile,Seen on\n"
GOOD = "1,Billy Example,14/05/2010,07700 900123,20/11/2026\n"
BAD = "2,Amy Example,31/02/2010,4.47E+11,\n"
HOW = ["--sender", "Example Trust", "--source", "ed_clinician"]


@pytest.fixture(autouse=True)
def _team(session: Any) -> None:
    builders.team()


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def written(folder: Path, *rows: str, name: str = "list.csv", headings: str = HEADINGS) -> Path:
    path = folder / name
    path.write_text(headings + "".join(rows), encoding="utf-8")
    return path


def a_sheet(text: str, kind: SheetKind = SheetKind.REFERRALS, sender: str = "Trust") -> Sent:
    sheet = read_sheet(text.encode())
    return Sent(sheet, sender, kind, Source.ED_CLINICIAN, columns.guess(sheet.headings))


# --- looking, bringing in, mending ---


def test_looking_saves_nothing_and_names_nobody(session, cli, tmp_path) -> None:
    shown = cli("sheet", written(tmp_path, GOOD, BAD), *HOW, "--look")
    assert shown.code == 1
    assert "1 rows would be brought in, 1 refused. Nothing is saved." in shown.out
    assert "Example" not in shown.out + shown.err
    assert (count(Referral), count(SheetRow), count(Person)) == (0, 0, 0)
    assert list(tmp_path.iterdir()) == [tmp_path / "list.csv"]


def test_refused_rows_are_written_beside_mended_and_sent_again(session, cli, tmp_path) -> None:
    before = os.umask(0o022)
    first = cli("sheet", written(tmp_path, GOOD, BAD), *HOW)
    os.umask(before)
    assert first.code == 1
    assert "1 brought in, 0 brought in before, 1 refused" in first.out
    beside = tmp_path / "list-to-mend.csv"
    rows = list(csv.reader(io.StringIO(beside.read_text("utf-8-sig"))))
    assert rows[0] == ["Ref", "Name", "DOB", "Mobile", "Seen on", "Problem"]
    assert rows[1][:2] == ["2", "Amy Example"]
    assert "Date of birth" in rows[1][5]
    assert "Their phone" in rows[1][5]
    assert beside.stat().st_mode & 0o077 == 0
    mended = beside.read_text("utf-8-sig").replace("31/02/2010", "28/02/2010")
    beside.write_text(mended.replace("4.47E+11", "07700 900456"), encoding="utf-8")
    assert cli("sheet", beside, *HOW).code == 0
    both = cli("sheet", written(tmp_path, GOOD), *HOW)
    assert (both.code, count(Referral)) == (0, 2)
    assert "0 brought in, 1 brought in before" in both.out
    amy = session.scalars(select(Person).filter_by(first_name="Amy")).one()
    assert str(amy.born_on) == "2010-02-28"
    event = session.scalars(
        select(AuditRow).where(AuditRow.event == Event.SHEET_BROUGHT_IN)
    ).first()
    assert event is not None
    assert "Example" not in str(event.facts)


def test_what_came_is_a_referral_with_everything_that_was_said(session, cli, tmp_path) -> None:
    assert cli("sheet", written(tmp_path, GOOD), *HOW, "--column", "attended_at=Seen on").code == 0
    referral = session.scalars(select(Referral)).one()
    assert referral.sender_name == "Example Trust"
    assert referral.source is Source.ED_CLINICIAN
    assert str(referral.attended_at).startswith("2026-11-20 12:00")
    assert referral.case.person.display_name == "Billy Example"
    assert {"where": "Ref", "text": "1"} in referral.sender_said


def test_the_columns_are_remembered_for_the_sender(session, cli, tmp_path) -> None:
    path = written(tmp_path, GOOD)
    assert cli("sheet", path, *HOW, "--column", "attended_at=Seen on").code == 0
    told = "When they came to hospital (attended_at): column 'Seen on'"
    assert told in cli("sheet", path, "--sender", " example  TRUST", *HOW[2:]).err
    assert told not in cli("sheet", path, "--sender", "Another", *HOW[2:], "--look").err


def test_a_file_without_names_or_that_is_none_is_one_clear_line(session, cli, tmp_path) -> None:
    nameless = cli("sheet", written(tmp_path, "x,y\n", headings="Colour,Shape\n"), *HOW)
    assert (nameless.code, "No column holds a name" in nameless.err) == (1, True)
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    old = cli("sheet", tmp_path / "old.xls", *HOW)
    assert (old.code, "save it as .xlsx" in old.err) == (1, True)
    assert cli("sheet", tmp_path / "old.xls", "--sender", "X").code == 2


def test_an_aftermath_is_who_agreed_and_the_code_stays_text(session, cli, tmp_path) -> None:
    rows = ("Billy Example,yes\n", "Amy Example,no\n")
    path = written(tmp_path, *rows, headings="Name,Agreed\n")
    how = ["--sender", "Police", "--kind", "aftermath", "--operation", "OP-1"]
    assert cli("sheet", path, *how).code == 1
    referral = session.scalars(select(Referral)).one()
    assert referral.case.stream.value == "operation"
    assert (referral.operation_code, referral.agrees.value) == ("OP-1", "yes")
    assert "Amy Example" in (tmp_path / "list-to-mend.csv").read_text("utf-8-sig")


def test_a_file_that_is_being_mended_is_not_written_over(session, cli, tmp_path) -> None:
    path, beside = written(tmp_path, BAD), tmp_path / "list-to-mend.csv"
    beside.write_text("half mended")
    assert cli("sheet", path, *HOW).code == 1
    assert beside.read_text() == "half mended"
    assert "Amy" in (tmp_path / "list-to-mend-2.csv").read_text("utf-8-sig")


# --- once ---


def test_a_row_with_its_own_number_that_says_something_else_now_is_said(session) -> None:
    first, second = a_sheet(HEADINGS + GOOD), a_sheet(HEADINGS + GOOD.replace("900123", "900456"))
    assert bring_in(first, first.sheet.lines[0], by=None)[0] is Became.TAKEN
    assert bring_in(second, second.sheet.lines[0], by=None) == (Became.REFUSED, sheets.CHANGED)
    assert count(Referral) == 1


def test_the_same_number_from_another_sender_or_list_is_another_row(session) -> None:
    for sent in (
        a_sheet(HEADINGS + GOOD),
        a_sheet(HEADINGS + GOOD, sender="Other"),
        a_sheet("Ref,Name,Agreed,Operation\n1,Billy Example,yes,OP\n", SheetKind.AFTERMATH),
    ):
        assert bring_in(sent, sent.sheet.lines[0], by=None)[0] is Became.TAKEN


def test_without_a_number_the_words_know_the_row(session) -> None:
    sent = a_sheet("Name,DOB\nBilly Example,2010\nBILLY  example,2010\nBilly Example,2011\n")
    became = [bring_in(sent, line, by=None)[0] for line in sent.sheet.lines]
    assert became == [Became.TAKEN, Became.BEFORE, Became.TAKEN]


def test_the_ledger_holds_nothing_that_can_be_read(session) -> None:
    sent = a_sheet(HEADINGS + GOOD)
    bring_in(sent, sent.sheet.lines[0], by=None)
    row = session.scalars(select(SheetRow)).one()
    assert len(row.row_key) == len(row.said) == 64
    assert row.row_key != row.said


def test_two_who_bring_in_one_file_at_once_bring_each_row_once(app, session) -> None:
    rows = "".join(f"{at},Person Example{at},2010,,\n" for at in range(6))
    session.commit()
    became: Counter[Became] = Counter()
    ready = threading.Barrier(2)

    def bring() -> None:
        sent = a_sheet(HEADINGS + rows)
        with app.app_context():
            ready.wait(10)
            for line in sent.sheet.lines:
                with transaction():
                    became[bring_in(sent, line, by=None)[0]] += 1

    both = [threading.Thread(target=bring) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert became == {Became.TAKEN: 6, Became.BEFORE: 6}
    assert count(Referral) == 6


def test_a_row_asks_the_database_no_more_behind_many_others(session) -> None:
    rows = "".join(f"{at},Sam{at} Example{at},{at % 28 + 1}/05/2010,,\n" for at in range(60))
    sent, asked = a_sheet(HEADINGS + rows), []
    for line in sent.sheet.lines:
        with statements() as ran, transaction():
            bring_in(sent, line, by=None)
        asked.append(len(ran))
    assert max(asked) <= max(asked[:10]) + 5


# --- who is known ---


def test_the_answer_is_the_same_for_somebody_restricted(session, cli, tmp_path) -> None:
    def said(name: str) -> tuple[int, str]:
        path = written(tmp_path, f"9,{name} Secretly,14/05/2010,,\n", name=f"{name}.csv")
        shown = cli("sheet", path, *HOW[2:], "--sender", name)
        return shown.code, shown.out + shown.err

    known = builders.person(first_name="Billy", last_name="Secretly")
    lead = builders.user(Role.SAFEGUARDING_LEAD)
    need_to_know.restrict(builders.received_case(of=known), why="A rival", by=lead)
    session.commit()
    assert said("Billy") == said("Nobody")
    assert count(Case) == 3
