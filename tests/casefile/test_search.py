"""One box finds a case by whatever somebody has, and never one they may not see."""

from datetime import date

import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases.lifecycle import Stage
from caseflow.people import actions as people
from caseflow.people.rules import BornPrecision, ContactKind
from tests import builders


@pytest.fixture
def ana(session):
    return builders.worker(name="Ana Worker")


@pytest.fixture
def case(ana):
    person = builders.person(
        first_name="Jérôme",
        last_name="Mensah",
        known_as="JJ",
        born_on=date(2010, 3, 14),
        nhs_number="9434765919",
        hospital_number="RX123456",
    )
    people.add_alias(person, "Young Mens")
    people.save_contact_point(person, kind=ContactKind.PHONE, value="07700 900123")
    return builders.case_at(Stage.LONG_TERM, held_by=ana, of=person)


def found(page) -> list[str]:
    return [link.get("href").rsplit("/", 1)[-1] for link in page.html.xpath(
        "//*[@class='cf-line__name']/a"
    )]  # fmt: skip


@pytest.mark.parametrize(
    "sought",
    ["mensah", "MENSAH jerome", "jer men", "JJ Mensah", "young mens", "mens young", "14/3/2010",
     "14 Mar 2010", "mensah 14/3/2010", "943 476 5919", "07700 900123", "+447700900123", "900123",
     "rx123456"],
)  # fmt: skip
def test_every_way_finds_it(session, sign_in, ana, case, sought) -> None:
    assert found(sign_in(ana).submit("/search", sought=sought)) == [str(case.id)]


@pytest.mark.parametrize("shape", [str.upper, str.lower, lambda r: r[3:], lambda r: r[:7]])
def test_a_reference_finds_it(session, sign_in, ana, case, shape) -> None:
    assert found(sign_in(ana).submit("/search", sought=shape(case.reference))) == [str(case.id)]


@pytest.mark.parametrize(
    "sought",
    ["mensah 15/3/2010", "14/3/2011", "nobody", "' or 1=1 --", "0000000000",
     "mensah kofi", "\u0000\u0001abc", "ensah", "rome", "me ensah", "cf2", "CF-2B"],
)  # fmt: skip
def test_what_does_not_fit_finds_nothing(session, sign_in, ana, case, sought) -> None:
    page = sign_in(ana).submit("/search", sought=sought)
    assert found(page) == []


@pytest.mark.parametrize("sought", ["", "a", "ab", "%%%", "a.b", "- - -"])
def test_too_little_is_not_searched_for(session, sign_in, ana, case, sought) -> None:
    page = sign_in(ana).submit("/search", sought=sought)
    assert page.status_code == 422
    assert page.errors.keys() == {"sought"}
    assert "Enter" in page.errors["sought"]
    assert session.scalars(select(AuditRow).where(AuditRow.event == Event.SEARCHED)).all() == []


def test_a_month_is_enough_when_no_more_is_known(session, sign_in, ana) -> None:
    person = builders.person(born_on=date(2010, 3, 1), born_precision=BornPrecision.MONTH)
    case = builders.case_at(Stage.AGREED, held_by=ana, of=person)
    assert found(sign_in(ana).submit("/search", sought="14/3/2010")) == [str(case.id)]


def test_an_old_number_finds_nobody(session, sign_in, ana, case) -> None:
    point = people.save_contact_point(case.person, kind=ContactKind.PHONE, value="07700 900999")
    people.remove_contact_point(point)
    assert found(sign_in(ana).submit("/search", sought="07700 900999")) == []


def test_unknown_and_not_visible_read_the_same(session, sign_in, case) -> None:
    other = sign_in(builders.worker(builders.team("Other team", ())))
    hidden = other.submit("/search", sought="mensah")
    unknown = other.submit("/search", sought="xensah")
    assert hidden.words.replace("mensah", "") == unknown.words.replace("xensah", "")
    assert hidden.status_code == unknown.status_code == 200
    assert len(hidden.data) == len(unknown.data)


def test_the_safeguarding_lead_searches_everywhere(session, sign_in, case) -> None:
    lead = sign_in(builders.user(Role.SAFEGUARDING_LEAD))
    assert found(lead.submit("/search", sought="mensah")) == [str(case.id)]


def test_two_of_one_name_are_told_apart(session, sign_in, ana, case) -> None:
    twin = builders.person(first_name="Jérôme", last_name="Mensah", known_as="JJ",
                           born_on=date(2008, 1, 2))  # fmt: skip
    other = builders.case_at(Stage.APPROACHED, held_by=builders.worker(name="Ben"), of=twin)
    page = sign_in(ana).submit("/search", sought="mensah")
    assert page.words.count("Somebody else has this name") == 2
    for words in (case.reference, other.reference, "With Ana Worker", "With Ben", "Approached"):
        assert words in page.words


def test_a_namesake_one_may_not_know_of_is_no_hint(session, sign_in, ana, case) -> None:
    twin = builders.person(first_name="Jérôme", last_name="Mensah", known_as="JJ")
    away = builders.worker(builders.team("Away team", ()), "Away")
    builders.case_at(Stage.APPROACHED, held_by=away, of=twin)
    page = sign_in(ana).submit("/search", sought="mensah")
    assert found(page) == [str(case.id)]
    assert "Somebody else has this name" not in page.words


def test_no_name_is_in_the_address_or_the_title(session, sign_in, ana, case) -> None:
    client = sign_in(ana)
    page = client.submit("/search", sought="mensah")
    assert page.request.query_string == b""
    assert page.title == "Search – CaseFlow"
    assert client.get("/search?sought=mensah").words.count("Mensah") == 0


def test_the_beginning_of_a_word_finds_and_its_end_does_not(session, sign_in, ana, case) -> None:
    client = sign_in(ana)
    for word in ("men", "mensa", "young", "jer"):
        assert found(client.submit("/search", sought=word)) == [str(case.id)], word
    for word in ("nsah", "oung", "erome"):
        assert found(client.submit("/search", sought=word)) == [], word


def test_a_few_letters_of_a_reference_list_nobody(session, sign_in, ana, case) -> None:
    assert found(sign_in(ana).submit("/search", sought=case.reference[:5])) == []
    assert found(sign_in(ana).submit("/search", sought=case.reference[:6])) == [str(case.id)]


def test_a_search_is_on_record_without_its_words(session, sign_in, ana, case) -> None:
    sign_in(ana).submit("/search", sought="mensah 14/3/2010")
    row = session.scalars(select(AuditRow).where(AuditRow.event == Event.SEARCHED)).one()
    assert row.facts == {"results": 1, "ways": ["name", "born"], "page": 1}
    listed = session.scalars(
        select(AuditRow).where(AuditRow.event == Event.LISTED).order_by(AuditRow.seq.desc())
    ).first()
    assert listed.facts == {"cases": [str(case.id)]}
    everything = str([r.facts for r in session.scalars(select(AuditRow))]).lower()
    assert "mensah" not in everything


def test_results_come_in_pages(session, sign_in, ana) -> None:
    for _ in range(23):
        builders.case_at(Stage.AGREED, held_by=ana, of=builders.person(first_name="Many"))
    client = sign_in(ana)
    first = client.submit("/search", sought="many")
    assert (len(found(first)), "23 cases" in first.words) == (20, True)
    token = first.html.xpath("//main//input[@name='csrf_token']")[0].get("value")
    second = client.post("/search", data={"csrf_token": token, "sought": "many", "page": "2"})
    assert len(found(second)) == 3
    assert not set(found(first)) & set(found(second))


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER, Role.POLICE_LIAISON])
def test_others_may_not_search(session, sign_in, role) -> None:
    assert sign_in(builders.user(role)).get("/search").status_code == 403
