"""Merging two records on screen: what is shown first, who may, and undoing it."""

from typing import Any

import pytest

from caseflow.access.permissions import Role
from caseflow.cases import need_to_know
from caseflow.cases.models import Case
from caseflow.people import actions, merges
from caseflow.people.rules import ContactKind
from caseflow.staff.models import User
from tests import builders


@pytest.fixture
def boss(session, clock) -> User:
    clock("2026-11-24 10:00")
    return builders.supervisor(name="Sunil Boss")


@pytest.fixture
def case(boss: User) -> Case:
    person = builders.person(first_name="Jay", last_name="Example", school="")
    return builders.received_case(of=person, in_team=boss.team)


@pytest.fixture
def twin(boss: User) -> Case:
    person = builders.person(first_name="Jai", last_name="Exampel", school="Made-up School")
    actions.save_contact_point(person, kind=ContactKind.PHONE, value="07700 900111")
    return builders.received_case(of=person, in_team=boss.team)


def comparing(case: Case, twin: Case) -> str:
    return f"/cases/{case.id}/same-person/{twin.id}"


def test_two_records_are_compared_merged_and_parted(sign_in: Any, boss, case, twin) -> None:
    client = sign_in(boss)
    assert (
        "This is the same person as another record" in client.get(f"/cases/{case.id}/person").words
    )
    found = client.submit(f"/cases/{case.id}/same-person", reference=twin.reference.lower())
    assert found.location == comparing(case, twin)
    page = client.get(found.location)
    assert f"The episode {twin.reference}" in page.words
    assert "07700 900111" in page.words
    assert "School or college: Made-up School" in page.words
    done = client.submit(found.location, why="The same number", take=["school"])
    assert done.location == f"/cases/{case.id}/person#merges"
    assert twin.person is case.person
    assert case.person.school == "Made-up School"
    merge = merges.merges_of(case.person)[0]
    assert "Merged with Jai Exampel" in client.get(f"/cases/{case.id}/person").words
    undo = f"/cases/{case.id}/merges/{merge.id}"
    assert client.submit(undo, why="Two after all").location == f"/cases/{case.id}/person"
    assert twin.person is not case.person
    assert (case.person.school, twin.person.school) == ("", "Made-up School")
    assert client.get(undo).location == f"/cases/{case.id}/person"
    assert "They are two records again." in client.get(f"/cases/{case.id}/person").words


def test_what_fills_a_gap_is_ticked(sign_in: Any, boss, case, twin) -> None:
    page = sign_in(boss).get(comparing(case, twin))
    ticked = page.html.xpath("//input[@name='take'][@checked]/@value")
    assert ticked == ["school"]
    assert "first_name" in page.html.xpath("//input[@name='take']/@value")


def test_absent_hidden_and_the_same_are_one_answer(sign_in: Any, boss, case, twin) -> None:
    elsewhere = builders.received_case(in_team=builders.team("Another team"))
    restricted = builders.received_case(in_team=boss.team)
    other = builders.supervisor(boss.team)
    need_to_know.restrict(restricted, by=other, why="A rival", names=[])
    again = builders.received_case(of=case.person, in_team=boss.team)
    client = sign_in(boss)
    pages = [
        client.submit(f"/cases/{case.id}/same-person", reference=reference)
        for reference in ("CF-AAAA-AAAA", elsewhere.reference, restricted.reference,
                          again.reference, case.reference)
    ]  # fmt: skip
    assert {page.status_code for page in pages} == {422}
    assert {str(page.errors) for page in pages} == {
        "{'reference': 'There is no other record that you may merge with that reference'}"
    }
    for hidden in (elsewhere, restricted, again):
        assert client.get(comparing(case, hidden)).status_code == 404


@pytest.mark.parametrize("role", [Role.YOUTH_WORKER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR])
def test_others_may_not(sign_in: Any, role: Role, boss, case, twin) -> None:
    client = sign_in(builders.user(role, in_team=boss.team))
    knows = role is Role.YOUTH_WORKER
    for address in (comparing(case, twin), f"/cases/{case.id}/same-person"):
        assert client.get(address).status_code == (403 if knows else 404)
    page = client.get(f"/cases/{case.id}/person")
    assert not knows or "the same person as another" not in page.words


def test_a_change_in_between_is_shown_and_nothing_typed_is_lost(
    sign_in: Any, boss, case, twin
) -> None:
    client = sign_in(boss)
    filled = client.fill(comparing(case, twin), why="The same number")
    actions.change_person(twin.person, school="Another School")
    page = client.send(filled)
    assert page.status_code == 409
    assert "One of the two was changed" in str(page.errors)
    assert "The same number" in page.text
    assert twin.person is not case.person


def test_the_second_of_two_is_told(sign_in: Any, boss, case, twin) -> None:
    client, other = sign_in(boss), sign_in(builders.supervisor(boss.team))
    late = other.fill(comparing(case, twin), why="Me too")
    client.submit(comparing(case, twin), why="The same number")
    assert other.send(late).status_code == 404  # They are one person now: there is no other.


def test_a_merge_of_somebody_else_is_absent(sign_in: Any, boss, case, twin) -> None:
    third = builders.received_case(in_team=boss.team)
    done = merges.merge(case.person, twin.person, by=boss.id, why="One", take=[])
    client = sign_in(boss)
    assert client.get(f"/cases/{third.id}/merges/{done.id}").status_code == 404
    assert client.get(f"/cases/{case.id}/merges/{done.id}").status_code == 200
