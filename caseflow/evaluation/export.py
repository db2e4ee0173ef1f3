"""The evaluation dataset as CSV files, streamed, with the dictionary beside them.

Left out: whoever refused, or withdrew from, the use of their record in evaluation.
"""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import ScalarSelect, Select, and_, func, select
from sqlalchemy.orm import aliased

from caseflow.assessments.models import Assessment, DomainScore
from caseflow.audit import actions as audit
from caseflow.audit.queries import refuse_unless_whole
from caseflow.audit.rules import Event
from caseflow.cases.models import Case, StageChange
from caseflow.closing.models import Closure
from caseflow.closing.rules import ClosureState
from caseflow.contacts.models import Contact
from caseflow.evaluation import columns
from caseflow.evaluation.columns import TABLES, Table
from caseflow.incidents.models import Incident
from caseflow.intake.models import Referral
from caseflow.kernel.cells import cell
from caseflow.kernel.database import db
from caseflow.people.models import Consent, Person
from caseflow.people.rules import ConsentPurpose, Decision
from caseflow.reviews.models import Review

AT_A_TIME = 500
DICTIONARY = "data_dictionary.csv"


def write(
    directory: Path, *, step: Callable[[int], Any] = lambda _: None
) -> Iterator[tuple[str, int]]:
    """Writes each file and says (its name, its rows)."""
    refuse_unless_whole()
    directory.mkdir(parents=True, exist_ok=True)
    written = {}
    for table in TABLES:
        name = f"{table.name}.csv"
        written[name] = _write_table(directory / name, table, step)
        yield name, written[name]
    yield DICTIONARY, _write_dictionary(directory / DICTIONARY)
    audit.record(Event.EXPORTED, what="evaluation", rows=written)


def _write_table(path: Path, table: Table, step: Callable[[int], Any]) -> int:
    count = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow([column.name for column in table.columns])
        for row in _rows(table):
            writer.writerow([cell(column.value(row)) for column in table.columns])
            count += 1
            step(1)
    return count


def _write_dictionary(path: Path) -> int:
    rows = columns.dictionary()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(["table", "column", "heading", "meaning", "source", "sensitivity"])
        writer.writerows(rows)
    return len(rows)


def _rows(table: Table) -> Iterator[Any]:
    result = db.session.execute(_queries()[table.name].execution_options(yield_per=AT_A_TIME))
    for part in result.partitions():
        yield from part


# Each row has its records by these names.
case = aliased(Case, name="case")
person = aliased(Person, name="person")
referral = aliased(Referral, name="referral")
incident = aliased(Incident, name="incident")
change = aliased(StageChange, name="change")
contact = aliased(Contact, name="contact")
assessment = aliased(Assessment, name="assessment")
score = aliased(DomainScore, name="score")
review = aliased(Review, name="review")
closure = aliased(Closure, name="closure")


def _queries() -> dict[str, Select[*tuple[Any, ...]]]:
    found: dict[str, Select[*tuple[Any, ...]]] = {
        "referrals": select(case, person, referral, incident)
        .join(person, person.id == case.person_id)
        .outerjoin(referral, referral.id == _first_referral())
        .outerjoin(incident, incident.case_id == case.id)
        .order_by(case.received_at, case.id),
        "stage_changes": select(case, change)
        .join(change, change.case_id == case.id)
        .order_by(change.at, change.id),
        "contacts": select(case, contact)
        .join(contact, contact.case_id == case.id)
        .where(contact.withdrawn_at.is_(None))
        .order_by(contact.happened_at, contact.id),
        "assessments": select(case, assessment, score)
        .join(assessment, assessment.case_id == case.id)
        .join(score, score.assessment_id == assessment.id)
        .where(assessment.completed_at.is_not(None))
        .order_by(assessment.completed_at, score.id),
        "reviews": select(case, review)
        .join(review, review.case_id == case.id)
        .order_by(review.held_at, review.id),
        "closures": select(case, closure)
        .join(closure, closure.case_id == case.id)
        .where(closure.state == ClosureState.APPROVED)
        .order_by(closure.decided_at, closure.id),
    }
    refused = _said_no()
    return {name: query.where(case.person_id.not_in(refused)) for name, query in found.items()}


def _first_referral() -> ScalarSelect[Any]:
    """An episode may have been referred twice; the first says how it reached us."""
    return (
        select(Referral.id)
        .where(Referral.case_id == case.id)
        .order_by(Referral.received_at, Referral.id)
        .limit(1)
        .correlate(case)
        .scalar_subquery()
    )


def _said_no() -> Select[Any]:
    """People whose latest word about evaluation was no."""
    latest = (
        select(Consent.person_id, func.max(Consent.decided_at).label("at"))
        .where(Consent.purpose == ConsentPurpose.EVALUATION)
        .group_by(Consent.person_id)
        .subquery()
    )
    return (
        select(Consent.person_id)
        .join(
            latest,
            and_(latest.c.person_id == Consent.person_id, latest.c.at == Consent.decided_at),
        )
        .where(Consent.purpose == ConsentPurpose.EVALUATION, Consent.decision != Decision.GIVEN)
    )
