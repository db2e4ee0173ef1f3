from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from caseflow.access.permissions import Role
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.kernel import clock as kernel_clock
from caseflow.kernel.partial_date import PartialDate
from caseflow.people import actions, queries
from caseflow.people.rules import (
    BornPrecision,
    ConsentPurpose,
    ContactKind,
    Decision,
    Ethnicity,
    FlagKind,
    FlagLevel,
    FlagSource,
    Relation,
    Safe,
)
from caseflow.staff.models import User
from tests import builders
from tests.harness.client import Client
from tests.harness.clock import StoppedClock

pytestmark = pytest.mark.usefixtures("session")
SignIn = Callable[..., Client]


@pytest.fixture
def ana() -> User:
    return builders.worker(name="Ana")


@pytest.fixture
def case(ana: User) -> Case:
    return builders.case_at(Stage.APPROACHED, held_by=ana)


def tab(case: Case, more: str = "") -> str:
    return f"/cases/{case.id}/person{more}"


# --- Reading -------------------------------------------------------------------------------------


def test_the_tab_says_what_is_known_and_what_is_safe(
    sign_in: SignIn, ana: User, case: Case
) -> None:
    young = case.person
    actions.change_person(young, known_as="Łukasz", nhs_number="9434765918", language="Polish")
    actions.add_alias(young, "محمد علی")
    actions.save_contact_point(
        young,
        kind=ContactKind.PHONE,
        value="07700900123",
        safe_to_call=Safe.YES,
        safe_to_text=Safe.NO,
        who_else="his mum",
    )
    actions.save_related_person(
        young, name="Anna", relation=Relation.PARENT, may_contact=Safe.NO, reason="Not told yet"
    )
    page = sign_in(ana).get(tab(case))
    for words in (
        "Łukasz",
        "محمد علی",
        "943 476 5918",
        "Fails its check digit",
        "Polish, interpreter not asked",
        "07700 900 123",
        "Safe to call",
        "Do not text",
        "Voicemail: not asked",
        "Also seen or answered by: his mum",
        "Do not contact them",
        "Not told yet",
        "No flag is live",
    ):
        assert words in page.words, words
    assert young.last_name not in page.title


@pytest.mark.parametrize(
    ("stored", "precision", "words"),
    [
        ((2010, 3, 14), BornPrecision.DAY, "14 March 2010 (16)"),
        ((2010, 3, 1), BornPrecision.MONTH, "March 2010 (16)"),
        ((2010, 1, 1), BornPrecision.YEAR, "2010 (15 or 16)"),
        ((2010, 1, 1), BornPrecision.ESTIMATED, "About 2010, an estimate (about 16)"),
    ],
)
def test_a_date_of_birth_is_said_as_far_as_it_is_known(
    sign_in: SignIn,
    clock: StoppedClock,
    ana: User,
    stored: tuple[int, int, int],
    precision: BornPrecision,
    words: str,
) -> None:
    clock("2026-11-24 10:00")
    born = PartialDate(*stored).earliest
    case = builders.case_at(
        Stage.LONG_TERM, held_by=ana, of=builders.person(born_on=born, born_precision=precision)
    )
    assert words in sign_in(ana).get(tab(case)).words


def test_each_consent_says_where_it_stands_and_what_was_before(
    sign_in: SignIn, clock: StoppedClock, ana: User, case: Case
) -> None:
    builders.consent(case.person, by=ana)
    builders.consent(case.person, by=ana, purpose=ConsentPurpose.SHARE)
    client = sign_in(ana)
    clock.forward(minutes=1)
    client.submit(
        tab(case, "/consent"),
        purpose="support",
        decision="withdrawn",
        given_by="young_person",
        method="phone",
    )
    words = client.get(tab(case)).words
    assert "To share with a named agency: An agency" in words
    assert "To receive support Withdrawn" in words
    assert "Before that (1)" in words
    assert "recorded by Ana" in words
    assert words.count("Not asked") >= 2


def test_support_may_start_once_they_agreed(sign_in: SignIn, ana: User, case: Case) -> None:
    client = sign_in(ana)
    assert "Start support" not in client.get(tab(case)).words
    builders.consent(case.person, by=ana)
    page = client.get(tab(case))
    assert page.html.xpath(f"//a[@href='/cases/{case.id}/move'][contains(., 'Start support')]")
    lead = sign_in(builders.user(Role.SAFEGUARDING_LEAD))
    assert "Start support" not in lead.get(tab(case)).words


# --- Who they are --------------------------------------------------------------------------------


def test_identity_is_changed_in_any_script(sign_in: SignIn, ana: User, case: Case) -> None:
    answer = sign_in(ana).submit(
        tab(case, "/edit"),
        first_name="Łukasz 🙂",
        last_name="Żółć",
        known_as="محمد",
        postcode="le1 1aa",
        nhs_number="943 476 5919",
        ethnicity="arab",
        address="1 Made Up Road\nLeicester",
    )
    assert answer.status_code == 302
    young = case.person
    assert (young.first_name, young.last_name, young.known_as) == ("Łukasz 🙂", "Żółć", "محمد")
    assert (young.postcode, young.nhs_number) == ("LE1 1AA", "9434765919")
    assert young.ethnicity is Ethnicity.ARAB
    assert young.address == "1 Made Up Road\nLeicester"
    assert young.born_precision is BornPrecision.DAY


@pytest.mark.parametrize(
    ("boxes", "estimated", "kept"),
    [
        (("14", "3", "2010"), False, ("2010-03-14", BornPrecision.DAY)),
        (("", "March", "2010"), False, ("2010-03-01", BornPrecision.MONTH)),
        (("", "", "2010"), False, ("2010-01-01", BornPrecision.YEAR)),
        (("", "", "2010"), True, ("2010-01-01", BornPrecision.ESTIMATED)),
        (("", "", ""), False, ("None", BornPrecision.UNKNOWN)),
    ],
)
def test_a_date_of_birth_may_be_partly_known(
    sign_in: SignIn,
    ana: User,
    case: Case,
    boxes: tuple[str, str, str],
    estimated: bool,
    kept: tuple[str, BornPrecision],
) -> None:
    client = sign_in(ana)
    filled = client.fill(tab(case, "/edit"), born_estimated=estimated)
    filled.data |= dict(zip(("born-day", "born-month", "born-year"), boxes, strict=True))
    assert client.send(filled).status_code == 302
    assert (str(case.person.born_on), case.person.born_precision) == kept
    again = client.fill(tab(case, "/edit"))
    shown = [again.data[f"born-{part}"] for part in ("day", "month", "year")]
    assert shown == [box.replace("March", "3") for box in boxes]


@pytest.mark.parametrize(
    ("boxes", "field"),
    [
        (("31", "2", "2010"), "born"),
        (("1", "1", "2199"), "born"),
        (("1", "1", "1899"), "born"),
        (("1", "", "2010"), "born"),
        (("", "", "10"), "born"),
        (("٣", "3", "2010"), "born"),
    ],
)
def test_an_impossible_date_of_birth_is_said_at_the_field(
    sign_in: SignIn, ana: User, case: Case, boxes: tuple[str, str, str], field: str
) -> None:
    client = sign_in(ana)
    before = case.person.born_on
    filled = client.fill(tab(case, "/edit"), school="Made Up College")
    filled.data |= dict(zip(("born-day", "born-month", "born-year"), boxes, strict=True))
    answer = client.send(filled)
    assert answer.status_code == 422
    assert set(answer.errors) == {field}
    assert answer.html.xpath("//input[@name='school']/@value") == ["Made Up College"]
    assert answer.html.xpath("//input[@name='born-day']/@value") == [boxes[0]]
    assert case.person.born_on == before


def test_an_estimate_needs_something_estimated(sign_in: SignIn, ana: User, case: Case) -> None:
    client = sign_in(ana)
    filled = client.fill(tab(case, "/edit"), born_estimated=True)
    filled.data |= {"born-day": "", "born-month": "", "born-year": ""}
    assert set(client.send(filled).errors) == {"born_estimated"}


def test_a_page_somebody_else_was_quicker_with_keeps_what_was_typed(
    sign_in: SignIn, ana: User, case: Case
) -> None:
    slow, quick = sign_in(ana), sign_in(builders.supervisor(ana.team))
    opened = slow.fill(tab(case, "/edit"), school="Typed slowly")
    quick.submit(tab(case, "/edit"), school="Stored quickly", gp="Dr Made Up")
    answer = slow.send(opened)
    assert answer.status_code == 409
    assert "Somebody changed this record" in str(answer.errors)
    assert answer.html.xpath("//input[@name='school']/@value") == ["Typed slowly"]
    assert "School or college now Stored quickly" in answer.words
    assert "GP surgery now Dr Made Up" in answer.words
    assert case.person.school == "Stored quickly"

    shown = answer.html.xpath("//main//form")[0]
    opened.data["version"] = shown.xpath(".//input[@name='version']/@value")[0]
    assert slow.send(opened).status_code == 302
    assert case.person.school == "Typed slowly"


def test_a_form_without_its_version_is_stale(sign_in: SignIn, ana: User, case: Case) -> None:
    client = sign_in(ana)
    filled = client.fill(tab(case, "/edit"), school="Typed")
    filled.data["version"] = "x"
    assert client.send(filled).status_code == 409


@pytest.mark.parametrize(
    ("name", "longest"),
    [("first_name", 120), ("nhs_number", 20), ("postcode", 10), ("address", 400)],
)
def test_what_is_too_long_stays_in_the_box(
    sign_in: SignIn, ana: User, case: Case, name: str, longest: int
) -> None:
    long = "ł" * (longest + 1)
    answer = sign_in(ana).submit(tab(case, "/edit"), {name: long})
    assert answer.status_code == 422
    assert "1 too many" in answer.errors[name]
    assert long in answer.data.decode()


def test_a_name_is_added_once(sign_in: SignIn, ana: User, case: Case) -> None:
    client = sign_in(ana)
    for _ in range(2):
        client.submit(tab(case, "/aliases/new"), name="Li’l Zee")
    assert [alias.name for alias in queries.aliases_of(case.person)] == ["Li’l Zee"]


# --- Ways, people, consent, flags ----------------------------------------------------------------


def test_a_way_to_reach_them_is_added_changed_and_removed(
    sign_in: SignIn, ana: User, case: Case
) -> None:
    client = sign_in(ana)
    client.submit(tab(case, "/ways/new"), kind="phone", value="07700 900123", safe_to_call="yes")
    [point] = queries.contact_points(case.person)
    assert (point.safe_to_call, point.safe_to_text) == (Safe.YES, Safe.NOT_ASKED)
    url = tab(case, f"/ways/{point.id}")
    client.submit(url, safe_to_call="no", best_time="after 16:00")
    assert (point.value, point.safe_to_call) == ("07700 900123", Safe.NO)
    for _ in range(2):
        page = client.get(tab(case))
        token = page.html.xpath("//input[@name='csrf_token']/@value")[0]
        assert client.post(f"{url}/remove", data={"csrf_token": token}).status_code == 302
    assert not queries.contact_points(case.person)
    assert client.get(url).location == tab(case)


def test_a_way_needs_its_kind_and_number(sign_in: SignIn, ana: User, case: Case) -> None:
    answer = sign_in(ana).submit(tab(case, "/ways/new"))
    assert set(answer.errors) == {"kind", "value"}


def test_somebody_around_them_is_added_changed_and_removed(
    sign_in: SignIn, ana: User, case: Case
) -> None:
    client = sign_in(ana)
    refused = client.submit(
        tab(case, "/people/new"), name="Anna", relation="parent", may_contact="no"
    )
    assert set(refused.errors) == {"reason"}
    client.submit(tab(case, "/people/new"), name="Anna", relation="parent", may_contact="yes")
    [related] = queries.related_people(case.person)
    url = tab(case, f"/people/{related.id}")
    client.submit(url, phone="0116 496 0000", has_responsibility="yes")
    assert (related.phone, related.has_responsibility) == ("0116 496 0000", Safe.YES)
    client.submit(tab(case), form=f"{url}/remove")
    assert not queries.related_people(case.person)


def test_at_15_consent_asks_for_the_reasoning_with_everything_kept(
    sign_in: SignIn, ana: User
) -> None:
    young = builders.person(born_on=builders.born(15))
    case = builders.case_at(Stage.APPROACHED, held_by=ana, of=young)
    given = {
        "purpose": "share",
        "agency": "Made Up Housing",
        "decision": "given",
        "given_by": "young_person",
        "method": "written",
        "notice_version": "2.1",
    }
    client = sign_in(ana)
    answer = client.submit(tab(case, "/consent"), given)
    assert set(answer.errors) == {"competence_note"}
    assert "Gillick" in answer.errors["competence_note"]
    assert answer.html.xpath("//input[@name='agency']/@value") == ["Made Up Housing"]
    client.submit(tab(case, "/consent"), given, competence_note="Said it back")
    [consent] = queries.consents_of(young)
    assert (consent.agency, consent.notice_version) == ("Made Up Housing", "2.1")


def test_consent_of_another_day_is_dated_then_and_a_later_answer_stands(
    sign_in: SignIn, clock: StoppedClock, ana: User
) -> None:
    clock("2027-03-10 10:00")
    case = builders.case_at(Stage.APPROACHED, held_by=ana)
    given = {"purpose": "evaluation", "given_by": "young_person", "method": "spoken"}
    client = sign_in(ana)
    client.submit(tab(case, "/consent"), given, decision="refused")
    yesterday = kernel_clock.today() - timedelta(days=1)
    client.submit(tab(case, "/consent"), given, decision="given", decided_on=yesterday)
    latest, earlier = queries.consents_of(case.person)
    assert (latest.decision, earlier.decision) == (Decision.REFUSED, Decision.GIVEN)
    assert f"{earlier.decided_at:%d %b}" == "09 Mar"
    assert not queries.consent_in_force(case.person, ConsentPurpose.EVALUATION)


def test_a_decision_is_not_of_tomorrow_and_sharing_names_its_agency(
    sign_in: SignIn, ana: User, case: Case
) -> None:
    answer = sign_in(ana).submit(
        tab(case, "/consent"),
        purpose="share",
        decision="given",
        given_by="parent",
        method="spoken",
        decided_on=kernel_clock.today().replace(year=2199),
    )
    assert set(answer.errors) == {"agency", "decided_on"}


def test_a_flag_is_set_and_removed_and_stays_in_the_past(
    sign_in: SignIn, ana: User, case: Case
) -> None:
    client = sign_in(ana)
    client.submit(
        tab(case, "/flags/new"),
        kind="known_conflict",
        level="danger",
        source="young_person",
        detail="Not near the bus station",
    )
    [flag] = queries.live_flags(case.person)
    assert "Somebody may be hurt" in client.get(tab(case)).words
    url = tab(case, f"/flags/{flag.id}/remove")
    filled = client.fill(url, reason="They made peace")
    assert client.send(filled).location == client.send(filled).location
    assert not queries.live_flags(case.person)
    assert "Past flags (1)" in client.get(tab(case)).words
    assert "They made peace" in client.get(tab(case)).words
    assert client.get(url).location == tab(case)


def test_the_safeguarding_lead_may_flag_and_not_edit(sign_in: SignIn, case: Case) -> None:
    lead = sign_in(builders.user(Role.SAFEGUARDING_LEAD))
    page = lead.get(tab(case))
    assert "Set a flag" in page.words
    assert "Record consent" not in page.words
    assert lead.get(tab(case, "/flags/new")).status_code == 200
    assert lead.get(tab(case, "/edit")).status_code == 403


# --- Who may -------------------------------------------------------------------------------------

FORMS = ("/edit", "/aliases/new", "/ways/new", "/people/new", "/consent", "/flags/new")


def test_a_colleague_may_read_and_change_nothing(sign_in: SignIn, ana: User, case: Case) -> None:
    colleague = sign_in(builders.worker(ana.team))
    page = colleague.get(tab(case))
    assert page.status_code == 200
    assert not page.html.xpath("//main//form")
    doors = [link for link in page.html.xpath("//main//a/@href") if link.startswith(tab(case, "/"))]
    assert doors == []
    for form in FORMS:
        assert colleague.get(tab(case, form)).status_code == 403, form


def test_another_team_learns_nothing(sign_in: SignIn, case: Case) -> None:
    stranger = sign_in(builders.worker(builders.team("Another team")))
    for form in ("", *FORMS):
        assert stranger.get(tab(case, form)).status_code == 404, form


def test_what_belongs_to_one_person_is_not_found_under_another(
    sign_in: SignIn, ana: User, case: Case
) -> None:
    other = builders.case_at(Stage.APPROACHED, held_by=ana)
    point = actions.save_contact_point(other.person, kind=ContactKind.EMAIL, value="a@b.org")
    related = actions.save_related_person(other.person, name="A", relation=Relation.FRIEND)
    flag = actions.set_flag(
        other.person,
        by=ana,
        kind=FlagKind.SEND,
        level=FlagLevel.INFORMATION,
        source=FlagSource.OBSERVED,
    )
    client = sign_in(ana)
    for path in (f"/ways/{point.id}", f"/people/{related.id}", f"/flags/{flag.id}/remove"):
        assert client.get(tab(case, path)).status_code == 404
        assert client.get(tab(other, path)).status_code == 200


# --- In a browser --------------------------------------------------------------------------------


def test_consent_and_a_flag_in_a_browser(
    ana: User,
    case: Case,
    page: Page,
    browser_sign_in: Callable[..., None],
    axe: Callable[[Page], None],
) -> None:
    builders.consent(case.person, by=ana, purpose=ConsentPurpose.EVALUATION)
    browser_sign_in(page, ana)
    page.goto(tab(case))
    axe(page)
    page.get_by_role("link", name="Record consent").click()
    expect(page.get_by_label("Which agency?")).to_be_hidden()
    page.get_by_label("To share with a named agency").check()
    expect(page.get_by_label("Which agency?")).to_be_visible()
    axe(page)
    page.get_by_label("To receive support").check()
    for words in ("Given", "Young person", "Spoken"):
        page.get_by_label(words, exact=True).check()
    page.get_by_role("button", name="Record consent").click()
    expect(page.get_by_text("Consent recorded.")).to_be_visible()
    expect(page.get_by_role("button", name="Start support")).to_be_visible()
    axe(page)
    for path in FORMS:
        page.goto(tab(case, path))
        axe(page)


def test_words_about_a_number_a_colleague_removed_come_back(session, sign_in) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    point = actions.save_contact_point(case.person, kind=ContactKind.PHONE, value="07700 900123")
    me = sign_in(case.worker)
    late = me.fill(f"/cases/{case.id}/person/ways/{point.id}", who_else="Mum reads it at night")
    actions.remove_contact_point(point)
    answer = me.send(late)
    assert answer.status_code == 409
    assert "Mum reads it at night" in answer.words
