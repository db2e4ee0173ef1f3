"""Address, school, flags and police words: on each page of a case as the table of grants says.

A new page of a case is walked without being named here, and a changed grant changes the test.
"""

import subprocess
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from caseflow.access.grants import BY_GLASS, GRANTS, ONLY_IN_FOCUSED_DETERRENCE, Relation
from caseflow.access.permissions import Permission, Role
from caseflow.assessments.models import SafetyPlan
from caseflow.cases.models import BreakGlass, Case
from caseflow.cases.rules import GlassReason, Stream
from caseflow.cases.shown import FOR_THE_LEAD, NOT_SHOWN
from caseflow.closing import document, summary
from caseflow.demo.messages import bars_referral
from caseflow.evaluation import export
from caseflow.intake.fhir import read
from caseflow.intake.models import Message, Referral
from caseflow.intake.plain import plain
from caseflow.intake.rules import Outcome
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.ids import new_reference
from caseflow.operations.models import Operation, OperationLink
from caseflow.people import actions as people
from caseflow.people.models import Flag, Person
from caseflow.people.rules import FlagKind, FlagLevel, FlagSource
from caseflow.staff.models import Cover, User
from tests import builders
from tests.casefile.rich import rich_case
from tests.gate.rows import ids_in
from tests.harness.client import Client

pytestmark = pytest.mark.one_database

P = Permission
PARTS = {
    "CANARYADDRESS": P.ADDRESS_VIEW,
    "CANARYSCHOOL": P.SCHOOL_VIEW,
    "CANARYFLAG": P.FLAG_VIEW,
    "CANARYPOLICE": P.POLICE_PROVIDED_VIEW,
}
OWN, TEAM, ANY = Relation.OWN, Relation.TEAM, Relation.ANY


@dataclass
class Viewer:
    """``relations``: as which the viewer stands to the case, by how the test made them."""

    user: User
    relations: set[Relation] = field(default_factory=lambda: {ANY})
    by_glass: bool = False

    def is_granted(self, part: Permission, stream: Stream) -> bool:
        relation = GRANTS[part].get(self.user.role)
        if self.by_glass:
            return relation is not None and part in BY_GLASS
        if (part, self.user.role) in ONLY_IN_FOCUSED_DETERRENCE:
            return stream is Stream.FOCUSED_DETERRENCE and relation in self.relations
        return relation in self.relations

    def opens(self, stream: Stream) -> bool:
        return self.is_granted(P.CASE_VIEW, stream)


def canary_case(holder: User, stream: Stream) -> Case:
    case = rich_case(holder)
    case.stream = stream
    person = case.person
    person.address, person.postcode = "1 CANARYADDRESS Road", "CANARYADDR"
    person.staying_at, person.school = "CANARYADDRESS sofa", "CANARYSCHOOL"
    for flag in db.session.scalars(select(Flag).filter_by(person_id=person.id)):
        flag.detail = "CANARYFLAG"
    _flagged(person, holder, FlagSource.POLICE, "CANARYPOLICE flag")
    past = _flagged(person, holder, FlagSource.POLICE, "CANARYPOLICE of old")
    people.remove_flag(person, past, reason="CANARYPOLICE is over")
    link = db.session.scalars(select(OperationLink).filter_by(case_id=case.id)).one()
    walled: Operation = link.operation
    walled.code, walled.name = "CANARYPOLICE-1", "CANARYPOLICE op"
    walled.about = "CANARYPOLICE about"
    _referred(case)
    db.session.flush()
    return case


def _flagged(person: Person, by: User, source: FlagSource, detail: str) -> Flag:
    return people.set_flag(
        person, by=by, kind=FlagKind.WEAPON_CARRYING, level=FlagLevel.CAUTION,
        source=source, detail=detail,
    )  # fmt: skip


def _referred(case: Case) -> None:
    """A hospital's own words, and a second message that nobody has decided about."""
    referral = db.session.scalars(select(Referral).filter_by(case_id=case.id)).one()
    referral.sender_said = [
        {"where": "Flag", "text": "CANARYFLAG of the ward"},
        {"where": "Where it happened", "text": "CANARYADDRESS car park"},
        {"where": "Patient · contact · address", "text": "CANARYADDRESS, old"},
        {"where": "Observation · note", "text": "CANARYADDRESS at LE2 0AA"},
        {"where": "Observation · note", "text": "Attends CANARYSCHOOL, year 10 (school)"},
    ]
    referral.problems = [{"where": "Patient.address", "what": "“CANARYADDRESS” is no postcode"}]
    draft = read(bars_referral(address=("CANARYADDRESS",)), name="a.xml").draft
    for outcome, decided_at in ((Outcome.UPDATED, clock.now()), (Outcome.PARKED, None)):
        db.session.add(
            Message(
                referral_id=referral.id, sha256=uuid.uuid4().hex, arrived_at=clock.now(),
                outcome=outcome, draft=plain(draft), parked_because="Is this the same one?",
                decided_at=decided_at,
            )
        )  # fmt: skip


def everybody(case: Case) -> dict[str, Viewer]:
    team, away = case.team, builders.team("Away team", ())
    cover, glass = builders.worker(away), builders.worker(away)
    now, hour = clock.now(), timedelta(hours=1)
    db.session.add(
        Cover(
            user_id=cover.id, for_id=case.worker_id, from_at=now - hour, until_at=now + hour,
            set_at=now, set_by_id=case.worker_id,
        )
    )  # fmt: skip
    db.session.add(
        BreakGlass(
            reference=new_reference(), case_id=case.id, user_id=glass.id, at=now,
            code=GlassReason.ARRIVED, reason="made for a test", until_at=now + hour,
            review_by=now + 72 * hour,
        )
    )  # fmt: skip
    made = {
        "holder": Viewer(case.worker, {OWN, TEAM, ANY}),
        "cover": Viewer(cover, {OWN, TEAM, ANY}),
        "colleague": Viewer(builders.worker(team), {TEAM, ANY}),
        "supervisor": Viewer(builders.supervisor(team), {TEAM, ANY}),
        "lead": Viewer(builders.user(Role.SAFEGUARDING_LEAD)),
        "break-glass reader": Viewer(glass, by_glass=True),
        "worker elsewhere": Viewer(builders.worker(away)),
        "supervisor elsewhere": Viewer(builders.supervisor(away)),
    }
    rest = set(Role) - {Role.YOUTH_WORKER, Role.SUPERVISOR, Role.SAFEGUARDING_LEAD}
    made |= {role.value: Viewer(builders.user(role, in_team=team), {TEAM, ANY}) for role in rest}
    return made


def addresses(app: Flask, case: Case) -> list[str]:
    """Every page about the case, of which there is one to ask for."""
    rules = [r for r in app.url_map.iter_rules() if "case" in r.arguments and "GET" in r.methods]
    ids = ids_in(db.session, case, set().union(*(rule.arguments for rule in rules)))
    adapter = app.url_map.bind("localhost")
    return [
        adapter.build(rule.endpoint, {name: ids[name] for name in rule.arguments})
        for rule in rules
        if rule.arguments <= ids.keys()
    ]


def canaries_on(me: Client, case: Case, pages: list[str]) -> tuple[dict[str, set[str]], int]:
    """Canary → the pages it is on; and how many pages were opened."""
    found: dict[str, set[str]] = {canary: set() for canary in PARTS}
    opened = 0
    for page in pages:
        answer = me.get(page)
        opened += answer.status_code == 200
        sent = answer.data.decode(errors="replace") + str(answer.headers)
        for canary, on in found.items():
            if canary in sent:
                on.add(page)
    return found, opened


@pytest.mark.parametrize("stream", [Stream.HOSPITAL, Stream.FOCUSED_DETERRENCE])
def test_each_part_is_on_the_pages_of_who_is_granted_it_and_of_nobody_else(
    session, sign_in, app: Flask, stream: Stream
) -> None:
    case = canary_case(builders.worker(), stream)
    viewers = everybody(case)
    pages = addresses(app, case)
    assert len(pages) > 25
    for name, viewer in viewers.items():
        found, opened = canaries_on(sign_in(viewer.user), case, pages)
        assert (opened > 5) is viewer.opens(stream), name
        for canary, part in PARTS.items():
            expected = viewer.opens(stream) and viewer.is_granted(part, stream)
            assert bool(found[canary]) is expected, (name, canary, found[canary])


def test_what_is_kept_back_is_said_and_an_empty_one_reads_the_same(session, sign_in) -> None:
    case = canary_case(builders.worker(), Stream.HOSPITAL)
    colleague = sign_in(builders.worker(case.team))
    whole = colleague.get(f"/cases/{case.id}/person").words
    for name in ("address", "postcode", "staying_at", "school"):
        setattr(case.person, name, "")
    empty = colleague.get(f"/cases/{case.id}/person").words
    for label in ("Address", "Staying at", "School or college"):
        assert f"{label} {NOT_SHOWN}" in whole
        assert f"{label} {NOT_SHOWN}" in empty


@pytest.mark.parametrize("kind", [FlagKind.TWO_WORKERS, FlagKind.UNSAFE_TO_TEXT])
def test_a_flag_that_keeps_safe_reaches_whoever_acts_even_from_the_police(
    session, sign_in, kind: FlagKind
) -> None:
    case = builders.case_at(builders.Stage.LONG_TERM)
    people.set_flag(
        case.person, by=case.worker, kind=kind, level=FlagLevel.DANGER,
        source=FlagSource.POLICE, detail="CANARYPOLICE says why",
    )  # fmt: skip
    for who in ("colleague", "break-glass reader"):
        me = sign_in(everybody(case)[who].user)
        for page in ("", "/person", "/safety"):
            shown = me.get(f"/cases/{case.id}{page}")
            assert kind.label in shown.words, (who, page)
            assert "CANARYPOLICE" not in shown.text, (who, page)
        assert FOR_THE_LEAD in me.get(f"/cases/{case.id}/safety").words


def test_who_may_not_see_police_words_cannot_enter_or_remove_them(session, sign_in) -> None:
    case = canary_case(builders.worker(), Stream.HOSPITAL)
    me = sign_in(case.worker)
    form = me.get(f"/cases/{case.id}/person/flags/new")
    assert form.html.xpath("//input[@name='source']/@value") != []
    assert "police" not in form.html.xpath("//input[@name='source']/@value")
    sent = me.fill(f"/cases/{case.id}/person/flags/new", kind="send", level="caution")
    sent.data |= {"source": "police"}
    assert me.send(sent).status_code == 422
    walled = db.session.scalars(
        select(Flag).where(Flag.person_id == case.person_id, Flag.source == FlagSource.POLICE)
    )
    for flag in list(walled):
        assert me.get(f"/cases/{case.id}/person/flags/{flag.id}/remove").status_code == 404


def test_a_part_taken_from_the_table_leaves_the_form_and_is_not_taken_when_sent(
    session, sign_in, monkeypatch
) -> None:
    case = canary_case(builders.worker(), Stream.HOSPITAL)
    me = sign_in(case.worker)
    page = f"/cases/{case.id}/person/edit"
    for part in (P.ADDRESS_VIEW, P.SCHOOL_VIEW):
        monkeypatch.setitem(GRANTS, part, {Role.SAFEGUARDING_LEAD: ANY})
    names = set(me.get(page).html.xpath("//main//@name"))
    assert "gp" in names
    assert names & {"address", "postcode", "staying_at", "school"} == set()
    filled = me.fill(page, gp="Another surgery")
    hidden = {"address": "Elsewhere", "postcode": "LE1 1AA", "school": "X", "staying_at": "Y"}
    filled.data |= hidden
    assert me.send(filled).status_code == 302
    session.refresh(case.person)
    assert case.person.gp == "Another surgery"
    assert case.person.address == "1 CANARYADDRESS Road"
    assert case.person.school == "CANARYSCHOOL"
    assert case.person.staying_at == "CANARYADDRESS sofa"


@pytest.mark.parametrize("stream", [Stream.HOSPITAL, Stream.FOCUSED_DETERRENCE])
def test_no_paper_and_no_file_that_leaves_holds_any_of_it(
    session, sign_in, tmp_path: Path, stream: Stream
) -> None:
    case = canary_case(builders.worker(), stream)
    plan = session.scalars(select(SafetyPlan).filter_by(case_id=case.id)).one()
    plan.paper_is_safe = True
    sheet = sign_in(case.worker).get(f"/cases/{case.id}/safety-plan/{plan.id}/print")
    assert "999" in sheet.text
    frozen = summary.freeze(case, number=1)
    pdf = document.render(frozen)
    (tmp_path / "summary.pdf").write_bytes(pdf)
    words = subprocess.run(
        ["pdftotext", tmp_path / "summary.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    assert case.reference in words
    files = tmp_path / "files"
    assert len(list(export.write(files))) > 5
    exported = "".join(file.read_text(encoding="utf-8") for file in files.iterdir())
    for canary in PARTS:
        assert canary not in sheet.text + str(frozen) + words + exported
