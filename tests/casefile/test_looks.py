"""Who has looked: for whoever leads the case and their supervisor, and for nobody else."""

import pytest

from caseflow.access.permissions import Role
from caseflow.audit import actions as audit
from caseflow.audit.queries import looks_at
from caseflow.audit.rules import Event
from caseflow.cases.lifecycle import Stage
from caseflow.people import actions as people
from tests import builders
from tests.casefile.counting import statements


@pytest.fixture
def case(session):
    return builders.case_at(Stage.LONG_TERM, held_by=builders.worker(name="Ana"))


def test_its_worker_and_their_supervisor_see_who_has_looked(case, sign_in) -> None:
    for reader in (case.worker, builders.supervisor()):
        me = sign_in(reader)
        assert me.get(f"/cases/{case.id}/looks").status_code == 200
        assert "Who has looked" in me.get(f"/cases/{case.id}").words


def test_a_colleague_and_the_safeguarding_lead_do_not(case, sign_in) -> None:
    for reader in (builders.worker(), builders.user(Role.SAFEGUARDING_LEAD)):
        me = sign_in(reader)
        assert me.get(f"/cases/{case.id}").status_code == 200
        assert me.get(f"/cases/{case.id}/looks").status_code == 403
        assert "Who has looked" not in me.get(f"/cases/{case.id}").words


def test_a_list_that_the_case_stood_in_is_a_look(case, sign_in) -> None:
    sunita = sign_in(builders.supervisor(name="Sunita"))
    assert sunita.get(f"/team/workers/{case.worker_id}").status_code == 200
    page = sign_in(case.worker).get(f"/cases/{case.id}/looks")
    assert "Sunita saw the case in a worker’s cases" in page.words


def test_a_search_that_found_it_is_a_look(case, sign_in) -> None:
    ben = sign_in(builders.worker(name="Ben"))
    ben.submit("/search", sought=case.reference, form="/search")
    page = sign_in(case.worker).get(f"/cases/{case.id}/looks")
    assert "Ben saw the case in a search" in page.words


def test_what_was_done_to_who_they_are_is_there(case, session, sign_in) -> None:
    people.change_person(case.person, known_as="Bilal")
    session.commit()
    page = sign_in(case.worker).get(f"/cases/{case.id}/looks")
    assert "changed who they are" in page.words


def test_a_look_in_an_emergency_is_marked(case, session, sign_in) -> None:
    audit.record(Event.VIEWED, case_id=case.id, actor_id=builders.worker().id, by_glass=True)
    session.commit()
    page = sign_in(case.worker).get(f"/cases/{case.id}/looks")
    assert "Emergency" in page.words


def test_other_cases_are_not_in_it(case, session, sign_in) -> None:
    other = builders.case_at(Stage.LONG_TERM, held_by=case.worker)
    sign_in(builders.worker(name="Ben")).get(f"/cases/{other.id}")
    assert "Ben" not in sign_in(case.worker).get(f"/cases/{case.id}/looks").words


def test_older_looks_are_a_page_away(case, session, sign_in) -> None:
    for _ in range(150):
        audit.record(Event.VIEWED, case_id=case.id, actor_id=case.worker_id)
    session.commit()
    first = sign_in(case.worker).get(f"/cases/{case.id}/looks")
    (older,) = first.html.xpath("//a[text()='Older looks']/@href")
    second = sign_in(case.worker).get(older)
    assert second.status_code == 200
    assert "triaged the referral" in second.words
    assert "triaged the referral" not in first.words


@pytest.mark.parametrize("before", ["-1", "0", "99999999999999999999", "x", "1 OR 1=1"])
def test_a_made_up_number_is_no_mistake(case, sign_in, before: str) -> None:
    answer = sign_in(case.worker).get(f"/cases/{case.id}/looks?before={before}")
    assert answer.status_code == 200


def test_each_way_uses_its_own_index(case, session) -> None:
    """However long the trail is, a page reads no more rows than it shows, for each way."""
    session.commit()
    with statements() as ran:
        looks_at(case.id, person_id=case.person_id, limit=5)
    (question,) = [words for words in ran if "UNION" in words]
    assert question.count("LIMIT") == 4


def test_reading_who_has_looked_is_a_look(case, session, sign_in) -> None:
    sign_in(case.worker).get(f"/cases/{case.id}/looks")
    session.rollback()
    assert looks_at(case.id)[0].endpoint == "casefile.looks"
