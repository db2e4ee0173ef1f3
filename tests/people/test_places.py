"""Where a postcode lies: files as they are published, and what a record makes of it."""

from pathlib import Path

import pytest
from sqlalchemy import select

from caseflow.cases.lifecycle import Stage
from caseflow.intake import actions as intake
from caseflow.intake.codes import IndexReason
from caseflow.intake.eligibility import Ineligible
from caseflow.intake.queries import verdict_on
from caseflow.people import actions as people
from caseflow.people import places
from caseflow.people.models import Place
from caseflow.people.place_files import NameRow, NotKnown, PlaceRow, rows_in
from caseflow.people.rules import Care
from tests import builders

SHARED = Path("/work/shared/data/geography")
CODE_POINT = (
    '"LE2 0AA",10,459318,304176,"E92000001","E19000001","E18000004","","E06000016","E05010463"\n'
)
DIRECTORY = (
    "pcd,pcds,doterm,laua,osward,lsoa11,lsoa21\nOX1 1AA,OX1 1AA,,E07000178,E05013134,,E01028522\n"
)
NAMES = "WDCD,WDNM,LADCD\nE05010463,Castle,E06000016\nnonsense,x,y\n"


@pytest.fixture
def filled(session):
    for text in (CODE_POINT, DIRECTORY, NAMES):
        places.save(list(rows_in(text.splitlines(keepends=True))))
    session.flush()


def test_each_kind_of_file_is_known_by_itself() -> None:
    found = [next(rows_in(text.splitlines())) for text in (CODE_POINT, DIRECTORY, NAMES)]
    assert found == [
        PlaceRow("LE20AA", "E06000016", "E05010463"),
        PlaceRow("OX11AA", "E07000178", "E05013134", "E01028522"),
        NameRow("E05010463", "Castle"),
    ]


@pytest.mark.parametrize("text", ["", "name,age\nAna,3\n", "\ufeff\n"])
def test_another_kind_of_file_is_refused(text: str) -> None:
    with pytest.raises(NotKnown):
        list(rows_in(text.splitlines()))


def test_a_broken_line_is_passed_over() -> None:
    lines = [*CODE_POINT.splitlines(), '"LE2 0AB",10', "", '"X",1,2,3,4,5,6,7,"E1","E2"']
    assert len(list(rows_in(lines))) == 1


def test_the_command_takes_files_twice_and_says_what_it_knows(cli, session, tmp_path):
    for name, text in (("codepo.csv", CODE_POINT), ("onspd.csv", DIRECTORY), ("w.csv", NAMES)):
        (tmp_path / name).write_text(text)
    files = [str(tmp_path / name) for name in ("codepo.csv", "onspd.csv", "w.csv")]
    assert "2 postcodes are known." in cli("places", *files).out
    (tmp_path / "codepo.csv").write_text(CODE_POINT.replace("E06000016", "E07000135"))
    assert "2 postcodes are known." in cli("places", files[0]).out
    session.rollback()
    assert places.district_of("le2  0aa") == "E07000135"


def test_a_postcode_says_its_district_and_a_choice_by_hand_stands(session, filled):
    person = builders.person(postcode="LE2 0AA")
    assert person.district == "E06000016"
    people.change_person(person, postcode="OX1 1AA", district="E06000016")
    assert person.district == "E07000178"
    people.change_person(person, postcode="LE2 0AA", district="E07000129")
    assert person.district == "E07000129"
    people.change_person(person, postcode="ZZ9 9ZZ", district="E07000129")
    assert person.district == "E07000129"


def test_without_the_table_the_district_is_chosen_by_hand(session, sign_in):
    holder = builders.worker()
    case = builders.case_at(Stage.LONG_TERM, held_by=holder)
    client, url = sign_in(holder), f"/cases/{case.id}/person"
    given = {
        "postcode": "le2 0aa", "district": "E06000016", "school": "A school",
        "school_district": "E06000017", "care_status": "looked_after",
    }  # fmt: skip
    assert client.submit(f"{url}/edit", **given).status_code == 302
    page = client.get(url).words
    assert "Leicester" in page
    assert "A school, Rutland" in page
    assert "Looked after" in page
    colleague = sign_in(builders.worker(holder.team)).get(url).words
    assert "A school" not in colleague
    assert "Rutland" not in colleague


def test_a_district_elsewhere_stays_when_the_form_is_saved(session, sign_in, filled):
    holder = builders.worker()
    case = builders.case_at(Stage.LONG_TERM, held_by=holder, of=builders.person(postcode="OX1 1AA"))
    client, url = sign_in(holder), f"/cases/{case.id}/person/edit"
    assert client.submit(url, known_as="Sam").status_code == 302
    assert (case.person.district, case.person.known_as) == ("E07000178", "Sam")


def test_the_ward_is_shown_by_name_to_who_may_see_the_address(session, sign_in, filled):
    holder = builders.worker()
    person = builders.person(postcode="LE2 0AA")
    case = builders.case_at(Stage.LONG_TERM, held_by=holder, of=person)
    assert "Leicester, Castle" in sign_in(holder).get(f"/cases/{case.id}/person").words
    colleague = sign_in(builders.worker(holder.team)).get(f"/cases/{case.id}/person").words
    assert "Castle" not in colleague


def test_being_in_care_has_a_date_and_nothing_else_has(session, sign_in):
    holder = builders.worker()
    case = builders.case_at(Stage.LONG_TERM, held_by=holder)
    client, url = sign_in(holder), f"/cases/{case.id}/person/edit"
    since = {"care_since-day": "3", "care_since-month": "2", "care_since-year": "2025"}
    assert "care_status" in client.submit(url, {"care_status": "none"} | since).errors
    assert client.submit(url, {"care_status": "child_protection"} | since).status_code == 302
    assert case.person.care_status is Care.CHILD_PROTECTION
    said = "Child protection plan, since 3 February 2025"
    assert said in client.get(f"/cases/{case.id}/person").words


def test_who_learns_here_or_lives_here_by_the_table_is_eligible(session, filled):
    def area(case):
        lines = verdict_on(case).lines
        return next(line.words for line in lines if line.code is Ineligible.AREA)

    case = intake.add_referral(
        by=builders.worker(), name="Some Body", what=IndexReason.ROBBERY, age=16,
        postcode="OX1 1AA",
    ).case  # fmt: skip
    assert area(case) == "Home is outside. Ask where it happened."
    people.change_person(case.person, school_district="E07000130")
    assert area(case) == "Learns in the area served."
    case.person.postcode, case.person.district = "LE2 0AA", ""
    assert area(case) == "Lives in the area served."


@pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not on this machine")
def test_the_published_files_are_read_whole(cli, session):
    files = ["codepoint_open_le.csv", "ward_all_codes_LLR.csv", "lsoa_LLR_2011_2021.csv"]
    said = cli("places", *(SHARED / name for name in files)).out
    lines = len((SHARED / files[0]).read_text().splitlines())
    assert f"{lines:,} postcodes are known." in said
    session.rollback()
    found = session.scalars(select(Place).where(Place.district != "")).all()
    assert len(found) == lines
    assert places.name_of(places.place_of("LE1 1AA").ward) == "Castle"
