"""The screens of the front door."""

import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases import queries as cases
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case, Triage
from caseflow.cases.rules import Stream
from caseflow.demo.messages import bars_referral
from caseflow.incidents.queries import incident_of
from caseflow.incidents.rules import Nature
from caseflow.intake import actions, queries
from caseflow.intake.codes import IndexReason
from caseflow.intake.forms import QuickAddForm
from caseflow.intake.models import Referral
from caseflow.intake.rules import Source, Urgency
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.partial_date import PartialDate
from caseflow.people import queries as people
from caseflow.people.models import Person
from caseflow.people.rules import BornPrecision, Safe
from tests import builders

QUICK = "/referrals/quick-add"
OUTREACH = "/referrals/outreach"
UPLOAD = "/referrals/upload"
SIX: dict[str, Any] = {
    "name": "Billy Example",
    "age": "16",
    "where": "emergency",
    "what": "assault_sharp",
    "aware": "agrees",
    "urgency": "now",
}
MET = SIX | {"source": "outreach", "place": "Example Park"}
LATER = "2026-11-20T23:40:00+00:00"


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def newest() -> Case:
    return db.session.scalars(select(Case).order_by(Case.received_at.desc())).first()  # type: ignore[return-value]


def referral() -> Referral:
    found = queries.referral_of(newest())
    assert found is not None
    return found


@pytest.fixture
def ana(session: Any) -> Any:
    return builders.worker(name="Ana Worker")


@pytest.fixture
def boss(session: Any) -> Any:
    return builders.supervisor(name="Sam Super")


def a_message(**told: Any) -> Case:
    received = actions.receive_message(bars_referral(**told), name="message.xml")
    assert received.case is not None, received
    return received.case


# --- quick-add ---


def test_quick_add_asks_for_six_answers(sign_in: Any, ana: Any) -> None:
    answer = sign_in(ana).submit(QUICK, later="yes")
    assert answer.status_code == 422
    assert list(answer.errors) == ["name", "age", "where", "what", "aware", "urgency"]
    assert len(SIX) == 6
    assert sign_in(ana).submit(QUICK, SIX | {"later": "yes"}).status_code == 302


def test_quick_add_for_the_next_shift(sign_in: Any, ana: Any) -> None:
    client = sign_in(ana)
    answer = client.submit(QUICK, SIX | {"later": "yes"})
    assert answer.location == "/referrals"
    case, found = newest(), referral()
    assert case.stage is Stage.RECEIVED
    assert case.worker is None
    assert case.person.display_name == "Billy Example"
    assert case.person.born_precision is BornPrecision.ESTIMATED
    assert case.person.age_words() == "about 16"
    assert (found.source, found.urgency) == (Source.ED_BOARD, Urgency.NOW)
    assert (found.knows, found.agrees, found.is_still_there) == (Safe.YES, Safe.YES, Safe.YES)
    incident = incident_of(case)
    assert incident is not None
    assert incident.nature is Nature.STABBING
    assert "Billy Example" in client.get("/referrals").words


def test_see_them_now_takes_the_case_and_triages_when_the_rules_agree(
    sign_in: Any, ana: Any
) -> None:
    answer = sign_in(ana).submit(QUICK, SIX | {"now": "yes", "postcode": "le1 1aa"})
    case = newest()
    assert answer.location == f"/cases/{case.id}"
    assert case.worker_id == ana.id
    assert case.stage is Stage.ELIGIBLE
    decision = cases.latest_triage(case)
    assert decision is not None
    assert decision.confirmed_at is None
    assert decision.confirm_by is not None


def test_see_them_now_goes_to_triage_when_the_rules_cannot_tell(sign_in: Any, ana: Any) -> None:
    answer = sign_in(ana).submit(QUICK, SIX | {"now": "yes"})
    case = newest()
    assert answer.location == f"/cases/{case.id}/triage"
    assert (case.worker_id, case.stage) == (ana.id, Stage.RECEIVED)


def test_nobody_knows_the_name_nor_the_age(sign_in: Any, ana: Any) -> None:
    given = SIX | {"name": "Trauma X", "is_label": True, "age": "", "later": "yes"}
    assert sign_in(ana).submit(QUICK, given).status_code == 302
    person = newest().person
    assert (person.label, person.first_name, person.display_name) == ("Trauma X", "", "Trauma X")
    assert person.age_words() == "age not known"


def test_a_date_of_birth_may_be_given_in_place_of_an_age(sign_in: Any, ana: Any) -> None:
    given = SIX | {"age": "", "born": PartialDate(2010, 5), "later": "yes"}
    assert sign_in(ana).submit(QUICK, given).status_code == 302
    person = newest().person
    assert (str(person.born_on), person.born_precision) == ("2010-05-01", BornPrecision.MONTH)


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"born-day": "31", "born-month": "2", "born-year": "2010"}, "born", "real date"),
        ({"born-day": "", "born-month": "", "born-year": "2031"}, "born", "in the past"),
        ({"age": "sixteen"}, "age", "whole number"),
        ({"age": "130"}, "age", "between 0 and 120"),
        ({"name": "x" * 121}, "name", "120 characters or fewer"),
        ({"what": "nonsense"}, "what", "from the list"),
        ({"note": "n" * 1001}, "note", "1 too many"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    sign_in: Any, ana: Any, wrong: dict[str, str], field: str, message: str
) -> None:
    client = sign_in(ana)
    filled = client.fill(QUICK, SIX | {"bay": "Resus 2", "later": "yes"})
    filled.data |= {"age": ""} if field == "born" else {}
    filled.data |= wrong
    answer = client.send(filled)
    assert answer.status_code == 422
    assert message in answer.errors[field]
    assert answer.html.xpath("//input[@name='bay']/@value") == ["Resus 2"]
    assert count(Person) == 0


@pytest.mark.parametrize(
    "name", ["李小龍", "محمد", "O’Brien-Ngũgĩ \N{FOX FACE}", "X", "<b>Bob</b>"]
)
def test_names_in_any_script_are_kept(sign_in: Any, ana: Any, name: str) -> None:
    client = sign_in(ana)
    client.submit(QUICK, SIX | {"name": name, "later": "yes"})
    assert newest().person.display_name == name
    assert name in client.get("/referrals").words


def test_a_double_click_makes_one_referral(sign_in: Any, ana: Any) -> None:
    client = sign_in(ana)
    filled = client.fill(QUICK, SIX | {"later": "yes"})
    assert client.send(filled).location == client.send(filled).location
    assert (count(Referral), count(Person)) == (1, 1)


def test_a_name_is_in_no_title_flash_or_address(sign_in: Any, ana: Any) -> None:
    client = sign_in(ana)
    answer = client.submit(QUICK, SIX | {"later": "yes"})
    page = client.get(answer.location)
    assert "Billy" not in page.title + answer.location
    banner = " ".join(page.html.xpath("//*[contains(@class, 'notification-banner')]//text()"))
    assert "Referral saved" in banner
    assert "Billy" not in banner


def test_a_phone_is_kept_and_not_yet_known_to_be_safe(sign_in: Any, ana: Any) -> None:
    sign_in(ana).submit(QUICK, SIX | {"phone": "07700 900123", "later": "yes"})
    (point,) = people.contact_points(newest().person)
    assert (point.value, point.safe_to_call) == ("07700 900123", Safe.NOT_ASKED)


def test_who_may_not_add_a_referral_is_told_so(sign_in: Any, session: Any) -> None:
    for role in (Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR, Role.SAFEGUARDING_LEAD):
        client = sign_in(builders.user(role))
        for url in ("/referrals", QUICK, OUTREACH, UPLOAD):
            assert client.get(url).status_code == 403


# --- outreach and custody ---


def test_somebody_met_on_the_street(sign_in: Any, ana: Any) -> None:
    given = {k: v for k, v in MET.items() if k != "where"}
    answer = sign_in(ana).submit(
        OUTREACH, given | {"phone": "07700 900123", "safe": "yes", "how": "Asked for help"}
    )
    assert answer.status_code == 302, answer.errors
    case, found = newest(), referral()
    assert case.stream is Stream.OUTREACH
    assert (found.site, found.reason) == ("Example Park", "Asked for help")
    assert found.attended_at is not None
    (point,) = people.contact_points(case.person)
    assert point.safe_to_call is Safe.YES


def test_custody_goes_to_the_team_that_receives_it(sign_in: Any, session: Any) -> None:
    hospital = builders.team("Hospital team", (Stream.HOSPITAL, Stream.OUTREACH))
    custody = builders.team("Custody team", (Stream.CUSTODY,))
    client = sign_in(builders.worker(hospital))
    given = {k: v for k, v in MET.items() if k != "where"} | {"source": "custody"}
    answer = client.submit(OUTREACH, given, follow_redirects=True)
    assert newest().team_id == custody.id
    assert "Referral saved. It is with Custody team." in answer.words
    assert "Billy Example" not in answer.words


def test_no_team_for_a_stream_is_said_and_nothing_saved(sign_in: Any, session: Any) -> None:
    client = sign_in(builders.worker(builders.team("Hospital team", (Stream.HOSPITAL,))))
    given = {k: v for k, v in MET.items() if k != "where"} | {"source": "custody"}
    answer = client.submit(OUTREACH, given)
    assert answer.status_code == 422
    assert "No team receives custody referrals yet" in answer.errors[""]
    assert answer.html.xpath("//input[@name='place']/@value") == ["Example Park"]
    assert count(Person) == 0


# --- uploading ---


def send(client: Any, *files: tuple[str, bytes]) -> Any:
    """Closes what the test client keeps a large body in."""
    page = client.submit(UPLOAD, files=[(io.BytesIO(data), name) for name, data in files])
    page.request.environ["wsgi.input"].close()
    return page


def test_each_file_is_saved_or_refused_and_says_why(sign_in: Any, ana: Any) -> None:
    client = sign_in(ana)
    files = [
        ("a.xml", bars_referral()),
        ("again.xml", bars_referral()),
        ("b.json", bars_referral(as_json=True, last_updated=LATER)),
        ("c.pdf", b"%PDF-1.7"),
    ]
    page = send(client, *files)
    assert page.status_code == 200
    said = [
        " ".join(li.text_content().split())
        for li in page.html.xpath("//li[@class='cf-job cf-file']")
    ]
    assert [line.split()[0] for line in said] == ["a.xml", "again.xml", "b.json", "c.pdf"]
    for line, word in zip(said, ("Saved", "Saved", "Saved", "Refused"), strict=True):
        assert word in line
    assert "This is a PDF" in said[3]
    assert count(Referral) == 1


BAD: dict[str, bytes] = {
    "truncated": bars_referral()[:4000],
    "truncated json": bars_referral(as_json=True)[:4000],
    "wrong encoding": bars_referral(given=("Zoë",)).decode().encode("cp037"),
    "latin-1 that says utf-8": bars_referral(given=("Zoë",)).decode().encode("latin-1"),
    "bomb": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">'
    b"]><Bundle xmlns='http://hl7.org/fhir'>&b;</Bundle>",
    "outside entity": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    "deep json": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "deep xml": b"<a>" * 50_000 + b"</a>" * 50_000,
    "empty": b"",
    "pdf": b"%PDF-1.7\n%\xe2\xe3",
    "zip": b"PK\x03\x04rest",
    "nul": b"\x00" * 100,
    "oversized": b"<Bundle>" + b" " * (2 * 1024 * 1024) + b"</Bundle>",
    "html": b"<!doctype html><html><body>Sign in</body></html>",
    "csv": b"name,born\nBilly,2010-01-01\n",
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_refused_in_words(sign_in: Any, ana: Any, kind: str) -> None:
    page = send(sign_in(ana), ("file.xml", BAD[kind]))
    assert page.status_code == 200
    line = page.html.xpath("//li[@class='cf-job cf-file']")[0].text_content()
    assert "Refused" in line
    assert len(line.split()) > 4
    assert count(Person) == 0


def test_more_than_the_server_takes_is_said(sign_in: Any, ana: Any) -> None:
    page = send(sign_in(ana), ("big.xml", b"x" * 4_000_000))
    assert page.status_code == 413


def test_no_file_and_too_many_files_are_said_at_the_field(sign_in: Any, ana: Any) -> None:
    client = sign_in(ana)
    assert client.submit(UPLOAD).errors == {"files": "Choose a message file"}
    many = [(f"{n}.xml", b"x") for n in range(21)]
    assert "20 files or fewer" in send(client, *many).errors["files"]


def test_what_was_uploaded_links_to_no_case(sign_in: Any, session: Any, ana: Any) -> None:
    page = send(sign_in(ana), ("a.xml", bars_referral()))
    assert newest().reference not in page.text
    assert not page.html.xpath("//li[@class='cf-job cf-file']//a")


# --- the queue ---


def test_the_most_urgent_comes_first_then_who_waits_longest(
    sign_in: Any, ana: Any, clock: Any
) -> None:
    for name, urgency in (("Al Routine", "routine"), ("Bo Urgent", "urgent"), ("Cy Now", "now"),
                          ("Di Urgent", "urgent")):  # fmt: skip
        actions.add_referral(
            by=ana, name=name, what=IndexReason.ROBBERY, age=16, urgency=Urgency(urgency)
        )
        clock.forward(minutes=5)
    page = sign_in(ana).get("/referrals")
    titles = page.html.xpath("//section[1]//p[@class='cf-job__title']/a/text()")
    assert titles == ["Cy Now", "Bo Urgent", "Di Urgent", "Al Routine"]


def test_another_teams_referrals_are_not_seen(sign_in: Any, ana: Any) -> None:
    a_message()
    other = builders.worker(builders.team("Other team", ()))
    assert "Testerton" not in sign_in(other).get("/referrals").words
    assert "Testerton" in sign_in(ana).get("/referrals").words


def test_looking_at_the_queue_is_audited_with_its_cases(sign_in: Any, ana: Any) -> None:
    case = a_message()
    sign_in(ana).get("/referrals")
    row = db.session.scalars(select(AuditRow).where(AuditRow.event == Event.LISTED)).all()[-1]
    assert row.facts == {"cases": [str(case.id)]}


# --- triage ---


def test_a_worker_triages_for_now_and_takes_the_case(sign_in: Any, ana: Any, boss: Any) -> None:
    case = a_message()
    client = sign_in(ana)
    url = f"/cases/{case.id}/triage"
    page = client.get(url)
    assert "Eligible by the rules" in page.words
    assert "Aged 16: within 11 to 25." in page.words
    assert "Mother is at the bedside" in page.words
    answer = client.submit(url, decision="eligible", suggestion="brief")
    assert answer.location == f"/cases/{case.id}"
    assert (case.stage, case.worker_id) == (Stage.ELIGIBLE, ana.id)
    decision = cases.latest_triage(case)
    assert decision is not None
    assert decision.confirmed_at is None
    assert "Brief" in decision.reason
    assert "Eligible by the rules" in decision.rules_said
    seen = sign_in(boss)
    assert "Triaged for now, to confirm" in seen.get("/referrals").words
    assert "Triaged for now, to confirm" not in client.get("/referrals").words
    seen.submit("/referrals", form=f"/cases/{case.id}/triage/confirm")
    assert decision.confirmed_by_id == boss.id
    assert "to confirm" not in seen.get("/referrals").words


def test_a_supervisors_triage_needs_no_confirmation(sign_in: Any, ana: Any, boss: Any) -> None:
    case = a_message()
    sign_in(boss).submit(f"/cases/{case.id}/triage", decision="eligible", worker=str(ana.id))
    decision = cases.latest_triage(case)
    assert decision is not None
    assert decision.confirmed_at is not None
    assert case.worker_id == ana.id


def test_a_worker_cannot_give_the_case_to_a_colleague(sign_in: Any, ana: Any) -> None:
    case, other = a_message(), builders.worker()
    client = sign_in(ana)
    filled = client.fill(f"/cases/{case.id}/triage", decision="eligible")
    filled.data["worker"] = str(other.id)
    answer = client.send(filled)
    assert "from the list" in answer.errors["worker"]
    assert case.worker_id is None


def test_ineligible_needs_its_code_and_ends_the_case(sign_in: Any, ana: Any, boss: Any) -> None:
    case = a_message(birth_date="1990-01-01")
    client = sign_in(ana)
    url = f"/cases/{case.id}/triage"
    assert "Not eligible by the rules" in client.get(url).words
    assert client.submit(url, decision="ineligible").errors == {
        "code": "Select why they are not eligible"
    }
    client.submit(url, decision="ineligible", code="age")
    assert case.stage is Stage.INELIGIBLE
    sign_in(boss).submit("/referrals", form=f"/cases/{case.id}/triage/confirm")
    decision = cases.latest_triage(case)
    assert decision is not None
    assert (decision.code, decision.confirmed_by_id) == ("age", boss.id)


def test_against_the_rules_only_with_a_reason(sign_in: Any, ana: Any) -> None:
    case = a_message(birth_date="1990-01-01")
    client = sign_in(ana)
    url = f"/cases/{case.id}/triage"
    answer = client.submit(url, decision="eligible")
    assert answer.status_code == 422
    assert "The rules say otherwise" in answer.errors["reason"]
    assert answer.html.xpath("//input[@name='decision' and @value='eligible']/@checked")
    assert case.stage is Stage.RECEIVED
    client.submit(url, decision="eligible", reason="Date of birth is wrong: seen the card")
    assert case.stage is Stage.ELIGIBLE


def test_a_double_click_triages_once(sign_in: Any, ana: Any) -> None:
    case = a_message()
    client = sign_in(ana)
    filled = client.fill(f"/cases/{case.id}/triage", decision="eligible")
    assert client.send(filled).location == client.send(filled).location
    assert count(Triage) == 1


def test_two_people_triage_at_once_and_the_second_is_told(
    sign_in: Any, ana: Any, boss: Any
) -> None:
    case = a_message()
    first, second = sign_in(ana), sign_in(boss)
    late = second.fill(f"/cases/{case.id}/triage", decision="ineligible", code="age", reason="x")
    first.submit(f"/cases/{case.id}/triage", decision="eligible")
    answer = second.send(late)
    assert answer.status_code == 422
    assert "triaged already" in answer.errors[""]
    assert case.stage is Stage.ELIGIBLE


def test_a_closed_case_is_not_triaged_again(sign_in: Any, ana: Any) -> None:
    case = builders.case_at(Stage.INELIGIBLE, held_by=ana)
    assert sign_in(ana).get(f"/cases/{case.id}/triage").status_code == 403


def test_another_teams_case_does_not_exist(sign_in: Any, session: Any) -> None:
    builders.team()
    case = a_message()
    other = builders.worker(builders.team("Other team", ()))
    client = sign_in(other)
    assert client.get(f"/cases/{case.id}/triage").status_code == 404
    assert client.get(f"/cases/{case.id}/messages/{case.id}").status_code == 404


def test_swapped_coordinates_are_offered_and_swapped(sign_in: Any, ana: Any) -> None:
    case = a_message(position=("-1.1332", "52.63686"))
    client = sign_in(ana)
    url = f"/cases/{case.id}/triage"
    assert "The other way round they are inside: 52.63686, -1.1332." in client.get(url).words
    client.submit(url, form=f"/cases/{case.id}/incident/swap")
    incident = incident_of(case)
    assert incident is not None
    assert (incident.latitude, incident.longitude) == (52.63686, -1.1332)
    assert "The other way round" not in client.get(url).words


def test_somebody_of_the_same_name_and_birth_date_is_shown(sign_in: Any, ana: Any) -> None:
    known = a_message(nhs_number=None)
    case = a_message(nhs_number=None, request_url="urn:uuid:00000000-0000-4000-8000-000000000002")
    page = sign_in(ana).get(f"/cases/{case.id}/triage")
    assert known.reference in page.words
    assert "Is this somebody we know?" in page.words


def test_a_question_mark_for_a_name_is_like_nobody(sign_in: Any, ana: Any) -> None:
    a_message(nhs_number=None)
    nobody = builders.person(first_name="?", last_name="?", born_on=None)
    case = builders.received_case(of=nobody, in_team=ana.team)
    page = sign_in(ana).get(f"/cases/{case.id}/triage")
    assert "Is this somebody we know?" not in page.words


def test_somebody_in_another_team_is_never_revealed(sign_in: Any, ana: Any) -> None:
    other = builders.team("Other team", ())
    person = builders.person(first_name="Jaden", last_name="Testerton",
                             born_on=PartialDate(2010, 5, 14).earliest)  # fmt: skip
    hidden = builders.received_case(of=person, in_team=other)
    case = a_message()
    page = sign_in(ana).get(f"/cases/{case.id}/triage")
    assert hidden.reference not in page.words
    assert "Is this somebody we know?" not in page.words


def test_a_case_without_a_referral_can_be_triaged(sign_in: Any, ana: Any) -> None:
    case = builders.received_case()
    page = sign_in(ana).get(f"/cases/{case.id}/triage")
    assert "Nothing is recorded of how this case came." in page.words
    assert "Nothing says what happened: ask." in page.words


def test_what_the_sender_said_stays_with_a_closed_case(sign_in: Any, ana: Any) -> None:
    case = a_message(birth_date="1990-01-01")
    client = sign_in(ana)
    client.submit(f"/cases/{case.id}/triage", decision="ineligible", code="age")
    page = client.get(f"/cases/{case.id}/referral")
    assert "Mother is at the bedside" in page.words
    assert "Not eligible by Ana Worker" in page.words
    assert "Waiting for a supervisor to confirm" in page.words


# --- parked ---


def test_a_parked_message_is_decided_by_a_person(sign_in: Any, ana: Any) -> None:
    case = a_message()
    actions.receive_message(
        bars_referral(last_updated=LATER, nhs_number="9990000026", postcode="LE4 4AA"), name="b"
    )
    client = sign_in(ana)
    link = client.get("/referrals").html.xpath("//a[contains(@href, '/messages/')]/@href")[0]
    page = client.get(link)
    assert "999 000 0026" in page.words
    assert "999 000 0018" in page.words
    assert client.submit(link).errors == {"decision": "Select who this message is about"}
    client.submit(link, decision="same")
    assert case.person.postcode == "LE4 4AA"
    assert "Messages to decide about" not in client.get("/referrals").words
    assert "Decided" in client.get(link).words


def test_a_parked_message_set_aside_changes_nothing(sign_in: Any, ana: Any) -> None:
    case = a_message()
    actions.receive_message(
        bars_referral(last_updated=LATER, nhs_number="9990000026", postcode="LE4 4AA"), name="b"
    )
    (message,) = queries.parked(ana)
    client = sign_in(ana)
    client.submit(f"/cases/{case.id}/messages/{message.id}", decision="aside")
    assert case.person.postcode == "LE2 0AA"
    assert queries.parked(ana) == []
    assert count(Case) == 1


# --- in a browser ---


def test_a_bedside_quick_add_in_a_browser(
    page: Any, browser_sign_in: Any, axe: Any, session: Any, ana: Any
) -> None:
    session.commit()
    browser_sign_in(page, ana)
    page.goto(QUICK)
    axe(page)
    page.get_by_role("button", name="See them now").click()
    axe(page)
    page.get_by_label("Who is it?").fill("Trauma X")
    page.get_by_label("Nobody knows their name yet").check()
    page.get_by_label("Age").fill("17")
    for choice in ("Emergency department", "Knife or blade", "Does not know yet"):
        page.get_by_label(choice).check()
    page.get_by_label("Today").check()
    page.get_by_text("Home postcode, their number").click()
    page.get_by_label("Home postcode").fill("LE1 1AA")
    page.get_by_role("button", name="See them now").click()
    page.wait_for_url("**/cases/*")
    assert "Trauma X" in page.locator("main").inner_text()
    axe(page)


def test_the_front_door_is_accessible(
    page: Any, browser_sign_in: Any, axe: Any, session: Any, boss: Any
) -> None:
    case = a_message(position=("-1.1332", "52.63686"))
    a_message(nhs_number=None, request_url="urn:uuid:00000000-0000-4000-8000-000000000002")
    actions.receive_message(bars_referral(last_updated=LATER, nhs_number="9990000026"), name="b")
    (message,) = queries.parked(boss)
    of_the_case = [f"/cases/{case.id}/{name}" for name in ("triage", "referral")]
    addresses = ("/referrals", OUTREACH, UPLOAD, *of_the_case)
    addresses += (f"/cases/{case.id}/messages/{message.id}",)
    session.commit()
    browser_sign_in(page, boss)
    for address in addresses:
        page.goto(address)
        axe(page)
    page.goto(f"/cases/{case.id}/triage")
    page.get_by_label("No, not eligible").check()
    page.get_by_label("Why not?").select_option("duplicate")
    page.get_by_label("Why you decide this way").fill("Came twice")
    page.get_by_role("button", name="Save triage").click()
    page.wait_for_url(f"**/cases/{case.id}")
    session.expire_all()
    assert case.stage is Stage.INELIGIBLE
    assert clock.now() - case.stage_since < timedelta(minutes=5)


def test_the_quick_add_form_needs_no_more_than_six(app: Any) -> None:
    with app.test_request_context(QUICK, method="POST", data={}):
        form = QuickAddForm(meta={"csrf": False})
        form.validate_on_submit()
        assert len(form.mistakes) == 6
