"""The outcome summary: what is in it, what is kept out, and that it prints the same again."""

import hashlib
import io
import re
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pikepdf
import pytest

from caseflow.assessments import actions as assessments
from caseflow.assessments.rules import Point
from caseflow.cases.lifecycle import Stage
from caseflow.cases.rules import NeedDomain, Risk, Stream
from caseflow.closing import actions, document, summary
from caseflow.closing.summary import Frozen
from caseflow.contacts import actions as contacts
from caseflow.contacts.rules import Mode, Outcome
from caseflow.kernel import clock as time
from caseflow.operations import actions as operations
from caseflow.operations.rules import Offer, OperationKind
from caseflow.people import actions as people
from caseflow.people.rules import Relation, Safe
from caseflow.plans import actions as plans
from caseflow.plans.rules import OnwardStatus
from caseflow.services import actions as services
from tests import builders

URDU = "میں واپس کالج جانا چاہتا ہوں۔"
CANARY = "CANARY"


@pytest.fixture
def full(case, ana, sam, assess, ask, clock):
    """A case with something in every part, and a canary in everything that must not be printed."""
    assess(Point.BASELINE, {NeedDomain.SAFETY: 4, NeedDomain.HOUSING: 2}, their_words="I stay in.")
    assessments.assess_risk(
        case, by=ana, level=Risk.HIGH, evidence="CANARY-RISK", plan="CANARY-RISK-PLAN"
    )
    assessments.save_safety_plan(case, by=ana, agreed_with="CANARY-MUM", paper_is_safe=True,
                                 avoid="CANARY-PLACE", review_on=date(2027, 3, 1))  # fmt: skip
    people.save_related_person(case.person, name="CANARY-CARER", relation=Relation.CARER)
    goal = plans.add_goal(case, by=ana, their_words="Sleep through the night", rating=3)
    plans.add_goal(case, by=ana, their_words=URDU)
    operation = operations.save_operation(
        by=sam, code="CANARY-OP", name="CANARY-OPERATION", kind=OperationKind.HOTSPOT,
        starts_on=date(2026, 10, 1),
    )  # fmt: skip
    operations.link(case, operation, by=ana, support="CANARY-SUPPORT", offer=Offer.ACCEPTED)
    taken = _refer(case, ana, "Harbour", "Talking")
    plans.change_status(taken, by=ana, status=OnwardStatus.ATTENDED_FIRST)
    _refer(case, ana, "Keys", "Rooms")
    for outcome in (Outcome.MET, Outcome.NO_ANSWER, Outcome.DID_NOT_ATTEND, Outcome.MET):
        clock.forward(days=5)
        held = outcome is Outcome.MET
        contacts.log_contact(
            case, by=ana, happened_at=time.now(), outcome=outcome,
            mode=Mode.F2F_HOME if held else Mode.PHONE, minutes=70 if held else 0,
            note="CANARY-NOTE", their_words="CANARY-WORDS",
        )  # fmt: skip
    plans.rate_goal(goal, by=ana, rating=7)
    assess(Point.EXIT, {NeedDomain.SAFETY: 1, NeedDomain.HOUSING: 2}, their_words="Better.")
    closure = ask(
        no_exit=None, felt_safer=4, their_words="You didn’t give up on me.",
        learning="CANARY-LEARNING", reason="CANARY-REASON", follow_up_how="CANARY-PHONE",
        handover_to="Harbour", handover_person="CANARY-NURSE",
        handover_accepted_on=time.today(), handover_attended=Safe.YES,
    )  # fmt: skip
    actions.approve_closure(closure, by=sam)
    return case


def _refer(case, ana, agency, name):
    service = services.add_service(by=ana, agency=agency, name=name, domains=[NeedDomain.HOUSING])
    builders.consent(case.person, by=ana, purpose=builders.ConsentPurpose.SHARE)
    return plans.refer_onward(case, by=ana, service=service, domain=NeedDomain.HOUSING)


@pytest.fixture
def made(full):
    return actions.make_summary(full, by=None)


def text_of(pdf: bytes) -> str:
    """As it lies on the page, running heads and feet included."""
    found = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return found.stdout.decode()


def words(pdf: bytes, tmp_path: Path) -> str:
    """As a screen reader reads it: in the order of the tags."""
    path = tmp_path / "summary.pdf"
    path.write_bytes(pdf)
    shown = subprocess.run(
        ["pdfinfo", "-struct-text", path], capture_output=True, check=True, text=True
    ).stdout
    lines = (line.strip() for line in shown.splitlines())
    return " ".join(" ".join(line[1:-1].split()) for line in lines if line[:1] == '"')


def pages(pdf: bytes) -> list[str]:
    return [page for page in text_of(pdf).split("\f") if page.strip()]


def test_what_a_reader_needs_is_there_in_the_order_it_is_read(full, made, tmp_path) -> None:
    read = words(made.pdf, tmp_path)
    expected = [
        "Outcome summary", "A.T.", full.reference, "Which help", "Long-term support",
        "3 to 23 November 2026", "Completed as planned",
        "What changed", "2 parts of life looked at both times: 1 better and 1 the same.",
        "4to1", "stays2", "In their own words", "I stay in.", "You didn’t give up on me.",
        "4 of 5, mostly", "Goals, in their own words", "Sleep through the night", "3 7 Up 4",
        "Not rated yet", "Services taken up", "Harbour: Talking", "Attended the first appointment",
        "Keys: Rooms (sent)", "Contact over time", "2 times", "2 h 20 min",
        "They did not come", "Safety", "in date until 1 March 2027", "High", "Low",
        "Harbour. Accepted 23 November 2026. They went to the first appointment.",
        "They are happy for us to get in touch", "How to read this", "Needs in numbers",
    ]  # fmt: skip
    at = 0
    for part in expected:
        found = read.find(part, at)
        assert found >= 0, f"{part!r} is missing or out of order after {read[at - 80 : at]!r}"
        at = found


def test_notes_other_people_and_the_police_are_left_out(full, made, tmp_path) -> None:
    for text in (words(made.pdf, tmp_path), text_of(made.pdf)):
        assert CANARY not in text.upper()
    assert CANARY not in str(made.frozen).upper()
    for name in (full.person.last_name, full.person.first_name):
        assert name not in words(made.pdf, tmp_path)
        assert name not in str(made.frozen)


def test_every_page_is_marked_numbered_and_dated(full, made) -> None:
    found = pages(made.pdf)
    assert len(found) == 2
    for number, page in enumerate(found, 1):
        assert document.MARKING in page
        assert f"{full.reference} · summary 1 · as of 23 November 2026" in page
        assert f"Page {number} of 2" in page


def test_the_same_frozen_values_print_the_same_bytes(made, clock) -> None:
    assert hashlib.sha256(made.pdf).hexdigest() == made.sha256
    clock.forward(days=400)
    again = document.render(Frozen.from_plain(made.frozen))
    assert again == made.pdf


def test_a_new_version_only_when_something_changed(case, ana, sam, clock) -> None:
    first = actions.make_summary(case, by=ana)
    assert actions.make_summary(case, by=sam) is first
    clock.forward(days=1)
    second = actions.make_summary(case, by=sam)
    assert (first.number, second.number, second.by_id) == (1, 2, sam.id)
    assert first.sha256 != second.sha256


# --- tags and fonts ----------------------------------------------------------------------------


def tags(pdf: bytes) -> list[tuple[str, pikepdf.Dictionary]]:
    with pikepdf.open(io.BytesIO(pdf)) as document_:
        return list(_walk(document_.Root.StructTreeRoot.K, ""))


def _walk(node, path):
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _walk(child, path)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        here = f"{path}/{str(node.S)[1:]}"
        yield here, str(node.get("/Alt", ""))
        if "/K" in node:
            yield from _walk(node.K, here)


def test_the_tag_tree_has_headings_tables_with_headers_and_figures_with_words(made) -> None:
    found = tags(made.pdf)
    paths = [path for path, _ in found]
    assert paths[0] == "/Document"
    assert sum(path.endswith("/H1") for path in paths) == 1
    assert sum(path.endswith("/H2") for path in paths) >= 8
    assert sum(path.endswith("/Table") for path in paths) == 3
    assert any(path.endswith("/Table/THead/TR/TH") for path in paths)
    assert any(path.endswith("/Table/TBody/TR/TH") for path in paths)
    assert any(path.endswith("/Table/TBody/TR/TD") for path in paths)
    alternatives = [alt for path, alt in found if path.endswith("/Figure")]
    assert len(alternatives) == 2
    assert "1 better and 1 the same" in alternatives[0]
    assert "Spoke or met 2 times and tried 2 more times" in alternatives[1]


def test_it_says_its_title_its_language_and_embeds_every_font(full, made, tmp_path) -> None:
    with pikepdf.open(io.BytesIO(made.pdf)) as file:
        assert file.Root.MarkInfo.Marked
        assert str(file.Root.Lang) == "en-GB"
        assert file.Root.ViewerPreferences.DisplayDocTitle
        assert str(file.docinfo.Title) == f"Outcome summary {full.reference}, number 1"
        assert b"pdfuaid:part" in file.Root.Metadata.read_bytes()
    path = tmp_path / "summary.pdf"
    path.write_bytes(made.pdf)
    listed = subprocess.run(["pdffonts", path], capture_output=True, check=True, text=True).stdout
    fonts = [line for line in listed.splitlines()[2:] if line.strip()]
    assert any("Inter" in line for line in fonts)
    assert all(re.search(r" yes yes (yes|no) +\d+ +0$", line) for line in fonts), listed


# --- other shapes of a case --------------------------------------------------------------------


def test_while_support_goes_on_it_says_so(case, assess, tmp_path) -> None:
    assess(Point.BASELINE, {NeedDomain.SAFETY: 4})
    made = words(actions.make_summary(case, by=None).pdf, tmp_path)
    assert "Support continues as of 3 November 2026" in made
    assert "Since 3 November 2026" in made
    assert "1 part of life looked at once, so there is no change to show yet." in made
    assert "4 – acute or unsafe" in made


def test_a_request_nobody_approved_says_nothing_yet(case, ask, tmp_path) -> None:
    ask(their_words="Bye.")
    made = words(actions.make_summary(case, by=None).pdf, tmp_path)
    assert "Support continues" in made
    assert "Bye." not in made


@pytest.mark.parametrize("stage", [Stage.RECEIVED, Stage.MOVED])
def test_an_empty_case_prints_one_calm_page(ana, stage) -> None:
    case = builders.case_at(stage, held_by=ana)
    found = pages(actions.make_summary(case, by=None).pdf)
    assert len(found) == 1
    assert "Needs have not been looked at yet." in found[0]


def test_somebody_without_a_name_is_known_by_the_reference(ana) -> None:
    stranger = builders.person(first_name="", last_name="", label="Trauma X")
    case = builders.case_at(Stage.AGREED, held_by=ana, of=stranger)
    frozen = summary.freeze(case, number=1)
    assert frozen.who == ""
    paper = document.paper(frozen)
    assert paper["who"] == case.reference
    assert "Trauma" not in str(paper)


def test_whatever_they_said_is_printed_whole(full) -> None:
    sayings = ["long " * 900, "<b>x</b> & 'q'", "a" * 3_000, URDU * 30, "😀 ok 👍🏽", "שלום\nעולם"]
    frozen = summary.freeze(full, number=9).as_plain()
    frozen["said"] = [{"occasion": "ending", "on": "2026-11-20", "words": w} for w in sayings]
    frozen["goals"][0]["words"] = sayings[2][:300]
    printed = re.sub(r"\s", "", text_of(document.render(Frozen.from_plain(frozen))))
    assert "<b>x</b>&'q'" in printed
    assert printed.count("long") >= 900
    assert printed.count("a") >= 3_300
    assert printed.count("ok") >= 1


def test_fourteen_needs_lose_no_row(full, tmp_path) -> None:
    frozen = summary.freeze(full, number=9).as_plain()
    frozen["needs"] = [{"domain": d.value, "then": 4 - n % 5, "now": n % 3} for n, d in
                       enumerate(NeedDomain)]  # fmt: skip
    table = words(document.render(Frozen.from_plain(frozen)), tmp_path).split("Needs in numbers")[1]
    for n, domain in enumerate(NeedDomain):
        assert f"{domain.label} {4 - n % 5} {n % 3}" in table


def test_a_police_stream_is_not_named_on_paper(ana) -> None:
    for stream in (Stream.OPERATION, Stream.FOCUSED_DETERRENCE):
        case = builders.case_at(Stage.AGREED, held_by=ana, stream=stream)
        paper = str(document.paper(summary.freeze(case, number=1))).lower()
        assert "youth work in the community" in paper
        assert "operation" not in paper
        assert "deterrence" not in paper


def test_the_strip_reaches_back_to_the_first_attempt(case, ana) -> None:
    earlier = time.now() - timedelta(hours=20)
    contacts.log_contact(
        case, by=ana, happened_at=earlier, outcome=Outcome.NO_ANSWER, mode=Mode.PHONE
    )
    paper = document.paper(summary.freeze(case, number=1))
    assert paper["strip_start"] == date(2026, 11, 2)
