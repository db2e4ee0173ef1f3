"""The dataset holds pseudonyms and codes, and nobody who said no."""

import csv
import io
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases.lifecycle import Stage
from caseflow.evaluation import columns, export
from caseflow.kernel.cells import cell
from caseflow.kernel.database import Base
from caseflow.people import actions as people
from caseflow.people.rules import ConsentMethod, ConsentPurpose, Decision, GivenBy
from tests import builders

CANARIES = {
    "first_name": "CANARYFIRST",
    "last_name": "CANARYLAST",
    "known_as": "CANARYKNOWN",
    "address": "CANARYSTREET",
    "postcode": "CN4 2RY",
    "nhs_number": "9990000018",
    "gp": "CANARYGP",
    "school": "CANARYSCHOOL",
}


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def evaluation(person, by, decision: Decision) -> None:
    people.record_consent(
        person,
        by=by,
        purpose=ConsentPurpose.EVALUATION,
        decision=decision,
        given_by=GivenBy.YOUNG_PERSON,
        method=ConsentMethod.SPOKEN,
    )


def test_no_identifier_leaves(session, tmp_path) -> None:
    worker = builders.worker()
    case = builders.case_at(Stage.LONG_TERM, held_by=worker, of=builders.person(**CANARIES))
    written = dict(export.write(tmp_path))
    assert written["referrals.csv"] == 1
    text = "".join(path.read_text() for path in tmp_path.iterdir())
    for canary in (*CANARIES.values(), case.reference, worker.name, str(case.id)):
        assert canary not in text


def test_the_pseudonym_is_the_same_in_every_file_and_needs_the_key(session, tmp_path) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    list(export.write(tmp_path))
    names = {row["episode"] for row in read(tmp_path, "stage_changes.csv")}
    assert names == {columns.pseudonym(case.id)}
    assert len(read(tmp_path, "stage_changes.csv")) == len(builders.stages_of(case))


def test_a_table_longer_than_one_read_is_written_whole(session, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(export, "AT_A_TIME", 3)
    for _ in range(4):
        builders.case_at(Stage.LONG_TERM)
    written = dict(export.write(tmp_path))
    assert written["referrals.csv"] == 4
    assert written["stage_changes.csv"] == 4 * 7


@pytest.mark.parametrize("decision", [Decision.REFUSED, Decision.WITHDRAWN])
def test_whoever_said_no_is_left_out_of_every_file(session, tmp_path, clock, decision) -> None:
    clock("2026-05-04 10:00")
    worker = builders.worker()
    case = builders.case_at(Stage.LONG_TERM, held_by=worker)
    evaluation(case.person, worker, Decision.GIVEN)
    clock.forward(days=1)
    evaluation(case.person, worker, decision)
    assert not any(rows for name, rows in export.write(tmp_path) if name != export.DICTIONARY)


def test_saying_yes_again_brings_them_back(session, tmp_path, clock) -> None:
    clock("2026-05-04 10:00")
    worker = builders.worker()
    case = builders.case_at(Stage.LONG_TERM, held_by=worker)
    evaluation(case.person, worker, Decision.WITHDRAWN)
    clock.forward(days=1)
    evaluation(case.person, worker, Decision.GIVEN)
    assert dict(export.write(tmp_path))["referrals.csv"] == 1


def test_the_dictionary_names_every_column_of_every_file(session, tmp_path) -> None:
    list(export.write(tmp_path))
    said = {(row["table"], row["column"]) for row in read(tmp_path, export.DICTIONARY)}
    for table in columns.TABLES:
        with (tmp_path / f"{table.name}.csv").open(newline="") as file:
            assert {(table.name, name) for name in next(csv.reader(file))} == {
                pair for pair in said if pair[0] == table.name
            }


def test_every_column_says_a_source_that_exists() -> None:
    for table in columns.TABLES:
        for column in table.columns:
            name, _, field = column.source.partition(".")
            assert name in Base.metadata.tables, column.name
            assert not field or field in Base.metadata.tables[name].c, column.source


def test_columns_hold_no_text_that_people_write() -> None:
    free = {"note", "their_words", "reason", "address", "first_name", "last_name", "detail"}
    for table in columns.TABLES:
        assert not free & {column.source.partition(".")[2] for column in table.columns}


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@x", " =1", "\ufeff=1", "\u200b=1", "＝1", "|x", "%x", "\t=1", "\r=1"],
)
def test_no_cell_is_taken_for_a_formula(text: str) -> None:
    assert cell(text).startswith("'")


def test_numbers_stay_numbers_and_missing_is_not_zero() -> None:
    assert [cell(v) for v in (0, -3, None, True, "")] == ["0", "-3", "", "yes", ""]


def test_an_export_from_the_screen_is_on_record(session, sign_in) -> None:
    builders.case_at(Stage.LONG_TERM)
    manager = builders.user(Role.PROGRAMME_MANAGER)
    me = sign_in(manager)
    answer = me.submit("/programme", form="/programme/export")
    names = zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    assert "referrals.csv" in names
    (row,) = session.scalars(select(AuditRow).where(AuditRow.event == Event.EXPORTED))
    assert row.actor_id == manager.id
    assert row.facts["rows"]["referrals.csv"] == 1
