"""One young person's whole path, from a hospital's message to a signed-off summary.

At 390 px and at 1280 px, as worker, supervisor and manager; once from our own message and once
from a real one.
"""

import io
import os
import re
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain
from caseflow.demo.messages import bars_referral
from caseflow.kernel import clock as kernel_clock
from caseflow.operations import actions as operations
from caseflow.operations.rules import OperationKind
from caseflow.services import actions as services
from tests import builders
from tests.journeys.walker import Walker

FIRST_DAY = "2026-11-20 21:00"


@pytest.fixture
def walker(page, axe, browser_sign_in) -> Walker:
    shots = os.environ.get("JOURNEY_SHOTS")
    folder = Path(shots) / str(page.viewport_size["width"]) if shots else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    return Walker(page, axe, browser_sign_in, folder)


@pytest.fixture
def staff(session):
    ward = builders.team()
    supervisor = builders.supervisor(ward, name="Sana Supervisor")
    made = {
        "worker": builders.worker(ward, name="Wanda Worker"),
        "supervisor": supervisor,
        "manager": builders.user(Role.PROGRAMME_MANAGER, name="Mona Manager"),
    }
    services.add_service(by=supervisor, **SERVICE)
    operations.save_operation(
        by=supervisor,
        code="OP-HARBOUR",
        name="Harbour",
        kind=OperationKind.ENFORCEMENT_DAY,
        starts_on=date(2026, 11, 18),
        area="Northgate",
    )
    session.commit()
    return made


SERVICE = {
    "agency": "Made-up College",
    "name": "Back to learning",
    "domains": [NeedDomain.EDUCATION],
    "youngest": 14,
    "oldest": 19,
    "area": "Leicester",
    "route": "Ring the front desk",
}


def our_own_message(_: pytest.FixtureRequest) -> bytes:
    return bars_referral(last_updated="2026-11-20T20:45:00+00:00")


def a_real_message(request: pytest.FixtureRequest) -> bytes:
    """REFREQ04 as it is, but for the young person's birth date, address and the dates."""
    shared: Path = request.getfixturevalue("shared_data")
    text = (
        shared / "bars" / "REFREQ04 - Referral Service Request - CAD Out of Area.xml"
    ).read_text()
    text = re.sub(r'<birthDate value="[^"]*"', '<birthDate value="2010-05-14"', text)
    text = re.sub(r'<postalCode value="[^"]*"', '<postalCode value="LE2 0AA"', text)
    text = re.sub(r'<city value="[^"]*"', '<city value="Leicester"', text)
    return re.sub(r"20\d\d-\d\d-\d\dT", "2026-11-20T", text).encode()


@pytest.mark.parametrize(
    "message", [our_own_message, a_real_message], ids=["our-message", "real-message"]
)
def test_from_the_hospitals_message_to_the_signed_off_summary(
    session, staff, walker: Walker, clock, cli, mailbox, tmp_path, request, message
) -> None:
    clock(FIRST_DAY)
    worker, supervisor, manager = (staff[who] for who in ("worker", "supervisor", "manager"))
    file = tmp_path / "referral.xml"
    file.write_bytes(message(request))

    # 1. The message arrives, and arrives again.
    walker.sign_in(worker.email)
    for _ in range(2):
        walker.open("/referrals/upload")
        walker.page.locator("main input[type=file]").set_input_files(file)
        walker.press("Upload")
        assert "Saved" in walker.words
    assert len(session.scalars(select(Case)).all()) == 1

    # 2. Triage: the rules are shown, the worker takes the case.
    walker.open("/referrals")
    walker.door("a[href*='/triage']")
    if message is a_real_message:
        assert "The other way round they are inside" in walker.words
        walker.press("Swap them")
        walker.page.goto(walker.page.url.split("/triage")[0] + "/triage")
    walker.choose(decision="eligible")
    walker.type(reason="Sixteen, hurt by a knife, lives in Leicester.")
    walker.press("Save triage")
    case = re.sub(r"[?#].*", "", walker.page.url)

    # 3. An attempt, the conversation at the bedside, and the answer.
    walker.open(f"{case}/contacts/new")
    walker.choose(outcome="no_answer", try_again="tomorrow")
    walker.press("Save contact")
    clock.forward(minutes=30)
    walker.open(f"{case}/contacts/new")
    walker.choose(outcome="met", met_at="f2f_hospital", purposes=["engagement"], worried="no")
    walker.type(minutes="25", note="CANARYNOTE He was in pain and glad of a chair beside him.")
    walker.press("Save contact")
    walker.open(f"{case}/answer")
    walker.choose(answer="agreed", given_by="young_person", method="spoken", start_with="long_term")
    walker.press("Save")

    # 4. Needs.
    needs(walker, case, {"safety": "4", "mental_health": "3", "education": "3", "housing": "1"})
    assert "Immediate safety" in walker.words

    # 5. Safety: the risk, a plan that prints, a flag that runs out.
    walker.open(f"{case}/risk/new")
    walker.choose(level="high")
    walker.type(evidence="He says they know where he lives.", plan="Daily call this week.")
    walker.press("Save")
    walker.open(f"{case}/safety-plan/new")
    walker.type(avoid="The bus station after school", safe_people="My aunt", agreed_with="Him")
    walker.choose(paper_is_safe="yes")
    walker.day("review_on", kernel_clock.today() + timedelta(days=28))
    walker.press("Save")
    walker.open(f"{case}/safety")
    walker.door("a[href*='/print']")
    assert "The bus station after school" in walker.words
    walker.open(f"{case}/person/flags/new")
    walker.pick(kind="known_conflict")
    walker.choose(level="caution", source="young_person")
    walker.press("Save|Set")
    assert "Known conflict" in walker.words

    # 6. The plan: a goal, an action, a service; and the operation behind it all.
    walker.open(f"{case}/goals/new")
    walker.type(their_words="I want college back")
    walker.choose(rating="2")
    walker.press("Save")
    walker.open(f"{case}/actions/new")
    walker.type(what="Ring the college")
    walker.choose(owner="worker")
    walker.day("due_on", kernel_clock.today() + timedelta(days=7))
    walker.press("Save")
    walker.open(f"{case}/onward/new?need=education")
    walker.door("a[href*='/onward/new/']")
    walker.pick(domain="education")
    walker.type(method="By phone")
    walker.press("Save|Refer")
    walker.open(f"{case}/operation")
    walker.pick(operation=option(walker, "operation", "OP-HARBOUR"))
    walker.type(support="A support call to the family")
    walker.choose(offer="accepted")
    walker.press("Link")

    # 7. A contact of one minute, with the next step.
    clock.forward(days=1)
    walker.sign_in(worker.email)
    walker.open(f"{case}/contacts/new")
    walker.choose(outcome="talked", talked_by="phone", purposes=["ete"], worried="no")
    walker.type(minutes="1", next_step="Go with him to the college")
    walker.choose(next_when="in_a_week")
    walker.press("Save contact")

    # 8. The review comes, is told once and names nobody; overdue, the supervisor hears.
    clock("2026-11-28 09:30")
    mailbox.empty()
    assert cli("remind").code == 0
    assert cli("remind").code == 0
    letters = mailbox.to(worker.email)
    assert len(letters) == 1
    said = f"{letters[0]['Subject']} {letters[0].get_content()}"
    assert "review" in said
    for secret in ("Testerton", "Jaden", "Jay", "Julie", "Jones", "CF-", "Leicester", "knife"):
        assert secret.casefold() not in said.casefold()
    assert mailbox.to(supervisor.email), "a high risk review overdue by hours reaches her"
    walker.sign_in(worker.email)
    walker.open("/inbox")
    assert "review" in walker.words.casefold()
    walker.open(f"{case}/reviews/new")
    walker.choose(risk="medium", next_by="by_rule")
    walker.type(
        risk_reason="No sightings for a week.",
        what_changed="Sleeping again.",
        their_words="It's calmer now",
        decision="Go on as planned.",
    )
    walker.press("Save")

    # 9. The ending: asked, returned, asked again, approved; follow-ups are booked.
    clock("2027-02-15 10:00")
    walker.sign_in(worker.email)
    needs(walker, case, {"safety": "1", "mental_health": "2", "education": "1"}, point="exit")
    walker.open(f"{case}/plan")
    walker.door("a[href*='/rate']")
    walker.choose(rating="8")
    walker.press("Save")
    walker.open(f"{case}/plan")
    walker.door("a[href*='/onward/']:not([href*='new'])")
    walker.choose(status="attended_first")
    walker.press("Save")
    ask_to_close(walker, case)
    decide(walker, supervisor, case, "return", note="Say who has taken over.")
    walker.sign_in(worker.email)
    walker.open(f"{case}/closing")
    assert "Say who has taken over." in walker.words
    ask_to_close(walker, case)
    decide(walker, supervisor, case, "approve")
    walker.open(f"{case}/closing")
    for follow_up in ("15 May", "15 Aug", "15 Feb 2028"):
        assert follow_up in walker.words

    # 10. The summary, opened and read; the figures, and the dataset.
    walker.sign_in(worker.email)
    walker.open(f"{case}/closing")
    walker.press("Make")
    with walker.page.expect_download() as download:
        walker.page.locator("main a[href*='/summary/']").first.click()
    pdf = Path(download.value.path()).read_bytes()
    check_summary(pdf, tmp_path, download.value.suggested_filename)
    walker.sign_in(manager.email)
    walker.open("/programme?quarter=2027-Q1")
    assert "Completed" in walker.words
    exported = cli("export", "evaluation", tmp_path / "evaluation")
    assert exported.code == 0
    told = "".join(path.read_text() for path in (tmp_path / "evaluation").iterdir())
    for secret in ("Testerton", "Jaden", "Julie", "CANARYNOTE", "CF-"):
        assert secret not in told


def needs(walker: Walker, case: str, scores: dict[str, str], point: str = "baseline") -> None:
    walker.open(f"{case}/needs")
    walker.door(f"button[value='{point}']")
    walker.choose(**{f"{domain}_need": score for domain, score in scores.items()})
    walker.type(their_words="I want to sleep and go outside")
    walker.press("Finish")
    walker.open(f"{case}/needs")


def option(walker: Walker, name: str, words: str) -> str:
    found = walker.page.locator(f"main select[name='{name}'] option", has_text=words)
    return str(found.first.get_attribute("value"))


def ask_to_close(walker: Walker, case: str) -> None:
    walker.open(f"{case}/closing/ask")
    walker.choose(ending="completed", is_planned="yes", goals_reviewed="yes")
    walker.choose(risk_at_exit="low", handover="no", may_follow_up="yes")
    walker.choose(felt_listened="5", felt_safer="4", would_recommend="5")
    walker.type(
        reason="He is back at college and sleeping.",
        follow_up_how="His aunt's phone, evenings",
        their_words="You lot didn't give up on me",
    )
    walker.press("Ask")


def decide(walker: Walker, supervisor, case: str, decision: str, note: str = "") -> None:
    walker.sign_in(supervisor.email)
    walker.open("/team")
    walker.open(f"{case}/closing")
    walker.door("a[href*='/decide']")
    walker.choose(decision=decision)
    if note:
        walker.type(note=note)
    walker.press("Save|Send|Decide|Approve")


def check_summary(pdf: bytes, tmp_path: Path, name: str) -> None:
    assert re.fullmatch(r"CF-[\w-]+\.pdf", name), name
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "en-GB"
        pages = len(document.pages)
    file = tmp_path / "summary.pdf"
    file.write_bytes(pdf)
    text = subprocess.run(
        ["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True
    ).stdout
    assert "I want college back" in text
    assert "Made-up College: Back to" in text
    assert text.count("OFFICIAL-SENSITIVE") == pages
    for kept_out in ("CANARYNOTE", "HARBOUR", "Harbour", "Marcia"):
        assert kept_out not in text
